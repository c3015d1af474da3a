"""Goals of one tool graph, from a configuration's choices."""

from toolweave.configs.packs import load_pack
from toolweave.configs.pipeline import GoalChoice
from toolweave.configs.shipping import shipped
from toolweave.configs.wording import lexicon_for, words_for
from toolweave.core.domain import DomainPack
from toolweave.core.graph import ToolGraph
from toolweave.core.tool import Toolset
from toolweave.planners.flow import Flow
from toolweave.planners.goals import Goals, GoalSettings, make_goals
from toolweave.planners.linear import Beam
from toolweave.planners.workflows import Sampling


def goals_of(graph: ToolGraph, choice: GoalChoice, seed: int, file: str) -> Goals:
    """The goals of a graph; ``file`` is how they name it."""
    settings = GoalSettings(
        threshold=choice.threshold,
        linear=choice.linear,
        sampling=Sampling(
            sampler="motifs" if choice.sampler == "own" else choice.sampler,
            beam=Beam(width=choice.width, depth=choice.depth),
        ),
    )
    toolset = graph.toolset
    lexicon = lexicon_for(toolset.tools, toolset.lexicon, toolset.domain)
    return make_goals(
        Flow(graph),
        words_for(toolset.tools, lexicon),
        settings,
        seed=seed,
        graph=file,
        pack=pack_of(toolset),
    )


def pack_of(toolset: Toolset) -> DomainPack | None:
    """The shipped pack of a toolset's domain, if it has one."""
    known = toolset.domain and shipped("domains", toolset.domain)
    return load_pack(toolset.domain) if known else None
