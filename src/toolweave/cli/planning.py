"""Carrying out ``toolweave goals`` and ``toolweave plan``: find, tell, write."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolweave.cli.inputs import tool_graph
from toolweave.cli.streams import STDOUT, counted, note, one_line, writable, write_out
from toolweave.configs.knobs import Knobs
from toolweave.configs.pipeline import GoalChoice, Strategy
from toolweave.core.errors import InputError
from toolweave.core.goal import Goal
from toolweave.core.graph import ToolGraph
from toolweave.core.plan import Plan
from toolweave.llm.embedding import make_embedder
from toolweave.planners.flow import Flow
from toolweave.planners.goals import Goals
from toolweave.planners.serving import nearest, serving
from toolweave.runs.goals import goals_of
from toolweave.runs.plans import planners_for, read_goals
from toolweave.schema.records import build
from toolweave.schema.types import json_bytes


@dataclass(frozen=True, slots=True)
class GoalOrder:
    """What was asked for on the command line."""

    graph: str
    out: str | None
    task: str | None
    sampler: str
    threshold: float
    linear: int
    depth: int
    seed: int
    embedder: str


def make_goals(order: GoalOrder) -> int:
    """Make the goals and write them; the exit code is 1 when none serves the task.

    Raises:
        InputError: the graph cannot be used, has no links, or gives no goal.
    """
    writable(order.out)
    graph = tool_graph(order.graph)
    if not graph.links and len(graph.toolset.tools) > 1:
        note(f"{order.graph} has no links: link it with 'toolweave tools link' for longer goals")
    choice = build(
        GoalChoice,
        {
            "sampler": order.sampler,
            "threshold": order.threshold,
            "linear": order.linear,
            "depth": order.depth,
        },
    )
    made = goals_of(graph, choice, order.seed, _from_out(order.graph, order.out))
    for tool, reason in made.unreached.items():
        note(f"{tool} is in no goal: {one_line(reason)}")
    if not made.kept:
        raise InputError(
            "no goal came of it", file=order.graph, mend="lower --threshold, or mend the links"
        )
    kept = made.kept if order.task is None else _serving(graph, made, order.task, order.embedder)
    if not kept:
        return 1
    write_out(order.out or STDOUT, b"".join(json_bytes(goal.dump()) + b"\n" for goal in kept))
    _tell(made, kept, order)
    return 0


def _from_out(graph: str, out: str | None) -> str:
    """The graph's file as a goal names it: relative to the file of goals."""
    if graph == STDOUT:
        return ""
    base = Path(out).parent if out and out != STDOUT else Path()
    return Path(os.path.relpath(graph, base)).as_posix()


def _serving(graph: ToolGraph, made: Goals, task: str, choice: str) -> Sequence[Goal]:
    embedder = make_embedder(choice)
    flow = Flow(graph)
    found = serving(flow, made.kept, task, embedder)
    if not found:
        note(f"no goal here serves the task, as {embedder.name} reads it; the nearest ones are:")
        for text in nearest(flow, made.kept, task, embedder):
            note(f"  {one_line(text)}")
    for one in found:
        note(f"{one.fit:.2f} {one_line(one.goal.text)}")
    return [one.goal for one in found]


def _tell(made: Goals, kept: Sequence[Goal], order: GoalOrder) -> None:
    motifs = Counter(goal.workflow.motif for goal in kept)
    told = ", ".join(f"{number} {motif}" for motif, number in sorted(motifs.items()))
    dropped = len(made.dropped)
    note(f"{counted(len(kept), 'goal')} ({told}); {counted(dropped, 'workflow')} gave none")


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """What was asked for on the command line."""

    goals: str
    out: str
    count: int
    strategy: Strategy
    for_goals: bool
    seed: int
    clarify: float
    optional: float


def make_plans(order: PlanOrder) -> int:
    """Draw the plans and write them; the exit code is 1 when fewer came than were wanted.

    Raises:
        InputError: the goals or their graphs cannot be used, or no plan came of them.
    """
    writable(order.out)
    if order.out == STDOUT:
        raise InputError("plans name their tools by file", mend="name a file with --out")
    source = Path(order.goals)
    lines: list[bytes] = []
    refused: Counter[str] = Counter()
    planned = planners_for(
        read_goals(source),
        source.parent,
        Path(order.out).parent,
        count=order.count,
        strategy=order.strategy,
        for_goals=order.for_goals,
        knobs=Knobs(clarify=order.clarify, optional=order.optional),
        seed=order.seed,
    )
    note(f"strategy: {planned[0].planner.label}")
    for part in planned[0].planner.not_run:
        note(f"{part}: not run: needs a model")
    for one in planned:
        refused.update(refusal.reason for refusal in one.refused)
        for drawn in one.planner.plans(one.wanted):
            if isinstance(drawn, Plan):
                lines.append(json_bytes(drawn.dump()) + b"\n")
            else:
                refused[drawn.reason] += 1
    for reason, number in refused.most_common(5):
        note(f"{counted(number, 'goal')} gave no plan: {one_line(reason)}")
    if not lines:
        raise InputError("no plan came of these goals", file=order.goals, mend="make other goals")
    write_out(order.out, b"".join(lines))
    note(f"{order.out} written: {counted(len(lines), 'plan')}")
    return 0 if len(lines) == order.count else 1
