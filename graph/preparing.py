"""From a plan, its file or its name to a stage that any seed can be played on."""

from pathlib import Path
from typing import NamedTuple

from toolweave.agents.stage import Stage, set_stage
from toolweave.checks.plan_check import check_plan
from toolweave.checks.words import Words
from toolweave.configs.wording import lexicon_for, words_for
from toolweave.core.errors import InputError
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.planners.reading import load_plan


def prepare(
    plan: Plan | Path | str, toolset: Toolset | None = None, lexicon: str = "", file: str = ""
) -> Stage:
    """A plan made ready to be simulated with any seed.

    Args:
        plan: the plan, its file, or the name of a shipped one.
        toolset: its tools, where they are not those the plan's file names.
        lexicon: name or path of the lexicon, where it is not the toolset's or the best fit.
        file: where a plan that is given as an object came from, for objections to it.

    Raises:
        InputError: the plan cannot be read or fails its check.
    """
    file = file if isinstance(plan, Plan) else str(plan)
    if not isinstance(plan, Plan):
        loaded = load_plan(plan, toolset)
        plan, toolset = loaded.plan, loaded.toolset
    if toolset is None:
        raise InputError(f"plan {plan.id!r} comes without tools", mend="pass its toolset")
    worded = checked(plan, toolset, lexicon, file)
    return set_stage(plan, toolset, worded.words, worded.lexicon)


class Worded(NamedTuple):
    """The words of a checked plan, and the name of their lexicon."""

    words: Words
    lexicon: str


def checked(plan: Plan, toolset: Toolset, lexicon: str = "", file: str = "") -> Worded:
    """See that a plan can be prepared, at a tenth of what that takes.

    Raises:
        InputError: the plan fails its check, or its lexicon cannot be read.
    """
    errors = [f for f in check_plan(plan, toolset, file) if f.severity == "error"]
    if errors:
        more = f"; and {len(errors) - 1} more" if len(errors) > 1 else ""
        raise InputError(f"the plan fails its check: {errors[0].line()}{more}")
    name = lexicon_for(toolset.tools, lexicon or toolset.lexicon, plan.domain or toolset.domain)
    return Worded(words_for(toolset.tools, name), name)
