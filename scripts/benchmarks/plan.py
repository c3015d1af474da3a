"""Planning: workflows, goals and plans from a large tool graph, and the memory that takes."""

import argparse
import random
import resource
import time
from typing import Final

from scripts.benchmarks.copies import copies
from toolweave.configs.knobs import Knobs
from toolweave.configs.pipeline import SHARES
from toolweave.configs.wording import words
from toolweave.core.plan import Plan
from toolweave.llm.embedding import make_embedder
from toolweave.planners.desk import Desk
from toolweave.planners.flow import Flow
from toolweave.planners.goals import GoalSettings, make_goals
from toolweave.planners.planning import Commission
from toolweave.planners.toolweave import Toolweave
from toolweave.planners.workflows import Sampling, find_workflows
from toolweave.toolgraph.linking.links import link_tools

TOOLS: Final = 1000
PLANS: Final = 10_000


def main(arguments: list[str]) -> int:
    """Print the times; 0."""
    parser = argparse.ArgumentParser(prog="benchmark.py plan", description=__doc__)
    parser.add_argument("--tools", type=int, default=TOOLS)
    parser.add_argument("--plans", type=int, default=PLANS)
    given = parser.parse_args(arguments)
    toolset = copies(given.tools)
    graph = link_tools(toolset, make_embedder("lexical")).graph
    flow = Flow(graph)
    print(f"{len(toolset.tools)} tools, {len(graph.links)} links")
    started = time.perf_counter()
    found = find_workflows(flow, Sampling(), random.Random(0))
    spent = time.perf_counter() - started
    count = len(found.workflows)
    print(f"workflows: {count} in {spent:.1f} s, {1000 * spent / max(1, count):.2f} s per 1,000")
    started = time.perf_counter()
    goals = make_goals(flow, words(""), GoalSettings(linear=2000))
    print(f"goals: {len(goals.kept)} in {time.perf_counter() - started:.1f} s")
    desk = Desk(flow, words(""), Knobs())
    planner = Toolweave(Commission(desk=desk, goals=goals.kept, tools="t", shares=SHARES, seed=0))
    started, made, half = time.perf_counter(), 0, 0
    for one in planner.plans(given.plans):
        made += isinstance(one, Plan)
        if made == given.plans // 2 and not half:
            half = _memory()
    spent = time.perf_counter() - started
    print(f"plans: {made} in {spent:.1f} s")
    print(f"memory: {half} MB after half of the plans, {_memory()} MB after all")
    return 0


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
