"""Coverage: motif by pattern by outcome, and how much of a tool graph dialogues make use of."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final, get_args

from toolweave.core.graph import ToolGraph
from toolweave.core.model import Record
from toolweave.core.plan import FaultKind
from toolweave.evaluation.conversation import Conversation, Fed

LONGEST: Final = 3
SUCCESS: Final = "no failure"
ERROR: Final = "tool_error"


class Combination(Record):
    """The dialogues of a motif that have such a segment, and a call that failed so, or none.

    A dialogue in which calls fail in two ways stands under both outcomes.
    """

    motif: str
    pattern: str
    outcome: str
    dialogues: int


class Gap(Record):
    """A motif that no dialogue with such a segment has."""

    motif: str
    pattern: str


class SequenceFigures(Record):
    """Call sequences of one length: the graph's valid ones, and those in the dialogues.

    A sequence is valid when its tools differ and each behind the first is linked from one before
    it. ``occurring`` are the different valid ones that stand in a row in some dialogue, ``share``
    their part of ``valid``; ``once`` of them stand in one dialogue alone. ``made`` counts
    sequences of that length in the dialogues, ``different`` the different ones among them.
    """

    length: int
    valid: int
    occurring: int
    once: int
    share: float
    made: int
    different: int


class GraphCoverage(Record):
    """How much of the tool graphs the dialogues use; shares of tools and of links.

    ``links_used`` is None where no bindings say what feeds what; ``unlinked`` counts the
    different feedings that are no link.
    """

    graphs: int
    tools: int
    tools_used: int
    links: int
    links_used: int | None
    unlinked: int | None
    sequences: tuple[SequenceFigures, ...]


class CoverageFigures(Record):
    """``combinations`` are empty where no record names motifs, ``graph`` where none is given.

    ``sessions`` counts the different call sequences of whole dialogues with a call,
    ``called`` those dialogues.
    """

    combinations: tuple[Combination, ...] = ()
    missing: tuple[Gap, ...] = ()
    called: int = 0
    sessions: int = 0
    graph: GraphCoverage | None = None


class Reach:
    """One tool graph and what dialogues made use of in it."""

    def __init__(self, graph: ToolGraph) -> None:
        self.tools = frozenset(tool.name for tool in graph.toolset.tools)
        self.links = frozenset(
            Fed(link.source, link.output, link.target, link.parameter) for link in graph.links
        )
        self.after: dict[str, set[str]] = {name: set() for name in self.tools}
        for link in graph.links:
            if link.source != link.target:
                self.after[link.source].add(link.target)
        self.used: set[str] = set()
        self.fed: set[Fed] = set()
        self.told = False
        self.made: Counter[int] = Counter()
        self.windows: Counter[tuple[str, ...]] = Counter()

    def add(self, held: Conversation) -> None:
        """One more dialogue."""
        self.used |= held.tools & self.tools
        if held.fed is not None:
            self.told = True
            self.fed |= held.fed
        found = list(_windows(held.sequence))
        self.made.update(map(len, found))
        self.windows.update(set(found))

    def valid(self, length: int) -> int:
        """How many sequences of that length, at most three, the graph allows."""
        if length == 1:
            return len(self.tools)
        if length == 2:
            return sum(map(len, self.after.values()))
        return sum(
            len((self.after[one] | self.after[two]) - {one, two})
            for one, following in self.after.items()
            for two in following
        )

    def allows(self, window: tuple[str, ...]) -> bool:
        """Whether a sequence is valid."""
        if len(set(window)) < len(window) or not self.tools.issuperset(window):
            return False
        return all(
            any(window[at] in self.after[before] for before in window[:at])
            for at in range(1, len(window))
        )


class Coverage:
    """Gathers the coverage of dialogues one after another.

    ``graphs`` are by domain; one under the empty name serves every dialogue. A dialogue of a
    domain that has no graph is left out of their figures.
    """

    def __init__(self, graphs: Mapping[str, ToolGraph] | None = None) -> None:
        self._reach = {name: Reach(graph) for name, graph in (graphs or {}).items()}
        self._combinations: Counter[tuple[str, str, str]] = Counter()
        self._sessions: set[int] = set()
        self._called = 0

    def add(self, held: Conversation) -> None:
        """One more dialogue."""
        if held.sequence:
            self._called += 1
            # A number for a sequence: a million sessions stay small.
            self._sessions.add(hash(held.sequence))
        reach = self._reach.get(held.domain) or self._reach.get("")
        if reach is not None:
            reach.add(held)
        if held.motif:
            outcomes = {_outcome(failure) for failure in held.failures} or {SUCCESS}
            self._combinations.update(
                (held.motif, kind, outcome)
                for kind in {turn.kind for turn in held.turns} - {""}
                for outcome in outcomes
            )

    def figures(self) -> CoverageFigures:
        """The figures so far; motifs and patterns that never meet are named as missing."""
        motifs, patterns = ({key[at] for key in self._combinations} for at in (0, 1))
        met = {key[:2] for key in self._combinations}
        return CoverageFigures(
            combinations=tuple(
                Combination(motif=motif, pattern=pattern, outcome=outcome, dialogues=count)
                for (motif, pattern, outcome), count in sorted(
                    self._combinations.items(),
                    key=lambda item: (item[0][:2], item[0][2] != SUCCESS, item[0][2]),
                )
            ),
            missing=tuple(
                Gap(motif=motif, pattern=pattern)
                for motif in sorted(motifs)
                for pattern in sorted(patterns)
                if (motif, pattern) not in met
            ),
            called=self._called,
            sessions=len(self._sessions),
            graph=_graph(list(self._reach.values())) if self._reach else None,
        )


def _outcome(failure: str) -> str:
    """The planned mistake, or that a tool answered with an error, whatever its code."""
    return failure if failure in get_args(FaultKind) else ERROR


def _graph(held: list[Reach]) -> GraphCoverage:
    told = any(reach.told for reach in held)
    return GraphCoverage(
        graphs=len(held),
        tools=sum(len(reach.tools) for reach in held),
        tools_used=sum(len(reach.used) for reach in held),
        links=sum(len(reach.links) for reach in held),
        links_used=sum(len(reach.fed & reach.links) for reach in held) if told else None,
        unlinked=sum(len(reach.fed - reach.links) for reach in held) if told else None,
        sequences=tuple(_sequences(held, length) for length in range(1, LONGEST + 1)),
    )


def _sequences(held: list[Reach], length: int) -> SequenceFigures:
    valid = sum(reach.valid(length) for reach in held)
    met = [
        count
        for reach in held
        for window, count in reach.windows.items()
        if len(window) == length and reach.allows(window)
    ]
    windows = chain.from_iterable(reach.windows for reach in held)
    return SequenceFigures(
        length=length,
        valid=valid,
        occurring=len(met),
        once=met.count(1),
        share=len(met) / valid if valid else 0.0,
        made=sum(reach.made[length] for reach in held),
        different=sum(len(window) == length for window in windows),
    )


def _windows(sequence: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for length in range(1, LONGEST + 1):
        for at in range(len(sequence) - length + 1):
            yield sequence[at : at + length]
