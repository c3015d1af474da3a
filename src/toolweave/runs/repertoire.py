"""The repertoire: every plan of a run, checked at its start, made ready one by one when played."""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Final, NamedTuple

from toolweave.agents.stage import Stage
from toolweave.configs.shipping import shipped, shipped_names
from toolweave.core.errors import InputError
from toolweave.core.model import Record
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.graph.preparing import checked, prepare
from toolweave.planners.reading import is_lines, load_plan, read_plan, tools_of
from toolweave.schema.documents import placed_records, record_at

KEPT: Final = 128
"""How many plans are kept ready; each takes about 0.2 MB and 5 ms to make ready."""
_GLOB: Final = frozenset("*?[")
_NO_LINE: Final = -1


class Place(NamedTuple):
    """Where a plan stands: its file, and the byte where its line begins, or -1 in a file of one."""

    file: str
    start: int


class Repertoire:
    """The plans that the patterns of a run name.

    Args:
        patterns: files and globs relative to the folder, or names of shipped plans.
        folder: what they are relative to.
        lexicon: the one to word them with, where it is not their tools'.

    Raises:
        InputError: a pattern matches nothing, a plan fails its check, or two plans share an id.
    """

    def __init__(self, patterns: Sequence[str], folder: Path, lexicon: str = "") -> None:
        self.lexicon = lexicon
        self._shelf = Shelf(lexicon)
        self._digest = hashlib.blake2b(digest_size=8)
        found: dict[str, tuple[Place, bytes]] = {}
        for path in _files(patterns, folder):
            for plan, place in self._shelf.plans(path):
                if plan.id in found:
                    raise InputError(
                        f"plan id {plan.id!r} occurs in {found[plan.id][0].file} too",
                        file=str(path), mend="give each plan its own id",
                    )  # fmt: skip
                found[plan.id] = place, self._shelf.check(plan, path)
        self.places: dict[str, Place] = {}
        for name in sorted(found):
            self.places[name], digest = found[name]
            self._digest.update(digest)

    def contents(self) -> str:
        """A digest of what the plan, tool and lexicon files hold, whatever they are called."""
        return self._digest.hexdigest()


class Shelf:
    """Stages by the places of their plans; those played last are kept.

    Args:
        lexicon: the one to word plans with, where it is not their tools'.
    """

    def __init__(self, lexicon: str = "") -> None:
        self.lexicon = lexicon
        self._stages: OrderedDict[Place, Stage] = OrderedDict()
        self._toolsets: dict[tuple[Path, str], Toolset] = {}
        self._digests: dict[int, tuple[Record, bytes]] = {}

    def stage(self, name: str, place: Place) -> Stage:
        """The plan of that name made ready.

        Raises:
            InputError: it is not there any more.
        """
        found = self._stages.get(place)
        if found is not None:
            self._stages.move_to_end(place)
            return found
        path = Path(place.file)
        plan, toolset = self._read(name, path, place.start)
        if plan.id != name:
            raise InputError(
                f"plan {name!r} is not where it was when the run began", file=place.file,
                mend="leave the files of a run alone while it goes on",
            )  # fmt: skip
        stage = self._stages[place] = prepare(plan, toolset, self.lexicon, place.file)
        if len(self._stages) > KEPT:
            self._stages.popitem(last=False)
        return stage

    def plans(self, path: Path) -> Iterator[tuple[Plan, Place]]:
        """The plans of a file, and where they stand."""
        file = str(path)
        if not is_lines(path):
            yield self._alone(path)[0], Place(file, _NO_LINE)
            return
        for line, data, start in placed_records(path):
            plan = read_plan(data, file=f"{file}, line {line}", name=f"{path.stem}-{line}")
            yield plan, Place(file, start)

    def check(self, plan: Plan, path: Path) -> bytes:
        """Check a plan; what comes back is a digest of all that it is played with.

        Raises:
            InputError: it fails its check.
        """
        toolset = self._tools(plan, path)
        words = checked(plan, toolset, self.lexicon, str(path)).words
        digest = hashlib.blake2b(plan.model_dump_json().encode(), digest_size=16)
        for record in (toolset, words.domain):
            if record is not None:
                digest.update(self._digested(record))
        return digest.digest()

    def _read(self, name: str, path: Path, start: int) -> tuple[Plan, Toolset]:
        if start == _NO_LINE:
            return self._alone(path)
        plan = read_plan(record_at(path, start), file=str(path), name=name)
        return plan, self._tools(plan, path)

    def _alone(self, path: Path) -> tuple[Plan, Toolset]:
        plan, toolset, _ = load_plan(path)
        return plan, self._toolsets.setdefault((path.parent, plan.tools), toolset)

    def _tools(self, plan: Plan, path: Path) -> Toolset:
        key = (path.parent, plan.tools)
        found = self._toolsets.get(key)
        if found is None:
            if len(self._toolsets) >= KEPT:
                self._toolsets.clear()
            found = self._toolsets[key] = tools_of(plan, path)
        return found

    def _digested(self, record: Record) -> bytes:
        """The digest of what many plans share: writing it down takes milliseconds."""
        known = self._digests.get(id(record))
        if known is None:
            if len(self._digests) >= KEPT:
                self._digests.clear()
            written = record.model_dump_json().encode()
            # The record is kept with it, so that no other one takes its id.
            known = self._digests[id(record)] = record, hashlib.blake2b(written).digest()
        return known[1]


def _files(patterns: Sequence[str], folder: Path) -> list[Path]:
    """The plan files that the patterns name, each once, in a stable order."""
    found: dict[Path, None] = {}
    for pattern in patterns:
        matches = _matches(pattern, folder)
        if not matches:
            raise InputError(
                f"no plan matches {pattern!r}", place="plans",
                mend=f"give a file or glob relative to {folder}, or a shipped plan's name",
            )  # fmt: skip
        found.update(dict.fromkeys(matches))
    return list(found)


def _matches(pattern: str, folder: Path) -> list[Path]:
    if not _GLOB & set(pattern):
        for path in (folder / pattern, Path(pattern)):
            if path.is_file():
                return [path.resolve()]
        named = shipped("plans", pattern)
        return [named] if named else []
    base = Path(pattern)
    root = Path(base.anchor) if base.is_absolute() else folder
    relative = str(base.relative_to(base.anchor)) if base.is_absolute() else pattern
    try:
        local = sorted(path.resolve() for path in root.glob(relative) if path.is_file())
    except ValueError as error:
        raise InputError(
            f"{pattern!r} is no pattern: {error}", place="plans", mend="correct the pattern"
        ) from error
    if local:
        return local
    names = [name for name in shipped_names("plans") if fnmatch(name, pattern)]
    return [found for name in names if (found := shipped("plans", name))]
