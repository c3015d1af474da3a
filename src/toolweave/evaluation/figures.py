"""The figures of dialogue files, ours or from elsewhere: structure and diversity, side by side."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from toolweave.core.finding import Finding
from toolweave.core.model import Record
from toolweave.core.tool import Toolset
from toolweave.evaluation.conversation import conversation
from toolweave.evaluation.diversity import VOICES, Diversity, DiversityFigures, Voice, VoiceFigures
from toolweave.evaluation.loading import LoadedDialogue, load_dialogues
from toolweave.evaluation.structure import Structure, StructureFigures
from toolweave.schema.documents import STDIN


class FileFigures(Record):
    """The figures of one file; ``unreadable`` are the records that had to be left out."""

    name: str
    structure: StructureFigures
    diversity: DiversityFigures
    unreadable: tuple[Finding, ...] = ()


class NamedVoice(Record):
    """The figures of a voice in one file."""

    name: str
    figures: VoiceFigures


class EqualFigures(Record):
    """A voice in several files, measured over the same number of tokens of each."""

    voice: Voice
    tokens: int
    files: tuple[NamedVoice, ...]


class FiguresTable(Record):
    """Files side by side; ``equal`` is empty for a single file."""

    files: tuple[FileFigures, ...]
    equal: tuple[EqualFigures, ...] = ()


class Source(NamedTuple):
    """Dialogues with the name that stands over their figures."""

    name: str
    dialogues: Iterable[LoadedDialogue]


def figures(
    sources: Sequence[Path | str | Source], tools: Toolset | None = None, seed: int = 0
) -> FiguresTable:
    """Structure and diversity of each source, and diversity at equal token counts of several.

    Args:
        sources: ``.json`` or JSON-lines files (``-`` is standard input) of dialogues of ours or of
            OpenAI messages, or dialogues with a name. Each is read once, record by record.
        tools: the tools among which those that no dialogue calls are named.
        seed: draws the samples.

    Raises:
        InputError: a file cannot be read. A record that cannot is left out and named.
    """
    known = [tool.name for tool in tools.tools] if tools else []
    measured = [_measured(_source(source), known, seed) for source in sources]
    return FiguresTable(
        files=tuple(file for file, _ in measured),
        equal=tuple(_equal(measured, voice) for voice in VOICES) if len(measured) > 1 else (),
    )


def structure_of(source: Source) -> StructureFigures:
    """The structure of one source alone; records that cannot be read are left out.

    Raises:
        InputError: a file cannot be read.
    """
    structure = Structure()
    for loaded in source.dialogues:
        held = conversation(loaded)
        if held is not None:
            structure.add(held)
    return structure.figures(source.name)


def _source(source: Path | str | Source) -> Source:
    if isinstance(source, Source):
        return source
    name = "standard input" if str(source) == STDIN else str(source)
    return Source(name, load_dialogues(source))


def _measured(source: Source, known: Sequence[str], seed: int) -> tuple[FileFigures, Diversity]:
    structure, diversity = Structure(), Diversity(seed)
    unreadable: list[Finding] = []
    for loaded in source.dialogues:
        held = conversation(loaded)
        if held is not None:
            structure.add(held)
            diversity.add(held)
        elif loaded.problem is not None:
            unreadable.append(loaded.problem)
    file = FileFigures(
        name=source.name,
        structure=structure.figures(source.name, known),
        diversity=diversity.figures(),
        unreadable=tuple(unreadable),
    )
    return file, diversity


def _equal(measured: Sequence[tuple[FileFigures, Diversity]], voice: Voice) -> EqualFigures:
    tokens = min(diversity.tokens(voice) for _, diversity in measured)
    named = (
        NamedVoice(name=file.name, figures=diversity.voice(voice, tokens))
        for file, diversity in measured
    )
    return EqualFigures(voice=voice, tokens=tokens, files=tuple(named))
