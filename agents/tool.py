"""The tool agent: calls resolved from bindings, and results that agree with all that is known."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toolweave.agents.prompting import PROMPTS
from toolweave.agents.scene import Called, MessageDict, Scene, Turn
from toolweave.checks.errors import error_message
from toolweave.core.binding import Selector, ToolOutputBinding, UserBinding
from toolweave.core.errors import GenerationError
from toolweave.core.model import JsonValue
from toolweave.core.plan import Fault, PlannedCall, ToolInvocation
from toolweave.core.seeding import rng
from toolweave.core.tool import Tool
from toolweave.llm.contexts import Result, ResultContext
from toolweave.llm.task import Later, Prompt, Task, Unacceptable
from toolweave.memory.needs import NOTHING
from toolweave.memory.resolving import build_arguments
from toolweave.memory.settling import settle
from toolweave.memory.state import MemoryState, record_call
from toolweave.memory.world import narrow
from toolweave.schema.formats import zoned
from toolweave.schema.paths import put, schema_at, values_at
from toolweave.schema.types import json_bytes
from toolweave.schema.validators import Validator, validator

_INDEX = re.compile(r"\[\d+\]")
_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class ToolAgent:
    """Realises ``tool_invocation``: one assistant message with the calls, then their answers."""

    async def act(self, scene: Scene) -> Turn:
        """The calls and their results, in the plan's order.

        Raises:
            BindingError: an argument has no value.
            GenerationError: no result fits.
        """
        step = scene.placed.step
        assert isinstance(step, ToolInvocation)
        start = len(scene.messages)
        world: MemoryState = scene.memory
        called: list[Called] = []
        for offset, call in enumerate(step.calls):
            tool = scene.stage.tool(call.tool)
            arguments = self.arguments(scene, call, tool)
            result, ok = await self.result(scene, call, tool, arguments, world)
            answer = start + 1 + offset
            called.append(
                {
                    "call": call.id, "attempt": call.attempt, "tool": call.tool,
                    "arguments": arguments, "result": result, "ok": ok, "message": answer,
                }
            )  # fmt: skip
            if offset + 1 < len(step.calls):
                world = record_call(
                    world, scene.stage.identity, call, tool, arguments, result,
                    ok=ok, step=scene.placed.number, message=answer,
                )  # fmt: skip
        return {"messages": _messages(scene, step, called), "calls": called}

    def arguments(self, scene: Scene, call: PlannedCall, tool: Tool) -> dict[str, Any]:
        """Every binding's value in place, then the planned mistake, if one is planned."""
        if call.fault is not None and call.fault.kind == "out_of_order":
            call = too_early(call, scene.memory)
        arguments = build_arguments(call, scene.memory, tool, scene.session)
        if call.fault is not None and not (call.mistaken and call.expect.outcome == "ok"):
            return faulty(arguments, call.fault)
        problems = validator(tool.parameters).violations(arguments)
        if problems:
            where = problems[0].path or "the arguments"
            raise GenerationError(f"{call.id} ({tool.name}), {where}: {problems[0].message}")
        return arguments

    async def result(
        self,
        scene: Scene,
        call: PlannedCall,
        tool: Tool,
        arguments: dict[str, Any],
        memory: MemoryState,
    ) -> tuple[JsonValue, bool]:
        """What the tool answers, and whether that is a success."""
        if call.expect.outcome == "error":
            code = call.expect.code
            message = error_message(tool, code, call.fault, arguments)
            return {"error": {"code": code, "message": message}}, False
        task = self.task(scene, call, tool, arguments, memory)
        answer = await scene.generator.generate(task)
        return answer.result, True

    def task(
        self,
        scene: Scene,
        call: PlannedCall,
        tool: Tool,
        arguments: dict[str, Any],
        memory: MemoryState,
    ) -> Task[ResultContext, Result]:
        """What the generator is asked: to fill what is still free in the narrowed schema."""
        context = Later(lambda: self.context(scene, call, tool, arguments, memory))
        return Task(
            name="tool_result",
            context=context,
            result=Result,
            render=prompt,
            accept=lambda answer: accept(answer, context.value),
            key=scene.key("tool", call.id, _draw(call)),
            schema=Later(
                lambda: {
                    "type": "object",
                    "properties": {"result": dict(context.value.schema)},
                    "required": ["result"],
                }
            ),
        )

    def context(
        self,
        scene: Scene,
        call: PlannedCall,
        tool: Tool,
        arguments: dict[str, Any],
        memory: MemoryState,
    ) -> ResultContext:
        """Everything the result may depend on."""
        stage = scene.stage
        need = stage.needs.get(call.id, NOTHING) if call.succeeds else NOTHING
        narrowed = narrow(
            tool, arguments, memory["world"], stage.identity,
            demands=need.demands, decisions=need.decisions, picks=need.picks, shapes=stage.shapes,
            rng=rng(scene.cast.seed, "world", call.id, _draw(call)),
        )  # fmt: skip
        return ResultContext(
            cast=scene.cast, words=stage.words, step=scene.placed.number, call=call.id, tool=tool,
            arguments=arguments, schema=narrowed if isinstance(narrowed, Mapping) else {},
            clock=scene.clock, stated=stage.stated, picks=need.picks, history=scene.history(),
        )  # fmt: skip


def prompt(context: ResultContext) -> Prompt:
    """The request to a model."""
    return PROMPTS.render("tool_result", c=context)


def accept(answer: Result, context: ResultContext) -> Result:
    """The result with sums settled, or what a writer must mend."""
    check = validator(context.schema)
    given = with_zones(answer.result, check, context.schema)
    result = settle(given, context.tool, dict(context.arguments), dict(context.schema))
    problems = check.violations(result)
    if problems:
        raise Unacceptable(*(f"{p.path or 'result'}: {p.message}" for p in problems[:5]))
    ties = list(tied(result, context.picks, context.schema))
    if ties:
        raise Unacceptable(*ties)
    return Result(result=result)


def tied(
    result: JsonValue, picks: Sequence[tuple[str, Selector]], schema: Mapping[str, Any]
) -> Iterator[str]:
    """A complaint for every "cheapest" that is not one alone, where it could be."""
    for path, selector in picks:
        if selector.kind not in ("min", "max") or "[]" not in path:
            continue
        by = path.rpartition("[]")[0] + "[]" + (f".{selector.by}" if selector.by else "")
        ranked = [value for value in values_at(result, by) if isinstance(value, int | float | str)]
        numbers = [value for value in ranked if not isinstance(value, str)]
        best = (min if selector.kind == "min" else max)(numbers, default=None)
        if best is not None and numbers.count(best) > 1 and _free(schema, by, len(ranked)):
            yield f"{by}: several are {best}, but the user is going to pick the one that stands out"


def _free(schema: Mapping[str, Any], path: str, count: int) -> bool:
    """Whether the schema leaves open what any of the elements holds at the path."""
    places = (path.replace("[]", f"[{index}]", 1) for index in range(count))
    for found in (schema_at(schema, place) for place in places):
        node = found if isinstance(found, Mapping) else {}
        settled = "const" in node or len(node.get("enum", (1, 2))) < 2
        if not settled and node.get("minimum", 0) != node.get("maximum", 1):
            return True
    return False


def with_zones(result: JsonValue, check: Validator, schema: Mapping[str, Any]) -> JsonValue:
    """The result with a zone on every time that lacks only that."""
    for problem in check.violations(result):
        if problem.keyword != "format" or not isinstance(result, dict):
            continue
        wanted = schema_at(schema, _INDEX.sub("[]", problem.path))
        found = values_at(result, problem.path)
        if isinstance(wanted, Mapping) and len(found) == 1 and isinstance(found[0], str):
            fitting = (text for text in zoned(found[0], wanted) if validator(wanted).valid(text))
            put(result, problem.path, next(fitting, found[0]))
    return result


def faulty(arguments: dict[str, Any], fault: Fault) -> dict[str, Any]:
    """The arguments with the planned mistake in them."""
    if fault.kind in ("wrong_type", "invalid_enum") and fault.path:
        put(arguments, fault.path, fault.value)
    elif fault.kind in ("missing_parameter", "out_of_order") and fault.path:
        *parents, leaf = fault.path.split(".")
        holder: Any = arguments
        for parent in parents:
            holder = holder.get(parent, {}) if isinstance(holder, dict) else {}
        if isinstance(holder, dict):
            holder.pop(leaf, None)
    return arguments


def too_early(call: PlannedCall, memory: MemoryState) -> PlannedCall:
    """The call without what comes from calls that have not been made: nothing is put there."""
    known = {
        path: binding
        for path, binding in call.arguments.items()
        if not isinstance(binding, ToolOutputBinding)
        or (binding.call in memory["calls"] and memory["calls"][binding.call]["ok"])
    }
    return call.model_copy(update={"arguments": known})


def _draw(call: PlannedCall) -> int | str:
    """Names what a call draws: how often it failed before it succeeds makes no difference."""
    return 1 if call.succeeds else f"attempt {call.attempt}"


def call_id(seed: int, call: PlannedCall) -> str:
    """The id that pairs a call with its answer, as model servers shape it."""
    stream = rng(seed, "call", call.id, call.attempt)
    return "call_" + "".join(stream.choices(_ALPHABET, k=24))


def _messages(scene: Scene, step: ToolInvocation, called: list[Called]) -> list[MessageDict]:
    ids = [call_id(scene.cast.seed, call) for call in step.calls]
    tool_calls = [
        {
            "id": identifier, "name": call.tool, "arguments": done["arguments"],
            "call": call.id, "attempt": call.attempt, "sources": dict(_sources(scene, call)),
        }
        for identifier, call, done in zip(ids, step.calls, called, strict=True)
    ]  # fmt: skip
    train = all(call.succeeds for call in step.calls)
    asking = scene.message("assistant", "", train=train, tool_calls=tool_calls)
    answers = [
        scene.message(
            "tool", json_bytes(done["result"]).decode(), train=False,
            tool_call_id=identifier, name=call.tool,
        )
        for identifier, call, done in zip(ids, step.calls, called, strict=True)
    ]  # fmt: skip
    return [asking, *answers]


def _sources(scene: Scene, call: PlannedCall) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, binding in call.arguments.items():
        source: dict[str, Any] = {"binding": binding.dump()}
        if isinstance(binding, UserBinding):
            told = scene.memory["slots"].get(binding.slot)
            if told:
                source["mention"] = {
                    "message": told["message"], "start": told["start"], "end": told["end"]
                }  # fmt: skip
        yield path, source
