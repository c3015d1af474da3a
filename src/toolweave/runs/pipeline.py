"""The pipeline: tools, links, goals, plans and dialogues, each stage a file that one can read."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

import orjson

from toolweave.configs.pipeline import PipelineConfig, Sampler, Strategy
from toolweave.configs.refining import RefineConfig, refining
from toolweave.configs.run import Budget, RunConfig
from toolweave.configs.wording import words_for
from toolweave.core.errors import BudgetError, GenerationError, InputError
from toolweave.core.goal import Goal
from toolweave.core.graph import ToolGraph
from toolweave.core.model import FORMAT_VERSION, JsonObject, Record
from toolweave.core.plan import Plan
from toolweave.llm.budget import LocalPurse
from toolweave.llm.embedding import Embedder, make_embedder
from toolweave.llm.generator import Generator, close
from toolweave.llm.local_gate import LocalGate
from toolweave.llm.usage import collect_usage
from toolweave.llm.watching import Watcher, logged
from toolweave.planners.auditing import AUDITS
from toolweave.planners.desk import Desk
from toolweave.planners.flow import Flow
from toolweave.planners.lifecycles import LifeCycles
from toolweave.planners.planning import Commission, Refusal
from toolweave.planners.strategies import DECIDING, STRATEGIES, Planner
from toolweave.planners.voting import VOTES
from toolweave.runs.asking_goals import asked_goals
from toolweave.runs.batch import batch
from toolweave.runs.estimating import Estimate, estimate
from toolweave.runs.executors.choosing import check_choice
from toolweave.runs.folder import ANSWERS, DIALOGUES, REFINED
from toolweave.runs.generators import is_offline, limits_of, make_generator, most_of
from toolweave.runs.goals import goals_of, pack_of
from toolweave.runs.pipeline_folder import DROPPED, GOALS, PLANS, StageFiles, held
from toolweave.runs.refine_records import RefineTally
from toolweave.runs.refining import refine
from toolweave.runs.sources import Sources, graph_file, tools_file
from toolweave.runs.spending import spending_rows
from toolweave.runs.stopping import Stopping
from toolweave.runs.tally import Progress, Tally
from toolweave.schema.documents import read_records
from toolweave.schema.records import build
from toolweave.schema.types import json_bytes


class Told(Record):
    """What one stage of the pipeline did, in a line."""

    stage: str
    text: str


Telling = Callable[[Told], None]
_WORKFLOWS: Final[Mapping[Sampler, str]] = {"motifs": "motifs", "random_walk": "random walks"}


@dataclass
class Made:
    """What a pipeline made: counts by stage, and how the dialogues went.

    ``asked`` is how often one playing of all plans would ask a model: once per step that needs
    words, and once per call that succeeds; ``asked_first`` is how often goals are asked about
    before that, and ``estimate`` what the dialogues take of the model. ``label`` is what the
    figures of its strategy are called, ``not_run`` what of it needs a model and was left out;
    ``refined`` what came of the refinement, if the run has one.
    """

    tools: int = 0
    links: int = 0
    goals: int = 0
    plans: int = 0
    refused: int = 0
    asked: int = 0
    asked_first: int = 0
    estimate: Estimate | None = None
    motifs: Counter[str] = field(default_factory=Counter)
    patterns: Counter[str] = field(default_factory=Counter)
    embedder: str = ""
    label: str = ""
    not_run: tuple[str, ...] = ()
    tally: Tally | None = None
    refined: RefineTally | None = None


def generate(
    config: PipelineConfig,
    base: Path,
    out: Path,
    *,
    resume: bool = False,
    dry: bool = False,
    generator: Generator | None = None,
    telling: Telling = lambda told: None,
    progress: Progress | None = None,
    watcher: Watcher = logged,
    stopping: Stopping | None = None,
    trace: bool = False,
) -> Made:
    """Run a pipeline into its folder, or with ``dry`` say what it would make.

    Stages whose files are there already are not done again, so a run goes on where it stopped.

    Args:
        config: what is to be made.
        base: the folder that the configuration's files are relative to.
        out: the run folder.
        resume: go on in a folder that holds something already.
        dry: stop before the dialogues.
        generator: who words the dialogues, where it is not the one the run names.
        telling: told of every stage.
        progress: told of every dialogue.
        watcher, stopping, trace: see ``batch``.

    Raises:
        InputError: a source, the embedder or the strategy cannot be used, or no plan came of it.
        GenerationError: the model gave no usable goal at all.
        RunFolderError: the folder is taken or belongs to another configuration.
        ServerError: the model server cannot be reached.
    """
    offline = config.model.name == "offline" if generator is None else is_offline(generator)
    if not dry:
        # A dry run tells what another machine would make, too.
        check_choice(config.executor, config.workers)
    if not offline:
        telling(Told(stage="model", text=_modelled(config, generator)))
    with held(out, config, resume):
        # A dry run asks nobody.
        work = _Work(config, base, out, telling, generator, watcher, offline=offline, dry=dry)
        made = work.prepare()
        # What the stages before took is taken from the same budget.
        run = _run(config, config.budget.less(*work.purse.spent))
        if not offline:
            made.estimate = estimate(run, out, asked=made.asked * config.repeats)
            telling(Told(stage="estimate", text=made.estimate.line()))
        if dry:
            return made
    made.tally = batch(
        run,
        out,
        # Stages before this one may have written the folder already.
        resume=True,
        generator=generator,
        progress=progress,
        watcher=watcher,
        stopping=stopping,
        trace=trace,
        base=out,
        strategy=config.strategy,
        deciding=config.strategy in DECIDING and not offline,
    )
    if config.refine is not None:
        settings = _refining(config)
        _refine(settings, out, made, generator, telling, progress, watcher, stopping)
    return made


def _refining(config: PipelineConfig) -> RefineConfig:
    """The refinement of the pipeline's dialogues."""
    assert config.refine is not None
    return refining(
        config.refine,
        name=f"{config.name}_refined"[-64:],
        seed=config.seed,
        model=config.model,
        concurrency=config.concurrency,
        executor=config.executor,
        workers=config.workers,
        checks=config.checks,
    )


def _refine(
    settings: RefineConfig,
    out: Path,
    made: Made,
    generator: Generator | None,
    telling: Telling,
    progress: Progress | None,
    watcher: Watcher,
    stopping: Stopping | None,
) -> None:
    """Refine the finished dialogues into a folder of their own, going on where that stopped."""
    done = out / DIALOGUES
    if not done.is_file() or not done.stat().st_size:
        telling(Told(stage="refine", text="there is no dialogue to refine"))
        return
    made.refined = refine(
        settings, out, out / REFINED, resume=True, generator=generator, progress=progress,
        watcher=watcher, stopping=stopping,
    )  # fmt: skip
    kinds = _counts(made.refined.edits)
    told = f"{made.refined.copies} modified copies ({kinds}) in {out / REFINED}"
    telling(Told(stage="refine", text=told))


def _run(config: PipelineConfig, budget: Budget) -> RunConfig:
    """The run of the pipeline's plans."""
    return RunConfig(
        version=FORMAT_VERSION,
        name=config.name,
        plans=(PLANS,),
        repeats=config.repeats,
        seed=config.seed,
        model=config.model,
        concurrency=config.concurrency,
        executor=config.executor,
        workers=config.workers,
        checks=config.checks,
        budget=budget,
    )


class _Work:
    """The stages before the dialogues. ``purse`` is what they take from the budget."""

    def __init__(
        self,
        config: PipelineConfig,
        base: Path,
        out: Path,
        telling: Telling,
        generator: Generator | None,
        watcher: Watcher,
        *,
        offline: bool,
        dry: bool,
    ) -> None:
        self.watcher = watcher
        self.purse = LocalPurse(most_of(config.budget))
        self.gate = LocalGate(limits_of(config.model, config.concurrency), self.purse)
        self.config, self.base, self.out, self.telling = config, base, out, telling
        self.generator, self.offline, self.dry = generator, offline, dry
        self.parting = config.strategy == "toolweave"
        self.files = StageFiles(out)
        self.made = Made()

    def prepare(self) -> Made:
        """Tools, graphs, goals and plans, from their files where they are there."""
        embedder = _embedder(self.config)
        self.made.embedder = embedder.name
        sources = Sources(
            self.config, self.base, self.files, lambda text: self._tell("tools", text)
        )
        graphs = sources.graphs(embedder)
        self.made.tools = sum(len(graph.toolset.tools) for graph in graphs)
        self.made.links = sum(len(graph.links) for graph in graphs)
        self._tell("tools", f"{self.made.tools} tools from {len(graphs)} sources")
        self._tell("links", f"{self.made.links} links, compared by {embedder.name}")
        goals: list[Goal] = []
        if self.config.plans_for_goals:
            goals = self._goals(graphs)
            motifs = Counter[str](goal.workflow.motif for goal in goals)
            self._tell("goals", f"{len(goals)} goals ({_counts(motifs)})")
        self.made.goals = len(goals)
        # A model words and rates every goal, and parts the linear ones where parts are planned for.
        self.made.asked_first = sum(
            2 + (self.parting and one.workflow.motif == "linear") for one in goals
        )
        planners = [self._planner(graph, goals, embedder) for graph in graphs]
        self.made.label, self.made.not_run = planners[0].label, planners[0].not_run
        self._tell("strategy", self.made.label)
        for part in self.made.not_run:
            self._tell("strategy", f"{part}: not run: needs a model")
        self._plans(planners, self._portions(graphs, goals))
        return self.made

    def _goals(self, graphs: Sequence[ToolGraph]) -> list[Goal]:
        path = self.out / GOALS
        if not self.files.has(GOALS):
            made = [goal for graph in graphs for goal in self._found(graph)]
            if not (self.offline or self.dry):
                made = self._asked(graphs, made)
            lines = b"".join(json_bytes(goal.dump()) + b"\n" for goal in made)
            self.files.write({GOALS: lines})
        return [build(Goal, data, file=f"{path}, line {line}") for line, data in read_records(path)]

    def _found(self, graph: ToolGraph) -> Sequence[Goal]:
        name = graph.toolset.name
        goals = goals_of(graph, self.config.goals, self.config.seed, graph_file(name))
        for tool, reason in goals.unreached.items():
            self._tell("goals", f"{name}: {tool} is in no goal: {reason}")
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
                self._tell("goals", f"{refusal.goal} left out: {refusal.reason}")
        if lost and not kept:
            # Nothing is written, so that the model is asked again when the run goes on.
            told = f"none of {len(lost)} goals is left, see {lost[0].goal}: {lost[0].reason}"
            raise GenerationError(f"{told}; --resume asks again")
        return kept

    async def _ask(self, flow: Flow, goals: Sequence[Goal]) -> tuple[list[Goal], list[Refusal]]:
        config = self.config
        generator = self.generator or make_generator(
            config.model,
            gate=self.gate,
            budget=config.budget,
            cache=self.out / ANSWERS,
            watcher=self.watcher,
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
                    parting=self.parting,
                )
        except BudgetError as error:
            raise BudgetError(f"{error}; no goal is lost, go on with --resume") from None
        finally:
            for task, words in spending_rows(used):
                self._tell("goals", f"{task}: {words}")
            if self.generator is None:
                await close(generator)

    def _plans(self, planners: Sequence[Planner], portions: Sequence[int]) -> None:
        if not self.files.has(PLANS, DROPPED):
            self._draw(planners, portions)
        for _, data in read_records(self.out / PLANS):
            plan = cast("JsonObject", data)
            self.made.plans += 1
            self.made.motifs[plan.get("motif", "linear")] += 1
            self.made.patterns.update({one.get("kind", "task") for one in plan["segments"]})
            self.made.asked += _asked_for(plan, self.config.strategy)
        self.made.refused = sum(1 for _ in read_records(self.out / DROPPED))
        self._tell("plans", f"{self.made.plans} plans ({_counts(self.made.motifs)})")
        if self.made.refused:
            self._tell("plans", f"{self.made.refused} tries gave none; {DROPPED} holds the reasons")

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
        self.files.write(files, self.made.label)

    def _planner(self, graph: ToolGraph, goals: Sequence[Goal], embedder: Embedder) -> Planner:
        """Who plans for a graph."""
        name = graph.toolset.name
        commission = Commission(
            desk=Desk(
                Flow(graph),
                words_for(graph.toolset.tools, graph.toolset.lexicon),
                self.config.plans.knobs,
                LifeCycles(pack_of(graph.toolset)),
            ),
            tools=tools_file(name),
            seed=self.config.seed,
            goals=[goal for goal in goals if goal.graph == graph_file(name)],
            shares=self.config.plans.shares,
            embedder=embedder,
            offline=self.offline,
            workflows=_workflows(self.config),
        )
        return STRATEGIES[self.config.strategy](commission)

    def _portions(self, graphs: Sequence[ToolGraph], goals: Sequence[Goal]) -> list[int]:
        """How many plans each graph gives: the same number, as far as it has goals at all.

        Strategies that plan for no goals take every graph.
        """
        having = [
            not self.config.plans_for_goals
            or any(goal.graph == graph_file(graph.toolset.name) for goal in goals)
            for graph in graphs
        ]
        rich = sum(having)
        each, left = divmod(self.config.plans.count, rich) if rich else (0, 0)
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

    def _tell(self, stage: str, text: str) -> None:
        self.telling(Told(stage=stage, text=text))


def _embedder(config: PipelineConfig) -> Embedder:
    made = make_embedder(config.links.embedder)
    if config.links.require and not made.semantic:
        raise InputError(
            f"this run wants embeddings, but only {made.name!r} is here",
            place="links", mend="pip install 'toolweave[embeddings]', or set require: false",
        )  # fmt: skip
    return made


def _modelled(config: PipelineConfig, generator: Generator | None) -> str:
    """What a model does in a run, and what it does not."""
    name = generator.name if generator is not None else config.model.name
    worded = "goals and dialogues" if config.plans_for_goals else "the dialogues"
    return f"{name} words {worded}; tools, links and inferred results are made offline"


def _workflows(config: PipelineConfig) -> str:
    """What the workflows are where the strategy plans for others than its own."""
    sampler = config.goals.sampler
    if sampler == "own" or (config.strategy, sampler) == ("toolweave", "motifs"):
        return ""
    return _WORKFLOWS[sampler]


# The acts that are chosen while a dialogue runs.
_DECIDED: Final = frozenset({"tool_invocation", "assistant_clarification"})


def _asked_for(plan: JsonObject, strategy: Strategy) -> int:
    """How often a dialogue of the plan asks a model, about: its steps, and what its strategy adds.

    A strategy that audits asks for one reading of the request and for the votes of a majority.
    """
    steps = [step for segment in plan["segments"] for step in segment["steps"]]
    asked = sum(_asks(step) for step in steps)
    if strategy in AUDITS:
        asked += 1 + VOTES // 2 + 1
    if strategy in DECIDING:
        asked += sum(step["act"] in _DECIDED for step in steps)
    return asked


def _asks(step: JsonObject) -> int:
    """How often one step of a plan asks whoever words it."""
    if step["act"] != "tool_invocation":
        return 1
    return sum(call.get("expect", {}).get("outcome", "ok") == "ok" for call in step["calls"])


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(counted.items()))
