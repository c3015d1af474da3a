"""A job and its outcome: what executors carry, whatever kind of run it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from toolweave.core.model import JsonObject
from toolweave.schema.types import json_bytes


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work: its id, and in plain data what its workshop has to know."""

    id: str
    data: JsonObject


class Left(NamedTuple):
    """Why a job was neither done nor failed and is left for ``--resume``.

    ``ends``: no other job can be done either.
    """

    reason: str
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job.

    Attributes:
        id: of the job.
        lines: whole lines for the files of the run, in the order they are to be written.
        dialogues: how many dialogues the lines hold.
        failures: the kinds of the failures that they hold.
        left: why nothing came of it; then there are no lines but those of usage.
        spent: totals of what was asked of a model: calls, retries, tokens, cost.
        counts: whatever else the run wants counted, by name.
    """

    id: str
    lines: Mapping[str, bytes] = field(default_factory=dict)
    dialogues: int = 0
    failures: tuple[str, ...] = ()
    left: Left | None = None
    spent: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    def dump(self) -> JsonObject:
        """All but the lines, as plain data; the lines as their sizes."""
        return {
            "id": self.id, "sizes": {name: len(data) for name, data in self.lines.items()},
            "dialogues": self.dialogues, "failures": self.failures, "left": self.left,
            "spent": dict(self.spent), "counts": dict(self.counts),
        }  # fmt: skip

    @classmethod
    def load(cls, data: Mapping[str, Any], lines: Mapping[str, bytes]) -> "Outcome":
        """What ``dump`` wrote, with its lines."""
        left = data["left"]
        return cls(
            data["id"], lines, data["dialogues"], tuple(data["failures"]),
            Left(*left) if left else None, data["spent"], data["counts"],
        )  # fmt: skip


def line(record: JsonObject) -> bytes:
    """A record as the line of a file."""
    return json_bytes(record) + b"\n"
