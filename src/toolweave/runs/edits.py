"""The edits of a refinement, from its settings."""

from collections.abc import Mapping, Sequence

from toolweave.configs.refining import RefineConfig
from toolweave.core.tool import Tool
from toolweave.llm.embedding import CachedEmbedder, make_embedder
from toolweave.refinement.arranging import MoreDistractors, ToolOrder
from toolweave.refinement.chain import Chain, Chance
from toolweave.refinement.confusing import HybridLikeness, WrongTool
from toolweave.refinement.edit import Guise, PlanEdit
from toolweave.refinement.failing import FailureInjection
from toolweave.refinement.masking import SchemaMasking
from toolweave.refinement.noise import NoisyResults
from toolweave.refinement.ordering import cascading, out_of_order
from toolweave.refinement.reforming import ResultForms
from toolweave.refinement.varying import LinguisticVariation
from toolweave.refinement.withholding import MissingFunction


def chain_of(config: RefineConfig, pools: Mapping[str, Sequence[Tool]] | None = None) -> Chain:
    """Every edit with its probability, in the order they are made.

    A tool is withheld from the plan that failures left, and values are fixed once the plan stands.
    Names are masked last, for what comes before goes by them. ``pools`` are the tools of each
    domain that distractors are drawn from.
    """
    missing = config.missing_function
    plan_edits: list[Chance[PlanEdit]] = [
        Chance(_failures(config), config.failures.probability),
        Chance(MissingFunction(missing.never), missing.probability),
        Chance(LinguisticVariation(), config.variation.probability),
    ]
    return Chain(config.seed, plan_edits, _guises(config, pools or {}))


def _failures(config: RefineConfig) -> FailureInjection:
    failures = config.failures
    # It is asked for vectors, and its model loaded, when tools are compared for the first time.
    embedder = CachedEmbedder(make_embedder(failures.embedder))
    confusing = WrongTool(HybridLikeness(embedder), failures.similarity)
    return FailureInjection(
        failures.complex,
        failures.simple,
        {"cascading": cascading, "out_of_order": out_of_order, "wrong_tool": confusing},
    )


def _guises(config: RefineConfig, pools: Mapping[str, Sequence[Tool]]) -> list[Chance[Guise]]:
    every: list[Chance[Guise]] = [
        Chance(MoreDistractors(pools, config.distractors.most), config.distractors.probability),
        Chance(ToolOrder(), config.tool_order.probability),
        Chance(NoisyResults(), config.noise.probability),
        Chance(ResultForms(config.result_form.forms), config.result_form.probability),
        Chance(SchemaMasking(config.masking.parameters), config.masking.probability),
    ]
    return [chance for chance in every if chance.probability > 0]
