"""One plan, one seed, one proven dialogue."""

from pathlib import Path

from toolweave.agents.stage import Stage
from toolweave.checks.words import Words
from toolweave.core.dialogue import Checks, Dialogue
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.evaluation.proof import prove
from toolweave.graph.finishing import finish
from toolweave.graph.preparing import prepare
from toolweave.graph.setting import Agents, Setting, set_scene
from toolweave.graph.walking import awalk, walk
from toolweave.llm.generator import Generator
from toolweave.llm.offline.generator import OfflineGenerator


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
    deciding: bool = False,
) -> Dialogue:
    """Simulate a plan with a generator that never waits: the offline one unless one is given.

    The dialogue carries the verdict of its proof in ``checks``. With ``deciding`` the generator
    chooses the assistant's acts while it runs, and the dialogue carries the plan that came of it.

    Example:
        >>> import toolweave
        >>> dialogue = toolweave.simulate("customer_support_case", seed=7)
        >>> dialogue.checks.proof
        'passed'

    Raises:
        InputError: the plan cannot be used.
        ToolweaveError: a step could not be realised.
    """
    setting = _setting(plan, toolset, seed, generator, agents, deciding)
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
    deciding: bool = False,
) -> Dialogue:
    """``simulate`` on an event loop, for generators that wait for a server."""
    setting = _setting(plan, toolset, seed, generator, agents, deciding)
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
    deciding: bool,
) -> Setting:
    stage = plan if isinstance(plan, Stage) else prepare(plan, toolset)
    return set_scene(stage, seed, generator or OfflineGenerator(), agents, deciding=deciding)
