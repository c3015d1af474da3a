"""Tables of quality: hallucination, coverage, lengths, leakage, contamination, semantic spread."""

from collections.abc import Iterable, Iterator
from typing import Final

from toolweave.evaluation.contamination import ContaminationFigures
from toolweave.evaluation.coverage import CoverageFigures, GraphCoverage
from toolweave.evaluation.figures import FileFigures
from toolweave.evaluation.hallucination import HallucinationFigures, HallucinationRow
from toolweave.evaluation.leakage import Example, LeakFigures
from toolweave.evaluation.lengths import Length, LengthFigures
from toolweave.evaluation.meaning import SpreadFigures
from toolweave.evaluation.published import TABLE_3
from toolweave.reporting.grid import Grid, percent

UNKNOWN: Final = "unknown"
NEVER: Final = "never"


def hallucination_grid(files: Iterable[HallucinationFigures]) -> Grid:
    """Rows of figures above those of the paper's Table 3."""
    rows = [
        (
            row.name, count, _known(row.tool), _known(row.parameter), percent(row.value),
            percent(row.text), _clean(row),
        )
        for row, count in [
            *((file.row, _of(file)) for file in files),
            *((row, "200") for row in TABLE_3),
        ]
    ]  # fmt: skip
    # Broken, so that eighty columns leave room for the names.
    head = ("", "proved", "tool\nname", "parameter\nname", "value", "text", "clean")
    return Grid("Hallucination (shares of dialogues that have some)", head, rows)


def quality_grids(file: FileFigures, title: str) -> Iterator[Grid]:
    """The other tables of one file."""
    yield _arguments(file.hallucination, title)
    if file.hallucination.others:
        rows = [(o.code, o.example, str(o.dialogues)) for o in file.hallucination.others]
        yield Grid(f"Other findings{title}", ("", "first in", "dialogues"), rows, words=2)
    if file.coverage.combinations:
        yield _combinations(file.coverage, title)
    yield _coverage(file.coverage, title)
    yield _lengths(file.lengths, title)
    yield _leakage(file.leakage, title)
    if file.contamination is not None:
        yield _contamination(file.contamination, title)
    if file.spread is not None:
        yield _spread(file.spread, title)


def _of(held: HallucinationFigures) -> str:
    if held.measured == held.dialogues:
        return str(held.measured)
    return f"{held.measured}/{held.dialogues}"


def _known(share: float | None) -> str:
    return UNKNOWN if share is None else percent(share)


def _clean(row: HallucinationRow) -> str:
    return f"{'at most ' if row.clean_at_most else ''}{percent(row.clean)}"


def _arguments(held: HallucinationFigures, title: str) -> Grid:
    of = held.arguments
    rows = [
        ("calls", str(of.calls), ""),
        _part("of tools that do not exist", of.invented_tools, of.named_calls),
        ("arguments", str(of.arguments), ""),
        _part("grounded", of.grounded, of.arguments),
        _part("doubtful (chosen, worked out, renamed)", of.doubtful, of.arguments),
        _part("ungrounded", of.ungrounded, of.arguments),
        _part("for parameters that do not exist", of.unnamed, of.named_arguments),
        ("statements that nothing supports", str(of.statements), ""),
        ("doubtful statements", str(of.doubtful_statements), ""),
    ]
    known = "" if held.closed == held.measured else f" (tools known for {held.closed} dialogues)"
    return Grid(f"Calls and arguments{title}{known}", ("", "number", "share"), rows)


def _part(name: str, part: int | None, whole: int) -> tuple[str, str, str]:
    if part is None:
        return (name, UNKNOWN, "")
    return (name, str(part), percent(part / whole) if whole else "")


def _combinations(held: CoverageFigures, title: str) -> Grid:
    rows = [(c.motif, c.pattern, c.outcome, str(c.dialogues)) for c in held.combinations]
    rows += [(m.motif, m.pattern, NEVER, "0") for m in held.missing]
    head = ("motif", "pattern", "outcome", "dialogues")
    return Grid(f"Motif x pattern x outcome{title}", head, rows, words=3)


def _coverage(held: CoverageFigures, title: str) -> Grid:
    rows = list(_reached(held.graph)) if held.graph is not None else []
    rows.append(_row("different call sequences of dialogues", held.sessions, held.called))
    unknown = "" if held.graph is not None else " (no tool graph: name one with --tools)"
    head = ("", "found", "of", "share", "only once")
    return Grid(f"Coverage{title}{unknown}", head, rows)


def _reached(graph: GraphCoverage) -> Iterator[tuple[str, ...]]:
    yield _row("tools that are called", graph.tools_used, graph.tools)
    if graph.links_used is None:
        yield ("links that feed", UNKNOWN, str(graph.links), "", "")
    else:
        yield _row("links that feed", graph.links_used, graph.links)
        yield ("feedings that are no link", str(graph.unlinked), "", "", "")
    for found in graph.sequences:
        name = f"valid sequences of {found.length}"
        yield _row(name, found.occurring, found.valid, str(found.once))
        name = f"unique among sequences of {found.length} made"
        yield _row(name, found.different, found.made)


def _row(name: str, part: int, whole: int, once: str = "") -> tuple[str, ...]:
    return (name, str(part), str(whole), percent(part / whole) if whole else "", once)


def _lengths(held: LengthFigures, title: str) -> Grid:
    rows = [
        ("tokens a dialogue", *_length(held.tokens)),
        ("messages a dialogue", *_length(held.messages)),
        ("calls a dialogue", *_length(held.calls)),
        *((f"tokens a message: {role.role}", *_length(role.tokens)) for role in held.roles),
    ]
    head = ("", "least", "mean", "median", "95%", "most", "all")
    return Grid(f"Lengths{title} (a token: about four characters)", head, rows)


def _length(of: Length) -> tuple[str, ...]:
    return (
        str(of.least), f"{of.mean:.1f}", str(of.median), str(of.long), str(of.most), str(of.total),
    )  # fmt: skip


def _leakage(held: Iterable[LeakFigures], title: str) -> Grid:
    rows = [
        (of.kind, _examples(of.examples), str(of.leaks), str(of.dialogues), percent(of.share))
        for of in held
    ]
    head = ("", "in", "leaks", "dialogues", "share")
    return Grid(f"Leaks in what users say{title}", head, rows, words=2)


def _contamination(held: ContaminationFigures, title: str) -> Grid:
    rows = [
        (
            of.file, _examples(of.examples), str(of.texts), str(of.short), str(of.unreadable),
            str(of.dialogues), percent(of.share),
        )
        for of in held.files
    ]  # fmt: skip
    rows.append(("any", "", "", "", "", str(held.dialogues), percent(held.share)))
    head = ("", "in", "texts", "too\nshort", "bad\nlines", "dia-\nlogues", "share")
    name = f"Contamination{title} ({held.words} words in a row)"
    return Grid(name, head, rows, words=2)


def _examples(examples: Iterable[Example]) -> str:
    return "; ".join(f"{one.dialogue}: {one.text!r}" for one in examples)


def _spread(held: SpreadFigures, title: str) -> Grid:
    shown = UNKNOWN if held.spread is None else f"{held.spread:.4f}"
    row = (held.embedder or held.absent, str(held.texts), shown)
    return Grid(f"Semantic spread of first requests{title}", ("", "texts", "spread"), [row])
