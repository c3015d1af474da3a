"""Requests are read back by somebody who sees only them; readers' votes decide on dialogues."""

import asyncio
import copy
from collections.abc import Callable
from typing import Any

import pytest

from toolweave import simulate
from toolweave.checks.turns import masked_by, turn_count
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import GenerationError
from toolweave.core.finding import Finding
from toolweave.core.plan import Plan
from toolweave.core.tool import Effect, Tool, Toolset
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.task import Task, Unacceptable
from toolweave.planners.agreement import Made, differences
from toolweave.planners.auditing import audit_digit
from toolweave.planners.back_translation import MadeCalls, accept, reading
from toolweave.planners.desk import Desk
from toolweave.planners.digit import Digit
from toolweave.planners.explicitness import latest_calls
from toolweave.planners.planning import Commission
from toolweave.planners.voting import votes_on


@pytest.fixture
def dialogues(desk: Desk) -> list[Dialogue]:
    toolset = desk.flow.graph.toolset
    drawn = Digit(Commission(desk=desk, tools="t", seed=2)).plans(25)
    return [simulate(one, toolset, seed=n) for n, one in enumerate(drawn) if isinstance(one, Plan)]


def perfect(dialogue: Dialogue) -> list[dict[str, Any]]:
    """The calls as a reader would write them who understood everything."""
    planned = [call for segment in dialogue.plan.segments for call in latest_calls(segment)]
    places = {call.id: place for place, call in enumerate(planned, 1)}
    sent = {call.call: call for message in dialogue.messages for call in message.tool_calls}
    made = []
    for call in planned:
        arguments: dict[str, Any] = {}
        for path, binding in call.arguments.items():
            arguments[path] = sent[call.id].arguments[path]
            if isinstance(binding, ToolOutputBinding):
                arguments[path] = f"${places[binding.call]}.{binding.path.replace('[]', '[0]')}"
        made.append({"tool": call.tool, "arguments": arguments})
    return made


def read(dialogue: Dialogue, made: list[dict[str, Any]]) -> list[str]:
    answer = accept(MadeCalls.model_validate({"calls": made}), reading(dialogue))
    return list(differences(dialogue, answer.calls))


def test_a_reader_who_understands_agrees(dialogues: list[Dialogue]) -> None:
    assert len(dialogues) > 20
    assert [read(one, perfect(one)) for one in dialogues] == [[] for _ in dialogues]


def test_a_reader_sees_the_requests_and_nothing_that_was_done(dialogues: list[Dialogue]) -> None:
    for dialogue in dialogues:
        seen = reading(dialogue)
        said = [one.content for one in dialogue.messages if one.role == "user"]
        assert list(seen.requests) == said
        results = [one.content for one in dialogue.messages if one.role in ("tool", "assistant")]
        assert not any(text and text in "".join(seen.requests) for text in results)


def _left_out(made: list[dict[str, Any]]) -> None:
    del made[0]
    for one in made:
        one["arguments"] = {k: v for k, v in one["arguments"].items() if "$" not in str(v)}


def _guessed(made: list[dict[str, Any]]) -> None:
    last = made[-1]["arguments"]
    last.update({name: "B-17" for name, value in last.items() if str(value).startswith("$1.")})


def _other_value(made: list[dict[str, Any]]) -> None:
    name = next(name for name, value in made[0]["arguments"].items() if "$" not in str(value))
    made[0]["arguments"][name] = "chess"


def _once_more(made: list[dict[str, Any]]) -> None:
    made.append(made[0])


@pytest.mark.parametrize("spoil", [_left_out, _guessed, _other_value, _once_more])
def test_a_reader_who_reads_something_else_is_told_apart(
    dialogues: list[Dialogue], spoil: Callable[[list[dict[str, Any]]], None]
) -> None:
    first = next(
        one
        for one in dialogues
        if perfect(one)[0]["tool"] == "search_books"
        and any(str(value).startswith("$1.") for value in perfect(one)[-1]["arguments"].values())
    )
    made = perfect(first)
    spoil(made)
    assert read(first, made)


@pytest.mark.parametrize(
    ("call", "objection"),
    [
        (Made(tool="burn_book"), "there is no tool"),
        (Made(tool="search_books", arguments={"colour": "red"}), "has no parameter"),
        (Made(tool="search_books", arguments={"sub[": "chess"}), "has no parameter"),
        (Made(tool="search_books", arguments={"subject": "$1.books[].book_id"}), "no earlier call"),
        (Made(tool="search_books", arguments={"subject": ["$7.books[]"]}), "no earlier call"),
        (Made(tool="search_books", arguments={"subject": 12}), "subject"),
        (Made(tool="search_books", arguments={"subject": None}), "subject"),
    ],
)
def test_calls_that_cannot_be_are_refused(
    dialogues: list[Dialogue], call: Made, objection: str
) -> None:
    shown = next(one for one in dialogues if one.tool("search_books"))
    with pytest.raises(Unacceptable, match=objection):
        accept(MadeCalls(calls=[call]), reading(shown))


def test_an_amount_is_no_reference_and_what_nobody_said_may_be_left_out(
    dialogues: list[Dialogue],
) -> None:
    shown = reading(next(one for one in dialogues if one.tool("search_books")))
    for arguments in ({"subject": "$5.00 books"}, {"subject": f"${'9' * 5000}.id"}, {}):
        made = MadeCalls(calls=[Made(tool="search_books", arguments=arguments)])
        assert accept(made, shown) == made


@pytest.fixture
def labels() -> Dialogue:
    """A request with a set, a list and an object in it."""
    place = {"type": "string", "enum": ["shelf", "window", "door"]}
    properties = {
        "places": {"type": "array", "minItems": 2, "uniqueItems": True, "items": place},
        "route": {"type": "array", "minItems": 2, "items": place},
        "box": {"type": "object", "properties": {"size": place, "lid": place}},
    }
    tool = Tool(
        name="print_labels",
        description="Print labels.",
        parameters={"type": "object", "properties": properties},
        results={"type": "object", "properties": {"job": {"type": "string"}}},
        effect=Effect(kind="create", entity="label"),
    )
    paths = ["places", "route", "box.size"]
    call = {
        "id": "c1",
        "tool": tool.name,
        "arguments": {path: {"source": "user", "slot": f"c1.{path}"} for path in paths},
    }
    steps = [
        {"act": "user_request", "provides": [{"slot": f"c1.{path}"} for path in paths]},
        {"act": "tool_invocation", "calls": [call]},
        {"act": "assistant_response", "summarizes": ["c1"]},
    ]
    plan = Plan.model_validate(
        {
            "version": 1,
            "id": "labels",
            "goal": "Get labels.",
            "tools": "t",
            "segments": [{"subgoal": "get labels", "steps": steps}],
        }
    )
    return simulate(plan, Toolset(version=1, tools=(tool,)), seed=3)


def test_a_set_may_be_read_in_any_order_and_a_list_may_not(labels: Dialogue) -> None:
    sent = next(call.arguments for message in labels.messages for call in message.tool_calls)
    assert sent["route"] != sent["route"][::-1]

    def told(**changed: Any) -> list[str]:
        return list(differences(labels, [Made(tool="print_labels", arguments={**sent, **changed})]))

    assert told() == []
    assert told(places=sent["places"][::-1]) == []
    assert told(places=sent["places"][:1])
    assert told(box={}) and not told(box={**sent["box"], "lid": None})
    assert told(route=sent["route"][::-1])
    assert told(box={**sent["box"], "lid": "door"}) == [
        "print_labels.box.lid was read as 'door', but nothing is planned"
    ]


def test_a_departure_names_the_output_that_was_planned(dialogues: list[Dialogue]) -> None:
    first = next(one for one in dialogues if "$1." in str(perfect(one)[-1]["arguments"]))
    made = perfect(first)
    _guessed(made)
    assert any("'B-17', not '$1." in problem for problem in read(first, made))


def test_outputs_that_hold_one_value_make_the_same_call(dialogues: list[Dialogue]) -> None:
    seen = 0
    for dialogue in dialogues:
        made = perfect(dialogue)
        sent = {c.call: c.arguments for message in dialogue.messages for c in message.tool_calls}
        planned = [call.id for segment in dialogue.plan.segments for call in latest_calls(segment)]
        for place, call in enumerate(planned):
            for path in [k for k, v in made[place]["arguments"].items() if str(v)[:1] == "$"]:
                seen += 1
                for value, agrees in ((sent[call][path], True), ("B-17", False)):
                    spoilt = copy.deepcopy(made)
                    spoilt[place]["arguments"][path] = value
                    apart = differences(dialogue, [Made(**one) for one in spoilt])
                    assert (list(apart) == []) is agrees
    assert seen > 20


def audit(dialogue: Dialogue, votes: list[bool], *, right: bool = True) -> list[str]:
    """The codes of an audit with a reader and voters of our own."""
    left = list(votes)

    def answer(task: Task[Any, Any]) -> dict[str, Any]:
        assert "{{" not in "".join(task.render(task.context))
        if task.name == "vote":
            return {"keep": left.pop(0), "reason": "it rambles"}
        made = perfect(dialogue)
        return {"calls": made if right else made[:1]}

    found = asyncio.run(audit_digit(dialogue, ScriptedGenerator(answer)))
    return [finding.code for finding in found]


def test_a_dialogue_is_kept_that_reads_back_and_wins_its_votes(dialogues: list[Dialogue]) -> None:
    assert audit(dialogues[0], [True, False, True]) == []
    assert audit(dialogues[0], [False, True, False]) == ["voted_down", "voted_down"]
    # Once two agree, nobody is asked a third time.
    assert audit(dialogues[0], [True, True]) == []
    assert audit(dialogues[0], [False, False]) == ["voted_down", "voted_down"]
    assert set(audit(dialogues[0], [True] * 3, right=False)) == {"back_translation"}


def test_turns_that_most_voters_call_faulty_become_context(dialogues: list[Dialogue]) -> None:
    dialogue = next(one for one in dialogues if turn_count(one) > 1)
    last = turn_count(dialogue)

    def audited(named: list[list[int]]) -> list[Finding]:
        left = list(named)

        def answer(task: Task[Any, Any]) -> dict[str, Any]:
            if task.name != "vote":
                return {"calls": perfect(dialogue)}
            return {
                "keep": True,
                "faulty_turns": [{"turn": n, "reason": "idle"} for n in left.pop(0)],
            }

        found = asyncio.run(audit_digit(dialogue, ScriptedGenerator(answer)))
        assert not left
        return found

    # One of the first two names a turn, so a third has to decide.
    assert audited([[last], [], []]) == []
    (found,) = audited([[last], [], [last]])
    assert (found.code, found.severity, found.value) == ("masked_turn", "warning", last)
    kept = masked_by([found], dialogue, "votes")
    assert sum(m.train for m in kept.messages) < sum(m.train for m in dialogue.messages)
    # Nothing is left to learn from.
    every = list(range(1, last + 1))
    assert {one.code for one in audited([every, every])} == {"voted_down"}


def test_a_vote_against_without_a_reason_is_refused(dialogues: list[Dialogue]) -> None:
    made: dict[str, Any] = {"calls": perfect(dialogues[0])}
    script: dict[str, dict[str, Any]] = {"back_translation": made}
    script["vote"] = {"keep": False, "reason": " "}
    with pytest.raises(GenerationError, match="why"):
        asyncio.run(audit_digit(dialogues[0], ScriptedGenerator(script)))


def test_a_voter_reads_the_clock_the_tools_and_that_a_long_result_is_cut(
    dialogues: list[Dialogue],
) -> None:
    read: list[str] = []

    def answer(task: Task[Any, Any]) -> dict[str, Any]:
        read.append(task.render(task.context).user)
        return {"keep": True}

    dialogue = dialogues[0]
    place = next(n for n, one in enumerate(dialogue.messages) if one.role == "tool")
    long = dialogue.messages[place].model_copy(update={"content": "x" * 9000})
    messages = (*dialogue.messages[:place], long, *dialogue.messages[place + 1 :])
    asyncio.run(
        votes_on(dialogue.model_copy(update={"messages": messages}), ScriptedGenerator(answer))
    )
    assert dialogue.messages[0].content in read[0]
    assert all(shown.tool.description in read[0] for shown in dialogue.tools)
    assert "… (cut here, 9000 characters in all)" in read[0]


def test_offline_nobody_reads_back_and_nobody_votes(dialogues: list[Dialogue]) -> None:
    assert asyncio.run(audit_digit(dialogues[0], OfflineGenerator())) == []
