"""Axolotl: chat-template rows with a flag on every message that says whether it is learnt."""

from typing import Final

import yaml

from toolweave.core.model import JsonObject
from toolweave.export.chat import as_text, chat_message, chat_tools
from toolweave.export.conversation import Conversation, notes, training_refusal
from toolweave.export.exporter import BOTH, Order, Part, Taken
from toolweave.export.lines import Lines
from toolweave.export.refusal import Refused
from toolweave.export.usage import usage
from toolweave.schema.types import json_bytes

SETTINGS: Final = "axolotl.yaml"
_FORM: Final = {
    "ds_type": "json",
    "split": "train",
    "type": "chat_template",
    "field_messages": "messages",
    "field_tools": "tools",
    "message_field_training": "train",
    "roles_to_train": ["assistant"],
    "train_on_eos": "turn",
}


class Axolotl:
    """``messages`` with ``train`` on each, and ``tools``."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.lines = Lines(order.folder)
        self.files = self.lines.files
        self.usage = usage("axolotl")
        self.parts = BOTH

    def add(self, conversation: Conversation, part: Part) -> Taken | Refused:
        """Write the dialogue as one row."""
        if refused := training_refusal(conversation, single_calls=self.order.single_calls):
            return refused
        messages = [
            {**chat_message(message, as_text), "train": message.train}
            for message in conversation.messages()
        ]
        tools = json_bytes(chat_tools(conversation.tools)).decode()
        self.lines.add(part, {"messages": messages, "tools": tools})
        return Taken(notes=notes(conversation))

    def finish(self) -> None:
        """Write the part of Axolotl's configuration that names the files."""
        settings: JsonObject = {"chat_template": "tokenizer_default"}
        parts = self.files.get("", {})
        named: tuple[tuple[str, Part], ...] = (
            ("datasets", "train"),
            ("test_datasets", "validation"),
        )
        for key, part in named:
            if part in parts:
                settings[key] = [{"path": parts[part], **_FORM}]
        text = yaml.safe_dump(settings, sort_keys=False)
        (self.order.folder / SETTINGS).write_text(text, "utf-8")

    def close(self) -> None:
        """Close the files."""
        self.lines.close()
