"""JSON-lines files of an export, one for every data set and part, opened when a row comes."""

from pathlib import Path
from typing import IO

from toolweave.core.model import JsonObject
from toolweave.export.exporter import Part
from toolweave.schema.types import json_bytes

_BUFFER = 1 << 20


class Lines:
    """Writes rows to ``train.jsonl`` and ``validation.jsonl``, or with a prefix of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, dict[Part, str]] = {}
        self._open: dict[str, IO[bytes]] = {}

    def add(self, part: Part, row: JsonObject, prefix: str = "") -> None:
        """Append one row; ``prefix`` names another data set than the main one."""
        name = f"{prefix}_{part}.jsonl" if prefix else f"{part}.jsonl"
        if name not in self._open:
            self._open[name] = (self.folder / name).open("wb", buffering=_BUFFER)
            self.files.setdefault(prefix, {})[part] = name
        self._open[name].write(json_bytes(row) + b"\n")

    def close(self) -> None:
        """Close every file."""
        while self._open:
            self._open.popitem()[1].close()
