"""Tables of structure and diversity, and all the tables of a file's figures in order."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from toolweave.evaluation.figures import EqualFigures, FiguresTable, FileFigures
from toolweave.evaluation.frames import FrameFigures
from toolweave.evaluation.ngrams import TextFigures
from toolweave.evaluation.origins import ORIGINS, Flow
from toolweave.evaluation.published import TABLE_2
from toolweave.evaluation.structure import GroupFigures, Spread, StructureFigures
from toolweave.reporting.grid import Grid, percent
from toolweave.reporting.quality import hallucination_grid, quality_grids
from toolweave.schema.text import counted

_BARE: Final = 3
_UNCALLED: Final = 12
_TEXT_HEAD: Final = ("tokens", "type/token", "distinct-3", "entropy-3", "self-BLEU")


def figure_grids(table: FiguresTable) -> Iterator[Grid]:
    """Every table of ``toolweave figures``, in order."""
    yield structure_grid(file.structure for file in table.files)
    yield hallucination_grid(file.hallucination for file in table.files)
    for file in table.files:
        title = f", {file.name}" if len(table.files) > 1 else ""
        yield from _details(file.structure, title)
        yield from quality_grids(file, title)
        if file.origins:
            yield origin_grid(file.origins, title)
        yield _diversity(file, title)
        for speaker in file.diversity.frames:
            yield _frames(f"Sentence frames of the {speaker.speaker}{title}", speaker.frames)
    for equal in table.equal:
        yield _equal(equal)


def _details(structure: StructureFigures, title: str) -> Iterator[Grid]:
    for name, groups in (
        ("Motifs", structure.motifs),
        ("Patterns", structure.patterns),
        ("Domains", structure.domains),
    ):
        if groups:
            yield _groups(f"{name}{title}", groups)
    if structure.failures:
        rows = [(f.kind, str(f.dialogues), str(f.attempts)) for f in structure.failures]
        yield Grid(f"Failed calls{title}", ("", "dialogues", "attempts"), rows)
    if structure.edits:
        rows = [(e.kind, str(e.dialogues), percent(e.share)) for e in structure.edits]
        rows.append(("any", str(structure.edited), percent(structure.edited / structure.dialogues)))
        yield Grid(f"Refined{title}", ("", "dialogues", "share"), rows)
    if structure.uncalled:
        names = ", ".join(structure.uncalled[:_UNCALLED])
        more = len(structure.uncalled) - _UNCALLED
        named = f"{names} and {more} more" if more > 0 else names
        rows = [(str(structure.tools), str(len(structure.uncalled)), named)]
        yield Grid(f"Tools{title}", ("called", "never called", ""), rows, words=3)


def _groups(title: str, groups: Sequence[GroupFigures]) -> Grid:
    head = ("", "dialogues", "share", "turns", "calls", "multi-step", "true multi-step")
    rows = [
        (
            g.name, str(g.dialogues), percent(g.share), str(g.turns), str(g.calls),
            percent(g.multi_step), percent(g.true_multi_step),
        )
        for g in groups
    ]  # fmt: skip
    return Grid(title, head, rows)


def origin_grid(flows: Iterable[Flow], title: str = "") -> Grid:
    """Where arguments come from, over all tools."""
    counts: Counter[str] = Counter()
    for flow in flows:
        counts[flow.origin] += flow.arguments
    rows = [
        (told, str(counts[origin]), percent(counts[origin] / counts.total()))
        for origin, told in ORIGINS.items()
        if counts[origin]
    ]
    return Grid(f"Where arguments come from{title}", ("", "arguments", "share"), rows)


def _diversity(file: FileFigures, title: str) -> Grid:
    held = file.diversity
    part = f" ({held.measured} of {held.dialogues} dialogues)"
    sampled = part if held.measured < held.dialogues else ""
    rows = [
        (voice.voice, kind, *_text(text))
        for voice in held.voices
        for kind, text in (("plain", voice.plain), ("masked", voice.masked))
    ]
    return Grid(f"Diversity{title}{sampled}", ("", "texts", *_TEXT_HEAD), rows, words=2)


def _frames(title: str, frames: FrameFigures) -> Grid:
    rows = [
        (kind, share.frame, str(share.dialogues), percent(share.share))
        for kind, shares in (("", frames.top), ("only values", frames.bare[:_BARE]))
        for share in shares
    ]
    counts = f"{counted(frames.frames, 'frame')} in {counted(frames.sentences, 'sentence')}"
    return Grid(f"{title} ({counts})", ("", "frame", "dialogues", "share"), rows, words=2)


def _equal(equal: EqualFigures) -> Grid:
    rows = [
        (named.name, kind, *_text(text))
        for kind in ("plain", "masked")
        for named in equal.files
        for text in (named.figures.plain if kind == "plain" else named.figures.masked,)
    ]
    title = f"At equal token counts: {equal.voice}, {counted(equal.tokens, 'token')} each"
    return Grid(title, ("", "texts", *_TEXT_HEAD), rows, words=2)


def _text(text: TextFigures) -> tuple[str, ...]:
    return (
        str(text.tokens), f"{text.type_token:.4f}",
        f"{text.distinct_3:.4f}", f"{text.entropy_3:.2f}", f"{text.self_bleu:.3f}",
    )  # fmt: skip


def structure_grid(files: Iterable[StructureFigures]) -> Grid:
    """Rows of figures above those of the paper's Table 2."""
    rows = [
        (
            row.name, str(count) if count else "", spread_text(row.turns),
            spread_text(row.calls), percent(row.multi_step), percent(row.true_multi_step),
        )
        for row, count in [
            *((file.row, file.dialogues) for file in files),
            *((row, 0) for row in TABLE_2),
        ]
    ]  # fmt: skip
    # Broken, so that eighty columns leave room for the names.
    head = ("", "dialogues", "turns", "calls", "multi-step", "true\nmulti-step")
    return Grid("Structure (turns and calls: least/most/mean; shares of turns)", head, rows)


def spread_text(spread: Spread) -> str:
    """The least, the most and the mean: ``1/8/2.71``."""
    return f"{spread.least}/{spread.most}/{spread.mean:.2f}"
