"""The records of one original: itself, its copy or why there is none, edits that did not fit."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from toolweave.core.dialogue import Dialogue
from toolweave.refinement.chain import Misfit
from toolweave.runs.folder import DIALOGUES, FAILURES
from toolweave.runs.job import Job, Left, Outcome, line
from toolweave.runs.originals import Standing
from toolweave.runs.refine_records import COPIES, EDIT, FAILED, REFINED_BEFORE, UNFIT, copy_id


class CopyRecords:
    """Turns what came of a line into its records.

    Attributes:
        name: the id of the original, or of the line where it has none.
        outcome: what becomes of the job.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.standing = Standing(*job.data["standing"])
        self.name = self.standing.id or job.id
        self.outcome = Outcome(job.id)
        self._original: Dialogue | None = None
        self._left: Left | None = None
        self._refused = ""
        self._failed = ""
        self._counts = Counter[str]()
        self._copy = self._unfit = self._failure = b""

    @property
    def ended(self) -> str:
        """How the job ended, in a word."""
        if self._left is not None:
            return "left"
        return self._refused or self._failed or ("copied" if self._copy else "kept")

    def keep(self, original: Dialogue) -> None:
        """The dialogue of the line, which is kept whatever comes of its copy."""
        self._original = original

    def refuse(self, kind: str, reason: str, name: str = "", **more: Any) -> None:
        """The line cannot be kept."""
        record = {"id": name or self.job.id, "kind": kind, "reason": reason, **more}
        self._failure = line({**record, "line": self.standing.line})
        self._refused = kind

    def unfit(self, misfits: Sequence[Misfit]) -> None:
        """Edits that were due and did not fit."""
        if misfits and not self.job.data["told"]:
            told = [{"kind": misfit.kind, "reason": misfit.reason} for misfit in misfits]
            self._unfit = line({"id": copy_id(self.name), "edits": told})

    def copied(self, copy: Dialogue) -> None:
        """A modified copy, or its failure record where it does not pass its proof."""
        if copy.checks.proof == "failed":
            findings = [finding.dump() for finding in copy.checks.findings]
            reason = copy.checks.findings[0].line()
            self.fail("proof", reason, findings=findings, dialogue=copy.dump())
            return
        self._copy = line(copy.dump())
        self._counts[COPIES] += 1
        self._counts.update(f"{EDIT}{one.kind}" for one in copy.modifications)

    def fail(self, kind: str, reason: str, **more: Any) -> None:
        """No copy could be made, or the line could not even be read."""
        if self._original is None:
            self.refuse(kind, reason, **more)
            return
        record = {"id": copy_id(self.name), "kind": kind, "reason": reason, **more}
        self._failure = line(record)
        self._failed = kind
        self._counts[f"{FAILED}{kind}"] += 1

    def leave(self, reason: str, *, ends: bool) -> None:
        """Nothing comes of it now."""
        self._left = Left(reason, ends)

    def made(self) -> Outcome:
        """What came of the line. The original is written last: where it is, the line is done."""
        if self._left is not None:
            return Outcome(self.job.id, left=self._left)
        kept = b""
        if self._original is not None:
            kept = line(self._original.dump())
            self._counts[REFINED_BEFORE] += bool(self._original.modifications)
        written = {UNFIT: self._unfit, FAILURES: self._failure, DIALOGUES: self._copy + kept}
        return Outcome(
            self.job.id,
            {name: data for name, data in written.items() if data},
            dialogues=int(bool(kept)),
            failures=(self._refused,) if self._refused else (),
            counts=dict(self._counts),
        )
