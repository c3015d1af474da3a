"""All workflows of a tool graph: every motif, and every tool that can be reached at least once."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from toolweave.configs.pipeline import Sampler
from toolweave.core.domain import DomainPack
from toolweave.core.graph import Link
from toolweave.core.workflow import Workflow
from toolweave.planners.conditional import Forks, conditional_workflows
from toolweave.planners.fan import Fans, fan_workflows
from toolweave.planners.flow import Flow
from toolweave.planners.idle import only_signs
from toolweave.planners.lifecycles import LifeCycles
from toolweave.planners.linear import Beam, linear_workflows
from toolweave.planners.parallel import Pairs, parallel_workflows
from toolweave.planners.random_walk import random_walks

_LONGEST_WAY: Final = 6


@dataclass(frozen=True)
class Sampling:
    """How workflows are found. ``walks`` is how many random walks stand in for the motifs."""

    sampler: Sampler = "motifs"
    beam: Beam = field(default_factory=Beam)
    fans: Fans = field(default_factory=Fans)
    forks: Forks = field(default_factory=Forks)
    pairs: Pairs = field(default_factory=Pairs)
    walks: int = 400


@dataclass(frozen=True)
class Found:
    """The workflows of a graph, and the tools that none of them can hold, each with the reason."""

    workflows: tuple[Workflow, ...]
    unreached: dict[str, str]


def find_workflows(
    flow: Flow, sampling: Sampling, stream: random.Random, pack: DomainPack | None = None
) -> Found:
    """Every workflow that the sampling finds, without repetition."""
    if sampling.sampler == "random_walk":
        walks = tuple(random_walks(flow, sampling.walks, stream, sampling.beam.depth))
        return Found(tuple(one for one in walks if all(map(flow.useful, one.tools))), {})
    found: dict[str, Workflow] = {}
    lives = LifeCycles(pack)
    for workflow in _motifs(flow, sampling, pack):
        useful = all(map(flow.useful, _shown(workflow))) and not only_signs(workflow.tools)
        if useful and lives.allows(workflow.tools):
            found.setdefault(workflow.key(), workflow)
    covered = {name for workflow in found.values() for name in workflow.tools}
    unreached = dict(flow.idle)
    for name in flow.tools:
        if name in covered or name in unreached:
            continue
        way = way_to(flow, name)
        if way is None:
            lacking = ", ".join(one.path for one in flow.lacks(name, tuple(flow.tools)))
            unreached[name] = (
                f"no tool returns {lacking}"
                if lacking
                else "what it needs comes only from tools that nobody can begin with"
            )
            continue
        if len(way.tools) > 1 and only_signs(way.tools):
            unreached[name] = "nobody asks only to be signed in and out"
            continue
        found.setdefault(way.key(), way)
        covered.update(way.tools)
    return Found(tuple(found.values()), unreached)


def _shown(workflow: Workflow) -> tuple[str, ...]:
    """The tools of a workflow, the way not taken included."""
    return (*workflow.tools, workflow.branch.other) if workflow.branch else workflow.tools


def _motifs(flow: Flow, sampling: Sampling, pack: DomainPack | None) -> Iterator[Workflow]:
    yield from linear_workflows(flow, sampling.beam)
    yield from fan_workflows(flow, sampling.fans)
    yield from conditional_workflows(flow, sampling.forks, pack)
    yield from parallel_workflows(flow, sampling.pairs)


def way_to(flow: Flow, name: str) -> Workflow | None:
    """A shortest workflow that ends in the tool, working backwards from what it lacks."""
    tools: list[str] = [name]
    links: list[Link] = []
    open_needs = [(name, one.path) for one in flow.lacks(name, ())]
    while open_needs and len(tools) <= _LONGEST_WAY:
        target, parameter = open_needs.pop(0)
        earlier = tools[: tools.index(target)]
        known = [link for link in flow.into(target, parameter) if link.source in earlier]
        ways = known or [link for link in flow.into(target, parameter) if link.source not in tools]
        if not ways:
            return None
        ways.sort(key=lambda link: (len(flow.lacks(link.source, ())), -link.score, link.source))
        links.append(ways[0])
        source = ways[0].source
        if source not in tools:
            tools.insert(0, source)
            open_needs.extend((source, one.path) for one in flow.lacks(source, ()))
    if open_needs:
        return None
    return Workflow(motif="linear", tools=tuple(tools), links=tuple(links))
