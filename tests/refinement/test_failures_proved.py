"""The proof of dialogues with failures: what must not pass does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from toolweave.core.dialogue import Dialogue
from toolweave.evaluation.proof import prove
from toolweave.refinement.mistakes import missing_parameter, wrong_type
from toolweave.refinement.ordering import out_of_order

if TYPE_CHECKING:
    from tests.refinement.conftest import Copies, Copy

Data = dict[str, Any]


@pytest.fixture(scope="module")
def copy(copies: Copies) -> Copy:
    return copies(missing_parameter)[0]


def codes(data: Data) -> set[str]:
    return {finding.code for finding in prove(Dialogue.model_validate(data))}


def failing(data: Data, name: str) -> tuple[int, int]:
    """The message of the first attempt of a call, and that of its last."""
    found = [
        index
        for index, message in enumerate(data["messages"])
        for call in message.get("tool_calls", ())
        if call["call"] == name
    ]
    return found[0], found[-1]


def test_a_failed_call_marked_for_training_is_named(copy: Copy) -> None:
    data = copy.made.dump()
    first, _ = failing(data, copy.failing.detail["call"])
    data["messages"][first]["train"] = True
    assert codes(data) == {"trained_failure"}


def test_a_recovery_that_never_comes_is_named(copy: Copy) -> None:
    data = copy.made.dump()
    _, last = failing(data, copy.failing.detail["call"])
    del data["messages"][last : last + 2]
    assert {"missing_step", "unmended_mistake"} <= codes(data)


def test_a_recovery_that_is_not_even_planned_is_named(copy: Copy) -> None:
    data = copy.made.dump()
    name = copy.failing.detail["call"]
    _, last = failing(data, name)
    step = data["messages"][last]["step"]
    del data["messages"][last : last + 2]
    for message in data["messages"]:
        if message.get("step", 0) > step:
            message["step"] -= 1
    for segment in data["plan"]["segments"]:
        segment["steps"] = [
            one
            for one in segment["steps"]
            if not any(c["id"] == name and "fault" not in c for c in one.get("calls", ()))
        ]
    assert "unmended_mistake" in codes(data)


def test_a_planned_fault_that_the_transcript_lacks_is_named(copy: Copy) -> None:
    data = copy.made.dump()
    first, _ = failing(data, copy.failing.detail["call"])
    del data["messages"][first : first + 2]
    assert "missing_step" in codes(data)


def test_a_plan_with_a_fault_and_the_transcript_of_the_original_is_named(copy: Copy) -> None:
    data = copy.original.dump()
    data["plan"] = copy.made.plan.dump()
    assert "missing_step" in codes(data)


def test_a_failed_attempt_that_succeeds_or_fails_otherwise_is_named(copy: Copy) -> None:
    data = copy.made.dump()
    first, last = failing(data, copy.failing.detail["call"])
    answer = data["messages"][first + 1]
    answer["content"] = data["messages"][last + 1]["content"]
    assert "missing_error" in codes(data)
    answer["content"] = '{"error": {"code": "timeout", "message": "Later."}}'
    assert codes(data) == {"wrong_error_code"}


def test_a_mistake_other_than_the_planned_one_is_named(copies: Copies) -> None:
    copy = copies(wrong_type)[0]
    data = copy.made.dump()
    first, _ = failing(data, copy.failing.detail["call"])
    (call,) = data["messages"][first]["tool_calls"]
    call["arguments"][copy.failing.detail["parameter"]] = {"another": "mistake"}
    assert "ungrounded_argument" in codes(data)


def test_a_value_from_nowhere_in_a_call_out_of_order_is_named(copies: Copies) -> None:
    copy = copies(out_of_order)[0]
    data = copy.made.dump()
    first, _ = failing(data, copy.failing.detail["calls"][0])
    (call,) = data["messages"][first]["tool_calls"]
    call["arguments"][copy.failing.detail["parameters"][0]] = "XX-1"
    assert "unplanned_argument" in codes(data) or "ungrounded_argument" in codes(data)
