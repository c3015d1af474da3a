"""The edits of a refinement, from its settings."""

from toolweave.configs.refining import RefineConfig
from toolweave.refinement.chain import Chain, Chance
from toolweave.refinement.edit import Guise, PlanEdit
from toolweave.refinement.failing import FailureInjection


def chain_of(config: RefineConfig) -> Chain:
    """Every edit with its probability, in the order they are made."""
    failures = config.failures
    plan_edits: list[Chance[PlanEdit]] = [
        Chance(FailureInjection(failures.complex, failures.simple, {}), failures.probability),
    ]
    guises: list[Chance[Guise]] = []
    return Chain(config.seed, plan_edits, guises)
