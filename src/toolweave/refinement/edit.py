"""Edits: what changes a dialogue's plan, and what changes only how the dialogue is presented."""

import random
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from toolweave.checks.words import Words
from toolweave.core.dialogue import Dialogue
from toolweave.core.model import JsonObject
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset


@dataclass(frozen=True, slots=True)
class Source:
    """What an edit starts from.

    Attributes:
        dialogue: the finished dialogue, as it was before any edit.
        plan: its plan, with the edits made so far.
        toolset: the tools it shows, with the edits made so far.
        words: how its values are spoken of.
        repeatable: whether playing the plan again yields the dialogue's own values: offline it
            does, a model finds others. An edit that sends one of them must fix it where not.
    """

    dialogue: Dialogue
    plan: Plan
    toolset: Toolset
    words: Words
    repeatable: bool = True

    def after(self, edited: "Edited") -> "Source":
        """The source of the next edit."""
        return replace(self, plan=edited.plan, toolset=edited.toolset)


@dataclass(frozen=True, slots=True)
class Edited:
    """A plan after an edit.

    ``kind`` is what the copy's ``modifications`` call it; ``detail`` tells a reader what was done.
    ``meant`` holds values that the edit relies on, by argument (``c2.amount``): the copy must send
    the same, or the edit does not fit it.
    """

    kind: str
    plan: Plan
    toolset: Toolset
    detail: JsonObject = field(default_factory=dict)
    meant: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guised:
    """A dialogue as it is presented now, and what a reader should know about that."""

    dialogue: Dialogue
    detail: JsonObject = field(default_factory=dict)


class Unfit(NamedTuple):
    """No such edit fits the dialogue, and why: few reasons, for they are counted."""

    reason: str


class PlanEdit(Protocol):
    """Changes the plan; the copy is then played from it and proved."""

    @property
    def kind(self) -> str:
        """What the configuration calls it."""
        ...

    def edited(self, source: Source, stream: random.Random) -> Edited | Unfit:
        """The plan with the edit in it. The id of the plan stays."""
        ...


class Guise(Protocol):
    """Changes how a finished dialogue is presented; the copy is proved once more."""

    @property
    def kind(self) -> str:
        """What the configuration and the copy's ``modifications`` call it."""
        ...

    def guised(self, dialogue: Dialogue, stream: random.Random) -> Guised | Unfit:
        """The dialogue in its new form."""
        ...
