"""From a final state to the record that is kept."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from toolweave.agents.prompting import PROMPTS
from toolweave.agents.scene import MessageDict
from toolweave.core.dialogue import Checks, Dialogue, Provenance, ShownTool
from toolweave.core.plan import Plan
from toolweave.core.tool import Tool
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
    stage, seed = setting.following(state).stage, setting.cast.seed
    return Dialogue.model_validate(
        {
            "version": 1,
            "id": name or dialogue_id(stage.plan.id, seed),
            "seed": seed,
            "goal": stage.plan.goal,
            "domain": stage.plan.domain or stage.toolset.domain,
            "plan": stage.plan,
            "tools": list(_shown(stage.shown(), state["messages"])),
            "messages": _kept(state, stage.plan),
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


def _shown(tools: Iterable[Tool], messages: Sequence[MessageDict]) -> Iterator[ShownTool]:
    """The tools, and for those that a message brings the number of that message."""
    brought = {
        name: number
        for number, message in enumerate(messages)
        for name in message.get("supplies", ())
    }
    for tool in tools:
        yield ShownTool(tool=tool, available_from=brought.get(tool.name))


def _kept(state: State, plan: Plan) -> list[MessageDict]:
    """The messages; what the user stated for calls that were then not made is no statement."""
    if "redirected" not in state:
        return state["messages"]
    known = {provision.slot for _, provision in plan.provisions()}
    calls = {call.id for call in plan.calls()}
    kept = []
    for message in state["messages"]:
        states = message.get("states", ())
        left = [one for one in states if one["ref"] in known or one["ref"].split(".")[0] in calls]
        kept.append({**message, "states": left} if len(left) < len(states) else message)
    return kept


@lru_cache(maxsize=1)
def package_version() -> str:
    """This package's version, or ``0`` where it runs without being installed."""
    try:
        return version("toolweave")
    except PackageNotFoundError:
        return "0"
