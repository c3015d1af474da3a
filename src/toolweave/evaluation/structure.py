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


class StructureFigures(Record):
    """The structure of ``dialogues``.

    Motifs, domains and patterns are empty where no record names them. ``tools`` counts different
    tools that are called; ``uncalled`` names those of the given tools that never are.
    """

    dialogues: int
    row: StructureRow
    motifs: tuple[GroupFigures, ...] = ()
    patterns: tuple[GroupFigures, ...] = ()
    domains: tuple[GroupFigures, ...] = ()
    failures: tuple[FailureFigures, ...] = ()
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
class _Range:
    """The least, the most and the sum of numbers."""

    least: int | None = None
    most: int = 0
    total: int = 0

    def add(self, number: int) -> None:
        """One more number, not negative."""
        self.least = number if self.least is None else min(self.least, number)
        self.most = max(self.most, number)
        self.total += number

    def spread(self, count: int) -> Spread:
        """The figures of ``count`` numbers."""
        return Spread(least=self.least or 0, most=self.most, mean=_share(self.total, count))


@dataclass(slots=True)
class Structure:
    """Gathers the structure of dialogues one after another."""

    _all: _Tally = field(default_factory=_Tally)
    _turns: _Range = field(default_factory=_Range)
    _calls: _Range = field(default_factory=_Range)
    _motifs: dict[str, _Tally] = field(default_factory=dict)
    _patterns: dict[str, _Tally] = field(default_factory=dict)
    _domains: dict[str, _Tally] = field(default_factory=dict)
    _failed: Counter[str] = field(default_factory=Counter)
    _attempts: Counter[str] = field(default_factory=Counter)
    _tools: set[str] = field(default_factory=set)

    def add(self, held: Conversation) -> None:
        """One more dialogue."""
        self._all.add(held.turns)
        self._turns.add(len(held.turns))
        self._calls.add(held.calls)
        self._tools |= held.tools
        self._attempts.update(held.failures)
        self._failed.update(set(held.failures))
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
                turns=self._turns.spread(count),
                calls=self._calls.spread(count),
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
