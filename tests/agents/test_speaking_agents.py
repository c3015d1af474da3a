"""What the user, clarification and summary agents accept of a writer, and what they refuse."""

from collections.abc import Callable
from typing import Any

import pytest

from toolweave.agents.clarification import ClarificationAgent
from toolweave.agents.scene import Scene
from toolweave.agents.summary import SummaryAgent
from toolweave.agents.user import UserAgent
from toolweave.agents.utterances import LONGEST
from toolweave.llm.contexts import Question, Report, Utterance
from toolweave.llm.task import Unacceptable

At = Callable[..., Scene]
Data = dict[str, Any]
GOOD = "The dishwasher is leaking, I need a quote as soon as possible."
GOOD_VALUES = {"c1.device": "dishwasher", "c1.pace": "as_soon_as_possible"}
NOTES = "it started dripping under the door last night and now the floor is wet"


def said(scene: Scene, utterance: str, values: Data) -> Utterance:
    return UserAgent().task(scene).accept(Utterance(utterance=utterance, values=values))


def refused(scene: Scene, utterance: str, values: Data) -> str:
    with pytest.raises(Unacceptable) as caught:
        said(scene, utterance, values)
    return str(caught.value)


def test_an_utterance_that_states_every_value_is_accepted(at_step: At) -> None:
    answer = said(at_step(1), f"  {GOOD}\n", GOOD_VALUES)
    assert answer.utterance == GOOD
    assert answer.values == GOOD_VALUES


@pytest.mark.parametrize(
    ("utterance", "values", "objection"),
    [
        ("It is leaking, as soon as possible.", GOOD_VALUES, "must state 'dishwasher'"),
        ("The dishwasher is leaking.", GOOD_VALUES, "must state 'as_soon_as_possible'"),
        (GOOD, {"c1.pace": "as_soon_as_possible"}, "\"values\" lacks 'c1.device'"),
        (GOOD, {**GOOD_VALUES, "c1.device": 7}, "must state '7' (device)"),
        (GOOD, {**GOOD_VALUES, "c1.pace": "tomorrow"}, "c1.pace"),
        (f"{GOOD} Use get_quote.", GOOD_VALUES, "'get_quote'"),
        (f"{GOOD} The under_warranty is off.", GOOD_VALUES, "'under_warranty'"),
        (GOOD + ' {"device": "dishwasher"}', GOOD_VALUES, "(json)"),
        (f"{GOOD} It costs {{price}}.", GOOD_VALUES, "(placeholder)"),
        ("dishwasher, as_soon_as_possible", GOOD_VALUES, "(enum_spelling)"),
        ("   ", GOOD_VALUES, "is empty"),
        (GOOD + " Really." * (LONGEST // 8), GOOD_VALUES, "longer than"),
    ],
)
def test_an_utterance_no_person_would_write_is_refused_with_the_reason(
    utterance: str, values: Data, objection: str, at_step: At
) -> None:
    assert objection in refused(at_step(1), utterance, values)


@pytest.mark.parametrize("given", ["as soon as possible", "As-soon-as-possible", None])
def test_an_enum_word_is_read_back_as_the_schema_spells_it(given: str | None, at_step: At) -> None:
    values = {"c1.device": "dishwasher"} | ({"c1.pace": given} if given else {})
    assert said(at_step(1), GOOD, values).values == GOOD_VALUES


def test_free_text_becomes_what_the_message_says(at_step: At) -> None:
    text = f"Two helpers, the cheapest visit. You see, {NOTES}."
    given = NOTES.replace("last night", "last nite")
    answer = said(at_step(6), text, {"c3.helpers": 2, "c3.problem_description": given})
    assert answer.values["c3.problem_description"] == NOTES


def test_free_text_the_message_does_not_hold_is_refused(at_step: At) -> None:
    values = {"c3.helpers": 2, "c3.problem_description": "the drum does not turn any more at all"}
    assert "word for word" in refused(at_step(6), f"Two helpers, please. You see, {NOTES}.", values)


@pytest.mark.parametrize("given", [5, "many", None])
def test_a_fixed_value_is_the_plans_whatever_the_writer_says(given: object, at_step: At) -> None:
    values = {"c3.problem_description": NOTES, "c3.helpers": given}
    answer = said(at_step(6), f"Two helpers for the cheapest one: {NOTES}.", values)
    assert answer.values["c3.helpers"] == 2
    assert "must state 2" in refused(at_step(6), f"Five helpers: {NOTES}.", values)


def test_a_correction_states_another_value(at_step: At) -> None:
    scene = at_step(11)
    old = scene.memory["slots"]["c1.device"]["value"]
    values = {"c4.device": old, "c4.under_warranty": False}
    assert "another value than" in refused(scene, f"Not the {old}, no warranty.", values)
    assert said(scene, "No, make it the old lawn mower; it has no warranty.",
                {"c4.device": "lawn mower", "c4.under_warranty": False})  # fmt: skip


@pytest.mark.parametrize("given", ["no", "false", False])
def test_a_truth_value_is_read_from_words(given: object, at_step: At) -> None:
    values = {"c4.device": "lawn mower", "c4.under_warranty": given}
    text = "Make it the lawn mower. No, it's not under warranty."
    assert said(at_step(11), text, values).values["c4.under_warranty"] is False


def test_a_value_that_makes_an_unplanned_argument_necessary_is_refused(at_step: At) -> None:
    values = {"c4.device": "lawn mower", "c4.under_warranty": True}
    text = "Make it the lawn mower. Yes, it's under warranty."
    assert "would also need 'receipt_number'" in refused(at_step(11), text, values)


def test_every_value_gets_the_place_where_it_is_stated(at_step: At) -> None:
    scene = at_step(1)
    turn = UserAgent().turn(scene, said(scene, GOOD, GOOD_VALUES))
    told = {item["slot"]: GOOD[item["start"] : item["end"]] for item in turn["tellings"]}
    assert told == {"c1.device": "dishwasher", "c1.pace": "as soon as possible"}
    assert {item["message"] for item in turn["tellings"]} == {1}
    assert turn["messages"][0]["train"] is False


def asked(scene: Scene, question: str) -> str:
    return ClarificationAgent().task(scene).accept(Question(question=question)).question


@pytest.mark.parametrize(
    "question",
    [
        "Which day should somebody come by?",
        "Sure. What day would suit you for the visit?",
        "  When would you like\nthe visit? ",
    ],
)
def test_a_question_for_what_is_missing_is_accepted(question: str, at_step: At) -> None:
    assert asked(at_step(2), question) == " ".join(question.split())


@pytest.mark.parametrize(
    ("question", "objection"),
    [
        ("How many helpers do you need?", "does not ask for the visit day"),
        ("Somebody will come by on a day of your choice.", "asks nothing"),
        ("What is your visit_day?", "'visit_day'"),
        ("", "is empty"),
        ("Which day? " * 80, "longer than"),
    ],
)
def test_another_question_is_refused(question: str, objection: str, at_step: At) -> None:
    with pytest.raises(Unacceptable) as caught:
        asked(at_step(2), question)
    assert objection in str(caught.value)


def reported(scene: Scene, answer: str) -> Report:
    return SummaryAgent().task(scene).accept(Report(answer=answer))


def test_a_summary_of_what_was_returned_is_accepted_and_its_statements_located(
    at_step: At,
) -> None:
    scene = at_step(10)
    repair = scene.memory["calls"]["c3"]["result"]["repair_id"]  # type: ignore[index, call-overload]
    answer = f"The repair is booked under {repair}."
    found = reported(scene, f" {answer} ")
    assert found.answer == answer
    stated = {state.ref: answer[state.start : state.end] for state in found.states}
    assert stated["c3.repair_id"] == repair


@pytest.mark.parametrize(
    ("answer", "objection"),
    [
        ("It's booked and will take 14 days.", "'14"),
        ("It's booked for $77,321.50.", "77,321.50"),
        ("It's booked under R-998877.", "R-998877"),
        ("It's booked for 3 March 2031.", "3 March 2031"),
        ("Done, book_repair went through.", "'book_repair'"),
        ("The problem_description is noted.", "'problem_description'"),
        ("", "is empty"),
        ("Done. " * 600, "longer than"),
    ],
)
def test_a_summary_with_something_no_tool_returned_is_refused(
    answer: str, objection: str, at_step: At
) -> None:
    with pytest.raises(Unacceptable) as caught:
        reported(at_step(10), answer)
    assert objection in str(caught.value)
