"""What a studio has open: the files of dialogues it was started with, each with its index."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from toolweave.checks.by_hand import HandFile, by_hand_beside
from toolweave.core.errors import InputError
from toolweave.core.graph import ToolGraph
from toolweave.runs.folder import DIALOGUES, REFINED
from toolweave.runs.opened import Opened, opened
from toolweave.schema.documents import STDIN
from toolweave.studio.index import Index

RUNS: Final = "runs"
NOTED: Final = "noted"
_SLUG = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST: Final = 60
# What tells that a file is not as it was.
Mark = tuple[tuple[str | int, ...], ...]


class Holding:
    """One file of dialogues.

    Attributes:
        slug: what its addresses call it.
        name: what pages call it.
        source: where it lies, with what lies beside it.
        index: its rows.
        hands: what is decided about them by hand.
    """

    def __init__(self, slug: str, name: str, source: Opened) -> None:
        self.slug, self.name, self.source = slug, name, source
        self.index = Index(Path(source.path))
        self.hands = HandFile(by_hand_beside(source.path))
        self._graphs: tuple[Mark, dict[str, ToolGraph]] | None = None

    def decisions(self) -> dict[str, str]:
        """What was decided by hand (keep, drop, or noted), by the digest of the record.

        Raises:
            InputError: the file of verdicts cannot be read.
        """
        return {at.digest: one.decision or NOTED for at, one in self.hands.all().items()}

    def decided_before(self, record: str) -> bool:
        """Whether something was decided about an earlier text of a record."""
        return bool(record) and any(at.record == record for at in self.hands.all())

    def graphs(self) -> dict[str, ToolGraph]:
        """The tool graphs of the run by domain; read again when their files change.

        Raises:
            InputError: one of them cannot be read.
        """
        now = mark_of(self.source.graph_files())
        held = self._graphs
        if held is None or held[0] != now:
            self._graphs = held = (now, self.source.graphs())
        return held[1]


def mark_of(files: Iterable[Path]) -> Mark:
    """What files are changed by: another mark, another content."""
    return tuple((str(file), *_stat(file)) for file in files)


def _stat(file: Path) -> tuple[int, ...]:
    try:
        held = file.stat()
    except OSError:
        return ()
    return held.st_ino, held.st_size, held.st_mtime_ns


class Holdings:
    """All that is open, in the order of their names on the command line.

    Raises:
        InputError: a name is neither a run nor a file.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._held: dict[str, Holding] = {}
        for name in names:
            if name == STDIN:
                raise InputError("standard input can be read only once", mend="name a file")
            self._open(name)
        for held in self.all():
            held.index.refresh()

    def all(self) -> list[Holding]:
        """Every holding."""
        return list(self._held.values())

    def get(self, slug: str) -> Holding:
        """The holding of that slug.

        Raises:
            KeyError: there is none.
        """
        return self._held[slug]

    def close(self) -> None:
        """Stop all reading."""
        for held in self.all():
            held.index.close()

    def _open(self, name: str) -> None:
        found = opened(name)
        if not Path(found.path).is_file():
            raise InputError("there is no such file", file=name, mend="check the path")
        self._add(found)
        refined = found.folder / REFINED if found.folder is not None else None
        if refined is not None and (refined / DIALOGUES).is_file():
            self._add(opened(str(refined)))

    def _add(self, found: Opened) -> None:
        if any(held.source.path == found.path for held in self.all()):
            return
        name = _name(found)
        slug = stem = _SLUG.sub("-", name).strip("-.")[:_LONGEST] or "run"
        number = 1
        while slug in self._held:
            number += 1
            slug = f"{stem}-{number}"
        self._held[slug] = Holding(slug, name if number == 1 else f"{name} ({number})", found)


def runs_here(folder: Path = Path(RUNS)) -> Iterator[str]:
    """The run folders that lie where runs are put, the latest first."""
    found = [one.parent for one in folder.glob(f"*/{DIALOGUES}") if one.is_file()]
    yield from map(str, sorted(found, key=lambda one: -one.stat().st_mtime))


def _name(found: Opened) -> str:
    if found.folder is None:
        return Path(found.path).name
    folder = found.folder.resolve()
    return f"{folder.parent.name}/{REFINED}" if folder.name == REFINED else folder.name
