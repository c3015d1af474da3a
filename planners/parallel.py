"""Parallel workflows: independent look-ups that one wish needs and that can go out together."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice

from toolweave.checks.effects import effect_of, identified
from toolweave.core.workflow import Workflow
from toolweave.planners.flow import Flow


@dataclass(frozen=True)
class Pairs:
    """How many tools may share one thing before only the first are combined, and the width."""

    tried: int = 10
    width: int = 3
    kept: int = 400


def parallel_workflows(flow: Flow, pairs: Pairs) -> Iterator[Workflow]:
    """Two or three reads of the same thing that need nothing of one another."""
    return islice(_all(flow, pairs), pairs.kept)


def _all(flow: Flow, pairs: Pairs) -> Iterator[Workflow]:
    seen: set[tuple[str, ...]] = set()
    for shared, names in sorted(_by_subject(flow).items()):
        for width in range(2, pairs.width + 1):
            for chosen in combinations(names[: pairs.tried], width):
                apart = not any(
                    flow.between(one, other) or flow.between(other, one)
                    for one, other in combinations(chosen, 2)
                )
                if apart and chosen not in seen and shared:
                    seen.add(chosen)
                    yield Workflow(motif="parallel", tools=chosen)


def _by_subject(flow: Flow) -> dict[str, list[str]]:
    """The reading tools that a person can ask for by the same required identifier."""
    found: dict[str, list[str]] = {}
    for name, tool in flow.tools.items():
        if effect_of(tool).kind != "read" or not flow.startable(name):
            continue
        for one in flow.inputs[name]:
            if one.required and one.askable and identified(one.path) is not None:
                found.setdefault(one.path, []).append(name)
    return found
