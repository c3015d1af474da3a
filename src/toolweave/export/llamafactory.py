"""LLaMA-Factory: ShareGPT conversations, its data set file, and ready fine-tuning settings."""

import re
from pathlib import Path
from typing import Any, Final

import orjson

from toolweave.checks.definitions import function
from toolweave.configs.shipping import shipped, shipped_names
from toolweave.core.errors import InputError
from toolweave.core.model import JsonObject
from toolweave.core.tool import Tool
from toolweave.export.conversation import Conversation, Spoken, notes, training_refusal
from toolweave.export.exporter import BOTH, Order, Part, Taken
from toolweave.export.lines import Lines
from toolweave.export.refusal import Refused
from toolweave.export.usage import usage
from toolweave.schema.types import json_bytes

MASKED: Final = "masked"
INFO: Final = "dataset_info.json"
_SPEAKERS: Final = ("human", "observation"), ("gpt", "function_call")
_OPTION: Final = re.compile(r"^(dataset|output_dir): .*$", re.M)


class LlamaFactory:
    """``conversations`` that alternate, the ``system`` text, and ``tools`` as JSON text."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.lines = Lines(order.folder)
        self.files = self.lines.files
        self.usage = usage("llamafactory")
        self.parts = BOTH

    def add(self, conversation: Conversation, part: Part) -> Taken | Refused:
        """Write the dialogue, unless its speakers do not take turns as LLaMA-Factory wants it."""
        if refused := training_refusal(conversation, single_calls=self.order.single_calls):
            return refused
        spoken = list(conversation.spoken)
        system = spoken.pop(0).message.content if spoken[0].message.role == "system" else ""
        turns = [turn for said in spoken for turn in _turns(said)]
        if refused := _refusal(spoken, turns):
            return refused
        tools = json_bytes([_plain(tool) for tool in conversation.tools]).decode()
        row: JsonObject = {"conversations": turns, "system": system, "tools": tools}
        told = notes(conversation, parallel=False)
        if not conversation.masked:
            self.lines.add(part, row)
            return Taken(notes=told)
        ends = _learnt(spoken)
        for end in ends:
            self.lines.add(part, {**row, "conversations": turns[:end]}, MASKED)
        return Taken(len(ends), told)

    def finish(self) -> None:
        """Write ``dataset_info.json`` and the fine-tuning settings with the data set's name."""
        info = {
            _data_set(self.order.name, prefix, part): _described(file)
            for prefix, parts in self.files.items()
            for part, file in parts.items()
        }
        (self.order.folder / INFO).write_bytes(json_bytes(info, indent=True) + b"\n")
        # A run may hold nothing but dialogues with context; then those are what is trained on.
        prefix = "" if "" in self.files else MASKED
        for name in shipped_names("finetune"):
            self._settle(name, prefix, "validation" in self.files[prefix])

    def _settle(self, name: str, prefix: str, held_out: bool) -> None:
        """A copy of a shipped settings file for this data set."""
        source = shipped("finetune", name)
        if source is None:
            raise InputError(f"no fine-tuning settings {name!r}", mend="reinstall toolweave")
        data_set = _data_set(self.order.name, prefix, "train")
        values = {"dataset": data_set, "output_dir": f"saves/{data_set}_{name}"}
        text = _OPTION.sub(lambda m: f"{m[1]}: {values[m[1]]}", source.read_text("utf-8"))
        if prefix == MASKED:
            text += "mask_history: true\n"
        if held_out:
            validation = _data_set(self.order.name, prefix, "validation")
            text += f"eval_dataset: {validation}\neval_strategy: epoch\n"
        (self.order.folder / source.name).write_text(text, "utf-8")

    def close(self) -> None:
        """Close the files."""
        self.lines.close()


def _data_set(name: str, prefix: str, part: Part) -> str:
    return "_".join(piece for piece in (name, prefix, "" if part == "train" else part) if piece)


def _described(file: str) -> JsonObject:
    columns = {"messages": "conversations", "system": "system", "tools": "tools"}
    return {"file_name": Path(file).name, "formatting": "sharegpt", "columns": columns}


def _refusal(spoken: list[Spoken], turns: list[dict[str, str]]) -> Refused | None:
    """LLaMA-Factory drops such rows with a warning only, so they are told here."""
    if spoken[0].message.role != "user":
        return Refused("starts_with_assistant", "the first to speak is not the user")
    if any(said.message.tool_calls and said.message.content for said in spoken):
        return Refused("text_beside_call", "a message holds both text and a call")
    for at, turn in enumerate(turns):
        if turn["from"] not in _SPEAKERS[at % 2]:
            return Refused("turns", f"turn {at} ({turn['from']}) does not alternate")
    if len(turns) % 2:
        return Refused("open_end", "the last message is not the assistant's")
    return None


def _turns(said: Spoken) -> list[dict[str, str]]:
    """One message, with its results merged into one observation."""
    message = said.message
    if not message.tool_calls:
        speaker = "human" if message.role == "user" else "gpt"
        # A second system message has no side: it breaks the order, and the row is refused.
        speaker = "system" if message.role == "system" else speaker
        return [{"from": speaker, "value": message.content}]
    calls = [{"name": call.name, "arguments": call.arguments} for call in message.tool_calls]
    text = json_bytes(calls[0] if len(calls) == 1 else calls).decode()
    if len(said.results) == 1:
        observed = said.results[0].content
    else:
        observed = json_bytes([_parsed(result.content) for result in said.results]).decode()
    # Templates search the value for marks such as <tool_call>; JSON can say < in another way.
    call = {"from": "function_call", "value": text.replace("<", "\\u003c")}
    return [call, {"from": "observation", "value": observed}]


def _parsed(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _learnt(spoken: list[Spoken]) -> list[int]:
    """After how many turns each learnt message of the assistant ends."""
    ends, at = [], 0
    for said in spoken:
        at += 1
        if said.message.role == "assistant" and said.message.train:
            ends.append(at)
        at += bool(said.results)
    return ends


def _plain(tool: Tool) -> JsonObject:
    """A tool whose parameters the ``default`` template can print: it joins enums as text."""
    entry = function(tool)
    parameters = entry["parameters"]
    fields = {name: _field(schema) for name, schema in parameters["properties"].items()}
    return {**entry, "parameters": {**parameters, "properties": fields}}


def _field(schema: Any) -> JsonObject:
    if not isinstance(schema, dict):
        return {}
    field = dict(schema)
    choices = field.get("enum")
    if choices is not None and not all(isinstance(choice, str) for choice in choices):
        del field["enum"]
        told = ", ".join(json_bytes(choice).decode() for choice in choices)
        field["description"] = f"{field.get('description', '')} One of: {told}.".strip()
    if "items" in field and not isinstance(field["items"], dict):
        del field["items"]
    return field
