"""Carrying out ``toolweave figures``: measure the files, show the tables."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.table import Table
from rich.text import Text

from toolweave.cli.inputs import tool_graph
from toolweave.cli.showing import console
from toolweave.cli.streams import STDOUT, clean, complain, counted, is_terminal, one_line
from toolweave.core.errors import InputError
from toolweave.evaluation.figures import EqualFigures, FiguresTable, FileFigures, figures
from toolweave.evaluation.frames import FrameFigures
from toolweave.evaluation.ngrams import TextFigures
from toolweave.evaluation.published import TABLE_2
from toolweave.evaluation.structure import GroupFigures, Spread, StructureFigures
from toolweave.schema.types import json_bytes

# So many records that cannot be read are named; the rest is counted.
_NAMED: Final = 5
_BARE: Final = 3
_UNCALLED: Final = 12
# Columns that a cell of words has at least, where it is that long.
_WORDS: Final = 12
_TEXT_HEAD: Final = ("tokens", "type/token", "distinct-3", "entropy-3", "self-BLEU")


class Grid(NamedTuple):
    """A table to show: the first ``words`` columns hold text, the others figures."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1


def run(files: Sequence[str], tools: str | None, seed: int, *, as_json: bool) -> int:
    """Measure the files; the exit code is 1 when records could not be read.

    Raises:
        InputError: a file or the tools cannot be read, or standard input is named twice.
    """
    if files.count(STDOUT) > 1:
        raise InputError("standard input is named twice", file=STDOUT, mend="name it once")
    table = figures(files, tool_graph(tools).toolset if tools else None, seed)
    if not any(file.structure.dialogues or file.unreadable for file in table.files):
        raise InputError("there are no dialogues", file=", ".join(files), mend="name another file")
    if as_json:
        whole: dict[str, Any] = table.dump()
        whole["paper"] = {"table_2": [row.dump() for row in TABLE_2]}
        print(json_bytes(whole, indent=True).decode())
    else:
        _show(table)
    for file in table.files:
        _complain_of(file)
    return 1 if any(file.unreadable for file in table.files) else 0


def _complain_of(file: FileFigures) -> None:
    for finding in file.unreadable[:_NAMED]:
        complain(finding.line())
    if len(file.unreadable) > _NAMED:
        more = counted(len(file.unreadable) - _NAMED, "more record")
        complain(f"{file.name}: {more} cannot be read")


def _show(table: FiguresTable) -> None:
    """Tables for a person, titled lines of tab-separated cells otherwise."""
    grids = list(_grids(table, _labels([file.name for file in table.files])))
    at = console(sys.stdout) if is_terminal(sys.stdout) else None
    for place, grid in enumerate(grids):
        if at is not None:
            at.print(Text(clean(f"{chr(10) if place else ''}{grid.title}"), style="bold"))
            at.print(_table(grid))
        else:
            print(f"{chr(10) if place else ''}# {one_line(grid.title)}")
            for row in (grid.head, *grid.rows):
                print("\t".join(one_line(cell) for cell in row))


def _table(grid: Grid) -> Table:
    """A rich table; figures never wrap, words do."""
    table = Table(box=None, padding=(0, 1), show_edge=False)
    for place, name in enumerate(grid.head):
        if place < grid.words:
            longest = max((len(row[place]) for row in grid.rows), default=0)
            table.add_column(name, overflow="fold", min_width=min(longest, _WORDS))
        else:
            table.add_column(name, justify="right", no_wrap=True)
    for row in grid.rows:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    return table


def _labels(names: Sequence[str]) -> dict[str, str]:
    """The files without their folders, where that tells them apart."""
    short = Counter(Path(name).name for name in names)
    return {name: Path(name).name if short[Path(name).name] == 1 else name for name in names}


def _grids(table: FiguresTable, labels: Mapping[str, str]) -> Iterator[Grid]:
    yield _structure(table, labels)
    for file in table.files:
        title = f", {labels[file.name]}" if len(table.files) > 1 else ""
        yield from _details(file.structure, title)
        yield _diversity(file, title)
        for speaker in file.diversity.frames:
            yield _frames(f"Sentence frames of the {speaker.speaker}{title}", speaker.frames)
    for equal in table.equal:
        yield _equal(equal, labels)


def _structure(table: FiguresTable, labels: Mapping[str, str]) -> Grid:
    rows = [
        (
            labels.get(row.name, row.name), str(count) if count else "", _spread(row.turns),
            _spread(row.calls), _percent(row.multi_step), _percent(row.true_multi_step),
        )
        for row, count in [
            *((file.structure.row, file.structure.dialogues) for file in table.files),
            *((row, 0) for row in TABLE_2),
        ]
    ]  # fmt: skip
    head = ("", "dialogues", "turns", "calls", "multi-step", "true multi-step")
    return Grid("Structure (turns and calls: least/most/mean; shares of turns)", head, rows)


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
            g.name, str(g.dialogues), _percent(g.share), str(g.turns), str(g.calls),
            _percent(g.multi_step), _percent(g.true_multi_step),
        )
        for g in groups
    ]  # fmt: skip
    return Grid(title, head, rows)


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
        (kind, share.frame, str(share.dialogues), _percent(share.share))
        for kind, shares in (("", frames.top), ("only values", frames.bare[:_BARE]))
        for share in shares
    ]
    counts = f"{counted(frames.frames, 'frame')} in {counted(frames.sentences, 'sentence')}"
    return Grid(f"{title} ({counts})", ("", "frame", "dialogues", "share"), rows, words=2)


def _equal(equal: EqualFigures, labels: Mapping[str, str]) -> Grid:
    rows = [
        (labels[named.name], kind, *_text(text))
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


def _spread(spread: Spread) -> str:
    return f"{spread.least}/{spread.most}/{spread.mean:.2f}"


def _percent(share: float) -> str:
    return f"{share:.2%}"
