"""Verdicts by hand: the side file beside a file of dialogues, set one at a time by many writers."""

import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import Final, NamedTuple

from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import RunFolderError
from toolweave.core.hand_verdict import Decision, HandVerdict
from toolweave.core.model import FORMAT_VERSION, JsonObject, JsonValue
from toolweave.schema.documents import unreadable
from toolweave.schema.record_file import Kind, Tail, append, cut, load, parsed, replace, tail
from toolweave.schema.records import build
from toolweave.schema.text import clean
from toolweave.schema.types import json_bytes

BY_HAND: Final = "by_hand.jsonl"
_DIALOGUES: Final = "dialogues.jsonl"
_KIND: Final = Kind(
    HandVerdict, "verdict by hand", b'{"version":1,"record":"',
    lambda one: (one.record, one.digest), "toolweave studio", "make room and set it again",
)  # fmt: skip
# A writer holds the lock for some milliseconds; one that was stopped must not stop the others.
_PATIENCE: Final = 10.0
_PAUSE: Final = 0.005
# So many lines beyond two for each verdict are worth writing the file anew.
_WASTE: Final = 100
_WHOLE: Final = Tail(1, 0, b"")


class Subject(NamedTuple):
    """Which record a verdict is on."""

    record: str
    digest: str


def by_hand_beside(path: Path | str) -> Path:
    """Where verdicts on a file of dialogues are kept.

    That is ``RUN/by_hand.jsonl`` for ``RUN/dialogues.jsonl`` and ``x.by_hand.jsonl`` for
    ``x.jsonl``.
    """
    file = Path(path)
    return file.with_name(BY_HAND if file.name == _DIALOGUES else f"{file.stem}.{BY_HAND}")


def record_digest(record: bytes | Dialogue | JsonObject | list[JsonValue]) -> str:
    """A short digest of a record: of its line as it stands in the file, or as we would write it."""
    if isinstance(record, Dialogue):
        record = record.dump()
    raw = record if isinstance(record, bytes) else json_bytes(record)
    raw = raw.removeprefix(b"\xef\xbb\xbf").strip()
    return hashlib.blake2b(raw, digest_size=8).hexdigest()


def load_by_hand(path: Path | str) -> list[HandVerdict]:
    """The verdicts that hold, sorted: the latest on each record, without those taken back.

    Raises:
        InputError: the file cannot be read, or a line of it (but for a torn last one) is no
            verdict by hand.
    """
    return _sorted(_latest(load(_KIND, path)))


class HandFile:
    """The verdicts by hand on the records of one file of dialogues.

    Every one is on the disk when ``set`` returns. Any number of threads and processes may set and
    read at once: a writer holds a lock for as long as one write takes. The file is made with the
    first verdict.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._guard = threading.Lock()
        self._held: dict[Subject, HandVerdict] = {}
        self._lines = 0
        self._stamp: tuple[int, ...] = ()
        self._torn = _WHOLE

    def all(self) -> Mapping[Subject, HandVerdict]:
        """Every verdict that holds, those of other writers included.

        Raises:
            InputError: the file cannot be read, or is no file of verdicts by hand.
        """
        with self._guard:
            self._refresh()
            return {at: one for at, one in self._held.items() if not one.says_nothing}

    def on(self, record: str, digest: str) -> HandVerdict | None:
        """The verdict on a record, or None.

        Raises:
            InputError: as for ``all``.
        """
        with self._guard:
            self._refresh()
            found = self._held.get(Subject(record, digest))
        return None if found is None or found.says_nothing else found

    def set(self, record: str, digest: str, decision: Decision, note: str = "") -> HandVerdict:
        """Decide about a record; with neither decision nor note, take back what was decided.

        Args:
            record: the dialogue's id.
            digest: what ``record_digest`` says of it.
            decision: keep, drop, or "" for a mere note.
            note: why; control characters are left out.

        Raises:
            InputError: the note is too long, there is no such decision, or the file holds something
                else.
            RunFolderError: it cannot be written, or another process does not let go of it.
        """
        given = {
            "version": FORMAT_VERSION, "record": record, "digest": digest,
            "decision": decision, "note": clean(note).strip(),
        }  # fmt: skip
        made = build(HandVerdict, given)
        with self._guard:
            self._refresh()
            held = self._held.get(Subject(record, digest))
            if held == made or (held is None and made.says_nothing):
                return made
            with self._locked() as file:
                self._write(file, made)
        return made

    def _write(self, file: FileIO, made: HandVerdict) -> None:
        """Append a verdict under the lock, and write the file anew where that is worth it."""
        self._refresh()
        cut(_KIND, self.path, self._torn)
        append(_KIND, file, self.path, made)
        self._held[Subject(made.record, made.digest)] = made
        self._lines += 1
        self._torn, self._stamp = _WHOLE, self._stamped()
        if self._lines > 2 * len(self._held) + _WASTE:
            # The verdict is kept already: this only saves room, and is tried again.
            with suppress(OSError):
                replace(self.path, _sorted(self._held))
            # The lock was on the file that is gone: others may be writing this one by now.
            self._stamp = ()

    @contextmanager
    def _locked(self) -> Iterator[FileIO]:
        """The file open for appending, with nobody else writing it."""
        until = time.monotonic() + _PATIENCE
        while True:
            with self._opened() as file:
                if _claimed(file) and self._is(file):
                    yield file
                    return
            if time.monotonic() > until:
                raise RunFolderError(f"{self.path}: another process does not let go of it")
            time.sleep(_PAUSE)

    def _opened(self) -> FileIO:
        try:
            return self.path.open("ab", buffering=0)
        except OSError as error:
            raise RunFolderError(f"{self.path}: {error.strerror}") from error

    def _is(self, file: FileIO) -> bool:
        """Whether the file still has its name: another writer may have written it anew."""
        try:
            return os.path.samestat(os.fstat(file.fileno()), self.path.stat())
        except FileNotFoundError:
            return False

    def _refresh(self) -> None:
        """Read the file where it is another than was read last."""
        stamp = self._stamped()
        if stamp == self._stamp:
            return
        raw = b""
        if stamp:
            try:
                raw = self.path.read_bytes()
            except OSError as error:
                unreadable(str(self.path), error)
        held = parsed(_KIND, raw, str(self.path))
        self._held, self._lines, self._stamp = _latest(held), len(held), stamp
        self._torn = tail(raw)

    def _stamped(self) -> tuple[int, ...]:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return ()
        except OSError as error:
            unreadable(str(self.path), error)
        return found.st_ino, found.st_size, found.st_mtime_ns


def _claimed(file: FileIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _latest(verdicts: Iterable[HandVerdict]) -> dict[Subject, HandVerdict]:
    return {Subject(one.record, one.digest): _harmless(one) for one in verdicts}


def _harmless(one: HandVerdict) -> HandVerdict:
    """The verdict without what could act in its note, whoever wrote the file."""
    note = clean(one.note)
    return one if note == one.note else one.model_copy(update={"note": note})


def _sorted(held: Mapping[Subject, HandVerdict]) -> list[HandVerdict]:
    """The verdicts that say anything, in the order of a file."""
    kept = (one for one in held.values() if not one.says_nothing)
    return sorted(kept, key=_KIND.order)
