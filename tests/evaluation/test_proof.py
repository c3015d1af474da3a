"""Every objection of the proof, and the dialogue it objects to nothing in."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from toolweave.core.dialogue import Dialogue
from toolweave.evaluation.proof import prove

Data = dict[str, Any]
Found = list[tuple[str, int | None, str]]
Proving = Callable[[Data], Found]


def call(data: Data, message: int = 4, place: int = 0) -> Data:
    found: Data = data["messages"][message]["tool_calls"][place]
    return found


def planned(data: Data, step: int = 3, place: int = 0) -> Data:
    data["plan"] = copy.deepcopy(data["plan"])
    found: Data = data["plan"]["segments"][0]["steps"][step]["calls"][place]
    return found


def codes(found: Found) -> set[str]:
    return {code for code, _, _ in found}


def test_a_finished_dialogue_has_no_findings(data: Data, findings: Proving) -> None:
    assert findings(data) == []


def test_the_general_words_do_without_being_named(data: Data) -> None:
    assert prove(Dialogue.model_validate(data)) == []


def test_findings_come_by_message(data: Data, findings: Proving) -> None:
    call(data, 6)["arguments"]["ticket"] = "T-1"
    call(data)["arguments"]["customer"] = "55121"
    places = [message for _, message, _ in findings(data)]
    assert places == sorted(places, key=lambda place: place or 0)
    assert len(places) > 1


# Opening


def test_no_system_message(data: Data, findings: Proving) -> None:
    data["messages"][0]["role"] = "user"
    assert ("missing_system", 0, "") in findings(data)


def test_no_clock(data: Data, findings: Proving) -> None:
    data["messages"][0]["content"] = "Be kind."
    assert ("missing_clock", 0, "") in findings(data)


# Steps


def test_a_missing_step_is_named_where_it_should_stand(data: Data, findings: Proving) -> None:
    del data["messages"][2]
    assert ("missing_step", 2, "") in findings(data)


def test_a_missing_last_step_is_named_at_the_end(data: Data, findings: Proving) -> None:
    del data["messages"][9]
    assert ("missing_step", 8, "") in findings(data)


def test_a_dropped_call_is_a_missing_step(data: Data, findings: Proving) -> None:
    del data["messages"][6:9]
    assert ("missing_step", 6, "c2, c3") in findings(data)


def test_an_extra_message(data: Data, findings: Proving) -> None:
    data["messages"].append({"role": "user", "content": "Thanks.", "train": False, "step": 6})
    assert findings(data) == [("unplanned_message", 10, "")]


def test_a_repeated_call_message(data: Data, findings: Proving) -> None:
    again = copy.deepcopy(data["messages"][6:9])
    again[0]["tool_calls"][0]["id"] = again[1]["tool_call_id"] = "call_4"
    again[0]["tool_calls"][1]["id"] = again[2]["tool_call_id"] = "call_5"
    data["messages"][9:9] = again
    assert codes(findings(data)) == {"unplanned_call"}


def test_exchanged_messages_of_different_acts(data: Data, findings: Proving) -> None:
    messages = data["messages"]
    messages[2], messages[3] = messages[3], messages[2]
    found = findings(data)
    assert ("missing_step", 2, "") in found
    assert ("unplanned_message", 3, "") in found


def test_a_clarification_and_a_summary_that_exchange_their_texts(
    data: Data, findings: Proving
) -> None:
    first, last = data["messages"][2], data["messages"][9]
    first["content"], last["content"] = last["content"], first["content"]
    assert ("unasked_slot", 2, "c1.issue") in findings(data)


def test_calls_in_another_order_of_steps(data: Data, findings: Proving) -> None:
    messages = data["messages"]
    data["messages"] = [*messages[:4], *messages[6:9], *messages[4:6], messages[9]]
    assert ("missing_step", 4, "c1") in findings(data)


def test_a_wrong_step_number(data: Data, findings: Proving) -> None:
    data["messages"][5]["step"] = 5
    assert findings(data) == [("wrong_step", 5, "")]


def test_an_empty_message(data: Data, findings: Proving) -> None:
    data["messages"][9].update(content=" ", states=[])
    assert findings(data) == [("empty_message", 9, "")]


# Calls


def test_a_missing_parallel_call(data: Data, findings: Proving) -> None:
    del data["messages"][6]["tool_calls"][1]
    del data["messages"][8]
    assert findings(data) == [("missing_call", 6, "c3")]


def test_an_added_parallel_call(data: Data, findings: Proving) -> None:
    added = {"id": "call_9", "name": "read_ticket", "arguments": {"ticket": "T-9041"}, "call": "c9"}
    data["messages"][6]["tool_calls"].append(added)
    answer = {**data["messages"][8], "tool_call_id": "call_9"}
    data["messages"].insert(9, answer)
    assert findings(data) == [("unplanned_call", 6, "c9")]


def test_parallel_calls_in_another_order(data: Data, findings: Proving) -> None:
    data["messages"][6]["tool_calls"].reverse()
    assert findings(data) == [("call_order", 6, "")]


def test_a_call_under_another_name(data: Data, findings: Proving) -> None:
    call(data)["call"] = "c7"
    assert ("wrong_call_name", 4, "c1") in findings(data)


def test_a_failed_attempt_must_not_be_learnt(data: Data, findings: Proving) -> None:
    planned(data, 4, 1)["expect"] = {"outcome": "error", "code": "busy"}
    data["messages"][8]["content"] = '{"error": {"code": "busy", "message": "Try later."}}'
    assert findings(data) == [("trained_failure", 6, "c3")]
    data["messages"][6]["train"] = False
    assert findings(data) == []


# Pairing


def test_a_broken_id_on_the_call(data: Data, findings: Proving) -> None:
    call(data)["id"] = "call_x"
    found = findings(data)
    assert ("unanswered_call", 4, "") in found
    assert ("answer_without_call", 5, "") in found


def test_a_call_id_used_twice(data: Data, findings: Proving) -> None:
    call(data, 6)["id"] = data["messages"][7]["tool_call_id"] = "call_1"
    assert findings(data) == [("duplicate_call_id", 6, "")]


def test_an_answer_that_stands_elsewhere(data: Data, findings: Proving) -> None:
    data["messages"].append(data["messages"].pop(8))
    found = findings(data)
    assert ("unanswered_call", 6, "") in found
    assert ("answer_without_call", 9, "") in found


def test_an_answer_under_another_tools_name(data: Data, findings: Proving) -> None:
    data["messages"][5]["name"] = "read_ticket"
    assert findings(data) == [("wrong_answer_name", 5, "")]


# Schemas


def test_an_unknown_tool(data: Data, findings: Proving) -> None:
    call(data, 6, 1)["name"] = data["messages"][8]["name"] = "peek_ticket"
    assert ("unknown_tool", 6, "c3") in findings(data)


def test_a_tool_before_it_is_brought(data: Data, findings: Proving) -> None:
    data["tools"][1]["available_from"] = 8
    assert ("tool_not_available", 6, "") in findings(data)
    data["tools"][1]["available_from"] = 6
    # The call may be made by then; but no step of the plan has the tool come.
    assert findings(data) == [("wrong_availability", 0, "")]


def test_an_unknown_argument(data: Data, findings: Proving) -> None:
    call(data)["arguments"]["colour"] = "red"
    assert ("unknown_argument", 4, "c1.colour") in findings(data)


def test_an_unknown_nested_argument(data: Data, findings: Proving) -> None:
    call(data)["arguments"]["site"] = {"street": "Elm"}
    assert ("unknown_argument", 4, "c1.site.street") in findings(data)


def test_arguments_that_breach_the_schema(data: Data, findings: Proving) -> None:
    call(data)["arguments"]["copies"] = "three"
    assert ("argument_schema", 4, "c1.copies") in findings(data)


def test_a_result_that_breaches_the_schema(data: Data, findings: Proving) -> None:
    data["messages"][8]["content"] = '{"opened_by": 55120}'
    assert findings(data) == [("result_schema", 8, "c3.opened_by")]


def test_an_unexpected_error(data: Data, findings: Proving) -> None:
    data["messages"][8]["content"] = '{"error": {"code": "busy", "message": "Try later."}}'
    assert findings(data) == [("unexpected_error", 8, "c3")]


def test_an_error_that_does_not_come(data: Data, findings: Proving) -> None:
    planned(data, 4, 1)["expect"] = {"outcome": "error", "code": "busy"}
    data["messages"][6]["train"] = False
    assert findings(data) == [("missing_error", 8, "c3")]


def test_another_error_than_planned(data: Data, findings: Proving) -> None:
    planned(data, 4, 1)["expect"] = {"outcome": "error", "code": "busy"}
    data["messages"][6]["train"] = False
    data["messages"][8]["content"] = '{"error": {"code": "gone", "message": "No."}}'
    assert findings(data) == [("wrong_error_code", 8, "c3")]


def test_a_planned_mistake_may_breach_the_schema(data: Data, findings: Proving) -> None:
    attempt = planned(data)
    attempt["fault"] = {"kind": "wrong_type", "path": "copies", "value": "many"}
    data["messages"][4]["train"] = False
    call(data)["arguments"]["copies"] = "many"
    assert findings(data) == []
    call(data)["arguments"]["copies"] = "few"
    assert findings(data) == [("ungrounded_argument", 4, "c1.copies")]


def test_a_planned_omission(data: Data, findings: Proving) -> None:
    planned(data)["fault"] = {"kind": "missing_parameter", "path": "customer"}
    data["messages"][4]["train"] = False
    del call(data)["arguments"]["customer"]
    assert findings(data) == []
    call(data)["arguments"]["customer"] = "55120"
    assert findings(data) == [("unplanned_argument", 4, "c1.customer")]


def test_a_tool_whose_schema_cannot_be_used(data: Data, findings: Proving) -> None:
    data["tools"] = copy.deepcopy(data["tools"])
    data["tools"][0]["tool"]["parameters"]["properties"]["issue"] = {"$ref": "#/$defs/none"}
    assert codes(findings(data)) == {"unusable_schema"}


# Grounding


def test_a_changed_user_value(data: Data, findings: Proving) -> None:
    call(data)["arguments"]["customer"] = "55121"
    found = findings(data)
    assert ("ungrounded_argument", 4, "c1.customer") in found
    assert ("unstated_value", 1, "c1.customer") in found


def test_a_user_value_cut_short(data: Data, findings: Proving) -> None:
    call(data)["arguments"]["issue"] = "the east gate sensor"
    assert ("ungrounded_argument", 4, "c1.issue") in findings(data)


def test_a_value_the_user_no_longer_states(data: Data, findings: Proving) -> None:
    content = data["messages"][1]["content"]
    data["messages"][1]["content"] = content.replace("55120", "67231")
    assert ("unstated_value", 1, "c1.customer") in findings(data)


def test_a_value_the_plan_fixes(data: Data, findings: Proving) -> None:
    provides = data["plan"] = copy.deepcopy(data["plan"])
    provides["segments"][0]["steps"][0]["provides"][1]["value"] = 4
    assert findings(data) == [("ungrounded_argument", 4, "c1.copies")]


def test_a_fixed_value_that_no_call_takes_must_still_be_said(data: Data, findings: Proving) -> None:
    data["plan"] = copy.deepcopy(data["plan"])
    provides = data["plan"]["segments"][0]["steps"][0]["provides"]
    provides.append({"slot": "c1.severity", "value": "high", "fixed": True})
    assert findings(data) == [("unstated_value", 1, "c1.severity")]
    data["messages"][1]["content"] += " High severity!"
    assert findings(data) == []


@pytest.mark.parametrize(
    "mention",
    [
        None,
        {"message": 3, "start": 0, "end": 4},
        {"message": 0, "start": 0, "end": 4},
        {"message": 9, "start": 0, "end": 4},
        {"message": 1, "start": 2, "end": 4_000},
    ],
)
def test_a_mention_that_cannot_be_trusted(
    data: Data, findings: Proving, mention: Data | None
) -> None:
    call(data)["sources"]["customer"]["mention"] = mention
    assert findings(data) == [("bad_mention", 4, "c1.customer")]


def test_a_changed_source(data: Data, findings: Proving) -> None:
    source = call(data, 6)["sources"]["agent"]
    source["binding"] = {**source["binding"], "path": "agents[].load"}
    assert findings(data) == [("changed_source", 6, "c2.agent")]


def test_a_missing_source(data: Data, findings: Proving) -> None:
    del call(data, 6)["sources"]["agent"]
    assert findings(data) == [("missing_source", 6, "c2.agent")]


def test_a_source_for_nothing(data: Data, findings: Proving) -> None:
    call(data, 6)["sources"]["colour"] = {"binding": {"source": "default"}}
    assert findings(data) == [("changed_source", 6, "c2.colour")]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ticket", "T-9042"),
        ("agent", "Ines Falk"),
        ("mode", "automatic"),
        ("on", "2025-09-27"),
    ],
)
def test_a_changed_value_of_any_other_source(
    data: Data, findings: Proving, path: str, value: str
) -> None:
    call(data, 6)["arguments"][path] = value
    assert ("ungrounded_argument", 6, f"c2.{path}") in findings(data)


def test_an_output_that_is_not_there(data: Data, findings: Proving) -> None:
    data["messages"][5]["content"] = '{"ticket_id": "T-9041", "due": "2025-09-03", "fee": 20.5}'
    assert ("ungrounded_argument", 6, "c2.agent") in findings(data)


def test_a_missing_argument(data: Data, findings: Proving) -> None:
    del call(data, 6)["arguments"]["mode"]
    assert findings(data) == [("missing_argument", 6, "c2.mode")]


def test_an_unplanned_argument_is_compared_with_its_default(data: Data) -> None:
    call(data)["arguments"].update(severity="low", tags=[])
    found = prove(Dialogue.model_validate(data))
    assert [(item.code, item.at) for item in found] == [
        ("unplanned_argument", "c1.severity"),
        ("unplanned_argument", "c1.tags"),
    ]
    assert "equals the default 'low'" in found[0].problem
    assert "default" not in found[1].problem


# Text


def test_a_clarification_that_asks_nothing(data: Data, findings: Proving) -> None:
    data["messages"][2]["content"] = "One moment."
    assert findings(data) == [("unasked_slot", 2, "c1.issue")]


def test_a_clarification_that_asks_for_something_else(data: Data, findings: Proving) -> None:
    data["messages"][2]["content"] = "Which customer is it?"
    assert findings(data) == [("unasked_slot", 2, "c1.issue")]


def test_a_clarification_that_asks_for_more(data: Data, findings: Proving) -> None:
    data["plan"] = copy.deepcopy(data["plan"])
    data["plan"]["segments"][0]["steps"][0]["provides"].append({"slot": "c1.access_code"})
    data["messages"][2]["content"] = "What exactly is going wrong, and what's the access code?"
    assert findings(data) == [("unplanned_question", 2, "c1.access_code")]


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("$20.50", "$21.50"),
        ("September 3", "September 13"),
        ("Tomas Berg", "Tomas Bergman"),
        ("Tomas Berg", "Ines Holm"),
        ("T-9041", "T-9014"),
    ],
)
@pytest.mark.parametrize("with_states", [True, False])
def test_a_changed_summary(
    data: Data, findings: Proving, said: str, instead: str, with_states: bool
) -> None:
    summary = data["messages"][9]
    summary["content"] = summary["content"].replace(said, instead)
    if not with_states:
        summary["states"] = []
    assert {place for _, place, _ in findings(data)} == {9}


def test_a_known_value_stated_as_another_one(data: Data, findings: Proving) -> None:
    summary = data["messages"][9]
    summary["content"] = summary["content"].replace("Tomas Berg", "Ines Falk!")
    assert findings(data) == [("bad_statement", 9, "c2.agent")]


def test_a_statement_about_nothing(data: Data, findings: Proving) -> None:
    data["messages"][9]["states"].append({"ref": "c8.id", "start": 0, "end": 3})
    data["messages"][9]["states"].append({"ref": "c1.fee", "start": 0, "end": 3_000})
    assert findings(data) == [("bad_statement", 9, "c8.id"), ("bad_statement", 9, "c1.fee")]


def test_figures_beside_a_stated_value_count_too(data: Data, findings: Proving) -> None:
    summary = data["messages"][9]
    summary["states"][2]["end"] = summary["content"].index(", the fee")
    assert findings(data) == []
    summary["content"] = summary["content"].replace("September 3", "September 3 or 2")
    summary["states"][2]["end"] += len(" or 2")
    assert ("bad_statement", 9, "c1.due") in findings(data)


def test_a_moment_may_be_stated_by_its_day(data: Data, findings: Proving) -> None:
    data["messages"][5]["content"] = data["messages"][5]["content"].replace(
        '"2025-09-03"', '"2025-09-03T10:30:00Z"'
    )
    data["tools"] = copy.deepcopy(data["tools"])
    data["tools"][0]["tool"]["results"]["properties"]["due"]["format"] = "date-time"
    assert findings(data) == []
    summary = data["messages"][9]
    summary["content"] = summary["content"].replace("September 3", "September 5")
    assert ("bad_statement", 9, "c1.due") in findings(data)


def test_a_result_before_it_is_known(data: Data, findings: Proving) -> None:
    data["messages"][2]["content"] = "Ticket T-9041 is it. What exactly is going wrong?"
    assert findings(data) == [("unsupported_claim", 2, "")]


def test_a_name_that_ends_in_an_initial_ends_its_sentence(data: Data, findings: Proving) -> None:
    data["messages"][8]["content"] = '{"opened_by": "Talk & Surf M"}'
    data["messages"][9]["content"] += " It came in through Talk & Surf M. Roaming was off."
    assert findings(data) == []
    data["messages"][9]["content"] += " It goes to Talk & Surf K. Roaming was off."
    assert findings(data) == [("unsupported_claim", 9, "")]


def test_names_of_the_domain_itself_are_no_claims(data: Data, findings: Proving) -> None:
    data["messages"][9]["content"] += " The line is VDSL."
    assert findings(data) == [("unsupported_claim", 9, "")]
    data["tools"] = copy.deepcopy(data["tools"])
    data["tools"][0]["tool"]["description"] = "Opens a ticket for a VDSL line."
    assert findings(data) == []


def test_a_path_that_cannot_be_read(data: Data, findings: Proving) -> None:
    planned(data)["arguments"]["a..b"] = {"source": "default"}
    assert codes(findings(data)) == {"unusable_schema"}


def test_no_messages_at_all(data: Data, findings: Proving) -> None:
    data["messages"] = []
    assert codes(findings(data)) == {"missing_system", "missing_step"}


def test_a_question_may_speak_of_a_sentence_or_two(data: Data, findings: Proving) -> None:
    data["messages"][2]["content"] = "What exactly is going wrong, in a sentence or two?"
    assert findings(data) == []
    data["messages"][2]["content"] = "What exactly is going wrong with the 47 gates?"
    assert findings(data) == [("unsupported_claim", 2, "")]
