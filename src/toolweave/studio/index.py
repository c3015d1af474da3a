"""An index of a file of dialogues: a row for every record, made beside the pages, never all of it.

A record itself is read again, from its place, when somebody looks at it.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple

from toolweave.checks.by_hand import record_digest
from toolweave.core.errors import InputError
from toolweave.core.finding import Finding
from toolweave.core.model import JsonObject
from toolweave.core.tool import Tool
from toolweave.evaluation.foreign import prove_foreign
from toolweave.evaluation.loading import LoadedDialogue, load_dialogues, read_line
from toolweave.evaluation.proof import prove
from toolweave.schema.documents import unreadable
from toolweave.schema.types import json_bytes
from toolweave.studio.rows import LARGEST, TOO_LARGE, Row, row_of

FACETS: Final = ("domain", "motif", "pattern", "failure", "edit", "finding")
CLEAN: Final = "none"
UNREADABLE: Final = "unreadable"
TORN: Final = "the last line is not whole: it may still be being written"


class Progress(NamedTuple):
    """How far an index is: the share of the file that was read, and what is left to be proved."""

    share: float
    rows: int
    unproved: int
    problem: str


class Index:
    """The rows of one file, which may grow while it is looked at.

    Rows are added by one thread at a time and only ever appended; pages see those that are there.
    A file that was written anew, under its name or in its place, is indexed anew.

    Args:
        path: the file.
        tools: those that records from elsewhere are judged by where they bring none.
    """

    def __init__(self, path: Path, tools: tuple[Tool, ...] | None = None) -> None:
        self.path, self.tools = path, tools
        self.lines = path.suffix.lower() != ".json"
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = self._doubted = False
        # What the file was like when it was last looked at.
        self._seen: tuple[int, ...] = ()
        self._forget()

    def _forget(self) -> None:
        self.rows: list[Row] = []
        self.facets: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
        # Records by domain and a tool that they call.
        self.called: Counter[tuple[str, str]] = Counter()
        self.problem = ""
        self._read = self._size = self._proved = 0

    def refresh(self) -> None:
        """Begin to read what was added to the file; returns at once."""
        with self._lock:
            if self._closed or (self._thread is not None and self._thread.is_alive()):
                return
            if self._changed() or self._proved < len(self.rows):
                self._thread = threading.Thread(target=self._work, daemon=True, name="index")
                self._thread.start()

    def wait(self, seconds: float = 60) -> None:
        """Wait until everything that is there now is indexed."""
        if self._thread is not None:
            self._thread.join(seconds)

    def close(self) -> None:
        """Stop reading."""
        self._closed = True
        self.wait()

    def progress(self) -> Progress:
        """How far it is."""
        share = 1.0 if not self._size else min(1.0, self._read / self._size)
        rows = len(self.rows)
        return Progress(share, rows, max(0, rows - self._proved), self.problem)

    def counted(self, facet: str, most: int) -> list[tuple[str, int]]:
        """The most frequent values of a facet with their numbers."""
        # A copy, because the reading thread may add a value at any moment.
        return Counter(dict(self.facets[facet])).most_common(most)

    def row(self, number: int) -> Row:
        """The row of that number, from 1.

        Raises:
            InputError: there is none.
        """
        rows = self.rows
        if not 1 <= number <= len(rows):
            raise InputError(f"there is no record {number}", file=self.path.name)
        return rows[number - 1]

    def record(self, number: int, row: Row | None = None) -> LoadedDialogue:
        """The record of that number, from 1; of this ``row``, if one is given.

        Raises:
            InputError: there is none, or the file cannot be read or has changed since.
        """
        row = row or self.row(number)
        if row.problem == TOO_LARGE:
            return LoadedDialogue("", problem=Finding(code=UNREADABLE, problem=TOO_LARGE))
        if row.start >= 0:
            return read_line(self.raw(row), self.path.name, number)
        found = next(load_dialogues(self.path, (number,)), None)
        if found is None or _digest(found) != row.digest:
            raise self._another()
        return found

    def raw(self, row: Row) -> bytes:
        """The line of a row, as it stands in the file; empty where the file is no JSON lines.

        Raises:
            InputError: it is too large, or the file cannot be read or has changed since.
        """
        if row.problem == TOO_LARGE:
            raise InputError(f"the record is {TOO_LARGE}", file=self.path.name)
        if row.start < 0:
            return b""
        raw = self._line(row)
        if record_digest(raw) != row.digest:
            raise self._another()
        return raw

    def _line(self, row: Row) -> bytes:
        try:
            with self.path.open("rb") as stream:
                stream.seek(row.start)
                return stream.readline(LARGEST + 1)
        except OSError as error:
            unreadable(self.path.name, error)

    def _another(self) -> InputError:
        """What is said of a row that stands for nothing any more; all is looked at again."""
        self._doubted = True
        return InputError("the file has changed", file=self.path.name, mend="load the list anew")

    def _changed(self) -> bool:
        """Whether there is more to read, or all of it anew."""
        try:
            held = self.path.stat()
        except OSError as error:
            self.problem, self._seen = error.strerror or str(error), ()
            return False
        seen = (held.st_dev, held.st_ino, held.st_size, held.st_mtime_ns)
        if seen == self._seen and not self._doubted:
            return False
        if self._doubted or seen[:2] != self._seen[:2] or not self._goes_on(held.st_size):
            self._forget()
        self._seen, self._size, self._doubted, self.problem = seen, held.st_size, False, ""
        return True

    def _goes_on(self, size: int) -> bool:
        """Whether a file that is not as it was holds what was read of it still."""
        if not self.lines or size < self._read:
            return False
        try:
            return not self.rows or record_digest(self._line(self.rows[-1])) == self.rows[-1].digest
        except InputError:
            # Whoever reads it will say why it cannot be read.
            return True

    def _work(self) -> None:
        try:
            for row in self._lines() if self.lines else self._whole():
                self._add(row)
                if self._closed:
                    return
        except (OSError, InputError) as error:
            self.problem = str(error)
        # There is no more to be had from the file as it is.
        self._size = self._read
        if self.lines:
            self._prove()

    def _lines(self) -> Iterator[Row]:
        with self.path.open("rb") as stream:
            stream.seek(self._read)
            while raw := stream.readline(LARGEST + 1):
                row = row_of(raw, self._read)
                if not raw.endswith(b"\n"):
                    if len(raw) <= LARGEST and row.problem:
                        self.problem = TORN if raw.strip() else ""
                        return
                    _pass_over(stream)
                self._read = stream.tell()
                if raw.strip():
                    yield row

    def _whole(self) -> Iterator[Row]:
        """The rows of a document that is one list, or one dialogue, each proved at once.

        To find a record again is to read all of the document.
        """
        for loaded in load_dialogues(self.path):
            if loaded.problem is not None:
                row = Row(-1, _digest(loaded), problem=loaded.problem.problem)
            else:
                row = row_of(json_bytes(written(loaded)), -1)
            if row.findings is None and not row.problem:
                row = row._replace(findings=self._codes(loaded))
            self._proved += 1
            yield row

    def _add(self, row: Row) -> None:
        for facet, name in values_of(row):
            self.facets[facet][name] += 1
        self.called.update((row.domain, tool) for tool in row.tools)
        self.rows.append(row)

    def _prove(self) -> None:
        """Prove what brought no proof of its own, one record after another."""
        while self._proved < len(self.rows) and not self._closed:
            number = self._proved + 1
            row = self.rows[number - 1]
            if row.findings is None and not row.problem:
                try:
                    codes = self._codes(self.record(number, row))
                except InputError:
                    codes = (UNREADABLE,)
                self.rows[number - 1] = row._replace(findings=codes)
                for code in codes or (CLEAN,):
                    self.facets["finding"][code] += 1
            self._proved = number

    def _codes(self, loaded: LoadedDialogue) -> tuple[str, ...]:
        """What the proof says of a record."""
        if loaded.problem is not None:
            return (UNREADABLE,)
        if loaded.dialogue is not None:
            found = prove(loaded.dialogue)
        else:
            found = prove_foreign(loaded.messages or (), loaded.tools or self.tools)
        return tuple(dict.fromkeys(one.code for one in found))


def values_of(row: Row) -> Iterator[tuple[str, str]]:
    """Under which facets a row stands, and as what."""
    if row.problem:
        return
    yield "domain", row.domain
    yield "motif", row.motif
    for facet, names in (("pattern", row.patterns), ("failure", row.failures), ("edit", row.edits)):
        for name in names:
            yield facet, name
    if row.findings is not None:
        for code in row.findings or (CLEAN,):
            yield "finding", code


def written(loaded: LoadedDialogue) -> JsonObject:
    """A record that can be read, as data."""
    if loaded.dialogue is not None:
        return loaded.dialogue.dump()
    named = {"id": loaded.id} if loaded.id else {}
    return {**named, "messages": list(loaded.messages or ())}


def _digest(loaded: LoadedDialogue) -> str:
    """The digest of a record of a document; that of one that cannot be read is empty."""
    return record_digest(written(loaded)) if loaded.problem is None else ""


def _pass_over(stream: IO[bytes]) -> None:
    """Go to the end of a line that is too long to be read."""
    while (more := stream.readline(LARGEST)) and not more.endswith(b"\n"):
        continue
