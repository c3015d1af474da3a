"""The paper's Tables 1 to 4 for several sets of dialogues, the paper's own figures as columns."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from toolweave.core.graph import ToolGraph
from toolweave.evaluation.figures import EqualFigures, FileFigures
from toolweave.evaluation.hallucination import HallucinationRow
from toolweave.evaluation.judge_figures import JudgeFigures, JudgeRow
from toolweave.evaluation.published import TABLE_2, TABLE_3, TABLE_4
from toolweave.evaluation.published_training import PUBLISHED
from toolweave.evaluation.structure import StructureRow
from toolweave.reporting.grid import percent
from toolweave.reporting.structural import spread_text
from toolweave.schema.types import json_bytes
from toolweave.toolgraph.metrics import PAPER, Average, Figures, average, figures_of

UNKNOWN: Final = "unknown"
NONE: Final = "–"
_SECONDS: Final = 1.0


class Comparison(NamedTuple):
    """One of the paper's tables: a row per figure, a column per set of dialogues.

    The last ``published`` columns are the paper's. ``missing`` says why there are no others, empty
    where there are.
    """

    number: int
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    published: int
    notes: Sequence[str] = ()
    missing: str = ""


class Compared(NamedTuple):
    """One set of dialogues: its figures, those of its tools, and what a judge said of it."""

    figures: FileFigures
    tools: Average | None = None
    judged: JudgeFigures | None = None


class ToolsMeasured:
    """Figures of tool graphs; runs over the same tools are measured once."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._held: dict[bytes, Figures] = {}

    def average(self, graphs: Iterable[ToolGraph]) -> Average | None:
        """The means over graphs, None of none."""
        found = [self._figures(graph) for graph in graphs]
        return average(found) if found else None

    def _figures(self, graph: ToolGraph) -> Figures:
        key = json_bytes(graph.dump())
        if key not in self._held:
            self._held[key] = figures_of(graph, self._seconds)
        return self._held[key]


def comparisons(compared: Sequence[Compared]) -> list[Comparison]:
    """Tables 1 to 4."""
    return [_tools(compared), _structure(compared), _hallucination(compared), _judged(compared)]


def not_reproduced() -> list[Comparison]:
    """The paper's tables that need models to be trained, as it prints them."""
    return [
        Comparison(
            one.number, one.title, one.head, one.rows, len(one.head) - 1,
            missing=f"not reproduced: {one.why}",
        )
        for one in PUBLISHED
    ]  # fmt: skip


def diversity(equal: Sequence[EqualFigures]) -> list[Comparison]:
    """How varied the texts are, at equal numbers of tokens; none for a single set."""
    return [_diversity(one) for one in equal if one.tokens]


def _tools(compared: Sequence[Compared]) -> Comparison:
    ours = list(_sharing(compared))
    rows: list[tuple[str, Callable[[Average], str], list[str]]] = [
        ("tools per domain", lambda a: f"{a.tools:.2f}", [f"{p.tools:.2f}" for p in PAPER]),
        (
            "parameters per tool",
            lambda a: f"{a.parameters:.2f}",
            [f"{p.parameters:.2f}" for p in PAPER],
        ),
        (
            "complex tools (CAU)",
            lambda a: f"{a.complex_tools:.1%}",
            [f"{p.complex_tools:.1%}" for p in PAPER],
        ),
        (
            "required parameters (RPR)",
            lambda a: NONE if a.required is None else f"{a.required:.1%}",
            [f"{p.required:.1%}" for p in PAPER],
        ),
        (
            "interconnectivity (IC)",
            lambda a: f"{a.interconnectivity:.2f}",
            [f"{p.interconnectivity:.2f}" for p in PAPER],
        ),
        ("longest chain", _chain, [f"{p.longest_chain:g}" for p in PAPER]),
    ]
    notes = [f"{one.figures.name}: its tools are not known." for one in compared if not one.tools]
    return Comparison(
        1,
        "Tools, means over domains",
        ("", *(name for name, _ in ours), *(f"{p.model} (paper)" for p in PAPER)),
        [(name, *(told(tools) for _, tools in ours), *paper) for name, told, paper in rows],
        len(PAPER),
        notes,
        "" if ours else "not reproduced: no run brings its tool graphs",
    )


def _sharing(compared: Sequence[Compared]) -> Iterator[tuple[str, Average]]:
    """The figures of tools, once for all sets of dialogues that have the same."""
    names: dict[Average, list[str]] = {}
    for one in compared:
        if one.tools is not None:
            names.setdefault(one.tools, []).append(one.figures.name)
    for tools, held in names.items():
        everybody = len(held) == len(compared) > 1
        yield ("all of them" if everybody else "; ".join(held)), tools


def _chain(held: Average) -> str:
    if held.longest_chain is None:
        return NONE
    return f"{'' if held.exact else 'at least '}{held.longest_chain:.2f}"


def _structure(compared: Sequence[Compared]) -> Comparison:
    files = [one.figures.structure for one in compared]
    rows: Sequence[StructureRow] = [*(one.row for one in files), *TABLE_2]
    counts = [*(f"{one.dialogues:,}" for one in files), *("about 3,200" for _ in TABLE_2)]
    return Comparison(
        2,
        "Structure",
        ("", *(row.name for row in rows)),
        [
            ("dialogues", *counts),
            ("turns, least/most/mean", *(spread_text(row.turns) for row in rows)),
            ("calls, least/most/mean", *(spread_text(row.calls) for row in rows)),
            ("multi-step turns", *(percent(row.multi_step) for row in rows)),
            ("true multi-step turns", *(percent(row.true_multi_step) for row in rows)),
        ],
        len(TABLE_2),
    )


def _hallucination(compared: Sequence[Compared]) -> Comparison:
    files = [one.figures.hallucination for one in compared]
    rows: Sequence[HallucinationRow] = [*(one.row for one in files), *TABLE_3]
    counts = [*(f"{one.measured:,}" for one in files), *("200" for _ in TABLE_3)]
    return Comparison(
        3,
        "Hallucination, shares of dialogues that have some",
        ("", *(row.name for row in rows)),
        [
            ("dialogues proved", *counts),
            ("tool name", *(_known(row.tool) for row in rows)),
            ("parameter name", *(_known(row.parameter) for row in rows)),
            ("parameter value", *(percent(row.value) for row in rows)),
            ("assistant's text", *(percent(row.text) for row in rows)),
            (
                "none (clean)",
                *(f"{'at most ' if r.clean_at_most else ''}{percent(r.clean)}" for r in rows),
            ),
        ],
        len(TABLE_3),
        ("Ours are decided by the proof, without a model.",),
    )


def _known(share: float | None) -> str:
    return UNKNOWN if share is None else percent(share)


def _judged(compared: Sequence[Compared]) -> Comparison:
    ours = [(one.figures.name, one.judged) for one in compared]
    held = [(name, judged.row) for name, judged in ours if judged is not None]
    rows: Sequence[JudgeRow] = [*(row for _, row in held), *TABLE_4]
    missing = "not reproduced: no judge's verdicts are here ('toolweave judge' needs a model)"
    notes = [f"{name}: nobody judged it." for name, judged in ours if judged is None and held]
    return Comparison(
        4,
        "A judge's marks, 1 to 5",
        ("", *(name for name, _ in held), *(row.name for row in TABLE_4)),
        [
            (name, *(f"{getattr(row, name):.2f}" for row in rows))
            for name in ("naturalness", "coherence", "helpfulness", "accuracy")
        ],
        len(TABLE_4),
        notes,
        "" if held else missing,
    )


def _diversity(equal: EqualFigures) -> Comparison:
    rows = [
        (
            f"{name}, {kind}",
            *(f"{getattr(getattr(one.figures, kind), field):.{digits}f}" for one in equal.files),
        )
        for kind in ("plain", "masked")
        for name, field, digits in (
            ("type/token", "type_token", 4),
            ("distinct-3", "distinct_3", 4),
            ("entropy-3", "entropy_3", 2),
            ("self-BLEU", "self_bleu", 3),
        )
    ]
    return Comparison(
        0,
        f"Diversity of {equal.voice}, {equal.tokens:,} tokens of each",
        ("", *(one.name for one in equal.files)),
        rows,
        0,
    )
