"""Answers: what a stored play tells its caller, and the dialogue as it can be exported."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.plan import Plan
from toolweave.export.chat import chat_tools
from toolweave.graph.finishing import finish
from toolweave.graph.plays import Play
from toolweave.runs.simulation import proven
from toolweave.schema.types import json_bytes
from toolweave.service.emulator import Outcome
from toolweave.service.problems import Problem

Form = Literal["summary", "record", "openai"]


def turn_answer(outcome: Outcome) -> JsonObject:
    """What a turn added."""
    play, told = outcome.play, outcome.play.last["told"]
    added: Sequence[Mapping[str, Any]] = play.last["messages"]
    return {
        "token": outcome.token,
        "mode": play.last["mode"],
        "turn": len(play.line),
        "seed": play.setting.cast.seed,
        "messages": [plain_message(one) for one in added[told["given"] :]],
        "tool_calls": list(calls_of(added, play, told["failed"])),
        "finished": play.finished,
        "outcome": str(play.part.get("outcome", "")),
        "usage": told["usage"],
    }


def tool_answer(outcome: Outcome) -> JsonObject:
    """The result of one call."""
    call = turn_answer(outcome)["tool_calls"][0]
    return {
        "token": outcome.token,
        "name": call["name"],
        "result": call["result"],
        "ok": call["ok"],
    }


def dialogue_answer(play: Play, form: Form) -> JsonObject:
    """The dialogue so far.

    Raises:
        Problem: a record is asked for, and there is no plan that the dialogue keeps to.
    """
    if form == "record":
        return _record(play)
    messages: Sequence[Mapping[str, Any]] = play.state["messages"]
    shown = play.setting.stage.shown() if play.frame.planned else play.setting.stage.toolset.tools
    if form == "openai":
        return {"messages": [_chat_message(one) for one in messages], "tools": chat_tools(shown)}
    return {
        "id": play.dialogue,
        "plan": play.setting.stage.plan.id if play.frame.planned else "",
        "seed": play.setting.cast.seed,
        "turns": len(play.line),
        "finished": play.finished,
        "tools": chat_tools(shown),
        "messages": [plain_message(one) for one in messages],
        "calls": list(calls_of(messages, play, ())),
    }


def plain_message(message: Mapping[str, Any]) -> JsonObject:
    """A message without what only proofs need."""
    made: JsonObject = {"role": message["role"], "content": message["content"]}
    if message.get("tool_calls"):
        made["tool_calls"] = [
            {"id": one["id"], "name": one["name"], "arguments": one["arguments"]}
            for one in message["tool_calls"]
        ]
    if message["role"] == "tool":
        made["tool_call_id"], made["name"] = message["tool_call_id"], message["name"]
    return made


def calls_of(
    messages: Sequence[Mapping[str, Any]], play: Play, failed: Sequence[str]
) -> Iterator[JsonObject]:
    """The calls in these messages with their results, in order."""
    wrong = set(failed) | {
        f"{call.id}\x1f{call.attempt}"
        for call in play.setting.stage.plan.calls()
        if call.expect.outcome == "error"
    }
    waiting: list[Mapping[str, Any]] = []
    for message in messages:
        waiting.extend(message.get("tool_calls", ()))
        if message["role"] != "tool" or not waiting:
            continue
        # Answers stand in the order of the calls; ids that callers chose may repeat.
        call = waiting.pop(0)
        result = _result(str(message["content"]))
        error = result.get("error") if isinstance(result, dict) else None
        known = {call["id"], f"{call['call']}\x1f{call['attempt']}"}
        yield {
            "id": call["id"],
            "name": call["name"],
            "arguments": call["arguments"],
            "result": result,
            "ok": not (known & wrong or (isinstance(error, dict) and "code" in error)),
        }


def _result(content: str) -> JsonValue:
    """A result as data; one that was cut off stays text."""
    try:
        found: JsonValue = json.loads(content)
    except ValueError:
        return content
    return found


def _chat_message(message: Mapping[str, Any]) -> JsonObject:
    made = plain_message(message)
    for call in made.get("tool_calls", ()):
        arguments = json_bytes(call.pop("arguments")).decode()
        call["type"] = "function"
        call["function"] = {"name": call.pop("name"), "arguments": arguments}
    return made


def _record(play: Play) -> JsonObject:
    """The record that is checked and exported; of an unfinished dialogue, what is played of it."""
    if not play.frame.planned or play.modes != {"plan"}:
        raise Problem(
            409, "no_record", "only a dialogue that was played in mode 'plan' alone keeps to a "
            "plan; ask for format=openai",
        )  # fmt: skip
    setting = play.setting
    if not play.finished:
        plan = _played(setting.stage.plan, play.state["cursor"])
        made = finish(setting, play.state).model_copy(update={"plan": plan})
        return proven(made, setting.stage.words).dump()
    return proven(finish(setting, play.state), setting.stage.words).dump()


def _played(plan: Plan, steps: int) -> Plan:
    """The part of a plan that lies before a step, without what it decides of later calls."""
    kept, left = [], steps
    for segment in plan.segments:
        if left <= 0:
            break
        kept.append(segment.model_copy(update={"steps": segment.steps[:left]}))
        left -= len(segment.steps)
    cut = plan.model_copy(update={"segments": tuple(kept)})
    made = {call.id for call in cut.calls()}
    decisions = tuple(one for one in plan.decisions if one.call in made)
    return cut.model_copy(update={"decisions": decisions})
