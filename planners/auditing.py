"""Audits: what a strategy demands of a finished dialogue beyond its proof."""

from collections.abc import Mapping
from typing import Final, Protocol

from toolweave.checks.turns import masked, objections
from toolweave.configs.pipeline import Strategy
from toolweave.core.dialogue import Dialogue
from toolweave.core.finding import Finding
from toolweave.llm.generator import Generator
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.planners.back_translation import back_translated
from toolweave.planners.explicitness import spoken_tau
from toolweave.planners.voting import votes_on


class Audit(Protocol):
    """Looks at a finished dialogue, with the generator that worded it."""

    async def __call__(self, dialogue: Dialogue, generator: Generator) -> list[Finding]:
        """Why the strategy would not keep the dialogue; empty where it would.

        Warnings of the code ``masked_turn`` keep it: they name turns that become context.
        """
        ...


async def audit_digit(dialogue: Dialogue, generator: Generator) -> list[Finding]:
    """DiGiT-TC's checks: the goal before the details, back-translation, votes.

    The last two ask the generator, and are left out where it is the offline one. Turns that the
    votes call faulty are masked; where none would be left to learn from, the dialogue is not kept.

    Raises:
        GenerationError: a model gives no acceptable answer.
    """
    if (tau := spoken_tau(dialogue)) > 0:
        problem = f"details of what is left unsaid come before the goal (Kendall's τ {tau:.2f})"
        return [Finding(code="details_first", problem=problem)]
    if isinstance(generator, OfflineGenerator):
        return []
    if apart := await back_translated(dialogue, generator):
        return [Finding(code="back_translation", problem=problem) for problem in apart]
    against, faulty = await votes_on(dialogue, generator)
    left = masked(dialogue, faulty, "votes").messages
    if faulty and not any(message.train for message in left):
        against = list(faulty.values())
    if against:
        return [Finding(code="voted_down", problem=reason) for reason in against]
    return objections(dialogue, faulty)


AUDITS: Final[Mapping[Strategy, Audit]] = {"digit": audit_digit}
