"""The dialogues that a refinement starts from: where each stands, and what stands there."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from toolweave.core.dialogue import Dialogue
from toolweave.core.tool import Tool, Toolset
from toolweave.evaluation.loading import raw_lines, read_line
from toolweave.runs.folder import DIALOGUES
from toolweave.runs.refine_records import is_copy
from toolweave.schema.documents import LIMIT, unreadable

_BOM: Final = b"\xef\xbb\xbf"


class Read(NamedTuple):
    """One line: a dialogue of ours, or why there is none (of what kind, in a sentence)."""

    line: int
    dialogue: Dialogue | None
    kind: str = ""
    reason: str = ""


class Standing(NamedTuple):
    """Where a line stands: its number, the byte it begins at, and the id that it gives itself.

    ``twice``: an earlier line holds the dialogue of that id.
    """

    line: int
    start: int
    id: str
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Originals:
    """A file of dialogues, with its number of lines and a digest of what it holds.

    ``taken`` are the ids that it holds and copies would have; ``repeated`` those of several lines.
    """

    path: Path
    lines: int
    digest: str
    taken: frozenset[str]
    repeated: frozenset[str]

    def __iter__(self) -> Iterator[Standing]:
        """Where every line stands that holds anything."""
        seen: set[str] = set()
        with self.path.open("rb") as stream:
            for number, raw in raw_lines(stream, str(self.path)):
                name, start = _named(raw), stream.tell() - len(raw)
                if name not in self.repeated:
                    yield Standing(number, start, name)
                    continue
                # Of several lines the first counts that holds a dialogue.
                sound = _read(raw, str(self.path), number).dialogue is not None
                yield Standing(number, start, name if sound else "", sound and name in seen)
                if sound:
                    seen.add(name)


def originals(source: Path) -> Originals:
    """The dialogues of a JSON-lines file or of a run folder.

    Raises:
        InputError: the file cannot be read.
    """
    path = source / DIALOGUES if source.is_dir() else source
    made, lines = hashlib.blake2b(digest_size=16), 0
    seen: set[str] = set()
    repeated: set[str] = set()
    try:
        with path.open("rb") as stream:
            for _, raw in raw_lines(stream, str(path)):
                made.update(raw)
                lines += 1
                name = _named(raw)
                (repeated if name in seen else seen).add(name)
    except (OSError, ValueError) as error:
        unreadable(str(path), error)
    taken = frozenset(name for name in seen if is_copy(name))
    return Originals(path, lines, made.hexdigest(), taken, frozenset(repeated - {""}))


def original_at(path: Path, standing: Standing, name: str) -> Read:
    """What stands there, in a file of that name."""
    with path.open("rb") as stream:
        stream.seek(standing.start)
        read = _read(stream.readline(LIMIT + 1), name, standing.line)
    if read.dialogue is None:
        return read
    if standing.twice:
        return Read(read.line, None, "duplicate_id", _twice(read.dialogue.id))
    if read.dialogue.id != standing.id:
        where = f"{name}, line {read.line}: not what stood there when the refinement began"
        return Read(read.line, None, "moved", f"{where} (leave the file alone while it goes on)")
    return read


def _named(raw: bytes) -> str:
    """The id that a line gives itself; an empty string where it gives none."""
    try:
        record = orjson.loads(raw.removeprefix(_BOM))
    except orjson.JSONDecodeError:
        return ""
    name = record.get("id") if isinstance(record, dict) else ""
    return name if isinstance(name, str) else ""


class Shelf:
    """Tools by what they say, so that what is worked out for one is not worked out again."""

    LIMIT: Final = 20_000

    def __init__(self) -> None:
        self._tools: dict[str, Tool] = {}

    def toolset(self, dialogue: Dialogue) -> Toolset:
        """The tools that a dialogue shows."""
        if len(self._tools) > self.LIMIT:
            self._tools.clear()
        shown = (self._tools.setdefault(s.tool.model_dump_json(), s.tool) for s in dialogue.tools)
        return Toolset(version=1, domain=dialogue.domain, tools=tuple(shown))


def _read(raw: bytes, file: str, number: int) -> Read:
    loaded = read_line(raw, file, number)
    where = f"{file}, line {number}"
    if loaded.problem is not None:
        problem = loaded.problem
        mend = f" ({problem.mend})" if problem.mend else ""
        return Read(number, None, "unreadable", f"{where}: {problem.problem}{mend}")
    if loaded.dialogue is None:
        reason = "it comes from elsewhere and has no plan, so there is nothing to edit"
        return Read(number, None, "no_plan", f"{where}: {reason} (make dialogues with ToolWeave)")
    return Read(number, loaded.dialogue)


def _twice(identity: str) -> str:
    return f"the id {identity!r} occurs in an earlier line (give each dialogue its own)"
