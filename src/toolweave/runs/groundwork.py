"""The stages of a pipeline before its dialogues: tools, links, goals and plans."""

from collections import Counter

from toolweave.configs.pipeline import PipelineConfig
from toolweave.core.errors import InputError
from toolweave.core.goal import Goal
from toolweave.llm.embedding import Embedder, make_embedder
from toolweave.runs.goal_stage import GoalStage
from toolweave.runs.made import Made, counts
from toolweave.runs.plan_stage import PlanStage
from toolweave.runs.site import Site
from toolweave.runs.sources import Sources


def lay(site: Site) -> Made:
    """Tools, graphs, goals and plans, from their files where they are there.

    Raises:
        InputError: a source, the embedder or the strategy cannot be used, or no plan came of it.
        ServerError: the model server cannot be reached.
        BudgetError: the budget is spent before the dialogues.
    """
    made, config = Made(), site.config
    embedder = _embedder(config)
    made.embedder = embedder.name
    sources = Sources(config, site.base, site.files, lambda text: site.tell("tools", text))
    graphs = sources.graphs(embedder)
    made.tools = sum(len(graph.toolset.tools) for graph in graphs)
    made.links = sum(len(graph.links) for graph in graphs)
    site.tell("tools", f"{made.tools} tools from {len(graphs)} sources")
    site.tell("links", f"{made.links} links, compared by {embedder.name}")
    goals: list[Goal] = []
    if config.plans_for_goals:
        goals = GoalStage(site).goals(graphs)
        motifs = Counter[str](goal.workflow.motif for goal in goals)
        site.tell("goals", f"{len(goals)} goals ({counts(motifs)})")
    made.goals = len(goals)
    # A model words and rates every goal, and parts the linear ones where parts are planned for.
    made.asked_first = sum(2 + (site.parting and one.workflow.motif == "linear") for one in goals)
    PlanStage(site, made, embedder).plans(graphs, goals)
    return made


def _embedder(config: PipelineConfig) -> Embedder:
    made = make_embedder(config.links.embedder)
    if config.links.require and not made.semantic:
        raise InputError(
            f"this run wants embeddings, but only {made.name!r} is here",
            place="links", mend="pip install 'toolweave[embeddings]', or set require: false",
        )  # fmt: skip
    return made
