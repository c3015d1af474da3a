"""What a refinement leaves in its folder, and how it stands."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from toolweave.core.dialogue import Dialogue
from toolweave.refinement.chain import Misfit
from toolweave.runs.folder import DIALOGUES, FAILURES, USAGE, RunFolder, read_lines
from toolweave.runs.originals import Read
from toolweave.runs.tally import Progress, Tally

UNFIT: Final = "unfit.jsonl"
_MARK: Final = "-r"


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


def copy_id(original: str) -> str:
    """The id of a dialogue's modified copy, which sorts right behind the dialogue's."""
    return f"{original}{_MARK}1"


class RefineWriter:
    """Turns what came of each line into records.

    An original is written behind its copy: where it is, its line is done.
    """

    def __init__(self, records: RunFolder, tally: RefineTally, progress: Progress | None) -> None:
        self.records, self.tally, self.progress = records, tally, progress
        self.done, self.told = self._before()

    def original(self, dialogue: Dialogue) -> None:
        """A line is done: its dialogue is kept as it was."""
        if dialogue.id not in self.done:
            self.records.add(DIALOGUES, dialogue.dump())
        self.tally.originals += 1
        self.tally.refined += bool(dialogue.modifications)
        self.tally.lines.dialogues += 1
        self._tell()

    def copy(self, copy: Dialogue) -> None:
        """A modified copy, or its failure record where it does not pass its proof."""
        if copy.id in self.done:
            return
        if copy.checks.proof == "failed":
            findings = [finding.dump() for finding in copy.checks.findings]
            reason = copy.checks.findings[0].line()
            self.failure(copy.id, "proof", reason, findings=findings, dialogue=copy.dump())
            return
        self.records.add(DIALOGUES, copy.dump())
        self.tally.copies += 1
        self.tally.edits.update(one.kind for one in copy.modifications)

    def unfit(self, identity: str, misfits: Sequence[Misfit]) -> None:
        """Edits that were due and did not fit."""
        name = copy_id(identity)
        if not misfits or name in self.told:
            return
        told = [{"kind": misfit.kind, "reason": misfit.reason} for misfit in misfits]
        self.records.add(UNFIT, {"id": name, "edits": told})
        self.tally.unfit.update(misfits)

    def line(self, read: Read) -> None:
        """A line that holds no dialogue of ours."""
        name = f"line-{read.line:07d}"
        self.failure(name, read.kind, read.reason, line=read.line)
        self.tally.lines.failures += 1
        self.tally.lines.reasons = dict(self.tally.reasons)
        self._tell()

    def failure(self, identity: str, kind: str, reason: str, **more: Any) -> None:
        """What could not be made, and why."""
        if identity in self.done:
            return
        self.records.add(FAILURES, {"id": identity, "kind": kind, "reason": reason, **more})
        self.tally.failures += 1
        self.tally.reasons[kind] += 1

    def usage(self, identity: str, used: dict[str, Any]) -> None:
        """What a copy cost."""
        if used:
            self.records.add(USAGE, {"id": identity, **used})

    def _before(self) -> tuple[frozenset[str], frozenset[str]]:
        """The ids of records and of misfits that earlier sessions wrote; the tally counts both."""
        done, told = set(), set()
        for record in read_lines(self.records.path / DIALOGUES):
            done.add(record["id"])
            if record["provenance"].get("config") == self.records.config.digest():
                self.tally.copies += 1
                self.tally.edits.update(one["kind"] for one in record["modifications"])
        for record in read_lines(self.records.path / FAILURES):
            done.add(record["id"])
            self.tally.failures += 1
            self.tally.reasons[record["kind"]] += 1
        for record in read_lines(self.records.path / UNFIT):
            told.add(record["id"])
            self.tally.unfit.update((one["kind"], one["reason"]) for one in record["edits"])
        return frozenset(done), frozenset(told)

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(self.tally.lines)
