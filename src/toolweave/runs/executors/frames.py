"""Frames: what a run and its worker processes tell each other, one JSON line and its bytes each."""

import threading
from collections.abc import Mapping
from typing import IO, NamedTuple

import orjson

from toolweave.core.model import JsonObject
from toolweave.runs.job import Outcome
from toolweave.schema.types import json_bytes


class Frame(NamedTuple):
    """What was said: plain data, and the outcome whose lines came with it."""

    data: JsonObject
    outcome: Outcome | None = None


class Speaker:
    """Sends frames through a pipe, whole ones whatever the threads."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._turn = pipe, threading.Lock()

    def say(self, data: JsonObject) -> None:
        """Send plain data.

        Raises:
            OSError: nobody listens any more.
        """
        self._send(json_bytes(data) + b"\n", {})

    def tell(self, outcome: Outcome) -> None:
        """Send an outcome with its lines."""
        self._send(json_bytes({"outcome": outcome.dump()}) + b"\n", outcome.lines)

    def _send(self, head: bytes, lines: Mapping[str, bytes]) -> None:
        with self._turn:
            self._pipe.write(head)
            for data in lines.values():
                self._pipe.write(data)
            self._pipe.flush()


def heard(pipe: IO[bytes]) -> Frame | None:
    """The next frame; None when the other side is gone, be it in the middle of a frame."""
    head = pipe.readline()
    if not head.endswith(b"\n"):
        return None
    data: JsonObject = orjson.loads(head)
    if "outcome" not in data:
        return Frame(data)
    lines = {name: pipe.read(size) for name, size in data["outcome"]["sizes"].items()}
    if any(len(lines[name]) < size for name, size in data["outcome"]["sizes"].items()):
        return None
    return Frame({}, Outcome.load(data["outcome"], lines))
