"""Requests are read back by somebody who sees only them; readers' votes decide on dialogues."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from toolweave import simulate
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import GenerationError
from toolweave.core.plan import Plan
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.task import Task, Unacceptable
from toolweave.planners.auditing import audit_digit
from toolweave.planners.back_translation import Made, MadeCalls, accept, differences, reading
from toolweave.planners.building import Desk
from toolweave.planners.digit import Digit
from toolweave.planners.explicitness import calls_of
from toolweave.planners.planning import Commission


@pytest.fixture
def dialogues(desk: Desk) -> list[Dialogue]:
    toolset = desk.flow.graph.toolset
    drawn = Digit(Commission(desk=desk, tools="t", seed=2)).plans(25)
    return [simulate(one, toolset, seed=n) for n, one in enumerate(drawn) if isinstance(one, Plan)]


def perfect(dialogue: Dialogue) -> list[dict[str, Any]]:
    """The calls as a reader would write them who understood everything."""
    planned = [call for segment in dialogue.plan.segments for call in calls_of(segment)]
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
        (Made(tool="search_books", arguments={"subject": "$1.books[].book_id"}), "no earlier call"),
    ],
)
def test_calls_that_cannot_be_are_refused(
    dialogues: list[Dialogue], call: Made, objection: str
) -> None:
    shown = next(one for one in dialogues if one.tool("search_books"))
    with pytest.raises(Unacceptable, match=objection):
        accept(MadeCalls(calls=[call]), reading(shown))


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
    assert set(audit(dialogues[0], [True] * 3, right=False)) == {"back_translation"}


def test_a_vote_against_without_a_reason_is_refused(dialogues: list[Dialogue]) -> None:
    made: dict[str, Any] = {"calls": perfect(dialogues[0])}
    script: dict[str, dict[str, Any]] = {"back_translation": made}
    script["vote"] = {"keep": False, "reason": " "}
    with pytest.raises(GenerationError, match="why"):
        asyncio.run(audit_digit(dialogues[0], ScriptedGenerator(script)))


def test_offline_nobody_reads_back_and_nobody_votes(dialogues: list[Dialogue]) -> None:
    assert asyncio.run(audit_digit(dialogues[0], OfflineGenerator())) == []
