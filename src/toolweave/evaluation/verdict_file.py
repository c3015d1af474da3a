"""A file of verdicts, one JSON object a line: read whole, and appended to so that none is lost."""

import errno
import fcntl
import os
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from toolweave.core.errors import InputError, RunFolderError
from toolweave.core.verdict import Verdict
from toolweave.schema.documents import parse_document, unreadable
from toolweave.schema.records import build
from toolweave.schema.types import json_bytes

_BEGINS: Final = b'{"version":1,"record":'
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


def load_verdicts(path: Path | str) -> list[Verdict]:
    """The verdicts that ``toolweave judge`` wrote, in the order of the file.

    A torn last line, which a kill leaves behind, is left out.

    Raises:
        InputError: the file cannot be read, or another line is no verdict.
    """
    try:
        raw = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        unreadable(str(path), error)
    return [
        _verdict(line, str(path), number)
        for number, line in enumerate(_whole(raw).splitlines(), 1)
        if line.strip()
    ]


class VerdictFile:
    """Verdicts appended by one writer, each of them on the disk before the next is asked for.

    Use it as a context manager; ``held`` are the verdicts of earlier sessions.

    Args:
        path: the file; made if absent.
        resume: go on with the verdicts that are there; otherwise the file must hold none.

    Raises:
        InputError: the file cannot be written, is no file of verdicts, or holds some already.
        RunFolderError: another process writes it.
    """

    def __init__(self, path: Path | str, *, resume: bool) -> None:
        self.path, self.resume = Path(path), resume
        self.held: list[Verdict] = []
        self._file: FileIO | None = None

    def __enter__(self) -> Self:
        try:
            # Unbuffered: what a full disk refuses must not be written later, on closing.
            file = self.path.open("ab", buffering=0)
        except OSError as error:
            unreadable(str(self.path), error)
        try:
            self._claim(file)
        except BaseException:
            file.close()
            raise
        self._file = file
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            if not self.held:
                self.path.unlink(missing_ok=True)
            self._file.close()
            self._file = None

    def add(self, verdict: Verdict) -> None:
        """Append one verdict, and see that it stays.

        Raises:
            RunFolderError: the disk is full; everything written before is intact.
        """
        assert self._file is not None
        end = os.fstat(self._file.fileno()).st_size
        data = _line(verdict)
        try:
            while data:
                data = data[self._file.write(data) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            os.truncate(self.path, end)
            why = "no space left on the disk" if error.errno in _FULL else str(error.strerror)
            raise RunFolderError(
                f"{self.path}: {why}; every verdict so far is intact: go on with --resume"
            ) from error
        self.held.append(verdict)

    def finish(self) -> list[Verdict]:
        """Leave the verdicts sorted by record and pass, and give them."""
        ordered = sorted(self.held, key=lambda one: (one.record, one.pass_number))
        if ordered != self.held:
            _replace(self.path, ordered)
        self.held = ordered
        return ordered

    def _claim(self, file: FileIO) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunFolderError(f"{self.path}: another process is writing it") from error
        raw = self.path.read_bytes()
        if raw and not self.resume:
            raise InputError(
                "holds something already",
                file=str(self.path),
                mend="go on with --resume, or name another file with --out",
            )
        self.held = load_verdicts(self.path)
        whole = _whole(raw)
        # Somebody's own file without a line end is nothing to cut.
        if not raw[len(whole) :].startswith(_BEGINS[: len(raw) - len(whole)]):
            number = whole.count(b"\n") + 1
            raise InputError("is no verdict", file=str(self.path), place=f"line {number}")
        if len(whole) < len(raw):
            os.truncate(self.path, len(whole))


def _whole(raw: bytes) -> bytes:
    """What was written up to the last line end."""
    return raw[: raw.rfind(b"\n") + 1]


def _verdict(line: bytes, file: str, number: int) -> Verdict:
    place = f"line {number}"
    try:
        data = parse_document(line.decode("utf-8"), file="record.json")
        return build(Verdict, data)
    except UnicodeDecodeError:
        raise InputError("is no verdict: not UTF-8 text", file=file, place=place) from None
    except InputError as error:
        where = f"{error.place}: " if error.place else ""
        raise InputError(
            f"is no verdict: {where}{error.problem}",
            file=file,
            place=place,
            mend="name a file that toolweave judge wrote",
        ) from error


def _line(verdict: Verdict) -> bytes:
    return json_bytes(verdict.dump()) + b"\n"


def _replace(path: Path, verdicts: Iterable[Verdict]) -> None:
    fresh = path.with_name(f".{path.name}.sorted")
    with fresh.open("wb") as out:
        out.writelines(_line(one) for one in verdicts)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
