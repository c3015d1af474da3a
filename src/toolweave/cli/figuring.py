"""Carrying out ``toolweave figures``: measure the files, show the tables."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from toolweave.cli.figuring_quality import hallucination_grid, quality_grids
from toolweave.cli.grids import Grid, percent, show, structure_grid
from toolweave.cli.inputs import dialogue_file, tool_graph
from toolweave.cli.streams import STDOUT, complain, counted, note, one_line
from toolweave.core.errors import InputError
from toolweave.core.graph import ToolGraph
from toolweave.evaluation.contamination import WORDS, Benchmarks
from toolweave.evaluation.figures import (
    PROVED,
    EqualFigures,
    FiguresTable,
    FileFigures,
    Measuring,
    Source,
    figures,
)
from toolweave.evaluation.frames import FrameFigures
from toolweave.evaluation.ngrams import TextFigures
from toolweave.evaluation.published import TABLE_2, TABLE_3
from toolweave.evaluation.structure import GroupFigures, StructureFigures
from toolweave.runs.folder import DIALOGUES
from toolweave.runs.pipeline_folder import stage_record
from toolweave.schema.types import json_bytes
from toolweave.toolgraph.graph import load_graph

# So many records that cannot be read are named; the rest is counted.
_NAMED: Final = 5
_BARE: Final = 3
_GRAPHS: Final = "graphs"
_EVERY: Final = 10_000
_PROCESSES: Final = 4
_UNCALLED: Final = 12
# A run of somebody else's may call itself anything.
_LABEL: Final = 80
_TEXT_HEAD: Final = ("tokens", "type/token", "distinct-3", "entropy-3", "self-BLEU")


class Wanted(NamedTuple):
    """What the command line asks for."""

    tools: str | None = None
    seed: int = 0
    proved: int = PROVED
    against: Sequence[str] = ()
    words: int = WORDS
    semantic: bool = False


def run(files: Sequence[str], wanted: Wanted, *, as_json: bool) -> int:
    """Measure the files; the exit code is 1 when records could not be read.

    Raises:
        InputError: a file or the tools cannot be read, or standard input is named twice.
    """
    if files.count(STDOUT) > 1:
        raise InputError("standard input is named twice", file=STDOUT, mend="name it once")
    graph = tool_graph(wanted.tools) if wanted.tools else None
    how = Measuring(
        seed=wanted.seed,
        proved=wanted.proved,
        against=Benchmarks(wanted.against, wanted.words) if wanted.against else None,
        semantic=wanted.semantic,
        workers=min(os.cpu_count() or 1, _PROCESSES),
        progress=_progress,
    )
    table = figures(
        _sources(files, graph, whole=as_json), graph.toolset if graph else None, how=how
    )
    if not any(file.structure.dialogues or file.left_out for file in table.files):
        raise InputError("there are no dialogues", file=", ".join(files), mend="name another file")
    if as_json:
        whole: dict[str, Any] = table.dump()
        whole["paper"] = {
            "table_2": [row.dump() for row in TABLE_2],
            "table_3": [row.dump() for row in TABLE_3],
        }
        print(json_bytes(whole, indent=True).decode())
    else:
        show(_grids(table))
    for file in table.files:
        _complain_of(file)
    return 1 if any(file.left_out for file in table.files) else 0


def _complain_of(file: FileFigures) -> None:
    for finding in file.unreadable[:_NAMED]:
        complain(finding.line())
    if file.left_out > _NAMED:
        more = counted(file.left_out - _NAMED, "more record")
        complain(f"{file.name}: {more} cannot be read")
    if file.spread is not None and file.spread.absent:
        complain(f"{file.name}: no semantic spread: {file.spread.absent}")
    for held in file.contamination.files if file.contamination else ():
        if held.unreadable:
            complain(f"{held.file}: {counted(held.unreadable, 'line')} cannot be read")


def _progress(records: int) -> None:
    if records % _EVERY == 0:
        note(f"{records:,} records read")


def _sources(files: Sequence[str], graph: ToolGraph | None, *, whole: bool) -> list[Source]:
    """The files with the names that stand over their figures.

    The dialogues of a run are called what its strategy is, so that an imitation is known as one
    wherever its figures stand. Folders are named where that tells them apart, or for the ``whole``.

    Raises:
        InputError: a folder holds no dialogues, or a graph beside them cannot be read.
        RunFolderError: what the stages of a run recorded cannot be read.
    """
    paths = [dialogue_file(file) for file in files]
    labels = [_label(path) for path in paths]
    short = Counter(labels[at] or Path(path).name for at, path in enumerate(paths))
    return [
        Source(
            _name(path, label, alone=short[label or Path(path).name] == 1 and not whole),
            path=path,
            graphs={"": graph} if graph is not None and graph.links else _graphs(path),
        )
        for path, label in zip(paths, labels, strict=True)
    ]


def _graphs(path: str) -> dict[str, ToolGraph]:
    """The tool graphs of a run, by domain, where the dialogues lie in its folder."""
    if Path(path).name != DIALOGUES:
        return {}
    found = sorted((Path(path).parent / _GRAPHS).glob("*.json"))
    held = {file.stem: load_graph(str(file)) for file in found}
    # A run over tools of one's own names no domain in its dialogues.
    return {"": held[found[0].stem]} if len(found) == 1 else held


def _label(path: str) -> str:
    """What the figures of a pipeline's dialogues are called; empty for other files."""
    if Path(path).name != DIALOGUES:
        return ""
    record = stage_record(Path(path).parent)
    return one_line(record.label)[:_LABEL] if record is not None else ""


def _name(path: str, label: str, *, alone: bool) -> str:
    if path == STDOUT:
        return "standard input"
    if label:
        return label if alone else f"{label}, {Path(path).parent}"
    return Path(path).name if alone else path


def _grids(table: FiguresTable) -> Iterator[Grid]:
    yield structure_grid(file.structure for file in table.files)
    yield hallucination_grid(file.hallucination for file in table.files)
    for file in table.files:
        title = f", {file.name}" if len(table.files) > 1 else ""
        yield from _details(file.structure, title)
        yield from quality_grids(file, title)
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
