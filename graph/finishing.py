"""From a final state to the record that is kept."""

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from toolweave.agents.prompting import PROMPTS
from toolweave.core.dialogue import Checks, Dialogue, Provenance, ShownTool
from toolweave.graph.setting import Setting
from toolweave.graph.state import State


def dialogue_id(plan_id: str, seed: int) -> str:
    """The id of the dialogue that this plan gives with this seed."""
    return f"{plan_id}-{seed:06d}"


def finish(setting: Setting, state: State, config: str = "", name: str = "") -> Dialogue:
    """The dialogue, not yet proved.

    Args:
        setting: what the run was given.
        state: where it ended.
        config: the digest of the run's configuration, if there is one.
        name: the dialogue's id, where it is not made of the plan's id and the seed.
    """
    stage, seed = setting.stage, setting.cast.seed
    return Dialogue.model_validate(
        {
            "version": 1,
            "id": name or dialogue_id(stage.plan.id, seed),
            "seed": seed,
            "goal": stage.plan.goal,
            "domain": stage.plan.domain or stage.toolset.domain,
            "plan": stage.plan,
            "tools": [ShownTool(tool=tool) for tool in stage.shown()],
            "messages": state["messages"],
            "checks": Checks(proof="off"),
            "provenance": Provenance(
                model=setting.generator.name,
                package=package_version(),
                prompts=PROMPTS.version,
                config=config,
                lexicon=stage.lexicon,
            ),
        }
    )


@lru_cache(maxsize=1)
def package_version() -> str:
    """This package's version, or ``0`` where it runs without being installed."""
    try:
        return version("toolweave")
    except PackageNotFoundError:
        return "0"
