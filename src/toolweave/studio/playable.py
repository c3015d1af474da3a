"""What can be played live: shipped plans, and the plans of dialogues in the open runs."""

from functools import lru_cache
from typing import NamedTuple, Self

from toolweave.agents.stage import Stage
from toolweave.configs.shipping import shipped, shipped_names
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.graph.preparing import prepare
from toolweave.planners.reading import load_plan
from toolweave.schema.text import counted, whole_number
from toolweave.studio.holdings import Holdings
from toolweave.studio.lists import DIGITS

_BETWEEN = "/"


class Playable(NamedTuple):
    """A plan to choose.

    Attributes:
        name: what a form calls it: a shipped plan's name, or a run's slug, ``/`` and a number.
        id, goal, about: what a person chooses by.
    """

    name: str
    id: str
    goal: str
    about: str

    @classmethod
    def of(cls, name: str, plan: Plan) -> Self:
        """The plan under that name."""
        told = (plan.domain, plan.motif, counted(len(list(plan.steps())), "step"))
        return cls(name, plan.id, plan.goal, " · ".join(part for part in told if part))


@lru_cache(maxsize=1)
def shipped_plans() -> tuple[Playable, ...]:
    """The plans that ship, in the order of their names."""
    return tuple(Playable.of(name, load_plan(name).plan) for name in shipped_names("plans"))


def recorded(name: str, holdings: Holdings) -> Playable:
    """The plan of a record.

    Raises:
        InputError: there is no such record, or it has no plan.
    """
    return Playable.of(name, _dialogue(name, holdings).plan)


def stage_of(name: str, holdings: Holdings) -> Stage:
    """The plan of that name, made ready to be played.

    Tools and words of a record's plan are those that the record itself names.

    Raises:
        InputError: nothing is called so, or it cannot be played.
    """
    if _BETWEEN not in name:
        if name not in shipped_names("plans"):
            raise InputError(f"no shipped plan is called {name[:80]!r}", mend="choose one")
        return prepare(name)
    held = _dialogue(name, holdings)
    toolset = Toolset(
        version=1, domain=held.domain, tools=tuple(shown.tool for shown in held.tools)
    )
    # A record may name any file: only what ships is read.
    named = held.provenance.lexicon
    lexicon = named if shipped("lexicons", named) else ""
    return prepare(held.plan, toolset, lexicon, f"record {name.rpartition(_BETWEEN)[2]}")


def _dialogue(name: str, holdings: Holdings) -> Dialogue:
    slug, _, number = name.rpartition(_BETWEEN)
    try:
        run = holdings.get(slug)
    except KeyError as error:
        raise InputError("no such run is open", mend="choose a plan") from error
    place = whole_number(number, DIGITS)
    if place is None:
        raise InputError(f"{number[:20]!r} is no record", mend="choose a plan")
    held = run.index.record(place).dialogue
    if held is None:
        raise InputError(
            f"record {number} has no plan: it comes from elsewhere",
            mend="choose a dialogue that ToolWeave made, or a shipped plan",
        )
    return held
