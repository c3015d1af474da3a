"""Findings: what a check objects to, where, and what would mend it."""

from typing import Literal

from toolweave.core.model import JsonValue, Record


class Finding(Record):
    """One objection.

    ``code`` is a stable name such as ``ungrounded_argument``. ``message`` is an index into a
    dialogue's messages, ``step`` a plan's step number (from 1), ``at`` the argument, slot or
    output concerned (``c2.ticket_id``), and ``value`` the offending value.
    """

    code: str
    severity: Literal["error", "warning"] = "error"
    problem: str
    mend: str = ""
    file: str = ""
    message: int | None = None
    step: int | None = None
    at: str = ""
    value: JsonValue = None

    def line(self) -> str:
        """The finding as one line for a person."""
        where = [
            self.file,
            f"message {self.message}" if self.message is not None else "",
            f"step {self.step}" if self.step is not None else "",
            self.at,
        ]
        head = ", ".join(part for part in where if part)
        tail = f" ({self.mend})" if self.mend else ""
        return f"{head}: {self.problem}{tail}" if head else f"{self.problem}{tail}"
