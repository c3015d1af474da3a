"""Fan-out/fan-in workflows: one tool feeds several, which together feed one (App. C.1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice

from toolweave.core.graph import Link
from toolweave.core.workflow import Workflow
from toolweave.planners.flow import Flow


@dataclass(frozen=True)
class Fans:
    """How wide a fan may be, how many successors of a tool are combined, how many fans it keeps."""

    width: int = 3
    tried: int = 12
    kept: int = 24


def fan_workflows(flow: Flow, fans: Fans) -> Iterator[Workflow]:
    """``S → {A, B, …} → E``: branches that stand apart, each feeding E an input of its own."""
    for start in flow.tools:
        if flow.startable(start):
            yield from islice(_from(flow, start, fans), fans.kept)


def _from(flow: Flow, start: str, fans: Fans) -> Iterator[Workflow]:
    ranked = sorted(
        flow.successors(start).items(), key=lambda entry: (-entry[1][0].score, entry[0])
    )
    branches = [name for name, _ in ranked if name != start and not flow.lacks(name, (start,))][
        : fans.tried
    ]
    for width in range(2, fans.width + 1):
        for chosen in combinations(branches, width):
            if _independent(flow, chosen):
                yield from _closed(flow, start, chosen)


def _independent(flow: Flow, branches: tuple[str, ...]) -> bool:
    return not any(
        flow.between(one, other) or flow.between(other, one)
        for one, other in combinations(branches, 2)
    )


def _closed(flow: Flow, start: str, branches: tuple[str, ...]) -> Iterator[Workflow]:
    """The fans over these branches, one for each tool that all of them feed."""
    ends = set.intersection(*(set(flow.successors(branch)) for branch in branches))
    for end in sorted(ends - {start, *branches}):
        merged = _distinct(flow, branches, end)
        if merged is None or flow.lacks(end, (start, *branches)):
            continue
        out = [flow.between(start, branch)[0] for branch in branches]
        yield Workflow(motif="fan", tools=(start, *branches, end), links=(*out, *merged))


def _distinct(flow: Flow, branches: tuple[str, ...], end: str) -> list[Link] | None:
    """A link from every branch, each into a parameter of its own; None where there is none."""
    chosen: list[Link] = []

    def assign(place: int, taken: frozenset[str]) -> bool:
        if place == len(branches):
            return True
        for link in flow.between(branches[place], end)[:6]:
            if link.parameter not in taken:
                chosen.append(link)
                if assign(place + 1, taken | {link.parameter}):
                    return True
                chosen.pop()
        return False

    return chosen if assign(0, frozenset()) else None
