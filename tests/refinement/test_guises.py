"""Tools in another order, more of them, noisy results, and results in another form."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from toolweave.checks.effects import effect_of
from toolweave.checks.result_forms import OTHER_FORMS, read, written
from toolweave.core.dialogue import Dialogue, ResultForm
from toolweave.core.seeding import rng
from toolweave.core.tool import Tool
from toolweave.export.bfcl_entry import BfclTurn, turns_of
from toolweave.export.conversation import Conversation, converse
from toolweave.planners.reading import load_plan
from toolweave.refinement.arranging import MoreDistractors, ToolOrder
from toolweave.refinement.edit import Guised, Unfit
from toolweave.refinement.noise import NoisyResults
from toolweave.refinement.reforming import ResultForms

Proving = Callable[[Dialogue], list[str]]


def results(dialogue: Dialogue) -> list[Any]:
    return [read(m.content, m.form) for m in dialogue.messages if m.role == "tool"]


def without_results(dialogue: Dialogue) -> list[object]:
    return [m for m in dialogue.messages if m.role != "tool"]


def guised(done: Guised | Unfit) -> Dialogue:
    assert isinstance(done, Guised), done
    return done.dialogue


def test_the_tools_are_the_same_in_another_order(
    finished: Sequence[Dialogue], errors: Proving
) -> None:
    for dialogue in finished:
        done = guised(ToolOrder().guised(dialogue, rng(1)))
        assert done.tools != dialogue.tools
        assert sorted(s.tool.name for s in done.tools) == sorted(
            s.tool.name for s in dialogue.tools
        )
        assert errors(done) == []


def pool(plan: str) -> Sequence[Tool]:
    """Every tool of the domain of a shipped plan."""
    toolset = load_plan(plan).toolset
    assert toolset is not None
    return toolset.tools


def test_more_distractors_are_shown_and_planned(
    finished: Sequence[Dialogue], errors: Proving
) -> None:
    widened = 0
    for dialogue in finished:
        guise = MoreDistractors({dialogue.domain: pool(dialogue.plan.id)}, most=3)
        found = guise.guised(dialogue, rng(1))
        if isinstance(found, Unfit):
            continue
        widened += 1
        added = set(found.detail["tools"])
        assert added <= set(found.dialogue.plan.distractors)
        assert added <= {item.tool.name for item in found.dialogue.tools}
        assert not added & {call.tool for call in dialogue.plan.calls()}
        assert errors(found.dialogue) == []
    assert widened > 1


def test_no_distractor_could_do_what_was_refused(finished: Sequence[Dialogue]) -> None:
    (dialogue,) = [one for one in finished if one.plan.id == "ecommerce_return"]
    assert any(segment.kind == "refusal" for segment in dialogue.plan.segments)
    tools = [*pool("ecommerce_return"), Tool(name="exchange_item"), Tool(name="list_exchanges")]
    for seed in range(6):
        done = MoreDistractors({dialogue.domain: tools}).guised(dialogue, rng(seed))
        assert isinstance(done, Guised)
        known = {tool.name: tool for tool in tools}
        assert {effect_of(known[name]).kind for name in done.detail["tools"]} == {"read"}


def test_a_domain_without_other_tools_takes_no_distractors(finished: Sequence[Dialogue]) -> None:
    assert isinstance(MoreDistractors({}).guised(finished[0], rng(1)), Unfit)


def test_noise_leaves_every_field_and_every_row_as_it_was(
    finished: Sequence[Dialogue], errors: Proving
) -> None:
    for dialogue in finished:
        done = guised(NoisyResults().guised(dialogue, rng(4)))
        assert without_results(done) == without_results(dialogue)
        for noisy, plain in zip(results(done), results(dialogue), strict=True):
            assert _within(plain, noisy)
        longer = sum(len(m.content) for m in done.messages if m.role == "tool")
        assert longer > 2 * sum(len(m.content) for m in dialogue.messages if m.role == "tool")
        assert errors(done) == []


def _within(plain: Any, noisy: Any) -> bool:
    if isinstance(plain, dict):
        return all(key in noisy and _within(value, noisy[key]) for key, value in plain.items())
    if isinstance(plain, list):
        pairs = zip(plain, noisy, strict=True)
        return all(_within(one, other) for one, other in pairs)
    return bool(plain == noisy)


def test_a_result_that_is_closed_to_more_fields_stays_as_it_is(
    finished: Sequence[Dialogue],
) -> None:
    record = finished[0].dump()
    for shown in record["tools"]:
        shown["tool"]["results"] |= {"additionalProperties": False}
        for schema in shown["tool"]["results"]["properties"].values():
            if "items" in schema:
                schema["items"] |= {"additionalProperties": False}
    closed = Dialogue.model_validate(record)
    assert isinstance(NoisyResults().guised(closed, rng(1)), Unfit)


def test_results_in_another_form_are_still_read_and_proved(
    finished: Sequence[Dialogue], errors: Proving
) -> None:
    for form in OTHER_FORMS:
        for dialogue in finished:
            done = guised(ResultForms((form,)).guised(dialogue, rng(1)))
            assert results(done) == results(dialogue)
            assert {m.form for m in done.messages if m.role == "tool"} == {form}
            assert errors(done) == []


def test_a_changed_value_in_another_form_is_caught(
    finished: Sequence[Dialogue], errors: Proving
) -> None:
    dialogue = guised(ResultForms(("yaml",)).guised(finished[1], rng(1)))
    record = dialogue.dump()
    bound = next(
        call["arguments"][path]
        for m in record["messages"]
        for call in m.get("tool_calls", ())
        for path, source in call["sources"].items()
        if source["binding"]["source"] == "tool_output"
    )
    answer = next(m for m in record["messages"] if m["role"] == "tool" and bound in m["content"])
    answer["content"] = answer["content"].replace(bound, bound[::-1])
    assert errors(Dialogue.model_validate(record))


def test_the_evaluation_set_replays_results_of_any_form(finished: Sequence[Dialogue]) -> None:
    def recorded(dialogue: Dialogue) -> list[Any]:
        found = converse(dialogue)
        assert isinstance(found, Conversation)
        turns = turns_of(found)
        assert isinstance(turns, list)
        made: list[BfclTurn] = turns
        return [true.result for turn in made for true in turn.calls]

    for form in OTHER_FORMS:
        done = guised(ResultForms((form,)).guised(finished[0], rng(1)))
        assert recorded(done) == recorded(finished[0])


def test_lines_read_like_what_a_service_prints() -> None:
    text = written({"items": [{"id": "A1", "open": True}], "note": "12", "left": []}, "lines")
    assert text == 'items[0].id: A1\nitems[0].open: true\nnote: "12"\nleft: []'


def test_an_error_stays_an_error_in_every_form() -> None:
    error = {"error": {"code": "timeout", "message": "The request timed out."}}
    for form in OTHER_FORMS:
        text = written(error, form)
        assert text is not None
        assert read(text, form) == error


def test_text_that_does_not_follow_its_form_stays_text() -> None:
    for form in OTHER_FORMS:
        assert read("out of order today", form) == "out of order today"


TEXTS = st.text(max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=12)
    | st.floats(allow_nan=False, allow_infinity=False, width=32),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)  # fmt: skip
FORMS: st.SearchStrategy[ResultForm] = st.sampled_from(("json", *OTHER_FORMS))


@given(value=JSON, form=FORMS)
def test_what_a_form_writes_it_reads(value: Any, form: ResultForm) -> None:
    text = written(value, form)
    if text is not None:
        assert json.dumps(read(text, form), sort_keys=True) == json.dumps(value, sort_keys=True)


@given(text=st.text(max_size=60), form=FORMS)
def test_reading_never_fails(text: str, form: ResultForm) -> None:
    read(text, form)
