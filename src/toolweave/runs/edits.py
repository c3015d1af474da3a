"""The edits of a refinement, from its settings."""

from toolweave.configs.refining import RefineConfig
from toolweave.llm.embedding import CachedEmbedder, make_embedder
from toolweave.refinement.chain import Chain, Chance
from toolweave.refinement.confusing import HybridLikeness, WrongTool
from toolweave.refinement.edit import Guise, PlanEdit
from toolweave.refinement.failing import FailureInjection
from toolweave.refinement.ordering import cascading, out_of_order


def chain_of(config: RefineConfig) -> Chain:
    """Every edit with its probability, in the order they are made."""
    failures = config.failures
    # It is asked for vectors, and its model loaded, when tools are compared for the first time.
    embedder = CachedEmbedder(make_embedder(failures.embedder))
    confusing = WrongTool(HybridLikeness(embedder), failures.similarity)
    injection = FailureInjection(
        failures.complex,
        failures.simple,
        {"cascading": cascading, "out_of_order": out_of_order, "wrong_tool": confusing},
    )
    plan_edits: list[Chance[PlanEdit]] = [Chance(injection, failures.probability)]
    guises: list[Chance[Guise]] = []
    return Chain(config.seed, plan_edits, guises)
