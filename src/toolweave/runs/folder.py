"""A run folder: records appended by one writer, so that a kill at any moment loses nothing."""

import errno
import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Protocol, Self

import orjson
import yaml

from toolweave.core.errors import RunFolderError
from toolweave.schema.types import json_bytes
from toolweave.schema.whole import write_whole

DIALOGUES: Final = "dialogues.jsonl"
FAILURES: Final = "failures.jsonl"
USAGE: Final = "usage.jsonl"
ANSWERS: Final = "answers.sqlite"
"""What a model answered, so that the same run again asks it nothing."""
# The folder of refined dialogues, in that of their originals.
REFINED: Final = "refined"
_FILES: Final = (DIALOGUES, FAILURES, USAGE)
# After so many records or seconds, whichever comes first, nothing is lost to a power cut.
_SYNC_EVERY: Final = 64
_SYNC_SECONDS: Final = 5.0


class Settings(Protocol):
    """What a run is made of, whatever kind of run it is."""

    def digest(self) -> str:
        """A digest of all that decides the records."""
        ...

    def text(self) -> str:
        """The whole of it as YAML."""
        ...


class RunFolder:
    """``run.yaml``, ``dialogues.jsonl``, ``failures.jsonl`` and ``usage.jsonl`` of one run.

    Use it as a context manager: it holds the folder's lock and one open file per kind of record.

    Args:
        path: the folder; made if absent.
        config: what the run is made of.
        contents: a digest of its plans, tools and lexicons, whose files may be edited meanwhile.
        resume: go on with the records that are there; otherwise the folder must hold none.
        more: further files of records that this kind of run leaves.

    Raises:
        RunFolderError: another process holds it, it belongs to another configuration, it already
            holds records, or the disk is full.
    """

    def __init__(
        self,
        path: Path,
        config: Settings,
        contents: str = "",
        *,
        resume: bool,
        more: Sequence[str] = (),
    ) -> None:
        self.names = (*_FILES, *more)
        self.path, self.config, self.contents, self.resume = path, config, contents, resume
        self._files: dict[str, FileIO] = {}
        self._unsynced, self._synced = 0, time.monotonic()
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = (self.path / ".lock").open("wb")
        except OSError as error:
            raise RunFolderError(f"{self.path}: {error.strerror}") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise RunFolderError(f"{self.path}: another process is writing this run") from error
        try:
            self._claim()
            for name in self.names:
                # Unbuffered: what a full disk refuses must not be written later, on closing.
                self._files[name] = (self.path / name).open("ab", buffering=0)
        except OSError as error:
            self.close()
            raise _full(error, self.path) from error
        except RunFolderError:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files and let go of the folder."""
        for file in self._files.values():
            file.close()
        self._files.clear()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _claim(self) -> None:
        """Write ``run.yaml``, or see that the one there is of the same configuration."""
        settings = self.path / "run.yaml"
        if settings.exists():
            self._check_same(settings)
        elif any(_size(self.path / name) for name in self.names):
            raise RunFolderError(
                f"{self.path} holds records but no run.yaml, so nobody knows of which run: "
                "put it back, or name another folder with --out"
            )
        else:
            head = f"digest: '{self.config.digest()}'\ncontents: '{self.contents}'\n"
            text = head + self.config.text()
            write_whole(settings, text.encode())
        for name in self.names:
            _drop_torn_line(self.path / name)
        held = next((n for n in (DIALOGUES, FAILURES) if _size(self.path / n)), None)
        if held and not self.resume:
            raise RunFolderError(
                f"{self.path} already holds records ({held}): "
                "go on with --resume, or name another folder with --out"
            )

    def _check_same(self, settings: Path) -> None:
        try:
            there = yaml.safe_load(settings.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise RunFolderError(f"{settings} cannot be read; name another folder") from error
        digest = there.get("digest") if isinstance(there, dict) else None
        if digest != self.config.digest():
            raise RunFolderError(
                f"{self.path} belongs to another configuration (digest {digest}, "
                f"this one is {self.config.digest()}): name another folder with --out"
            )
        if there.get("contents") != self.contents:
            raise RunFolderError(
                f"{self.path} was begun with other plans, tools, lexicons or dialogues than "
                "their files hold now: put them back, or name another folder with --out"
            )

    def done(self) -> set[str]:
        """The ids of all records written so far, successes and failures."""
        return {
            record["id"]
            for name in (DIALOGUES, FAILURES)
            for record in read_lines(self.path / name)
        }

    def count(self, name: str) -> int:
        """How many records that file holds."""
        return sum(1 for _ in read_lines(self.path / name))

    def add(self, name: str, record: dict[str, Any]) -> None:
        """Append one whole record.

        Raises:
            RunFolderError: the disk is full; everything written before is intact.
        """
        self.append(name, json_bytes(record) + b"\n")

    def append(self, name: str, lines: bytes) -> None:
        """Append whole lines: all of them or none.

        Raises:
            RunFolderError: the disk is full; everything written before is intact.
        """
        file = self._files[name]
        start = os.fstat(file.fileno()).st_size
        try:
            _write_all(file, lines)
            self._unsynced += 1
            late = time.monotonic() - self._synced >= _SYNC_SECONDS
            if late or self._unsynced >= _SYNC_EVERY:
                self.sync()
        except OSError as error:
            _cut(file, start)
            raise _full(error, self.path) from error

    def sync(self) -> None:
        """Make everything appended so far survive a power cut."""
        for file in self._files.values():
            os.fsync(file.fileno())
        self._unsynced, self._synced = 0, time.monotonic()

    def finish(self) -> None:
        """Leave every file sorted by id."""
        self.sync()
        for name in self.names:
            path = self.path / name
            self._files.pop(name).close()
            try:
                sort_by_id(path)
            except OSError as error:
                raise _full(error, self.path) from error


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSONL file written by a run; a torn last line is left out."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.endswith(b"\n"):
                yield _record(line, number, path)


def _record(line: bytes, number: int, path: Path) -> dict[str, Any]:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("id"), str):
        raise RunFolderError(
            f"{path}, line {number}: {line[:40]!r} is no record of a run; take the line out, "
            "and --resume makes what is missing"
        )
    return record


def sort_by_id(path: Path) -> None:
    """Sort a JSONL file by each record's id, atomically; memory holds only ids and offsets."""
    places: list[tuple[str, int, int]] = []
    with path.open("rb") as file:
        offset = 0
        for line in file:
            places.append((_record(line, len(places) + 1, path)["id"], offset, len(line)))
            offset += len(line)
        ordered = sorted(places)
        if ordered == places:
            return
        fresh = path.with_name(f".{path.name}.sorted")
        with fresh.open("wb") as out:
            for _, start, length in ordered:
                file.seek(start)
                out.write(file.read(length))
            out.flush()
            os.fsync(out.fileno())
    fresh.replace(path)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _drop_torn_line(path: Path) -> None:
    """Cut what follows the last line end: a record that a kill interrupted."""
    size = _size(path)
    if not size:
        return
    with path.open("r+b") as file:
        end, step = size, 1 << 16
        while end > 0:
            start = max(0, end - step)
            file.seek(start)
            found = file.read(end - start).rfind(b"\n")
            if found >= 0:
                end = start + found + 1
                break
            end = start
        if end < size:
            file.truncate(end)


def _write_all(file: FileIO, data: bytes) -> None:
    while data:
        data = data[file.write(data) :]


def _cut(file: FileIO, size: int) -> None:
    try:
        os.ftruncate(file.fileno(), size)
    except OSError:
        # The torn line is dropped when the run resumes.
        return


def _full(error: OSError, path: Path) -> RunFolderError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return RunFolderError(
            f"no space left on the disk of {path}: everything written so far is intact; "
            "make room and go on with --resume"
        )
    return RunFolderError(f"{path}: {error.strerror or error}")
