"""Leakage: names of tools and parameters, JSON and other insides in what users say."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from toolweave.checks.leaks import leaks
from toolweave.core.model import Record
from toolweave.core.tool import Tool
from toolweave.evaluation.conversation import Conversation
from toolweave.schema.types import properties_of

EXAMPLES: Final = 3
_LONGEST: Final = 60
# What is always told, even where nothing was found.
KINDS: Final = ("tool_name", "parameter_name", "json")


class Leaked(NamedTuple):
    """A leak in the text of one user message."""

    kind: str
    text: str


class Example(Record):
    """A dialogue by id (or by place where it has none), and what was found in it."""

    dialogue: str
    text: str


class LeakFigures(Record):
    """Leaks of one kind; ``share`` is of all dialogues."""

    kind: str
    leaks: int
    dialogues: int
    share: float
    examples: tuple[Example, ...] = ()


def leaked(held: Conversation, tools: Sequence[Tool] | None) -> tuple[Leaked, ...]:
    """The leaks in what the user says.

    Without tools, the names that the dialogue's own calls use are looked for.
    """
    if tools:
        names = [tool.name for tool in tools]
        parameters = {name for tool in tools for name in properties_of(tool.parameters)}
    else:
        names = sorted(held.tools)
        parameters = {name for sent in held.sent if isinstance(sent, dict) for name in sent}
    listed = sorted(parameters)
    return tuple(
        Leaked(leak.kind, leak.text[:_LONGEST])
        for said in held.said
        if said.speaker == "user"
        for leak in leaks(said.text, tool_names=names, parameter_names=listed)
    )


class Leakage:
    """Gathers the leaks of dialogues one after another."""

    def __init__(self) -> None:
        self._dialogues = 0
        self._leaks: Counter[str] = Counter()
        self._hit: Counter[str] = Counter()
        self._examples: dict[str, list[Example]] = {}

    def add(self, name: str, found: Iterable[Leaked]) -> None:
        """One more dialogue."""
        self._dialogues += 1
        first: dict[str, str] = {}
        for leak in found:
            self._leaks[leak.kind] += 1
            first.setdefault(leak.kind, leak.text)
        for kind, text in first.items():
            self._hit[kind] += 1
            held = self._examples.setdefault(kind, [])
            if len(held) < EXAMPLES:
                held.append(Example(dialogue=name, text=text))

    def figures(self) -> tuple[LeakFigures, ...]:
        """The figures so far; names and JSON first, then what else was found."""
        others = sorted(set(self._leaks) - set(KINDS))
        return tuple(
            LeakFigures(
                kind=kind,
                leaks=self._leaks[kind],
                dialogues=self._hit[kind],
                share=self._hit[kind] / self._dialogues if self._dialogues else 0.0,
                examples=tuple(self._examples.get(kind, ())),
            )
            for kind in (*KINDS, *others)
        )
