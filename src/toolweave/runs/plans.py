"""Plans for a file of goals, from the graphs that the goals name."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from toolweave.configs.knobs import Knobs
from toolweave.configs.pipeline import SHARES, TAKING_WORKFLOWS, Strategy
from toolweave.configs.wording import lexicon_for, words_for
from toolweave.core.errors import InputError
from toolweave.core.goal import Goal
from toolweave.llm.embedding import make_embedder
from toolweave.planners.desk import Desk
from toolweave.planners.flow import Flow
from toolweave.planners.lifecycles import LifeCycles
from toolweave.planners.planning import Commission, Refusal
from toolweave.planners.strategies import STRATEGIES, Planner
from toolweave.runs.goals import pack_of
from toolweave.schema.documents import read_records
from toolweave.schema.records import build
from toolweave.toolgraph.graph import load_graph


def read_goals(path: Path) -> list[Goal]:
    """The goals in a JSON-lines file.

    Raises:
        InputError: it cannot be read, holds something else, or nothing.
    """
    goals = [build(Goal, data, file=f"{path}, line {line}") for line, data in read_records(path)]
    if not goals:
        raise InputError("there are no goals in it", file=str(path), mend="run toolweave goals")
    return goals


class Planned(NamedTuple):
    """Who plans for one graph, how many plans, and the goals that cannot be planned for."""

    planner: Planner
    wanted: int
    refused: tuple[Refusal, ...]


def planners_for(
    goals: Sequence[Goal],
    base: Path,
    out: Path,
    *,
    count: int,
    strategy: Strategy = "toolweave",
    for_goals: bool = False,
    knobs: Knobs | None = None,
    seed: int = 0,
) -> list[Planned]:
    """Who plans for goals, graph by graph, the same number of plans for each.

    Args:
        goals: what is planned for.
        base: the folder that the goals' graphs are relative to.
        out: the folder that the plans will lie in; they name their tools relative to it.
        count: how many plans in all.
        strategy: who plans.
        for_goals: the strategy plans for the goals' workflows, if it is a rival too.
        knobs: how often the parts of plans occur.
        seed: decides what is drawn.

    Raises:
        InputError: a graph is missing or cannot be used, or holds none of its goals' tools, or the
            strategy cannot plan for goals.
    """
    if for_goals and strategy not in TAKING_WORKFLOWS:
        raise InputError(
            f"{strategy} draws its own tools", place="--for-goals",
            mend=f"leave it out, or take {' or '.join(TAKING_WORKFLOWS)}",
        )  # fmt: skip
    files = sorted({goal.graph for goal in goals})
    each, left = divmod(count, len(files))
    # Only ToolFlow compares texts while it plans.
    embedder = make_embedder("auto" if strategy == "toolflow" else "lexical")
    found = []
    for number, file in enumerate(files):
        own = [goal for goal in goals if goal.graph == file]
        commission = _commission(own, base / file, out, knobs or Knobs(), seed)
        planned = {goal.id for goal in commission.goals}
        gone = tuple(
            Refusal(goal=goal.id, reason="its tools are no longer in the graph")
            for goal in own
            if goal.id not in planned
        )
        workflows = "given goals" if for_goals and strategy != "toolweave" else ""
        planner = STRATEGIES[strategy](replace(commission, embedder=embedder, workflows=workflows))
        found.append(Planned(planner, each + (number < left), gone))
    return found


def _commission(
    goals: Sequence[Goal], graph_file: Path, out: Path, knobs: Knobs, seed: int
) -> Commission:
    if not goals[0].graph:
        raise InputError("the goals name no graph", mend="make them from a graph's file")
    graph = load_graph(graph_file)
    known = {tool.name for tool in graph.toolset.tools}
    usable = [goal for goal in goals if known.issuperset(goal.workflow.tools)]
    if not usable:
        raise InputError(
            "none of the goals' tools are in the graph", file=str(graph_file), mend="make new goals"
        )
    toolset = graph.toolset
    lexicon = lexicon_for(toolset.tools, toolset.lexicon, toolset.domain)
    return Commission(
        desk=Desk(
            Flow(graph), words_for(toolset.tools, lexicon), knobs, LifeCycles(pack_of(toolset))
        ),
        tools=Path(os.path.relpath(graph_file, out)).as_posix(),
        seed=seed,
        goals=usable,
        shares=SHARES,
    )
