"""Files of verdicts and of trials: written by one process for as long as its session lasts."""

import fcntl
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

from toolweave.core.errors import InputError, RunFolderError
from toolweave.core.model import Record
from toolweave.core.score import Trial
from toolweave.core.verdict import Verdict
from toolweave.schema.documents import unreadable
from toolweave.schema.record_file import Kind, append, cut, load, parsed, replace, tail

T = TypeVar("T", bound=Record)

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
    return load(_VERDICTS, path)


def load_trials(path: Path | str) -> list[Trial]:
    """The trials that ``toolweave evaluate`` wrote; see ``load_verdicts``."""
    return load(_TRIALS, path)


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
        append(self.kind, self._file, self.path, record)
        self.held.append(record)

    def finish(self) -> list[T]:
        """Leave the records sorted, and give them."""
        ordered = sorted(self.held, key=self.kind.order)
        if ordered != self.held:
            replace(self.path, ordered)
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
        self.held = parsed(self.kind, raw, str(self.path))
        cut(self.kind, self.path, tail(raw))


class VerdictFile(LineFile[Verdict]):
    """Verdicts of a judge, sorted by record and pass."""

    def __init__(self, path: Path | str, *, resume: bool) -> None:
        super().__init__(_VERDICTS, path, resume=resume)


class TrialFile(LineFile[Trial]):
    """Trials of an assistant, sorted by plan and number."""

    def __init__(self, path: Path | str, *, resume: bool) -> None:
        super().__init__(_TRIALS, path, resume=resume)
