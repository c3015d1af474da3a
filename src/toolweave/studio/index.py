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
from toolweave.core.model import JsonObject
from toolweave.core.tool import Tool
from toolweave.evaluation.foreign import prove_foreign
from toolweave.evaluation.loading import LoadedDialogue, load_dialogues, read_line
from toolweave.evaluation.proof import prove
from toolweave.schema.documents import LIMIT
from toolweave.studio.rows import Row, row_from, row_of

FACETS: Final = ("domain", "motif", "pattern", "failure", "edit", "finding")
CLEAN: Final = "none"


class Progress(NamedTuple):
    """How far an index is: the share of the file that was read, and what is left to be proved."""

    share: float
    rows: int
    unproved: int
    problem: str


class Index:
    """The rows of one file, which may grow while it is looked at.

    Rows are added by one thread at a time and only ever appended; pages see those that are there.
    A file that was written anew is indexed anew.

    Args:
        path: the file.
        tools: those that records from elsewhere are judged by where they bring none.
    """

    def __init__(self, path: Path, tools: tuple[Tool, ...] | None = None) -> None:
        self.path, self.tools = path, tools
        self.lines = path.suffix.lower() != ".json"
        self.rows: list[Row] = []
        self.facets: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
        # Records by domain and a tool that they call.
        self.called: Counter[tuple[str, str]] = Counter()
        self.problem = ""
        self._read = self._size = self._proved = 0
        self._file: tuple[int, int] = (0, 0)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

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
        return Progress(share, rows, rows - self._proved, self.problem)

    def counted(self, facet: str, most: int) -> list[tuple[str, int]]:
        """The most frequent values of a facet with their numbers."""
        # A copy, because the reading thread may add a value at any moment.
        return Counter(dict(self.facets[facet])).most_common(most)

    def record(self, number: int) -> LoadedDialogue:
        """The record of a row, from 1.

        Raises:
            InputError: there is none, or the file cannot be read or has changed since.
        """
        if not 1 <= number <= len(self.rows):
            raise InputError(f"there is no record {number}", file=self.path.name)
        row = self.rows[number - 1]
        found = self._load(row, number)
        if found is None:
            raise InputError("the file has changed", file=self.path.name, mend="load the list anew")
        return found

    def raw(self, number: int) -> bytes:
        """The line of a row, as it stands in the file; empty where the file is no JSON lines."""
        row = self.rows[number - 1]
        if row.start < 0:
            return b""
        with self.path.open("rb") as stream:
            stream.seek(row.start)
            return stream.readline(LIMIT + 1)

    def _load(self, row: Row, number: int) -> LoadedDialogue | None:
        if row.start < 0:
            return next(load_dialogues(self.path, (number,)), None)
        raw = self.raw(number)
        # The place may hold another record by now.
        if record_digest(raw) != row.digest:
            return None
        return read_line(raw, self.path.name, number)

    def _changed(self) -> bool:
        """Whether there is more to read, or all of it anew."""
        try:
            held = self.path.stat()
        except OSError as error:
            self.problem = error.strerror or str(error)
            return False
        identity = (held.st_ino, held.st_dev)
        if identity != self._file or held.st_size < self._read:
            self._file = identity
            self.rows, self._read, self._proved, self.problem = [], 0, 0, ""
            self.facets = {name: Counter() for name in FACETS}
            self.called = Counter()
        self._size = held.st_size
        return self._read < self._size

    def _work(self) -> None:
        try:
            with self.path.open("rb") as stream:
                for row in self._lines(stream) if self.lines else self._whole():
                    self._add(row)
                    if self._closed:
                        return
        except (OSError, InputError) as error:
            self.problem = str(error)
        self._prove()

    def _lines(self, stream: IO[bytes]) -> Iterator[Row]:
        stream.seek(self._read)
        while raw := stream.readline(LIMIT + 1):
            row = row_of(raw, self._read)
            if not raw.endswith(b"\n"):
                if len(raw) <= LIMIT and row.problem:
                    # Still being written: it is read when it is whole.
                    return
                _pass_over(stream)
            self._read = stream.tell()
            if raw.strip():
                yield row

    def _whole(self) -> Iterator[Row]:
        """The rows of a document that is one list, or one dialogue."""
        for loaded in load_dialogues(self.path):
            if loaded.problem is not None:
                yield Row(-1, "", problem=loaded.problem.problem)
            else:
                data = written(loaded)
                yield row_from(data, -1, record_digest(data))
        self._read = self._size

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
                codes = self._codes(row, number)
                self.rows[number - 1] = row._replace(findings=codes)
                for code in codes or (CLEAN,):
                    self.facets["finding"][code] += 1
            self._proved = number

    def _codes(self, row: Row, number: int) -> tuple[str, ...]:
        try:
            loaded = self._load(row, number)
        except (OSError, InputError):
            loaded = None
        if loaded is None or loaded.problem is not None:
            return ("unreadable",)
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


def _pass_over(stream: IO[bytes]) -> None:
    """Go to the end of a line that is too long to be read."""
    while (more := stream.readline(LIMIT)) and not more.endswith(b"\n"):
        continue
