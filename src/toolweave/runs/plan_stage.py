"""The stage of a pipeline that draws its plans from graphs and goals."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

import orjson

from toolweave.configs.pipeline import PipelineConfig, Sampler
from toolweave.configs.wording import words_for
from toolweave.core.errors import InputError
from toolweave.core.goal import Goal
from toolweave.core.graph import ToolGraph
from toolweave.core.model import JsonObject
from toolweave.core.plan import Plan
from toolweave.llm.embedding import Embedder
from toolweave.planners.desk import Desk
from toolweave.planners.flow import Flow
from toolweave.planners.lifecycles import LifeCycles
from toolweave.planners.planning import Commission
from toolweave.planners.strategies import STRATEGIES, Planner
from toolweave.runs.goals import pack_of
from toolweave.runs.made import Made, counts
from toolweave.runs.pipeline_folder import DROPPED, PLANS
from toolweave.runs.plan_demand import calls_for
from toolweave.runs.site import Site
from toolweave.runs.sources import graph_file, tools_file
from toolweave.schema.documents import read_records
from toolweave.schema.types import json_bytes

_WORKFLOWS: Final[Mapping[Sampler, str]] = {"motifs": "motifs", "random_walk": "random walks"}


class PlanStage:
    """Makes the plans of a run, and counts into ``made`` what they are."""

    def __init__(self, site: Site, made: Made, embedder: Embedder) -> None:
        self.site, self.made, self.embedder = site, made, embedder

    def plans(self, graphs: Sequence[ToolGraph], goals: Sequence[Goal]) -> None:
        """Make the plans, unless they are there, and count them."""
        planners = [self._planner(graph, goals) for graph in graphs]
        self.made.label, self.made.not_run = planners[0].label, planners[0].not_run
        self.site.tell("strategy", self.made.label)
        for part in self.made.not_run:
            self.site.tell("strategy", f"{part}: not run: needs a model")
        if not self.site.files.has(PLANS, DROPPED):
            self._draw(planners, self._portions(graphs, goals))
        for _, data in read_records(self.site.out / PLANS):
            plan = cast("JsonObject", data)
            self.made.plans += 1
            self.made.motifs[plan.get("motif", "linear")] += 1
            self.made.patterns.update({one.get("kind", "task") for one in plan["segments"]})
            self.made.asked += calls_for(plan, self.site.config.strategy)
        self.made.refused = sum(1 for _ in read_records(self.site.out / DROPPED))
        self.site.tell("plans", f"{self.made.plans} plans ({counts(self.made.motifs)})")
        if self.made.refused:
            self.site.tell(
                "plans", f"{self.made.refused} tries gave none; {DROPPED} holds the reasons"
            )

    def _draw(self, planners: Sequence[Planner], portions: Sequence[int]) -> None:
        plans: list[bytes] = []
        refused: list[bytes] = []
        for planner, share in zip(planners, portions, strict=True):
            for one in planner.plans(share):
                kept = plans if isinstance(one, Plan) else refused
                kept.append(json_bytes(one.dump()) + b"\n")
        if not plans:
            raise InputError("no plan came of these tools", mend=self._why(refused))
        files = {DROPPED: b"".join(refused), PLANS: b"".join(plans)}
        self.site.files.write(files, self.made.label)

    def _planner(self, graph: ToolGraph, goals: Sequence[Goal]) -> Planner:
        """Who plans for a graph."""
        name = graph.toolset.name
        commission = Commission(
            desk=Desk(
                Flow(graph),
                words_for(graph.toolset.tools, graph.toolset.lexicon),
                self.site.config.plans.knobs,
                LifeCycles(pack_of(graph.toolset)),
            ),
            tools=tools_file(name),
            seed=self.site.config.seed,
            goals=[goal for goal in goals if goal.graph == graph_file(name)],
            shares=self.site.config.plans.shares,
            embedder=self.embedder,
            offline=self.site.offline,
            workflows=_workflows(self.site.config),
        )
        return STRATEGIES[self.site.config.strategy](commission)

    def _portions(self, graphs: Sequence[ToolGraph], goals: Sequence[Goal]) -> list[int]:
        """How many plans each graph gives: the same number, as far as it has goals at all.

        Strategies that plan for no goals take every graph.
        """
        having = [
            not self.site.config.plans_for_goals
            or any(goal.graph == graph_file(graph.toolset.name) for goal in goals)
            for graph in graphs
        ]
        rich = sum(having)
        each, left = divmod(self.site.config.plans.count, rich) if rich else (0, 0)
        portions = []
        for has in having:
            portions.append((each + (left > 0)) if has else 0)
            left -= has
        return portions

    def _why(self, refused: Sequence[bytes]) -> str:
        if not self.made.goals and not refused:
            return "no tool feeds another and nobody could give what they need; look at the links"
        reason = orjson.loads(refused[0])["reason"] if refused else "lower goals.threshold"
        return str(reason)


def _workflows(config: PipelineConfig) -> str:
    """What the workflows are where the strategy plans for others than its own."""
    sampler = config.goals.sampler
    if sampler == "own" or (config.strategy, sampler) == ("toolweave", "motifs"):
        return ""
    return _WORKFLOWS[sampler]
