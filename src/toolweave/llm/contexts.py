"""What each task tells the generator, and what it wants back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from toolweave.checks.words import FieldView, Words
from toolweave.core.binding import Selector
from toolweave.core.lexicon import Situation
from toolweave.core.model import JsonValue
from toolweave.core.plan import Persona
from toolweave.core.tool import Tool


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the conversation so far, as its readers see it."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Human:
    """The person who plays the user's side: drawn once per dialogue, the same in every step."""

    persona: Persona
    first_name: str
    last_name: str
    email: str
    phone: str
    street: str
    city: str
    postcode: str
    region: str
    country: str
    company: str


@dataclass(frozen=True, slots=True)
class Cast:
    """What the seed decides once for the whole dialogue."""

    seed: int
    now: datetime
    human: Human
    situation: Situation | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A value the user is to state: its name in the plan, its schema, and its words.

    ``schema`` is what every parameter it feeds accepts. ``fixed`` holds the planned value;
    ``avoid`` a value it must not repeat (a correction).
    """

    name: str
    tool: str
    view: FieldView
    schema: Mapping[str, Any]
    fixed: tuple[JsonValue, ...] = ()
    avoid: tuple[JsonValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Pointer:
    """An element the user picks out by description: which one, of what.

    ``chooses`` tells a choice ("I'll take the second one") from a reference ("I mean that one");
    ``named`` is what the element is called, where it has a name; ``among`` how many there are;
    ``listed`` the kind of thing in the list, where its answer may not have made that plain.
    """

    argument: str
    kind: str
    index: int
    by: str
    value: JsonValue
    noun: str
    chooses: bool
    named: str = ""
    among: int = 0
    listed: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A call of this segment, as the user would ask for it.

    ``feeds_later``: another call of the segment uses its outputs; ``reads``: it changes nothing;
    ``at_hand``: what it is about was spoken of before its segment.
    """

    call: str
    tool: Tool
    feeds_later: bool
    reads: bool
    at_hand: bool = False


@dataclass(frozen=True, slots=True)
class UtteranceContext:
    """A user step: a request, or the answer to a clarification (``question`` is then set).

    ``failed`` says that the call before came to nothing; ``condition`` is what a conditional
    request depends on ("it's still open"), without its "if"; ``voiced``: the plan chose the wishes
    and the order in which the request tells things; ``supplies`` are tools whose definitions are
    put behind the words.
    """

    cast: Cast
    words: Words
    step: int
    kind: str
    first: bool
    goal: str
    subgoal: str
    intent: str
    wishes: tuple[Wish, ...]
    slots: tuple[Slot, ...]
    pointers: tuple[Pointer, ...]
    known: Mapping[str, JsonValue]
    question: str
    failed: bool
    history: tuple[Line, ...]
    condition: str = ""
    voiced: bool = False
    supplies: tuple[Tool, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionContext:
    """A clarification: exactly these slots are missing; ``again`` if they were just asked for."""

    cast: Cast
    words: Words
    step: int
    slots: tuple[Slot, ...]
    wishes: tuple[Wish, ...]
    history: tuple[Line, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class ResultContext:
    """One simulated call. ``schema`` is the result schema narrowed to what must be returned.

    ``stated`` names the fields whose values are the user's to state in this plan; ``picks`` are the
    selectors that later steps use on it, by output path.
    """

    cast: Cast
    words: Words
    step: int
    call: str
    tool: Tool
    arguments: Mapping[str, Any]
    schema: Mapping[str, Any]
    clock: datetime
    stated: frozenset[str]
    picks: tuple[tuple[str, Selector], ...]
    history: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A call that was answered: its arguments and its result, or its error's code and message.

    ``chosen_by`` names the fields by which a later step picks an element of its list, ``chosen``
    the indices of those elements: what will be picked has to be among what is told.
    """

    call: str
    tool: Tool
    arguments: Mapping[str, Any]
    result: JsonValue
    error: tuple[str, str] | None = None
    feeds_later: bool = False
    reads: bool = False
    chosen_by: tuple[str, ...] = ()
    chosen: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ReportContext:
    """The assistant's answer about these calls; ``told`` holds what was said before.

    ``lacks`` are the tools that a refused wish would need.
    """

    cast: Cast
    words: Words
    step: int
    kind: str
    subgoal: str
    outcomes: tuple[Outcome, ...]
    reports: tuple[str, ...]
    told: frozenset[str]
    last: bool
    history: tuple[Line, ...]
    lacks: tuple[Tool, ...] = ()


class Answer(BaseModel):
    """Base of every result type."""

    model_config = ConfigDict(extra="ignore")


class Utterance(Answer):
    """What the user says, and the values stated in it by slot name."""

    utterance: str
    values: dict[str, Any] = {}


class Question(Answer):
    """What the assistant asks."""

    question: str


class Result(Answer):
    """What the tool returns."""

    result: Any


class Stated(BaseModel):
    """Where a report states an output."""

    ref: str
    start: int
    end: int


class Report(Answer):
    """What the assistant answers. Offline wording also says where each value stands."""

    answer: str
    states: tuple[Stated, ...] = ()
