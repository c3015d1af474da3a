"""Linguistic variation: other words, the same values, calls and results."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from toolweave.agents.recorded import Recorded
from toolweave.core.dialogue import Dialogue, Modification
from toolweave.core.errors import GenerationError
from toolweave.core.plan import Plan
from toolweave.core.seeding import rng
from toolweave.graph.setting import Agents
from toolweave.llm.generator import Generator
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.task import Task
from toolweave.refinement.edit import Edited, Source, Unfit
from toolweave.refinement.varying import VARIATION, LinguisticVariation
from toolweave.runs.replaying import agents_for
from toolweave.runs.simulation import simulate

Sourcing = Callable[[Dialogue], Source]


def varied(source: Source, generator: Generator | None = None, seed: int = 5) -> Dialogue:
    """The dialogue with its user reworded."""
    edited = LinguisticVariation().edited(source, rng(seed))
    assert isinstance(edited, Edited)
    edit = Modification(kind=VARIATION, seed=seed, detail=edited.detail)
    words_by = generator or OfflineGenerator()
    agents = agents_for(source.dialogue, [edit], words_by)
    assert isinstance(agents, Agents)
    return simulate(
        edited.plan, edited.toolset, seed=source.dialogue.seed, generator=words_by, agents=agents
    )


def said(dialogue: Dialogue) -> list[str]:
    return [message.content for message in dialogue.messages if message.role == "user"]


@pytest.fixture(scope="module")
def pairs(finished: Sequence[Dialogue], source_of: Sourcing) -> list[tuple[Dialogue, Dialogue]]:
    """Originals and their variations."""
    return [(dialogue, varied(source_of(dialogue))) for dialogue in finished]


def test_every_variation_is_proved(pairs: list[tuple[Dialogue, Dialogue]]) -> None:
    for _, copy in pairs:
        assert copy.checks.proof == "passed", copy.checks.findings


def test_values_calls_results_and_answers_stay(pairs: list[tuple[Dialogue, Dialogue]]) -> None:
    for original, copy in pairs:
        for before, after in zip(original.messages, copy.messages, strict=True):
            calls = [(call.id, call.arguments) for call in before.tool_calls]
            assert [(call.id, call.arguments) for call in after.tool_calls] == calls
            if before.role != "user":
                assert after.content == before.content
            told = {state.ref: state.value for state in before.states}
            assert {state.ref: state.value for state in after.states} == told


def test_most_of_what_the_user_says_is_said_otherwise(
    pairs: list[tuple[Dialogue, Dialogue]],
) -> None:
    both = [
        (before, after)
        for original, copy in pairs
        for before, after in zip(said(original), said(copy), strict=True)
    ]
    assert sum(before != after for before, after in both) > 0.8 * len(both)


def test_it_is_another_character_with_the_values_fixed(
    pairs: list[tuple[Dialogue, Dialogue]],
) -> None:
    for _, copy in pairs:
        assert all(provision.fixed for _, provision in copy.plan.provisions())
        assert copy.plan.persona.tone
        assert copy.plan.persona.length


def test_a_value_that_is_not_on_record_leaves_no_variation(
    finished: Sequence[Dialogue], source_of: Sourcing
) -> None:
    bare = tuple(m.model_copy(update={"states": ()}) for m in finished[0].messages)
    lost = finished[0].model_copy(update={"messages": bare})
    assert isinstance(LinguisticVariation().edited(source_of(lost), rng(1)), Unfit)


def test_a_tool_that_is_called_by_mistake_answers_for_itself(
    finished: Sequence[Dialogue], source_of: Sourcing
) -> None:
    source = source_of(finished[0])
    meant = next(source.plan.calls())
    known = source.toolset.get(meant.tool)
    assert known is not None
    seen = {"type": "object", "properties": {"seen": {"const": True}}, "required": ["seen"]}
    like = known.model_copy(update={"name": "peek_case", "results": seen})
    toolset = source.toolset.model_copy(update={"tools": (*source.toolset.tools, like)})
    record = source.plan.dump()
    steps = record["segments"][0]["steps"]
    place = next(at for at, step in enumerate(steps) if step["act"] == "tool_invocation")
    (call,) = steps[place]["calls"]
    mistake = {**call, "tool": "peek_case", "fault": {"kind": "wrong_tool"}}
    steps.insert(place, {"act": "tool_invocation", "calls": [mistake]})
    steps[place + 1]["calls"] = [{**call, "attempt": 2}]
    copy = varied(replace(source, plan=Plan.model_validate(record), toolset=toolset))
    before = next(m.content for m in finished[0].messages if m.role == "tool")
    first, second = [m.content for m in copy.messages if m.role == "tool"][:2]
    assert first == '{"seen":true}'
    assert second == before


class Reader:
    """A reader of prompts that rewords with the offline writer, then spoils its answers."""

    name = "reader"

    def __init__(self, spoilt: Callable[[str], str] = str) -> None:
        self.spoilt = spoilt
        self.prompts: list[str] = []
        self.names: list[str] = []

    def __call__(self, task: Task[Any, Any]) -> Any:
        self.names.append(task.name)
        if task.name != "paraphrase":
            return OfflineGenerator().answer(task)
        self.prompts.append("\n".join(task.render(task.context)))
        answer = OfflineGenerator().answer(task)
        return {"utterance": self.spoilt(answer.utterance), "values": answer.values}


def test_a_model_is_shown_the_original_and_asked_for_nothing_but_the_words(
    finished: Sequence[Dialogue], source_of: Sourcing
) -> None:
    reader = Reader()
    copy = varied(source_of(finished[0]), ScriptedGenerator(reader))
    assert copy.checks.proof == "passed"
    assert set(reader.names) == {"paraphrase"}
    for prompt, before in zip(reader.prompts, said(finished[0]), strict=True):
        assert before in prompt


def original_again(dialogue: Dialogue) -> Callable[[str], str]:
    left = iter(said(dialogue))
    return lambda _: next(left)


def test_the_same_words_are_no_paraphrase(
    finished: Sequence[Dialogue], source_of: Sourcing
) -> None:
    reader = ScriptedGenerator(Reader(original_again(finished[0])))
    with pytest.raises(GenerationError, match="in other words"):
        varied(source_of(finished[0]), reader)


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (lambda text: "Could somebody please take care of all this for me soon?", "must state"),
        (lambda text: f"{text} I was told it takes 17 days.", "not in the original"),
        (lambda text: f"{text} Set issue_description.", "no person would say"),
    ],
)
def test_a_paraphrase_keeps_every_value_and_adds_nothing(
    finished: Sequence[Dialogue], source_of: Sourcing, spoilt: Callable[[str], str], why: str
) -> None:
    with pytest.raises(GenerationError, match=why):
        varied(source_of(finished[0]), ScriptedGenerator(Reader(spoilt)))


def test_a_recorded_dialogue_is_found_by_what_its_steps_ask_for(
    finished: Sequence[Dialogue],
) -> None:
    for dialogue in finished:
        recorded = Recorded.of(dialogue)
        texts = [m for m in dialogue.messages if m.role in ("user", "assistant") and m.content]
        assert len(recorded.texts) == len(texts)
        assert len(recorded.results) == len({call.id for call in dialogue.plan.calls()})
