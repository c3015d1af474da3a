"""Finished dialogues to refine, and what an edit of a plan starts from."""

from collections.abc import Callable, Sequence

import pytest

from toolweave.configs.wording import words_for
from toolweave.core.dialogue import Dialogue, Message
from toolweave.core.finding import Finding
from toolweave.core.tool import Toolset
from toolweave.evaluation.proof import prove
from toolweave.refinement.edit import Source
from toolweave.runs.simulation import simulate

PLANS = (
    "customer_support_case",
    "ecommerce_return",
    "insurance_damage",
    "logistics_customs",
    "online_banking_card_fraud",
    "telecommunications_fault",
    "tourism_city_break",
)
Proving = Callable[[Dialogue], list[str]]
Sourcing = Callable[[Dialogue], Source]


@pytest.fixture(scope="session")
def finished() -> Sequence[Dialogue]:
    """Dialogues with clarifications, parallel calls, refusals, corrections and selectors."""
    made = [simulate(plan, seed=seed) for seed, plan in enumerate(PLANS, 3)]
    assert all(dialogue.checks.proof == "passed" for dialogue in made)
    return made


@pytest.fixture(scope="session")
def errors() -> Proving:
    """The codes of what the proof objects to."""

    def found(dialogue: Dialogue) -> list[str]:
        objections: list[Finding] = prove(dialogue)
        return [finding.code for finding in objections if finding.severity == "error"]

    return found


@pytest.fixture(scope="session")
def source() -> Sourcing:
    """A dialogue as the source of an edit."""

    def made(dialogue: Dialogue) -> Source:
        toolset = Toolset(
            version=1, domain=dialogue.domain, tools=tuple(s.tool for s in dialogue.tools)
        )
        words = words_for(toolset.tools, dialogue.provenance.lexicon)
        return Source(dialogue, dialogue.plan, toolset, words)

    return made


def with_message(dialogue: Dialogue, index: int, **changes: object) -> Dialogue:
    """The dialogue with one message changed."""
    messages: list[Message] = list(dialogue.messages)
    messages[index] = messages[index].model_copy(update=changes)
    return dialogue.model_copy(update={"messages": tuple(messages)})
