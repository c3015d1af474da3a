"""Dialogues by the name somebody gives them: a file, or a run folder with what lies in it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from toolweave.core.errors import InputError
from toolweave.core.graph import ToolGraph
from toolweave.evaluation.figures import Source
from toolweave.runs.folder import DIALOGUES, FAILURES, REFINED
from toolweave.runs.pipeline_folder import DROPPED, SETTINGS, stage_record
from toolweave.runs.refine_records import UNFIT
from toolweave.schema.documents import STDIN
from toolweave.schema.text import one_line
from toolweave.toolgraph.graph import load_graph

# Where ``toolweave judge`` puts what it was told of a run's dialogues.
VERDICTS: Final = "verdicts.jsonl"
_RUN: Final = "run.yaml"
_GRAPHS: Final = "graphs"
# A run of somebody else's may call itself anything.
_LABEL: Final = 80


class Opened(NamedTuple):
    """A file of dialogues; ``folder`` is the run's, where it lies in one.

    ``label`` is what the figures of the run's strategy are called, empty where nothing says it.
    """

    path: str
    folder: Path | None = None
    label: str = ""

    def graph_files(self) -> list[Path]:
        """The files of the run's tool graphs."""
        if self.folder is None:
            return []
        return sorted((_whole(self.folder) / _GRAPHS).glob("*.json"))

    def graphs(self) -> dict[str, ToolGraph]:
        """The tool graphs of the run, by domain.

        Raises:
            InputError: one of them cannot be read.
        """
        found = self.graph_files()
        held = {file.stem: load_graph(str(file)) for file in found}
        # A run over tools of one's own names no domain in its dialogues.
        return {"": held[found[0].stem]} if len(found) == 1 else held

    def recipe(self) -> Path | None:
        """The configuration of the run, as its folder holds it."""
        names = (SETTINGS, _RUN)
        held = (self.folder / name for name in names) if self.folder is not None else ()
        return next((path for path in held if path.is_file()), None)

    def verdicts(self) -> Path | None:
        """What a judge said of these dialogues, where that lies beside them."""
        held = verdicts_beside(self.path)
        return held if self.path != STDIN and held.is_file() else None

    def rejected(self) -> Iterator[Path]:
        """The files in which the run wrote down what came to nothing."""
        if self.folder is not None:
            for name in (FAILURES, DROPPED, UNFIT):
                if (self.folder / name).is_file():
                    yield self.folder / name


def verdicts_beside(path: str) -> Path:
    """Where what a judge says of a file of dialogues is kept, unless somebody says otherwise."""
    file = Path(path)
    return file.with_name(VERDICTS if file.name == DIALOGUES else f"{file.stem}.{VERDICTS}")


def opened(name: str) -> Opened:
    """The dialogues of that name; a run's folder stands for the file in it, ``-`` for stdin.

    Raises:
        InputError: a folder holds no dialogues.
        RunFolderError: what the stages of a run recorded cannot be read.
    """
    path = Path(name)
    if name == STDIN:
        return Opened(name)
    if path.is_dir():
        if not (path / DIALOGUES).is_file():
            mend = "name the folder of a run, or a file"
            raise InputError(f"the folder holds no {DIALOGUES}", file=name, mend=mend)
        path = path / DIALOGUES
    if path.name != DIALOGUES:
        return Opened(str(path))
    return Opened(str(path), path.parent, _label(path.parent))


def sources_of(
    names: Sequence[str], graph: ToolGraph | None = None, *, whole: bool = False
) -> list[Source]:
    """The dialogues with the names that stand over their figures.

    The dialogues of a run are called what its strategy is, so that an imitation is known as one
    wherever its figures stand. Folders are named where that tells them apart, or for the ``whole``.

    Raises:
        InputError: a folder holds no dialogues, or a graph beside them cannot be read.
        RunFolderError: what the stages of a run recorded cannot be read.
    """
    found = [opened(name) for name in names]
    short = Counter(one.label or Path(one.path).name for one in found)
    return [
        Source(
            _name(one, alone=short[one.label or Path(one.path).name] == 1 and not whole),
            path=one.path,
            graphs={"": graph} if graph is not None and graph.links else one.graphs(),
        )
        for one in found
    ]


def _whole(folder: Path) -> Path:
    """The folder of the pipeline: that of refined dialogues lies in it."""
    inside = folder.name == REFINED and not (folder / _GRAPHS).is_dir()
    return folder.parent if inside else folder


def _label(folder: Path) -> str:
    record = stage_record(_whole(folder))
    told = one_line(record.label)[:_LABEL] if record is not None else ""
    return f"{told}, refined" if told and _whole(folder) != folder else told


def _name(one: Opened, *, alone: bool) -> str:
    if one.path == STDIN:
        return "standard input"
    if one.label:
        return one.label if alone else f"{one.label}, {Path(one.path).parent}"
    return Path(one.path).name if alone else one.path
