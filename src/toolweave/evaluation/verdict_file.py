"""Files of records, one JSON object a line: read whole, and appended to so that none is lost."""

import errno
import fcntl
import os
from collections.abc import Callable, Iterable
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Generic, NamedTuple, Self, TypeVar

from toolweave.core.errors import InputError, RunFolderError
from toolweave.core.model import Record
from toolweave.core.score import Trial
from toolweave.core.verdict import Verdict
from toolweave.schema.documents import parse_document, unreadable
from toolweave.schema.records import build
from toolweave.schema.types import json_bytes

T = TypeVar("T", bound=Record)
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class Kind(NamedTuple, Generic[T]):
    """What a file holds: its model, how a line begins, its order, and who writes it."""

    model: type[T]
    noun: str
    begins: bytes
    order: Callable[[T], Any]
    writer: str


_VERDICTS: Final = Kind(
    Verdict, "verdict", b'{"version":1,"record":',
    lambda one: (one.record, one.pass_number), "toolweave judge",
)  # fmt: skip
_TRIALS: Final = Kind(
    Trial, "trial", b'{"version":1,"trial":',
    lambda one: (one.plan, one.digest, one.trial), "toolweave evaluate",
)  # fmt: skip


def load_verdicts(path: Path | str) -> list[Verdict]:
    """The verdicts that ``toolweave judge`` wrote, in the order of the file.

    A torn last line, which a kill leaves behind, is left out.

    Raises:
        InputError: the file cannot be read, or another line is no verdict.
    """
    return _load(_VERDICTS, path)


def load_trials(path: Path | str) -> list[Trial]:
    """The trials that ``toolweave evaluate`` wrote; see ``load_verdicts``."""
    return _load(_TRIALS, path)


def _load(kind: Kind[T], path: Path | str) -> list[T]:
    try:
        raw = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        unreadable(str(path), error)
    return [
        _record(kind, line, str(path), number)
        for number, line in enumerate(_whole(raw).splitlines(), 1)
        if line.strip()
    ]


class LineFile(Generic[T]):
    """Records appended by one writer, each of them on the disk before the next is asked for.

    Use it as a context manager; ``held`` are the records of earlier sessions.

    Args:
        kind: what it holds.
        path: the file; made if absent.
        resume: go on with the records that are there; otherwise the file must hold none.

    Raises:
        InputError: the file cannot be written, is no file of that kind, or holds some already.
        RunFolderError: another process writes it.
    """

    def __init__(self, kind: Kind[T], path: Path | str, *, resume: bool) -> None:
        self.kind, self.path, self.resume = kind, Path(path), resume
        self.held: list[T] = []
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

    def add(self, record: T) -> None:
        """Append one record, and see that it stays.

        Raises:
            RunFolderError: the disk is full; everything written before is intact.
        """
        assert self._file is not None
        end = os.fstat(self._file.fileno()).st_size
        data = _line(record)
        try:
            while data:
                data = data[self._file.write(data) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            os.truncate(self.path, end)
            why = "no space left on the disk" if error.errno in _FULL else str(error.strerror)
            raise RunFolderError(
                f"{self.path}: {why}; every {self.kind.noun} so far is intact: go on with --resume"
            ) from error
        self.held.append(record)

    def finish(self) -> list[T]:
        """Leave the records sorted, and give them."""
        ordered = sorted(self.held, key=self.kind.order)
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
        self.held = _load(self.kind, self.path)
        whole = _whole(raw)
        # Somebody's own file without a line end is nothing to cut.
        if not raw[len(whole) :].startswith(self.kind.begins[: len(raw) - len(whole)]):
            number = whole.count(b"\n") + 1
            raise InputError(f"is no {self.kind.noun}", file=str(self.path), place=f"line {number}")
        if len(whole) < len(raw):
            os.truncate(self.path, len(whole))


class VerdictFile(LineFile[Verdict]):
    """Verdicts of a judge, sorted by record and pass."""

    def __init__(self, path: Path | str, *, resume: bool) -> None:
        super().__init__(_VERDICTS, path, resume=resume)


class TrialFile(LineFile[Trial]):
    """Trials of an assistant, sorted by plan and number."""

    def __init__(self, path: Path | str, *, resume: bool) -> None:
        super().__init__(_TRIALS, path, resume=resume)


def _whole(raw: bytes) -> bytes:
    """What was written up to the last line end."""
    return raw[: raw.rfind(b"\n") + 1]


def _record(kind: Kind[T], line: bytes, file: str, number: int) -> T:
    place = f"line {number}"
    try:
        data = parse_document(line.decode("utf-8"), file="record.json")
        return build(kind.model, data)
    except UnicodeDecodeError:
        raise InputError(f"is no {kind.noun}: not UTF-8 text", file=file, place=place) from None
    except InputError as error:
        where = f"{error.place}: " if error.place else ""
        raise InputError(
            f"is no {kind.noun}: {where}{error.problem}",
            file=file,
            place=place,
            mend=f"name a file that {kind.writer} wrote",
        ) from error


def _line(record: Record) -> bytes:
    return json_bytes(record.dump()) + b"\n"


def _replace(path: Path, records: Iterable[Record]) -> None:
    fresh = path.with_name(f".{path.name}.sorted")
    with fresh.open("wb") as out:
        out.writelines(_line(one) for one in records)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
