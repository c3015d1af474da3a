"""What a refinement leaves in its folder, and how it stands."""

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import orjson

from toolweave.core.model import JsonObject
from toolweave.runs.folder import DIALOGUES, FAILURES, RunFolder, read_lines
from toolweave.runs.job import Outcome
from toolweave.runs.tally import Tally

UNFIT: Final = "unfit.jsonl"
COPIES: Final = "copies"
REFINED_BEFORE: Final = "refined"
EDIT: Final = "edit "
FAILED: Final = "failed "
"""How an outcome counts, beside these, edits by kind and copies that failed by kind."""
_MARK: Final = "-r1"


@dataclass
class RefineTally:
    """How a refinement stands, earlier sessions included.

    ``lines`` counts lines of the source: originals kept, and lines that could not be. ``copies``
    and ``edits`` count modified copies, and edits by kind; ``unfit`` edits that were due and did
    not fit, by kind and reason; ``refined`` originals that were copies already.
    """

    lines: Tally
    originals: int = 0
    copies: int = 0
    refined: int = 0
    failures: int = 0
    edits: Counter[str] = field(default_factory=Counter)
    unfit: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def share_failed(self) -> float:
        """Failures among all records, 0 when there are none."""
        made = self.originals + self.copies + self.failures
        return self.failures / made if made else 0.0

    def add(self, outcome: Outcome) -> None:
        """Count what came of a line, but for what ``lines`` counts."""
        self.originals += outcome.dialogues
        self.copies += outcome.counts.get(COPIES, 0)
        self.refined += outcome.counts.get(REFINED_BEFORE, 0)
        for kind in outcome.failures:
            self.fail(kind)
        for name, number in outcome.counts.items():
            if name.startswith(EDIT):
                self.edits[name.removeprefix(EDIT)] += number
            elif name.startswith(FAILED):
                kind = name.removeprefix(FAILED)
                self.fail(kind)
                self.lines.reasons[kind] = self.lines.reasons.get(kind, 0) + 1
        for raw in outcome.lines.get(UNFIT, b"").splitlines():
            self.miss(orjson.loads(raw))

    def fail(self, kind: str) -> None:
        """Count a failure."""
        self.failures += 1
        self.reasons[kind] += 1

    def miss(self, record: JsonObject) -> None:
        """Count edits that did not fit, as their record names them."""
        self.unfit.update((one["kind"], one["reason"]) for one in record["edits"])


def copy_id(original: str) -> str:
    """The id of a dialogue's modified copy, which sorts right behind the dialogue's."""
    return f"{original}{_MARK}"


def is_copy(name: str) -> bool:
    """Whether a dialogue of that id could be somebody's copy."""
    return name.endswith(_MARK)


class Earlier(NamedTuple):
    """What earlier sessions wrote: ids of records, and those of copies whose misfits are told.

    An original is written behind its copy: where it is, its line is done.
    """

    done: frozenset[str]
    told: frozenset[str]


def earlier(records: RunFolder, tally: RefineTally, taken: Container[str]) -> Earlier:
    """What is in the folder already; the tally counts it.

    Args:
        records: the folder.
        tally: of this refinement.
        taken: ids of originals that look like those of copies.
    """
    done, told = set(), set()
    for record in read_lines(records.path / DIALOGUES):
        done.add(record["id"])
        edits = record.get("modifications", ())
        if is_copy(record["id"]) and record["id"] not in taken:
            tally.copies += 1
            tally.edits.update(one["kind"] for one in edits)
        else:
            tally.originals += 1
            tally.refined += bool(edits)
            tally.lines.before += 1
    for record in read_lines(records.path / FAILURES):
        done.add(record["id"])
        tally.fail(record["kind"])
        if "line" in record:
            tally.lines.before += 1
            tally.lines.failed_before += 1
    for record in read_lines(records.path / UNFIT):
        told.add(record["id"])
        tally.miss(record)
    return Earlier(frozenset(done), frozenset(told))
