"""The tools of each domain that distractors are drawn from."""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from toolweave.core.errors import InputError
from toolweave.core.tool import Tool, Toolset
from toolweave.evaluation.loading import raw_lines, read_line
from toolweave.runs.folder import DIALOGUES
from toolweave.schema.documents import read_document, unreadable
from toolweave.schema.records import build

_LINES: Final = 2_000


def pools(source: Path) -> Mapping[str, Sequence[Tool]]:
    """Tools by the domain of dialogues, each once and sorted by name.

    They are those of a run folder's tool files, and those that the first dialogues show.

    Raises:
        InputError: the dialogues cannot be read.
    """
    found: dict[str, dict[str, Tool]] = {}
    if source.is_dir():
        for file in sorted((source / "tools").glob("*.json")):
            toolset = _toolset(file)
            if toolset is not None:
                held = found.setdefault(toolset.domain, {})
                held.update((tool.name, tool) for tool in toolset.tools)
    path = source / DIALOGUES if source.is_dir() else source
    try:
        with path.open("rb") as stream:
            for number, raw in islice(raw_lines(stream, str(path)), _LINES):
                dialogue = read_line(raw, str(path), number).dialogue
                if dialogue is not None and not dialogue.modifications:
                    held = found.setdefault(dialogue.domain, {})
                    for shown in dialogue.tools:
                        held.setdefault(shown.tool.name, shown.tool)
    except OSError as error:
        unreadable(str(path), error)
    return {domain: [tools[name] for name in sorted(tools)] for domain, tools in found.items()}


def _toolset(file: Path) -> Toolset | None:
    """The tools of a file; None where it holds none, for distractors are no reason to stop."""
    try:
        return build(Toolset, read_document(file), file=str(file))
    except InputError:
        return None
