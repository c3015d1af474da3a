"""How a run stands, for whoever watches it."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from toolweave.runs.job import Outcome


@dataclass
class Tally:
    """How a run stands. Of the ``before`` records of earlier sessions ``failed_before`` failed.

    ``under_way``: dialogues begun and not finished. ``spent``: totals of what was asked of a model
    (calls, retries, tokens, cost). ``counts``: what else the run counts, by name.
    """

    total: int
    before: int = 0
    failed_before: int = 0
    dialogues: int = 0
    failures: int = 0
    under_way: int = 0
    started: float = field(default_factory=time.monotonic)
    reasons: dict[str, int] = field(default_factory=dict)
    spent: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def left(self) -> int:
        """How many dialogues are neither made nor failed."""
        return self.total - self.before - self.dialogues - self.failures

    @property
    def share_failed(self) -> float:
        """Failures among all records of the run, 0 when there are none."""
        made = self.before + self.dialogues + self.failures
        return (self.failed_before + self.failures) / made if made else 0.0

    @property
    def rate(self) -> float:
        """Dialogues and failures a second since the run began."""
        return (self.dialogues + self.failures) / max(time.monotonic() - self.started, 1e-6)

    def add(self, outcome: Outcome) -> None:
        """Count what came of a job."""
        self.dialogues += outcome.dialogues
        self.failures += len(outcome.failures)
        for kind in outcome.failures:
            self.reasons[kind] = self.reasons.get(kind, 0) + 1
        for name, number in outcome.spent.items():
            # A Counter of floats: cost is one of them.
            self.spent[name] += number  # type: ignore[assignment]
        self.counts.update(outcome.counts)


class Progress(Protocol):
    """Whoever is told how a run goes on."""

    def __call__(self, tally: Tally) -> None: ...
