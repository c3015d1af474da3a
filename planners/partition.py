"""Partition: splitting a workflow's tools into the groups that become segments (App. D.2)."""

import random
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Final

from toolweave.checks.effects import effect_of, identified
from toolweave.core.workflow import Workflow
from toolweave.planners.flow import Flow

Groups = tuple[tuple[str, ...], ...]

LARGEST: Final = 3
"""Calls in one group of a linear workflow; a turn with more reads like a batch job."""

# What a group is worth: true multi-step groups are what a plan is for.
_ALONE: Final = 0.03
_CHAINED: Final = 1.9
_LONG_CHAIN: Final = 1.6
_BATCH: Final = 0.5
_UNRELATED: Final = 0.3
_TWO_DEEDS: Final = 0.7
# Who has just made a thing does not look it up or undo it in the same breath.
_MADE_AND_READ: Final = 0.01
# More values than this are much for one turn; each further one makes it less likely.
_MUCH: Final = 6
_TOO_MUCH: Final = 0.8


def partitions(flow: Flow, workflow: Workflow) -> list[Groups]:
    """Every valid contiguous split, in a fixed order.

    A fan splits around the points where it opens and closes; a fork and its branch, and look-ups
    that go out together, stay in one group.
    """
    tools = workflow.tools
    if workflow.branch is not None and workflow.branch.operator == "error":
        return [tuple((name,) for name in tools)]
    if workflow.motif in ("conditional", "parallel"):
        return [(tools,)]
    if workflow.motif == "fan":
        return list(_around(tools))
    return [cut for cut in _cuts(tools) if all(len(group) <= LARGEST for group in cut)]


def choose_partition(flow: Flow, workflow: Workflow, stream: random.Random) -> Groups:
    """One split, better ones more often."""
    found = partitions(flow, workflow)
    return stream.choices(found, [worth(flow, groups) for groups in found])[0]


def worth(flow: Flow, groups: Groups) -> float:
    """How good a split is: groups whose calls feed one another count most."""
    value = 1.0
    for group in groups:
        value *= _worth(flow, group)
    return value


def _worth(flow: Flow, group: Sequence[str]) -> float:
    if len(group) == 1:
        return _ALONE
    fed = sum(
        any(flow.between(earlier, later) for earlier in group[:place])
        for place, later in enumerate(group)
    )
    value = _UNRELATED
    if fed == len(group) - 1:
        value = {2: _CHAINED, 3: _LONG_CHAIN}.get(len(group), _BATCH)
    deeds = sum(effect_of(flow.tools[name]).kind != "read" for name in group)
    pointless = sum(
        rereads(flow, earlier, later)
        for place, later in enumerate(group)
        for earlier in group[:place]
    )
    value *= _MADE_AND_READ**pointless * _TOO_MUCH ** max(0, _asked(flow, group) - _MUCH)
    return value * _TWO_DEEDS ** max(0, deeds - 1)


def rereads(flow: Flow, earlier: str, later: str) -> bool:
    """Whether a call only looks up, changes or removes what an earlier one has just made."""
    made, then = effect_of(flow.tools[earlier]), effect_of(flow.tools[later])
    if made.kind != "create" or then.kind == "create" or made.entity != then.entity:
        return False
    needed = [one for one in flow.inputs[later] if one.required and identified(one.path) is None]
    return bool(flow.between(earlier, later)) and (then.kind != "read" or not needed)


def _asked(flow: Flow, group: Sequence[str]) -> int:
    """How many values a turn of these calls takes from the user, at the least."""
    return sum(
        one.required
        and not one.preset
        and not any(link.source in group[:place] for link in flow.into(name, one.path))
        for place, name in enumerate(group)
        for one in flow.inputs[name]
    )


def _cuts(tools: tuple[str, ...]) -> Iterator[Groups]:
    places = range(1, len(tools))
    for number in range(len(tools)):
        for chosen in combinations(places, number):
            edges = (0, *chosen, len(tools))
            yield tuple(tools[start:end] for start, end in pairwise(edges))


def _around(tools: tuple[str, ...]) -> Iterator[Groups]:
    """The splits of a fan: the branches stay together, or each side takes some of them."""
    first, branches, last = tools[0], tools[1:-1], tools[-1]
    yield ((first, *branches), (last,))
    yield ((first,), (*branches, last))
    yield ((first,), branches, (last,))
    for place in range(1, len(branches)):
        yield ((first, *branches[:place]), (*branches[place:], last))
    if len(tools) <= LARGEST + 1:
        yield (tools,)
