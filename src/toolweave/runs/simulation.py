"""One plan, one seed, one proven dialogue."""

from pathlib import Path

from toolweave.agents.stage import Stage, set_stage
from toolweave.checks.plan_check import check_plan
from toolweave.checks.words import Words
from toolweave.configs.wording import lexicon_for, words
from toolweave.core.dialogue import Checks, Dialogue
from toolweave.core.errors import InputError
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.evaluation.proof import prove
from toolweave.graph.finishing import finish
from toolweave.graph.setting import Agents, Setting, set_scene
from toolweave.graph.walking import awalk, walk
from toolweave.llm.generator import Generator
from toolweave.llm.offline.generator import OfflineGenerator
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
    errors = [f for f in check_plan(plan, toolset, file) if f.severity == "error"]
    if errors:
        more = f"; and {len(errors) - 1} more" if len(errors) > 1 else ""
        raise InputError(f"the plan fails its check: {errors[0].line()}{more}")
    name = lexicon_for(toolset.tools, lexicon or toolset.lexicon, plan.domain or toolset.domain)
    return set_stage(plan, toolset, words(name), name)


def simulate(
    plan: Plan | Path | str | Stage,
    toolset: Toolset | None = None,
    *,
    seed: int = 0,
    generator: Generator | None = None,
    agents: Agents | None = None,
    proof: bool = True,
    config: str = "",
    name: str = "",
) -> Dialogue:
    """Simulate a plan with a generator that never waits: the offline one unless one is given.

    The dialogue carries the verdict of its proof in ``checks``.

    Example:
        >>> import toolweave
        >>> dialogue = toolweave.simulate("customer_support_case", seed=7)
        >>> dialogue.checks.proof
        'passed'

    Raises:
        InputError: the plan cannot be used.
        ToolweaveError: a step could not be realised.
    """
    setting = _setting(plan, toolset, seed, generator, agents)
    made = finish(setting, walk(setting), config, name)
    return proven(made, setting.stage.words) if proof else made


async def asimulate(
    plan: Plan | Path | str | Stage,
    toolset: Toolset | None = None,
    *,
    seed: int = 0,
    generator: Generator | None = None,
    agents: Agents | None = None,
    proof: bool = True,
    config: str = "",
    name: str = "",
) -> Dialogue:
    """``simulate`` on an event loop, for generators that wait for a server."""
    setting = _setting(plan, toolset, seed, generator, agents)
    made = finish(setting, await awalk(setting), config, name)
    return proven(made, setting.stage.words) if proof else made


def proven(dialogue: Dialogue, words: Words | None = None) -> Dialogue:
    """The dialogue with its verdict; ``words`` are those it was worded with, where at hand."""
    findings = tuple(prove(dialogue, words))
    failed = any(finding.severity == "error" for finding in findings)
    checks = Checks(proof="failed" if failed else "passed", findings=findings)
    return dialogue.model_copy(update={"checks": checks})


def _setting(
    plan: Plan | Path | str | Stage,
    toolset: Toolset | None,
    seed: int,
    generator: Generator | None,
    agents: Agents | None,
) -> Setting:
    stage = plan if isinstance(plan, Stage) else prepare(plan, toolset)
    return set_scene(stage, seed, generator or OfflineGenerator(), agents)
