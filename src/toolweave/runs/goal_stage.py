"""The stage of a pipeline that finds goals, and has a model word and rate them."""

import asyncio
from collections.abc import Sequence

from toolweave.core.errors import BudgetError, GenerationError
from toolweave.core.goal import Goal
from toolweave.core.graph import ToolGraph
from toolweave.llm.generator import close
from toolweave.llm.usage import collect_usage
from toolweave.planners.flow import Flow
from toolweave.planners.planning import Refusal
from toolweave.runs.asking_goals import asked_goals
from toolweave.runs.folder import ANSWERS
from toolweave.runs.generators import make_generator
from toolweave.runs.goals import goals_of
from toolweave.runs.pipeline_folder import GOALS
from toolweave.runs.site import Site
from toolweave.runs.sources import graph_file
from toolweave.runs.spending import spending_rows
from toolweave.schema.documents import read_records
from toolweave.schema.records import build
from toolweave.schema.types import json_bytes


class GoalStage:
    """Makes the goals of a run."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def goals(self, graphs: Sequence[ToolGraph]) -> list[Goal]:
        """The goals of all graphs, from their file where that is there."""
        path = self.site.out / GOALS
        if not self.site.files.has(GOALS):
            made = [goal for graph in graphs for goal in self._found(graph)]
            if not (self.site.offline or self.site.dry):
                made = self._asked(graphs, made)
            lines = b"".join(json_bytes(goal.dump()) + b"\n" for goal in made)
            self.site.files.write({GOALS: lines})
        return [build(Goal, data, file=f"{path}, line {line}") for line, data in read_records(path)]

    def _found(self, graph: ToolGraph) -> Sequence[Goal]:
        name = graph.toolset.name
        goals = goals_of(graph, self.site.config.goals, self.site.config.seed, graph_file(name))
        for tool, reason in goals.unreached.items():
            self.site.tell("goals", f"{name}: {tool} is in no goal: {reason}")
        return goals.kept

    def _asked(self, graphs: Sequence[ToolGraph], goals: Sequence[Goal]) -> list[Goal]:
        """The goals in a model's words, with its ratings and its parts.

        Raises:
            GenerationError: the model gave nothing usable for any of them.
        """
        kept: list[Goal] = []
        lost: list[Refusal] = []
        for graph in graphs:
            own = [one for one in goals if one.graph == graph_file(graph.toolset.name)]
            said, refused = asyncio.run(self._ask(Flow(graph), own))
            kept.extend(said)
            lost.extend(refused)
            for refusal in refused:
                self.site.tell("goals", f"{refusal.goal} left out: {refusal.reason}")
        if lost and not kept:
            # Nothing is written, so that the model is asked again when the run goes on.
            told = f"none of {len(lost)} goals is left, see {lost[0].goal}: {lost[0].reason}"
            raise GenerationError(f"{told}; --resume asks again")
        return kept

    async def _ask(self, flow: Flow, goals: Sequence[Goal]) -> tuple[list[Goal], list[Refusal]]:
        config = self.site.config
        generator = self.site.generator or make_generator(
            config.model,
            gate=self.site.gate,
            budget=config.budget,
            cache=self.site.out / ANSWERS,
            watcher=self.site.watcher,
        )
        try:
            with collect_usage() as used:
                return await asked_goals(
                    flow,
                    goals,
                    generator,
                    seed=config.seed,
                    threshold=config.goals.threshold,
                    concurrency=config.concurrency,
                    parting=self.site.parting,
                )
        except BudgetError as error:
            raise BudgetError(f"{error}; no goal is lost, go on with --resume") from None
        finally:
            for task, words in spending_rows(used):
                self.site.tell("goals", f"{task}: {words}")
            if self.site.generator is None:
                await close(generator)
