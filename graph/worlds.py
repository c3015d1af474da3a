"""Calls that come from outside, played against a dialogue's world."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from toolweave.agents.scene import MessageDict, Scene
from toolweave.agents.tool import ToolAgent, call_id
from toolweave.checks.errors import STANDARD_ERRORS, error_message
from toolweave.core.errors import InputError
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.plan import Expectation, PlacedStep, PlannedCall, ToolInvocation
from toolweave.core.seeding import rng
from toolweave.core.tool import Tool
from toolweave.graph.faults import NO_FAULTS, FaultName, FaultProfile, error_code
from toolweave.graph.plays import Play
from toolweave.graph.state import State
from toolweave.memory.records import WorldState, found_key
from toolweave.memory.state import MemoryState, record_call
from toolweave.schema.documents import parse_document
from toolweave.schema.types import json_bytes
from toolweave.schema.validators import Violation, validator

_CODES: Final = {"required": "missing_parameter", "enum": "invalid_enum", "const": "invalid_enum"}
_REFUSING: Final = ("invalid", "validation", "bad_request", "bad_argument")
_ABSENT: Final = ("not_found", "notfound", "no_such", "unknown", "does_not_exist", "missing")
_LONGEST: Final = 400


class Ask(NamedTuple):
    """A call as somebody outside makes it; ``arguments`` may be JSON text."""

    name: str
    arguments: JsonValue
    id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a call.

    ``content`` is what its caller reads: the result as JSON, or what is left of it.
    """

    id: str
    call: str
    name: str
    arguments: JsonObject
    result: JsonValue
    ok: bool
    content: str
    attempt: int = 1


class Answered(NamedTuple):
    """The state after calls, and their answers in order."""

    state: State
    answers: tuple[Answer, ...]


async def answer_calls(
    play: Play, asks: Sequence[Ask], *, said: str = "", faults: FaultProfile = NO_FAULTS
) -> Answered:
    """Play the calls of one assistant message, one after the other.

    A call that a plan foresees takes its place in the plan, so that its result is what the rest
    of the plan needs. A call that fails changes nothing.

    Args:
        play: the dialogue.
        asks: the calls.
        said: what the assistant says beside them.
        faults: how often a call fails that need not.

    Raises:
        ToolweaveError: a result could not be made.
    """
    memory = play.state["memory"]
    answers: list[Answer] = []
    first = len(play.state["messages"])
    for offset, ask in enumerate(asks):
        desk = _Desk(play, memory, first + offset)
        made = await desk.answer(ask, faults)
        memory = desk.recorded(made, first + 1 + offset)
        answers.append(made)
    messages = [*play.state["messages"], _asking(answers, said, first), *_told(answers, first)]
    return Answered({**play.state, "messages": messages, "memory": memory}, tuple(answers))


class _Desk:
    """Where one call is answered."""

    def __init__(self, play: Play, memory: MemoryState, number: int) -> None:
        self.play, self.memory, self.number = play, memory, number
        self.stage, self.seed = play.setting.stage, play.setting.cast.seed

    async def answer(self, ask: Ask, faults: FaultProfile) -> Answer:
        """What the caller is told."""
        tool = self.stage.tools.get(ask.name)
        call = self.planned(ask.name)
        identifier = ask.id or call_id(self.seed, call)
        arguments = _object(ask.arguments)
        sent = arguments if arguments is not None else {}

        def told(result: JsonValue, content: str, *, ok: bool) -> Answer:
            return Answer(identifier, call.id, ask.name, sent, result, ok, content, call.attempt)

        def failed(code: str, message: str) -> Answer:
            error: JsonObject = {"error": {"code": code, "message": message}}
            return told(error, json_bytes(error).decode(), ok=False)

        if tool is None:
            return failed("unknown_tool", STANDARD_ERRORS["unknown_tool"])
        if arguments is None:
            return failed("invalid_type", "The arguments are not a JSON object.")
        if broken := validator(tool.parameters).violations(arguments):
            code = _refusal(tool, broken[0])
            return failed(code, f"{error_message(tool, code)} {_where(broken)}")
        if self.gone(tool, arguments):
            code = _declared(tool, _ABSENT) or "not_found"
            return failed(code, error_message(tool, code))
        if call.expect.outcome == "error":
            return failed(call.expect.code, error_message(tool, call.expect.code))
        fault, code = self.fault(tool, call, faults)
        if fault is not None and fault != "malformed":
            return failed(code, error_message(tool, code))
        scene = self.scene(call)
        result, _ = await ToolAgent().result(scene, call, tool, arguments, self.memory)
        content = json_bytes(result).decode()
        if fault == "malformed":
            cut = content[: max(1, len(content) * 2 // 3)]
            return told(cut, cut, ok=False)
        return told(result, content, ok=True)

    def recorded(self, made: Answer, message: int) -> MemoryState:
        """The memory after the answer."""
        tool = self.stage.tools.get(made.name)
        if tool is None:
            return self.memory
        call = PlannedCall(id=made.call, tool=made.name, attempt=made.attempt)
        return record_call(
            self.memory, self.stage.identity, call, tool, made.arguments, made.result,
            ok=made.ok, step=self.number, message=message,
        )  # fmt: skip

    def planned(self, name: str) -> PlannedCall:
        """The plan's next call of that tool, as far as it has not been made; else one of its own.

        Mistakes that a plan lets its own assistant make are not expected of others.
        """
        done = self.memory["calls"]
        for call in self.stage.plan.calls():
            before = done.get(call.id)
            if call.tool != name or call.fault is not None or (before is not None and before["ok"]):
                continue
            attempt = 1 if before is None else before["attempt"] + 1
            # A planned failure comes once, and not to who has met another one in its place.
            failing = call.expect.outcome == "error"
            if failing and before is not None:
                continue
            return call.model_copy(update={"attempt": attempt})
        own = 1 + sum(1 for known in done if known.startswith("x"))
        return PlannedCall(id=f"x{own}", tool=name or "?", expect=Expectation())

    def gone(self, tool: Tool, arguments: JsonObject) -> bool:
        """Whether the call is about something that a call before it removed for good.

        What was cancelled or withdrawn is there still, and says so.
        """
        world: WorldState = self.memory["world"]
        for place in self.stage.identity.sight(tool).arguments:
            value: Any = arguments
            for step in place.steps:
                value = value.get(step) if isinstance(value, dict) else None
            found = found_key(world, place.owner, value) if place.ident else None
            record = world["records"][found] if found is not None else None
            if record is not None and record["deleted"]:
                left = record["fields"].get(f"{record['entity']}.status", "deleted")
                return left in ("deleted", "removed")
        return False

    def fault(
        self, tool: Tool, call: PlannedCall, faults: FaultProfile
    ) -> tuple[FaultName | None, str]:
        """What goes wrong, and the code it answers with; the same for a request made again."""
        stream = rng(self.seed, "fault", self.number, call.id, call.attempt)
        fault = faults.draw(stream)
        return fault, "" if fault is None else error_code(fault, tool, stream)

    def scene(self, call: PlannedCall) -> Scene:
        """The moment of the call as the tool agent sees it."""
        step = ToolInvocation(act="tool_invocation", calls=(call,))
        return Scene(
            self.stage, self.play.setting.cast, self.play.setting.generator,
            PlacedStep(self.number, 0, step), self.play.state["messages"], self.memory,
        )  # fmt: skip


def _object(arguments: JsonValue) -> JsonObject | None:
    """Arguments as an object, also from the JSON text that chat protocols send."""
    if isinstance(arguments, str):
        try:
            arguments = parse_document(arguments or "{}", file="arguments.json")
        except InputError:
            return None
    return arguments if isinstance(arguments, dict) else None


def _refusal(tool: Tool, violation: Violation) -> str:
    return _declared(tool, _REFUSING) or _CODES.get(violation.keyword, "invalid_type")


def _declared(tool: Tool, words: Sequence[str]) -> str:
    """The code of the tool's own error that says it."""
    for error in tool.errors:
        code = error.code.casefold().replace("-", "_")
        if any(word in code for word in words):
            return error.code
    return ""


def _where(broken: Sequence[Violation]) -> str:
    told = "; ".join(f"{one.path}: {one.message}" if one.path else one.message for one in broken)
    return f"({told[:_LONGEST]})"


def _asking(answers: Sequence[Answer], said: str, number: int) -> MessageDict:
    calls: list[Mapping[str, Any]] = [
        {
            "id": one.id, "name": one.name, "arguments": one.arguments,
            "call": one.call, "attempt": one.attempt, "sources": {},
        }
        for one in answers
    ]  # fmt: skip
    return {
        "role": "assistant", "content": said, "train": False, "step": number, "tool_calls": calls
    }  # fmt: skip


def _told(answers: Sequence[Answer], number: int) -> list[MessageDict]:
    return [
        {
            "role": "tool", "content": one.content, "train": False, "step": number,
            "tool_call_id": one.id, "name": one.name,
        }
        for one in answers
    ]  # fmt: skip
