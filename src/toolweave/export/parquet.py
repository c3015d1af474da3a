"""Parquet: messages as structs, arguments and tools as text, so that every reader opens it."""

from pathlib import Path
from typing import Any, Final

from toolweave.core.errors import InputError
from toolweave.core.model import JsonObject
from toolweave.export.chat import as_text, chat_message, chat_tools
from toolweave.export.conversation import Conversation, notes, training_refusal
from toolweave.export.exporter import BOTH, Order, Part, Taken
from toolweave.export.refusal import Refused
from toolweave.export.usage import usage
from toolweave.schema.types import json_bytes

# Rows are written in groups of so many, which bounds the memory.
_GROUP: Final = 500


class Parquet:
    """Rows with ``id``, ``plan``, ``domain``, ``messages`` and ``tools``."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.files: dict[str, dict[Part, str]] = {}
        self.usage = usage("parquet")
        self.parts = BOTH
        self._schema = _schema()
        self._rows: dict[Part, list[JsonObject]] = {}
        self._writers: dict[Part, Any] = {}

    def add(self, conversation: Conversation, part: Part) -> Taken | Refused:
        """Write the dialogue as one row."""
        if refused := training_refusal(conversation, single_calls=self.order.single_calls):
            return refused
        messages = [
            {**chat_message(message, as_text), "train": message.train}
            for message in conversation.messages()
        ]
        dialogue = conversation.dialogue
        rows = self._rows.setdefault(part, [])
        rows.append(
            {
                "id": dialogue.id,
                "plan": dialogue.plan.id,
                "domain": dialogue.domain,
                "messages": messages,
                "tools": json_bytes(chat_tools(conversation.tools)).decode(),
            }
        )
        if len(rows) >= _GROUP:
            self._flush(part)
        return Taken(notes=notes(conversation))

    def _flush(self, part: Part) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if part not in self._writers:
            name = f"{part}.parquet"
            self.files.setdefault("", {})[part] = name
            path = Path(self.order.folder / name)
            self._writers[part] = pq.ParquetWriter(path, self._schema, compression="zstd")
        table = pa.Table.from_pylist(self._rows[part], schema=self._schema)
        self._writers[part].write_table(table)
        self._rows[part].clear()

    def finish(self) -> None:
        """Write the rows that are left."""
        for part, rows in self._rows.items():
            if rows:
                self._flush(part)

    def close(self) -> None:
        """Close the files."""
        while self._writers:
            self._writers.popitem()[1].close()


def _schema() -> Any:
    try:
        import pyarrow as pa
    except ImportError as error:
        raise InputError(
            "parquet files need pyarrow", mend="pip install 'toolweave[parquet]'"
        ) from error
    text = pa.string()
    function = pa.struct([("name", text), ("arguments", text)])
    call = pa.struct([("id", text), ("type", text), ("function", function)])
    message = pa.struct(
        [
            ("role", text),
            ("content", text),
            ("tool_calls", pa.list_(call)),
            ("tool_call_id", text),
            ("name", text),
            ("train", pa.bool_()),
        ]
    )
    return pa.schema(
        [
            ("id", text),
            ("plan", text),
            ("domain", text),
            ("messages", pa.list_(message)),
            ("tools", text),
        ]
    )
