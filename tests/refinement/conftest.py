"""Dialogues of shipped plans, and copies of them with one failure each."""

import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

import pytest

from toolweave.checks.plan_check import check_plan
from toolweave.configs.shipping import shipped_names
from toolweave.configs.wording import words_for
from toolweave.core.dialogue import Dialogue, Message
from toolweave.core.plan import PlannedCall
from toolweave.core.tool import Toolset
from toolweave.evaluation.proof import prove
from toolweave.graph.preparing import prepare
from toolweave.refinement.edit import Source, Unfit
from toolweave.refinement.failure import Failing, Failure
from toolweave.runs.simulation import simulate


class Attempt(NamedTuple):
    """An attempt of a call as planned, the message that makes it, its arguments and its answer."""

    planned: PlannedCall
    message: Message
    arguments: dict[str, Any]
    answer: str


class Copy(NamedTuple):
    """A dialogue, the edit of its plan, and the dialogue played from that."""

    original: Dialogue
    failing: Failing
    made: Dialogue

    def attempts(self, call: str) -> list[Attempt]:
        """The attempts of a call, in order."""
        planned = {(one.id, one.attempt): one for one in self.made.plan.calls()}
        answers = {m.tool_call_id: m.content for m in self.made.messages if m.role == "tool"}
        return [
            Attempt(planned[made.call, made.attempt], message, made.arguments, answers[made.id])
            for message in self.made.messages
            for made in message.tool_calls
            if made.call == call
        ]


Copies = Callable[[Failure], list[Copy]]
Playing = Callable[[Dialogue, Failing], Dialogue]


class Sourcing(Protocol):
    """What an edit of a dialogue starts from."""

    def __call__(self, dialogue: Dialogue, *, repeatable: bool = True) -> Source: ...


# With clarifications, parallel calls, refusals, corrections and selectors.
PLANS = (
    "customer_support_case",
    "ecommerce_return",
    "insurance_damage",
    "logistics_customs",
    "online_banking_card_fraud",
    "telecommunications_fault",
    "tourism_city_break",
)


@pytest.fixture(scope="session")
def finished() -> list[Dialogue]:
    """Seven dialogues that hold all there is to edit."""
    made = [simulate(plan, seed=seed) for seed, plan in enumerate(PLANS, 3)]
    assert all(dialogue.checks.proof == "passed" for dialogue in made)
    return made


@pytest.fixture(scope="session")
def errors() -> Callable[[Dialogue], list[str]]:
    """The codes of what the proof objects to."""

    def found(dialogue: Dialogue) -> list[str]:
        return [finding.code for finding in prove(dialogue) if finding.severity == "error"]

    return found


@pytest.fixture(scope="session")
def source_of() -> Sourcing:
    return _source


@pytest.fixture(scope="session")
def played() -> Playing:
    """The dialogue of an edited plan."""
    return _played


@pytest.fixture(scope="session")
def dialogues() -> list[Dialogue]:
    """Every shipped plan, played with two seeds."""
    return [simulate(name, seed=seed) for name in shipped_names("plans") for seed in (3, 4)]


def _source(dialogue: Dialogue, *, repeatable: bool = True) -> Source:
    """What an edit of the dialogue starts from."""
    tools = tuple(shown.tool for shown in dialogue.tools)
    toolset = Toolset(version=1, domain=dialogue.domain, tools=tools)
    words = words_for(tools, dialogue.provenance.lexicon)
    return Source(dialogue, dialogue.plan, toolset, words, repeatable)


def _played(dialogue: Dialogue, failing: Failing) -> Dialogue:
    """The dialogue of an edited plan."""
    source = _source(dialogue)
    stage = prepare(failing.plan, source.toolset, dialogue.provenance.lexicon)
    return simulate(stage, seed=dialogue.seed)


@pytest.fixture(scope="session")
def copies(dialogues: list[Dialogue]) -> Copies:
    """Copies with that failure, of every dialogue that it fits: sound, and not trained on."""

    def made(failure: Failure) -> list[Copy]:
        return list(_copies(failure, dialogues))

    return made


def _copies(failure: Failure, dialogues: list[Dialogue]) -> Iterator[Copy]:
    for number, dialogue in enumerate(dialogues):
        failing = failure(_source(dialogue), random.Random(number))
        if isinstance(failing, Unfit):
            continue
        assert failing.plan.id == dialogue.plan.id
        toolset = _source(dialogue).toolset
        errors = [f for f in check_plan(failing.plan, toolset) if f.severity == "error"]
        assert errors == []
        copy = Copy(dialogue, failing, _played(dialogue, failing))
        assert copy.made.checks.findings == (), dialogue.id
        _untrained(copy)
        yield copy


def _untrained(copy: Copy) -> None:
    """No message that makes a failed call is to be learnt."""
    failing = {(call.id, call.attempt) for call in copy.made.plan.calls() if not call.succeeds}
    for message in copy.made.messages:
        if any((made.call, made.attempt) in failing for made in message.tool_calls):
            assert not message.train
        elif message.role == "assistant":
            assert message.train
