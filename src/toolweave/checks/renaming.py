"""Renaming tools and parameters throughout a dialogue: masking it, and taking the mask off."""

import re
from collections.abc import Mapping
from typing import Any, Final

from toolweave.checks.definitions import definition
from toolweave.checks.effects import effect_of, signs
from toolweave.checks.errors import error_message
from toolweave.checks.leaks import is_inner
from toolweave.checks.masks import MASKING, Mask, mask_of, renamed_path
from toolweave.checks.result_forms import read, written
from toolweave.core.dialogue import Dialogue, Message
from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.tool import Effect, Tool
from toolweave.schema.paths import values_at

_TEXTS: Final = frozenset({"description", "title", "$comment"})
_NEVER: Final = re.compile(r"(?!)")


class Renaming:
    """Renames by one mask, forwards, or with ``back`` from generic names to the original ones."""

    def __init__(self, mask: Mask, *, back: bool = False) -> None:
        given = mask.inverse() if back else mask
        self.tools, self.parameters = given.tools, given.parameters
        self.derived, self.back = frozenset(mask.derived), back
        # A name that is a plain word is only meant as a name where it is quoted.
        names = {**self.parameters, **self.tools}
        inner = [name for name in names if is_inner(name)]
        plain = [name for name in names if not is_inner(name)]
        self._names = names
        self._pattern = _pattern(inner, plain)

    def text(self, text: str) -> str:
        """A text about tools, such as a description, with every name in it renamed."""
        return self._pattern.sub(lambda match: self._names[match.group()], text)

    def tool(self, tool: Tool) -> Tool:
        """The tool under its other name; where its name told its effect, that is declared."""
        errors = tuple(
            error.model_copy(
                update={"message": self.text(error.message), "when": self.text(error.when)}
            )
            for error in tool.errors
        )
        return tool.model_copy(
            update={
                "name": self.tools.get(tool.name, tool.name),
                "description": self.text(tool.description),
                "parameters": self.schema(tool.parameters),
                "errors": errors,
                "effect": self._effect(tool),
            }
        )

    def _effect(self, tool: Tool) -> Effect | None:
        if self.back:
            return None if self.tools.get(tool.name) in self.derived else tool.effect
        return declared_effect(tool) if tool.name in self.derived else tool.effect

    def schema(self, node: Any) -> Any:
        """A parameter schema with its property names and the texts in it renamed."""
        if isinstance(node, list):
            return [self.schema(item) for item in node]
        if not isinstance(node, dict):
            return node
        return {key: self._keyword(key, value) for key, value in node.items()}

    def _keyword(self, key: str, value: Any) -> Any:
        if key in ("properties", "dependentSchemas") and isinstance(value, dict):
            return {self._parameter(name): self.schema(item) for name, item in value.items()}
        if key == "dependentRequired" and isinstance(value, dict):
            return {self._parameter(name): self._required(item) for name, item in value.items()}
        if key in ("$defs", "definitions", "patternProperties") and isinstance(value, dict):
            return {name: self.schema(item) for name, item in value.items()}
        if key == "required":
            return self._required(value)
        if key in ("default", "const", "enum", "examples"):
            return self.data(value)
        if isinstance(value, str):
            if key == "$ref":
                return self._pointer(value)
            return self.text(value) if key in _TEXTS else value
        return self.schema(value)

    def _parameter(self, name: str) -> str:
        return self.parameters.get(name, name)

    def _required(self, names: Any) -> Any:
        if not isinstance(names, list):
            return names
        return [self._parameter(name) if isinstance(name, str) else name for name in names]

    def _pointer(self, pointer: str) -> str:
        parts = pointer.split("/")
        return "/".join(
            self._parameter(part) if at and parts[at - 1] == "properties" else part
            for at, part in enumerate(parts)
        )

    def data(self, value: JsonValue) -> JsonValue:
        """A value with the keys of its objects renamed."""
        if isinstance(value, dict):
            return {self._parameter(key): self.data(item) for key, item in value.items()}
        return [self.data(item) for item in value] if isinstance(value, list) else value

    def path(self, path: str) -> str:
        """The path of a parameter."""
        return renamed_path(path, self.parameters)

    def slot(self, name: str) -> str:
        """A slot, which is named after the call and the parameter that it first serves."""
        call, dot, path = name.partition(".")
        return f"{call}.{self.path(path)}" if dot and path else name


def declared_effect(tool: Tool) -> Effect:
    """What the tool's name and results say it does, written down."""
    found = effect_of(tool)
    signing = found.kind == "read" and signs(tool.name)
    return Effect(kind="update", entity="session") if signing else found


def _pattern(inner: list[str], plain: list[str]) -> re.Pattern[str]:
    ways = []
    if inner:
        ways.append(rf"(?<!\w)(?:{_either(inner)})(?!\w)")
    if plain:
        ways.append(rf"(?<=['\"`])(?:{_either(plain)})(?=['\"`])")
    return re.compile("|".join(ways)) if ways else _NEVER


def _either(names: list[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def unmasked(dialogue: Dialogue) -> Dialogue:
    """The dialogue under its original names; itself where it is not masked."""
    mask = mask_of(dialogue)
    if mask is None:
        return dialogue
    done = renamed(dialogue, Renaming(mask, back=True))
    left = tuple(edit for edit in dialogue.modifications if edit.kind != MASKING)
    return done.model_copy(update={"modifications": left})


def renamed(dialogue: Dialogue, names: Renaming) -> Dialogue:
    """The dialogue with every name in it changed, but for what its modifications tell."""
    data = dialogue.model_dump(mode="json", exclude={"tools", "modifications", "checks"})
    data["goal"] = names.text(data["goal"])
    _plan(data["plan"], names)
    results = _results(dialogue)
    for message, record in zip(dialogue.messages, data["messages"], strict=True):
        _message(record, message, names, dialogue, results)
    tools = [
        {"tool": names.tool(shown.tool), "available_from": shown.available_from}
        for shown in dialogue.tools
    ]
    kept = {"modifications": dialogue.modifications, "checks": dialogue.checks}
    return Dialogue.model_validate({**data, "tools": tools, **kept})


def _plan(plan: JsonObject, names: Renaming) -> None:
    slots = {
        provision["slot"]
        for segment in plan["segments"]
        for step in segment["steps"]
        for provision in step.get("provides", ())
    }
    plan["goal"] = names.text(plan["goal"])
    plan["distractors"] = _tools(plan["distractors"], names)
    plan["same"] = [
        [names.slot(name) if name in slots else name for name in group] for group in plan["same"]
    ]
    for segment in plan["segments"]:
        segment["subgoal"] = names.text(segment["subgoal"])
        for step in segment["steps"]:
            _step(step, names)


def _tools(given: list[str], names: Renaming) -> list[str]:
    return [names.tools.get(name, name) for name in given]


def _step(step: JsonObject, names: Renaming) -> None:
    if "intent" in step:
        step["intent"] = names.text(step["intent"])
    for key in ("points_at", "asks"):
        if key in step:
            step[key] = [names.slot(name) for name in step[key]]
    for key in ("supplies", "lacks"):
        if key in step:
            step[key] = _tools(step[key], names)
    for provision in step.get("provides", ()):
        provision["slot"] = names.slot(provision["slot"])
        provision["replaces"] = names.slot(provision["replaces"])
        provision["value"] = names.data(provision["value"])
    for call in step.get("calls", ()):
        call["tool"] = names.tools.get(call["tool"], call["tool"])
        call["arguments"] = {
            names.path(path): _binding(binding, names)
            for path, binding in call["arguments"].items()
        }
        if call["fault"] is not None:
            call["fault"]["path"] = names.path(call["fault"]["path"])
            call["fault"]["value"] = names.data(call["fault"]["value"])


def _binding(binding: JsonObject, names: Renaming) -> JsonObject:
    return {**binding, "slot": names.slot(binding["slot"])} if "slot" in binding else binding


def _results(dialogue: Dialogue) -> dict[str, list[JsonValue]]:
    """What each planned call returned."""
    made = {call.id: call.call for message in dialogue.messages for call in message.tool_calls}
    found: dict[str, list[JsonValue]] = {}
    for message in dialogue.messages:
        if message.role == "tool":
            result = read(message.content, message.form)
            found.setdefault(made.get(message.tool_call_id, ""), []).append(result)
    return found


def _message(
    record: JsonObject,
    message: Message,
    names: Renaming,
    dialogue: Dialogue,
    results: Mapping[str, list[JsonValue]],
) -> None:
    record["name"] = names.tools.get(message.name, message.name)
    record["supplies"] = _tools(record["supplies"], names)
    for name in message.supplies:
        tool = dialogue.tool(name)
        if tool is not None:
            changed = definition(names.tool(tool))
            record["content"] = record["content"].replace(definition(tool), changed)
    if message.role == "tool":
        record["content"] = _answer(message, names, dialogue)
    for call in record["tool_calls"]:
        call["name"] = names.tools.get(call["name"], call["name"])
        call["arguments"] = names.data(call["arguments"])
        call["sources"] = {
            names.path(path): {**source, "binding": _binding(source["binding"], names)}
            for path, source in call["sources"].items()
        }
    for state in record["states"]:
        state["value"] = names.data(state["value"])
        call_id, _, path = state["ref"].partition(".")
        told = message.role == "assistant" and any(
            _holds(result, path) for result in results.get(call_id, ())
        )
        # An output keeps its name; what was sent goes by the parameter's.
        state["ref"] = state["ref"] if told else names.slot(state["ref"])


def _answer(message: Message, names: Renaming, dialogue: Dialogue) -> str:
    """The content of a result: in an error, the names that it tells are renamed."""
    result = read(message.content, message.form)
    if not is_error(result) or not isinstance(result, dict):
        return message.content
    error = result["error"]
    told = error.get("message") if isinstance(error, dict) else None
    standard = _standard(message, names, dialogue, error) if isinstance(told, str) else None
    if standard is None or told != standard[0]:
        return names.text(message.content)
    # Written anew: a choice that it lists may be spelt like a parameter.
    text = written({"error": {**error, "message": standard[1]}}, message.form)
    return text if text is not None else names.text(message.content)


def _standard(
    message: Message, names: Renaming, dialogue: Dialogue, error: JsonObject
) -> tuple[str, str] | None:
    """What the standard error of a failed call says, under either names."""
    made = (call for said in dialogue.messages for call in said.tool_calls)
    call = next((call for call in made if call.id == message.tool_call_id), None)
    tool = dialogue.tool(call.name) if call is not None else None
    if call is None or tool is None:
        return None
    attempts = (one for one in dialogue.plan.calls() if one.id == call.call)
    planned = next((one for one in attempts if one.attempt == call.attempt), None)
    fault = planned.fault if planned is not None else None
    other = fault
    if fault is not None:
        changed = {"path": names.path(fault.path), "value": names.data(fault.value)}
        other = fault.model_copy(update=changed)
    code, sent = str(error.get("code", "")), names.data(call.arguments)
    assert isinstance(sent, dict)
    return (
        error_message(tool, code, fault, call.arguments),
        error_message(names.tool(tool), code, other, sent),
    )


def _holds(result: JsonValue, path: str) -> bool:
    try:
        return bool(values_at(result, path))
    except SchemaError:
        return False


def is_error(result: JsonValue) -> bool:
    """Whether a result is an error and nothing else."""
    return isinstance(result, dict) and result.keys() == {"error"}
