"""One dialogue as a page shows it: messages beside the steps of the plan, with all their ties."""

from collections.abc import Sequence
from typing import NamedTuple

from toolweave.reporting.pieces import Piece


class ShownArgument(NamedTuple):
    """An argument: where it stands, its value, and where it comes from in words."""

    path: str
    value: Piece
    origin: str


class ShownCall(NamedTuple):
    """A call with its arguments."""

    name: str
    call: str
    attempt: int
    arguments: Sequence[ShownArgument]


class ShownMessage(NamedTuple):
    """A message; ``answers`` is the tool behind a result, ``objections`` what the proof says."""

    number: int
    role: str
    trained: bool
    text: Sequence[Piece]
    calls: Sequence[ShownCall] = ()
    answers: str = ""
    failed: bool = False
    objections: Sequence[str] = ()


class ShownLine(NamedTuple):
    """A line of a planned step: what it names, and what about it; or where a ``bound`` argument
    comes from.
    """

    name: str
    origin: str
    ties: Sequence[str] = ()
    bound: bool = False


class ShownStep(NamedTuple):
    """A step of the plan and the messages that carry it out; no number where nothing is planned.

    ``part`` is the heading of the segment that begins here.
    """

    number: int
    act: str
    lines: Sequence[ShownLine]
    messages: Sequence[ShownMessage]
    part: str = ""


class ShownTool(NamedTuple):
    """A tool that the assistant may see."""

    name: str
    description: str
    note: str


class ShownDialogue(NamedTuple):
    """A dialogue; ``more`` messages of it are left out because they are too long.

    ``sound`` says whether the proof found no error, ``badges`` what is special about it.
    """

    id: str
    goal: str
    facts: Sequence[tuple[str, str]]
    steps: Sequence[ShownStep]
    tools: Sequence[ShownTool]
    verdict: str
    sound: bool
    objections: Sequence[str]
    badges: Sequence[str] = ()
    more: int = 0
