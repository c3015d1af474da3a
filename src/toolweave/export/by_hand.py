"""What a person decided about the records of an export: dropped, kept whatever a judge says."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from toolweave.checks.by_hand import by_hand_beside, load_by_hand, record_digest
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError
from toolweave.core.hand_verdict import HandVerdict
from toolweave.export.reading import Line, Source
from toolweave.export.refusal import Refused
from toolweave.schema.documents import STDIN
from toolweave.schema.text import one_line

DROPPED: Final = "dropped_by_hand"
KEPT_BY_HAND: Final = "are kept by hand: what the verdicts call faulty is learnt"


class Idle(NamedTuple):
    """Verdicts by hand that do nothing.

    ``stale`` ones are on a record that has changed since, ``nameless`` ones on none that was read.
    """

    stale: int = 0
    nameless: int = 0


def given(wanted: Sequence[HandVerdict] | None, source: Source) -> Sequence[HandVerdict]:
    """The verdicts that were handed over, or those that lie beside the dialogues.

    Raises:
        InputError: the file beside the dialogues cannot be read.
    """
    if wanted is not None:
        return wanted
    if source.file == STDIN:
        return ()
    beside = by_hand_beside(source.file)
    if not beside.exists():
        return ()
    try:
        return load_by_hand(beside)
    except InputError as error:
        mend = "mend it, or leave it aside with --no-by-hand"
        raise InputError(error.problem, file=error.file, place=error.place, mend=mend) from error


class Hands:
    """Verdicts by hand, found for the records of one file as they are read."""

    def __init__(self, verdicts: Sequence[HandVerdict]) -> None:
        self._given: dict[str, dict[str, HandVerdict]] = defaultdict(dict)
        for one in verdicts:
            self._given[one.record][one.digest] = one
        self._digests = {one.digest: one.record for one in verdicts}
        self._seen: set[str] = set()
        self._used: set[tuple[str, str]] = set()

    def on(self, line: Line) -> HandVerdict | None:
        """The verdict on a record, or None; one on an earlier text of it does nothing."""
        if not self._given:
            return None
        if isinstance(line.record, Refused):
            self._note_unreadable(line.raw)
            return None
        name = line.record.id
        held = self._given.get(name)
        if held is None:
            return None
        self._seen.add(name)
        found = held.get(record_digest(line.raw)) or held.get(record_digest(line.record))
        if found is not None:
            self._used.add((name, found.digest))
        return found

    def idle(self) -> Idle:
        """What did nothing, once everything is read.

        A verdict on an earlier text is moot where the text that is here has one of its own.
        """
        used = {name for name, _ in self._used}
        stale = nameless = 0
        for name, held in self._given.items():
            if name in self._seen:
                stale += name not in used
            else:
                nameless += sum((name, digest) not in self._used for digest in held)
        return Idle(stale, nameless)

    def _note_unreadable(self, raw: bytes) -> None:
        """A verdict on a record that is left out anyway is on one nevertheless."""
        digest = record_digest(raw)
        if digest in self._digests:
            self._used.add((self._digests[digest], digest))


def dropped(verdict: HandVerdict) -> Refused:
    """Why a person's drop left a record out."""
    note = one_line(verdict.note)
    return Refused(DROPPED, f"dropped by hand: {note}" if note else "dropped by hand")


def outranks(verdict: HandVerdict | None, judged: Dialogue, record: Dialogue) -> bool:
    """Whether a person keeps what a judge would have masked."""
    return verdict is not None and verdict.decision == "keep" and judged is not record
