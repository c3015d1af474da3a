"""The dialogues that a refinement starts from, read one by one, whoever made them."""

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
from toolweave.schema.documents import unreadable

_MARK: Final = b'"modifications"'


class Read(NamedTuple):
    """One line: a dialogue of ours, or why there is none (of what kind, in a sentence)."""

    line: int
    dialogue: Dialogue | None
    kind: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Originals:
    """A file of dialogues, with its number of lines and a digest of what it holds.

    ``taken`` are the ids of modified copies that it holds already.
    """

    path: Path
    lines: int
    digest: str
    taken: frozenset[str]

    def __iter__(self) -> Iterator[Read]:
        """Every line that holds anything. No id comes twice."""
        seen: set[str] = set()
        with self.path.open("rb") as stream:
            for number, raw in raw_lines(stream, str(self.path)):
                read = _read(raw, str(self.path), number)
                if read.dialogue is None:
                    yield read
                elif read.dialogue.id in seen:
                    yield Read(number, None, "duplicate_id", _twice(read.dialogue.id))
                else:
                    seen.add(read.dialogue.id)
                    yield read


def originals(source: Path) -> Originals:
    """The dialogues of a JSON-lines file or of a run folder.

    Raises:
        InputError: the file cannot be read.
    """
    path = source / DIALOGUES if source.is_dir() else source
    made, lines, taken = hashlib.blake2b(digest_size=16), 0, set()
    try:
        with path.open("rb") as stream:
            for _, raw in raw_lines(stream, str(path)):
                made.update(raw)
                lines += 1
                if _MARK in raw and (name := _modified(raw)):
                    taken.add(name)
    except (OSError, ValueError) as error:
        unreadable(str(path), error)
    return Originals(path, lines, made.hexdigest(), frozenset(taken))


def _modified(raw: bytes) -> str:
    """The id of a record that is a modified copy; an empty string for any other line."""
    try:
        record = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return ""
    name = record.get("id") if isinstance(record, dict) and record.get("modifications") else ""
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
