"""The figures of dialogue files, ours or from elsewhere, side by side."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from toolweave.core.finding import Finding
from toolweave.core.graph import ToolGraph
from toolweave.core.model import Record
from toolweave.core.tool import Tool, Toolset
from toolweave.evaluation.contamination import Benchmarks, Contamination, ContaminationFigures
from toolweave.evaluation.conversation import conversation
from toolweave.evaluation.coverage import Coverage, CoverageFigures
from toolweave.evaluation.diversity import VOICES, Diversity, DiversityFigures, Voice, VoiceFigures
from toolweave.evaluation.hallucination import Hallucination, HallucinationFigures
from toolweave.evaluation.leakage import Leakage, LeakFigures
from toolweave.evaluation.lengths import LengthFigures, Lengths
from toolweave.evaluation.loading import LoadedDialogue, load_dialogues
from toolweave.evaluation.lots import Lots
from toolweave.evaluation.meaning import Meaning, SpreadFigures
from toolweave.evaluation.observing import Observed, drawn_ahead, is_large, observe, observed_lines
from toolweave.evaluation.origins import Flow, Origins
from toolweave.evaluation.structure import Structure, StructureFigures
from toolweave.schema.documents import STDIN

# Dialogues that are proved; of more, so many are drawn by seed (the paper drew 200).
PROVED: Final = 4000
# Records that cannot be read are named up to here, and counted beyond.
NAMED: Final = 1000


class FileFigures(Record):
    """The figures of one file.

    ``unreadable`` are the records that had to be left out, the first thousand of ``left_out``.
    ``contamination`` and ``spread`` are None where they were not asked for; ``origins`` are empty
    where no bindings say where arguments come from.
    """

    name: str
    structure: StructureFigures
    hallucination: HallucinationFigures
    coverage: CoverageFigures
    lengths: LengthFigures
    leakage: tuple[LeakFigures, ...]
    contamination: ContaminationFigures | None = None
    diversity: DiversityFigures
    origins: tuple[Flow, ...] = ()
    spread: SpreadFigures | None = None
    unreadable: tuple[Finding, ...] = ()
    left_out: int = 0


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
    """Dialogues with the name that stands over their figures.

    ``path`` is the file to read where no ``dialogues`` are given, ``graphs`` are tool graphs by
    domain (one under the empty name serves all).
    """

    name: str
    dialogues: Iterable[LoadedDialogue] | None = None
    path: str = ""
    graphs: Mapping[str, ToolGraph] = {}

    def loaded(self) -> Iterable[LoadedDialogue]:
        """The dialogues. Raises InputError where the file cannot be read."""
        return load_dialogues(self.path) if self.dialogues is None else self.dialogues


@dataclass(frozen=True, slots=True)
class Measuring:
    """How to measure: what draws samples, what is compared with, how many processes read.

    ``proved`` dialogues are proved, all of them for 0. ``progress`` is told how many were read,
    ``seen`` is shown every record in order.
    ``semantic`` measures the spread of meanings, if the embedder is on this machine.
    """

    seed: int = 0
    proved: int = PROVED
    against: Benchmarks | None = None
    semantic: bool = False
    workers: int = 1
    progress: Callable[[int], None] | None = None
    seen: Callable[[Observed], None] | None = None


def figures(
    sources: Sequence[Path | str | Source],
    tools: Toolset | None = None,
    seed: int = 0,
    how: Measuring | None = None,
) -> FiguresTable:
    """The figures of each source, and diversity at equal token counts of several.

    Args:
        sources: ``.json`` or JSON-lines files (``-`` is standard input) of dialogues of ours or of
            OpenAI messages, or dialogues with a name. Each is read once, record by record.
        tools: those among which the ones that no dialogue calls are named, and by which dialogues
            from elsewhere are judged that bring none.
        seed: draws the samples, where ``how`` does not say it.

    Raises:
        InputError: a file cannot be read. A record that cannot is left out and named.
    """
    measuring = how or Measuring(seed=seed)
    measured = [measure(_source(source), tools, measuring) for source in sources]
    return FiguresTable(
        files=tuple(one.figures for one in measured),
        equal=equal_figures([(one.figures.name, one.texts) for one in measured]),
    )


class Measured(NamedTuple):
    """The figures of one source, and its texts, to be measured beside those of others."""

    figures: FileFigures
    texts: Diversity


def measure(source: Source, tools: Toolset | None, how: Measuring) -> Measured:
    """Measure one source; see ``figures``.

    Raises:
        InputError: its file cannot be read.
    """
    given = tools.tools if tools else None
    gathered = _Gathered(
        diversity=Diversity(how.seed),
        coverage=Coverage(source.graphs),
        contamination=Contamination(how.against) if how.against else None,
        meaning=Meaning(how.seed) if how.semantic else None,
    )
    for count, one in enumerate(_observed(source, given, gathered.hallucination, how), 1):
        gathered.add(one)
        if how.seen is not None:
            how.seen(one)
        if how.progress is not None:
            how.progress(count)
    known = [tool.name for tool in given or ()]
    return Measured(gathered.figures(source.name, known), gathered.diversity)


def equal_figures(named: Sequence[tuple[str, Diversity]]) -> tuple[EqualFigures, ...]:
    """The texts of several sources over equal numbers of tokens; none of a single one."""
    return tuple(_equal(named, voice) for voice in VOICES) if len(named) > 1 else ()


def structure_of(source: Source) -> StructureFigures:
    """The structure of one source alone; records that cannot be read are left out.

    Raises:
        InputError: a file cannot be read.
    """
    structure = Structure()
    for loaded in source.loaded():
        held = conversation(loaded)
        if held is not None:
            structure.add(held)
    return structure.figures(source.name)


def _source(source: Path | str | Source) -> Source:
    if isinstance(source, Source):
        return source
    name = "standard input" if str(source) == STDIN else str(source)
    return Source(name, path=str(source))


@dataclass(slots=True)
class _Gathered:
    """Everything that is gathered of one source, in bounded memory."""

    diversity: Diversity
    coverage: Coverage
    contamination: Contamination | None
    meaning: Meaning | None
    structure: Structure = field(default_factory=Structure)
    hallucination: Hallucination = field(default_factory=Hallucination)
    lengths: Lengths = field(default_factory=Lengths)
    leakage: Leakage = field(default_factory=Leakage)
    origins: Origins = field(default_factory=Origins)
    unreadable: list[Finding] = field(default_factory=list)
    left_out: int = 0

    def add(self, one: Observed) -> None:
        """One more record."""
        if one.held is None:
            self.left_out += 1
            if one.problem is not None and len(self.unreadable) < NAMED:
                self.unreadable.append(one.problem)
            return
        self.structure.add(one.held)
        self.diversity.add(one.held, one.masked)
        self.coverage.add(one.held)
        self.lengths.add(one.held)
        self.leakage.add(one.name, one.leaks)
        self.origins.add(one.held.domain, one.held.origins)
        if one.verdict is not None:
            self.hallucination.add(one.number, one.name, one.verdict)
        if self.contamination is not None:
            self.contamination.add(one.name, one.held)
        if self.meaning is not None:
            self.meaning.add(one.number, one.held)

    def figures(self, name: str, known: Sequence[str]) -> FileFigures:
        """The figures of what was added."""
        structure = self.structure.figures(name, known)
        return FileFigures(
            name=name,
            structure=structure,
            hallucination=self.hallucination.figures(name, structure.dialogues),
            coverage=self.coverage.figures(),
            lengths=self.lengths.figures(),
            leakage=self.leakage.figures(),
            contamination=self.contamination.figures() if self.contamination else None,
            diversity=self.diversity.figures(),
            origins=self.origins.figures(),
            spread=self.meaning.figures() if self.meaning else None,
            unreadable=tuple(self.unreadable),
            left_out=self.left_out,
        )


def _observed(
    source: Source, given: Sequence[Tool] | None, judged: Hallucination, how: Measuring
) -> Iterator[Observed]:
    """Every record in order; those whose proof leaves the sample again are dropped there."""
    lots = Lots(how.seed, "proof", how.proved)
    if how.workers > 1 and source.dialogues is None and is_large(source.path):
        wanted = drawn_ahead(source.path, lots) if how.proved else _always
        yield from observed_lines(source.path, given, wanted, how.workers)
        return
    for number, loaded in enumerate(source.loaded(), 1):
        drawn = lots.draw(number)
        if drawn.leaves is not None:
            judged.drop(drawn.leaves)
        yield observe(loaded, number, given, proved=drawn.wanted)


def _always(_number: int) -> bool:
    return True


def _equal(named: Sequence[tuple[str, Diversity]], voice: Voice) -> EqualFigures:
    tokens = min(texts.tokens(voice) for _, texts in named)
    files = (NamedVoice(name=name, figures=texts.voice(voice, tokens)) for name, texts in named)
    return EqualFigures(voice=voice, tokens=tokens, files=tuple(files))
