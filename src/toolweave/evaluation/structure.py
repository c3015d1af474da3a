"""Structure: turns, calls and multi-step turns of many dialogues (ToolWeave, Table 2)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from toolweave.core.model import Record
from toolweave.evaluation.conversation import Conversation, Turn


class Spread(Record):
    """The least, the most and the mean of a number per dialogue."""

    least: int
    most: int
    mean: float


class StructureRow(Record):
    """A row of Table 2. Shares are of all turns, from 0 to 1."""

    name: str
    turns: Spread
    calls: Spread
    multi_step: float
    true_multi_step: float


class GroupFigures(Record):
    """Dialogues of one motif or domain, or the turns of one kind of segment (a pattern).

    ``share`` is of all dialogues: those of the motif or domain, or with such a segment. ``calls``
    counts a call once a turn.
    """

    name: str
    dialogues: int
    share: float
    turns: int
    calls: int
    multi_step: float
    true_multi_step: float


class FailureFigures(Record):
    """Failed attempts of one kind: a planned mistake, or the code of an error."""

    kind: str
    dialogues: int
    attempts: int


class EditFigures(Record):
    """Dialogues that an edit of one kind made out of others; ``share`` is of all dialogues."""

    kind: str
    dialogues: int
    share: float


class Bar(Record):
    """How many dialogues have so many turns or calls."""

    number: int
    dialogues: int


class StructureFigures(Record):
    """The structure of ``dialogues``.

    Motifs, domains and patterns are empty where no record names them. ``tools`` counts different
    tools that are called; ``uncalled`` names those of the given tools that never are. ``edited``
    counts dialogues that refinement made, ``edits`` by what it did.
    """

    dialogues: int
    row: StructureRow
    motifs: tuple[GroupFigures, ...] = ()
    patterns: tuple[GroupFigures, ...] = ()
    domains: tuple[GroupFigures, ...] = ()
    failures: tuple[FailureFigures, ...] = ()
    edited: int = 0
    edits: tuple[EditFigures, ...] = ()
    by_turns: tuple[Bar, ...] = ()
    by_calls: tuple[Bar, ...] = ()
    tools: int
    uncalled: tuple[str, ...] = ()


@dataclass(slots=True)
class _Tally:
    """Sums over dialogues or turns."""

    dialogues: int = 0
    turns: int = 0
    calls: int = 0
    multi_step: int = 0
    true_multi_step: int = 0

    def add(self, turns: Iterable[Turn]) -> None:
        """The turns of one more dialogue."""
        self.dialogues += 1
        for turn in turns:
            self.turns += 1
            self.calls += len(turn.calls)
            self.multi_step += turn.multi_step
            self.true_multi_step += turn.multi_step and turn.chained

    def figures(self, name: str, dialogues: int) -> GroupFigures:
        """The sums as a record, beside the number of all dialogues."""
        return GroupFigures(
            name=name,
            dialogues=self.dialogues,
            share=self.dialogues / dialogues,
            turns=self.turns,
            calls=self.calls,
            multi_step=_share(self.multi_step, self.turns),
            true_multi_step=_share(self.true_multi_step, self.turns),
        )


@dataclass(slots=True)
class _Numbers:
    """Numbers per dialogue, by how often each occurs."""

    counts: Counter[int] = field(default_factory=Counter)

    def add(self, number: int) -> None:
        """One more number, not negative."""
        self.counts[number] += 1

    def spread(self) -> Spread:
        """The least, the most and the mean; zero of none."""
        total = sum(number * count for number, count in self.counts.items())
        return Spread(
            least=min(self.counts, default=0),
            most=max(self.counts, default=0),
            mean=_share(total, self.counts.total()),
        )

    def bars(self) -> tuple[Bar, ...]:
        """The numbers that occur, in order."""
        return tuple(
            Bar(number=number, dialogues=count) for number, count in sorted(self.counts.items())
        )


@dataclass(slots=True)
class Structure:
    """Gathers the structure of dialogues one after another."""

    _all: _Tally = field(default_factory=_Tally)
    _turns: _Numbers = field(default_factory=_Numbers)
    _calls: _Numbers = field(default_factory=_Numbers)
    _motifs: dict[str, _Tally] = field(default_factory=dict)
    _patterns: dict[str, _Tally] = field(default_factory=dict)
    _domains: dict[str, _Tally] = field(default_factory=dict)
    _failed: Counter[str] = field(default_factory=Counter)
    _attempts: Counter[str] = field(default_factory=Counter)
    _edits: Counter[str] = field(default_factory=Counter)
    _edited: int = 0
    _tools: set[str] = field(default_factory=set)

    def add(self, held: Conversation) -> None:
        """One more dialogue."""
        self._all.add(held.turns)
        self._turns.add(len(held.turns))
        self._calls.add(held.calls)
        self._tools |= held.tools
        self._attempts.update(held.failures)
        self._failed.update(set(held.failures))
        self._edits.update(set(held.edits))
        self._edited += bool(held.edits)
        for groups, name in ((self._motifs, held.motif), (self._domains, held.domain)):
            if name:
                groups.setdefault(name, _Tally()).add(held.turns)
        for kind in sorted({turn.kind for turn in held.turns} - {""}):
            turns = (turn for turn in held.turns if turn.kind == kind)
            self._patterns.setdefault(kind, _Tally()).add(turns)

    def figures(self, name: str, known: Iterable[str] = ()) -> StructureFigures:
        """The figures so far, in a row of that name. ``known`` are the names of given tools."""
        count, turns = self._all.dialogues, self._all.turns
        return StructureFigures(
            dialogues=count,
            row=StructureRow(
                name=name,
                turns=self._turns.spread(),
                calls=self._calls.spread(),
                multi_step=_share(self._all.multi_step, turns),
                true_multi_step=_share(self._all.true_multi_step, turns),
            ),
            motifs=_groups(self._motifs, count),
            patterns=_groups(self._patterns, count),
            domains=_groups(self._domains, count),
            failures=tuple(
                FailureFigures(kind=kind, dialogues=self._failed[kind], attempts=attempts)
                for kind, attempts in _ranked(self._attempts)
            ),
            edited=self._edited,
            edits=tuple(
                EditFigures(kind=kind, dialogues=number, share=number / count)
                for kind, number in _ranked(self._edits)
            ),
            by_turns=self._turns.bars(),
            by_calls=self._calls.bars(),
            tools=len(self._tools),
            uncalled=tuple(sorted(set(known) - self._tools)),
        )


def _groups(tallies: dict[str, _Tally], dialogues: int) -> tuple[GroupFigures, ...]:
    sizes = {name: tally.dialogues for name, tally in tallies.items()}
    return tuple(tallies[name].figures(name, dialogues) for name, _ in _ranked(sizes))


def _ranked(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
