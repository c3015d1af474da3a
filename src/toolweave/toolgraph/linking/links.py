"""Linking: which output of a tool may feed which parameter of another (ToolWeave, Algorithm 4).

The paper links equal names and asks a model. Here candidates come from an index over names, the
things that identifiers identify, declarations and embeddings; they are judged by a score, or by a
model that is shown what the score does not rule out.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from toolweave.checks.kinds import kind_of
from toolweave.checks.naming import PERSON
from toolweave.core.errors import SchemaError
from toolweave.core.graph import Judge, Link, LinkFigures, LinkKind, ToolGraph
from toolweave.core.model import FORMAT_VERSION
from toolweave.core.tool import Toolset
from toolweave.llm.embedding import Embedder
from toolweave.toolgraph.linking.candidates import Pairs, candidates, declared
from toolweave.toolgraph.linking.columns import Numbers, Places
from toolweave.toolgraph.linking.comparison import Comparison
from toolweave.toolgraph.linking.doubtful import doubtful
from toolweave.toolgraph.linking.fields import Field
from toolweave.toolgraph.linking.scoring import scores
from toolweave.toolgraph.linking.shapes import OVERLAPS, agree
from toolweave.toolgraph.synthesis.reasons import COINED

SURE: Final = 0.6
"""The least score of a link by name among tools that share one vocabulary."""
ALIKE: Final = 0.55
"""The least score of a link that nothing but likeness speaks for."""
_NAMED: Final = ("same_name", "entity_name")
THRESHOLD: Final = 0.4
LIMIT: Final = 50
# What a model is still asked about: of such pairs few are links, but some.
ASKED: Final = 0.05
RESULTS: Final = "results"
_CHUNK: Final = 1 << 18


class Candidate(NamedTuple):
    """A pair that somebody has to judge."""

    source: str
    output: str
    target: str
    parameter: str
    kind: LinkKind
    score: float


class Verdict(NamedTuple):
    """What was made of a candidate, and why."""

    accepted: bool
    reason: str = ""
    judged: Judge = "score"


class Judgement(NamedTuple):
    """A candidate with its verdict."""

    candidate: Candidate
    verdict: Verdict


class Linked(NamedTuple):
    """The graph, and every judgement that led to it."""

    graph: ToolGraph
    judgements: tuple[Judgement, ...]
    unknown: tuple[str, ...] = ()


Judging = Callable[[Toolset, Sequence[Candidate]], Awaitable[Sequence[Verdict]]]


def link_tools(
    toolset: Toolset, embedder: Embedder, *, threshold: float = THRESHOLD, limit: int = LIMIT
) -> Linked:
    """The tool graph by score alone: links from ``threshold`` up, at most ``limit`` a parameter.

    The same toolset and embedder give the same graph.
    """
    found = _Found(toolset, embedder, threshold, limit)
    return found.linked([Judgement(one, Verdict(True, judged=_judge(one))) for one in found.kept])


async def link_tools_with(
    toolset: Toolset,
    embedder: Embedder,
    judging: Judging,
    *,
    threshold: float = ASKED,
    limit: int = LIMIT,
) -> Linked:
    """The tool graph by judgement: candidates of at least ``threshold`` are put to ``judging``.

    What parameters declare is not put to it. At most ``limit`` candidates a parameter are judged.

    Raises:
        GenerationError: the model gives no usable answer.
    """
    found = _Found(toolset, embedder, threshold, limit)
    asked = [one for one in found.kept if one.kind != "declared"]
    verdicts = dict(zip(asked, await judging(toolset, asked), strict=True))
    declares = Verdict(True, judged="declared")
    return found.linked([Judgement(one, verdicts.get(one, declares)) for one in found.kept])


class _Found:
    """The candidates of a toolset, scored, and those that reach the threshold."""

    def __init__(self, toolset: Toolset, embedder: Embedder, threshold: float, limit: int) -> None:
        self.toolset, self.threshold, self.limit = toolset, threshold, limit
        # Whoever asks for less, a model's judgement for one, gets to see the doubtful ones too.
        self.alike = ALIKE if threshold >= THRESHOLD else threshold
        self.compared = compared = Comparison(toolset.tools, embedder)
        pairs = candidates(compared)
        self.candidates = len(pairs)
        stated = declared(compared)
        self.unknown = stated.unknown
        total = max(1, len(compared.outputs))
        self._declared = set((stated.pairs.parameters * total + stated.pairs.outputs).tolist())
        self.cut = 0
        self.kept = list(self._ordered(*self._reaching(pairs)))

    def _reaching(self, pairs: Pairs) -> tuple[Pairs, Numbers]:
        """The pairs of at least the threshold that need no conversion, and their scores."""
        compared = self.compared
        outputs: list[Places] = [np.zeros(0, np.int64)]
        parameters: list[Places] = [np.zeros(0, np.int64)]
        values: list[Numbers] = [np.zeros(0, np.float32)]
        total = max(1, len(compared.outputs))
        stated = np.array(sorted(self._declared), np.int64)
        for start in range(0, len(pairs), _CHUNK):
            o = pairs.outputs[start : start + _CHUNK]
            i = pairs.parameters[start : start + _CHUNK]
            found = scores(compared, o, i)
            said = np.isin(i * total + o, stated)
            found[said] = 1
            # A binding hands a value over as it is, so what would have to be rewritten is no link.
            firm = compared.fits(o, i) >= np.float32(OVERLAPS)
            at = np.flatnonzero((found >= self.threshold) & (firm | said))
            outputs.append(o[at])
            parameters.append(i[at])
            values.append(found[at])
        return Pairs(np.concatenate(outputs), np.concatenate(parameters)), np.concatenate(values)

    def _ordered(self, pairs: Pairs, values: Numbers) -> Iterator[Candidate]:
        """By parameter, the best first, equal scores by output, and no more than the limit."""
        compared = self.compared
        out, into, tools = compared.outputs.fields, compared.parameters.fields, compared.tools
        order = np.lexsort((pairs.outputs, -values, pairs.parameters))
        rows = zip(
            pairs.outputs[order].tolist(), pairs.parameters[order].tolist(),
            values[order].tolist(), strict=True,
        )  # fmt: skip
        here, taken = -1, 0
        for o, i, value in rows:
            here, taken = (here, taken) if i == here else (i, 0)
            if taken > self.limit or not _compatible(compared, o, i):
                continue
            kind = self._kind(o, i)
            if kind == "similar" and value < self.alike:
                continue
            if self._coined(o, i):
                if not _sure(kind, value, into[i].path):
                    continue
            elif self._doubted(o, i, kind):
                continue
            taken += 1
            if taken > self.limit:
                self.cut += 1
                continue
            yield Candidate(
                tools[out[o].tool].name, out[o].path, tools[into[i].tool].name, into[i].path,
                kind, round(min(1.0, value), 4),
            )  # fmt: skip

    def _doubted(self, o: int, i: int, kind: LinkKind) -> bool:
        """Whether a score alone does not do; a model is asked about such pairs all the same."""
        if kind == "declared" or self.threshold < THRESHOLD:
            return False
        source, target = self.compared.outputs.fields[o], self.compared.parameters.fields[i]
        tool = self.compared.tools[source.tool].name
        if self._echo(source) or self._backward(source, target):
            return True
        return doubtful(source, target, tool, kind == "same_name")

    def _backward(self, source: Field, target: Field) -> bool:
        """Whether the source is about a thing that the target only makes: an invoice's booking."""
        asks, makes = self.compared.tools[source.tool], self.compared.tools[target.tool]
        if makes.kind != "create" or source.entity == PERSON:
            return False
        given = {field.entity for field in makes.parameters}
        # Whose number comes along with a new thing is nothing that was made, save where people are.
        people = {PERSON} if makes.entity != PERSON else set()
        fresh = {field.entity for field in makes.outputs if "[]" not in field.path}
        fresh -= {None, *given, *people}
        return any(field.entity in fresh for field in asks.parameters)

    def _echo(self, source: Field) -> bool:
        """Whether a tool only says again what it was told: who told it knows it already.

        Of a declared result that is news enough, save of what was deleted.
        """
        tool, origin = self.compared.tools[source.tool], self.toolset.tools[source.tool].origin
        inferred = origin is not None and RESULTS in origin.inferred
        if not inferred and tool.kind != "delete":
            return False
        return any(
            taken.path == source.path
            or (
                taken.entity is not None
                and (taken.entity, taken.words) == (source.entity, source.words)
            )
            for taken in tool.parameters
        )

    def _coined(self, o: int, i: int) -> bool:
        """Whether both tools were grown here, where one name means one thing.

        Among them likeness without the name says that two things differ (ToolWeave, App. B.5.3).
        """
        tools = self.toolset.tools
        both = (self.compared.outputs.fields[o].tool, self.compared.parameters.fields[i].tool)
        return all(
            (origin := tools[at].origin) is not None and origin.source.startswith(COINED)
            for at in both
        )

    def _kind(self, o: int, i: int) -> LinkKind:
        compared = self.compared
        if i * max(1, len(compared.outputs)) + o in self._declared:
            return "declared"
        if compared.outputs.plain[o] == compared.parameters.plain[i]:
            return "same_name"
        same = compared.outputs.full[o] == compared.parameters.full[i]
        return "entity_name" if same else "similar"

    def linked(self, judged: Sequence[Judgement]) -> Linked:
        """The graph of what was accepted, with its figures."""
        links = tuple(
            Link(
                source=one.source, output=one.output, target=one.target, parameter=one.parameter,
                kind=one.kind, score=one.score, judged=verdict.judged,
            )
            for one, verdict in judged
            if verdict.accepted
        )  # fmt: skip
        figures = LinkFigures(
            embedder=self.compared.embedder.name,
            threshold=self.threshold,
            limit=self.limit,
            candidates=self.candidates,
            accepted=len(links),
            refused=self.candidates - len(links),
            inputs=len(self.compared.parameters),
            inputs_cut=self.cut,
        )
        graph = ToolGraph(
            version=FORMAT_VERSION, toolset=self.toolset, links=links, figures=figures
        )
        return Linked(graph, tuple(judged), self.unknown)


def _sure(kind: LinkKind, value: float, path: str) -> bool:
    """Whether a link holds among tools that share one vocabulary.

    A state that was read is told, not handed on: nobody looks for more things in that state.
    """
    if kind == "declared":
        return True
    states = kind_of(path.split(".")[-1], {}) == "status"
    return kind in _NAMED and value >= SURE and not states


def _judge(one: Candidate) -> Judge:
    return "declared" if one.kind == "declared" else "score"


def _compatible(compared: Comparison, o: int, i: int) -> bool:
    """Whether the limits of the two schemas leave a common value."""
    source, target = compared.outputs.fields[o].shape, compared.parameters.fields[i].shape
    if not source.limits or not target.limits or source.limits == target.limits:
        return True
    try:
        return agree(source.limits, target.limits)
    except SchemaError:
        return False
