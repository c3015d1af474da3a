"""Linear workflows by bounded beam search (ToolWeave, App. C.1 and Algorithm 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from toolweave.core.graph import Link
from toolweave.core.workflow import Workflow
from toolweave.planners.flow import Flow

# A search only serves a later call: reading it again, or a second search, is no step forward.
_REPEATED_KIND: Final = 0.15


@dataclass(frozen=True)
class Beam:
    """How far the search goes: paths kept per start and length, longest path, successors tried."""

    width: int = 6
    depth: int = 5
    tried: int = 40


class _Path(NamedTuple):
    tools: tuple[str, ...]
    links: tuple[Link, ...]
    score: float


def linear_workflows(flow: Flow, beam: Beam) -> Iterator[Workflow]:
    """Every path of two tools and more that the beam keeps, from every tool that can be a start."""
    for start in flow.tools:
        if flow.startable(start):
            for path in _from(flow, start, beam):
                yield Workflow(motif="linear", tools=path.tools, links=path.links)


def _from(flow: Flow, start: str, beam: Beam) -> Iterator[_Path]:
    kept = [_Path((start,), (), 0.0)]
    for _ in range(beam.depth - 1):
        grown = [longer for path in kept for longer in _extended(flow, path, beam)]
        grown.sort(key=lambda path: (-path.score / len(path.links), path.tools))
        kept = grown[: beam.width]
        yield from kept


def _extended(flow: Flow, path: _Path, beam: Beam) -> Iterator[_Path]:
    """The path with one more tool that its last one feeds and that can then be called."""
    last = path.tools[-1]
    successors = list(flow.successors(last).items())
    successors.sort(key=lambda entry: (-entry[1][0].score, entry[0]))
    for target, links in successors[: beam.tried]:
        if target in path.tools or flow.lacks(target, path.tools):
            continue
        best = _feeding(flow, path.tools, target, links[0])
        worth = best[0].score - (_REPEATED_KIND if _again(flow, path.tools, target) else 0.0)
        yield _Path((*path.tools, target), (*path.links, *best), path.score + worth)


def _feeding(flow: Flow, before: tuple[str, ...], target: str, first: Link) -> list[Link]:
    """The links that the plan will rest on: the one that led here, and one per other parameter."""
    found = [first]
    taken = {first.parameter}
    for one in flow.inputs[target]:
        if one.path in taken or not (one.required or one.path.endswith("_id")):
            continue
        for link in flow.into(target, one.path):
            if link.source in before:
                found.append(link)
                taken.add(one.path)
                break
    return found


def _again(flow: Flow, before: tuple[str, ...], target: str) -> bool:
    """Whether the same kind of thing would be read again the same way."""
    effect = flow.tools[target].effect
    if effect is None or effect.kind != "read":
        return False
    return any(
        (held := flow.tools[name].effect) is not None
        and held.kind == "read"
        and held.entity == effect.entity
        for name in before[:-1]
    )
