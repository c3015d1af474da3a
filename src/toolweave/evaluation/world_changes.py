"""What unplanned calls changed in the world: the world as it is beside the one without them."""

from collections.abc import Sequence
from datetime import datetime

from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.evaluation.sent_calls import Sent
from toolweave.memory.committing import commit
from toolweave.memory.identity import Identity
from toolweave.memory.records import WorldRecord, WorldState, new_world
from toolweave.schema.types import same


def world_differences(
    plan: Plan, toolset: Toolset, now: datetime, done: Sequence[Sent], unplanned: Sequence[Sent]
) -> list[str]:
    """What the calls beside the plan left behind, in words; a change made twice leaves nothing.

    Args:
        plan: whose world it is.
        toolset: its tools.
        now: when it began.
        done: every call that succeeded, in order.
        unplanned: those of them that the plan does not ask for and that change something.
    """
    if not unplanned:
        return []
    places = {one.place for one in unplanned}
    actual = _world(plan, toolset, now, done)
    wanted = _world(plan, toolset, now, [one for one in done if one.place not in places])
    found: list[str] = []
    for key, record in actual["records"].items():
        found += _changed(key, wanted["records"].get(key), record)
    return found


def _world(plan: Plan, toolset: Toolset, now: datetime, calls: Sequence[Sent]) -> WorldState:
    tools = {tool.name: tool for tool in toolset.tools}
    identity = Identity.of(toolset.tools, plan)
    world = new_world(now)
    for one in calls:
        if one.name in tools and one.arguments is not None:
            world = commit(world, tools[one.name], one.arguments, one.result, identity)
    return world


def _changed(key: str, wanted: WorldRecord | None, actual: WorldRecord) -> list[str]:
    if wanted is None:
        return [f"{key} should not be there"]
    if actual["deleted"] != wanted["deleted"]:
        return [f"{key} should {'' if wanted['deleted'] else 'not '}have been removed"]
    return [
        f"{key}: {name} is {value!r:.60}, not {wanted['fields'].get(name)!r:.60}"
        for name, value in actual["fields"].items()
        if not same(value, wanted["fields"].get(name))
    ]
