"""Every kind of failure: what goes wrong, what the tool says of it, and how it is mended."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from toolweave.core.binding import ToolOutputBinding
from toolweave.core.dialogue import Dialogue
from toolweave.core.plan import Plan
from toolweave.core.tool import Tool, Toolset
from toolweave.llm.embedding import make_embedder
from toolweave.refinement.confusing import HybridLikeness, WrongTool
from toolweave.refinement.edit import Unfit
from toolweave.refinement.mistakes import invalid_enum, missing_parameter, wrong_type
from toolweave.refinement.ordering import cascading, out_of_order
from toolweave.refinement.outages import rate_limited, timed_out
from toolweave.refinement.refusals import tool_error
from toolweave.runs.simulation import simulate
from toolweave.schema.paths import values_at

if TYPE_CHECKING:
    from tests.refinement.conftest import Copies, Copy, Playing, Sourcing


def at(arguments: dict[str, Any], path: str) -> Any:
    """The argument at a path, None where there is none."""
    return next(iter(values_at(arguments, path)), None)


def error(answer: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(answer)["error"]
    return found


def spoken(dialogue: Dialogue) -> list[tuple[str, str]]:
    return [
        (message.role, message.content)
        for message in dialogue.messages
        if message.role in ("user", "assistant") and message.content
    ]


def test_a_parameter_left_out_is_named_by_the_error_and_sent_then(copies: Copies) -> None:
    found = copies(missing_parameter)
    assert len(found) > 20
    for copy in found:
        path = copy.failing.detail["parameter"]
        first, second = copy.attempts(copy.failing.detail["call"])
        assert at(first.arguments, path) is None
        assert error(first.answer) == {
            "code": "missing_parameter",
            "message": f"Missing required parameter: '{path}'.",
        }
        assert at(second.arguments, path) is not None
        assert {**second.arguments, path: None} == {**first.arguments, path: None}


def test_a_value_of_the_wrong_type_is_the_right_value_in_another_form(copies: Copies) -> None:
    found = copies(wrong_type)
    assert len(found) > 20
    for copy in found:
        path = copy.failing.detail["parameter"]
        first, second = copy.attempts(copy.failing.detail["call"])
        wrong, right = at(first.arguments, path), at(second.arguments, path)
        assert type(wrong) is not type(right)
        assert text(wrong) == text(right)
        assert error(first.answer)["code"] == "invalid_type"
        assert repr(path) in error(first.answer)["message"]


def text(value: Any) -> str:
    whole = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return whole.replace(" ", "").casefold()


def test_a_choice_is_sent_in_the_users_words_or_misspelt(copies: Copies) -> None:
    found = copies(invalid_enum)
    assert len(found) > 10
    for copy in found:
        path = copy.failing.detail["parameter"]
        first, second = copy.attempts(copy.failing.detail["call"])
        wrong, right = at(first.arguments, path), at(second.arguments, path)
        said = " ".join(m.content for m in copy.made.messages if m.role == "user")
        assert wrong in said or spelling(wrong) == spelling(right)
        assert repr(right) in error(first.answer)["message"]


def spelling(value: str) -> str:
    return value.casefold().replace("_", " ").replace("-", " ")


@pytest.mark.parametrize(
    ("failure", "code"), [(timed_out, "timeout"), (rate_limited, "rate_limited")]
)
def test_an_outage_is_tried_again_with_the_same_arguments(
    copies: Copies, failure: Any, code: str
) -> None:
    found = copies(failure)
    assert {copy.failing.detail["attempts"] for copy in found} == {1, 2}
    for copy in found:
        *before, last = copy.attempts(copy.failing.detail["call"])
        assert len(before) == copy.failing.detail["attempts"]
        assert all(one.arguments == last.arguments for one in before)
        assert {error(one.answer)["code"] for one in before} == {code}
        assert "error" not in last.answer[:12]


def test_a_call_out_of_order_sends_nothing_that_is_not_known_yet(copies: Copies) -> None:
    found = copies(out_of_order)
    assert len(found) > 5
    for copy in found:
        (call,) = copy.failing.detail["calls"]
        first, second = copy.attempts(call)
        early(copy, first.planned.arguments, first.arguments, second.arguments)
        assert error(first.answer)["code"] == "prerequisite_missing"


def early(copy: Copy, planned: Any, sent: dict[str, Any], right: dict[str, Any]) -> None:
    """An early attempt sends what the right one does, without what later calls return."""
    assert len(sent) < len(right)
    for path, binding in planned.items():
        if at(sent, path) is not None:
            assert at(sent, path) == at(right, path)
        else:
            assert isinstance(binding, ToolOutputBinding)


def test_the_failure_is_all_that_is_new(copies: Copies) -> None:
    for failure in (missing_parameter, timed_out, out_of_order):
        found = copies(failure)
        alike = sum(spoken(copy.made) == spoken(copy.original) for copy in found)
        assert alike >= 0.9 * len(found)


CHAIN = {
    "version": 1,
    "id": "chain",
    "goal": "Open an order, pay it and have it sent.",
    "segments": [
        {
            "subgoal": "order, pay and send",
            "steps": [
                {
                    "act": "user_request",
                    "intent": "order a lamp, pay it and have it sent",
                    "provides": [{"slot": "c1.product_name"}, {"slot": "c3.town"}],
                },
                *(
                    {"act": "tool_invocation", "calls": [call]}
                    for call in (
                        {
                            "id": "c1",
                            "tool": "create_order",
                            "arguments": {
                                "product_name": {"source": "user", "slot": "c1.product_name"}
                            },
                        },
                        {
                            "id": "c2",
                            "tool": "pay_order",
                            "arguments": {
                                "order_id": {
                                    "source": "tool_output", "call": "c1", "path": "order_id",
                                }
                            },
                        },
                        {
                            "id": "c3",
                            "tool": "ship_order",
                            "arguments": {
                                "payment_id": {
                                    "source": "tool_output", "call": "c2", "path": "payment_id",
                                },
                                "order_id": {
                                    "source": "tool_output", "call": "c1", "path": "order_id",
                                },
                                "town": {"source": "user", "slot": "c3.town"},
                            },
                        },
                    )
                ),
                {"act": "assistant_response", "summarizes": ["c1", "c2", "c3"]},
            ],
        }
    ],
}  # fmt: skip


def tool(name: str, given: list[str], returned: str, description: str = "") -> Tool:
    text = {"type": "string"}
    return Tool(
        name=name,
        description=description,
        parameters={
            "type": "object", "properties": dict.fromkeys(given, text), "required": given,
        },
        results={"type": "object", "properties": {returned: text}, "required": [returned]},
    )  # fmt: skip


TOOLS = Toolset(
    version=1,
    tools=(
        tool("create_order", ["product_name"], "order_id"),
        tool("pay_order", ["order_id"], "payment_id"),
        tool("ship_order", ["payment_id", "order_id", "town"], "tracking_number"),
    ),
)


@pytest.fixture(scope="module")
def chain() -> Dialogue:
    """Three calls in one request, each of which needs the one before."""
    made = simulate(Plan.model_validate(CHAIN), TOOLS, seed=2)
    assert made.checks.findings == ()
    return made


def test_a_chain_is_tried_from_its_end_and_then_recovers_whole(
    chain: Dialogue, source_of: Sourcing, played: Playing
) -> None:
    failing = cascading(source_of(chain), random.Random(1))
    assert not isinstance(failing, Unfit)
    made = played(chain, failing)
    assert made.checks.findings == ()
    calls = [(call.call, call.attempt) for m in made.messages for call in m.tool_calls]
    assert calls == [("c3", 1), ("c2", 1), ("c1", 1), ("c2", 2), ("c3", 2)]
    sent = [call.arguments for m in made.messages for call in m.tool_calls]
    assert set(sent[0]) == {"town"}
    assert sent[1] == {}
    trained = [m.train for m in made.messages if m.tool_calls]
    assert trained == [False, False, True, True, True]
    codes = [error(m.content)["code"] for m in made.messages if m.content.startswith('{"error"')]
    assert codes == ["prerequisite_missing", "prerequisite_missing"]
    right = {call.call: call.arguments for m in chain.messages for call in m.tool_calls}
    assert sent[-1] == right["c3"]


def test_two_calls_are_no_chain(dialogues: list[Dialogue], source_of: Sourcing) -> None:
    short = next(d for d in dialogues if sum(1 for _ in d.plan.calls()) < 3)
    assert isinstance(cascading(source_of(short), random.Random(1)), Unfit)


def test_a_wrong_tool_really_answers_and_the_right_one_follows(copies: Copies) -> None:
    confusing = WrongTool(HybridLikeness(make_embedder("lexical")), 0.2)
    found = copies(confusing)
    assert {copy.failing.detail["returns"] for copy in found} == {True, False}
    for copy in found:
        detail = copy.failing.detail
        first, second = copy.attempts(detail["call"])
        assert first.planned.tool == detail["instead"] != detail["tool"] == second.planned.tool
        assert ("error" in json.loads(first.answer)) is not detail["returns"]
        # What the right tool was given is all that the wrong one may be given.
        assert first.arguments.items() <= second.arguments.items()


def test_tools_are_alike_by_meaning_and_by_spelling() -> None:
    likeness = HybridLikeness(make_embedder("lexical"))
    found = tool("search_tickets", ["query"], "id", "Find tickets by text.")
    same = tool("search_ticket", ["query"], "id", "Find a ticket by text.")
    other = tool("convert_currency", ["amount"], "sum", "Change money into another currency.")
    assert likeness(found, same) > 0.7 > 0.3 > likeness(found, other)
    assert likeness(found, same) == likeness(same, found)


def test_declared_errors_are_corrected_retried_or_told(copies: Copies) -> None:
    by_way: dict[str, list[Copy]] = {}
    for copy in copies(tool_error):
        by_way.setdefault(copy.failing.detail["recovery"], []).append(copy)
    assert {"corrected", "told"} <= set(by_way)
    for copy in by_way["corrected"]:
        first, second = copy.attempts(copy.failing.detail["call"])
        path = copy.failing.detail["parameter"]
        assert at(first.arguments, path) != at(second.arguments, path)
        assert error(first.answer)["code"] == copy.failing.detail["code"]
        heard = copy.made.messages.index(second.message)
        # The assistant says so, and the user gives another value.
        assert [m.role for m in copy.made.messages[heard - 2 : heard]] == ["assistant", "user"]
    for copy in by_way["told"]:
        (only,) = copy.attempts(copy.failing.detail["call"])
        assert error(only.answer)["code"] == copy.failing.detail["code"]


def test_where_values_differ_each_time_the_one_that_matters_is_fixed(
    dialogues: list[Dialogue],
    source_of: Sourcing,
) -> None:
    fixed = 0
    for number, dialogue in enumerate(dialogues):
        failing = wrong_type(source_of(dialogue, repeatable=False), random.Random(number))
        if isinstance(failing, Unfit):
            continue
        call, path = failing.detail["call"], failing.detail["parameter"]
        assert set(failing.meant) == {f"{call}.{path}"}
        stated = [p for _, p in failing.plan.provisions() if p.fixed]
        fixed += failing.meant[f"{call}.{path}"] in [p.value for p in stated]
    assert fixed > 5
