"""The jobs of a run: which plan is played with which seed, under which id."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from toolweave.agents.stage import Stage
from toolweave.configs.run import RunConfig
from toolweave.configs.shipping import shipped, shipped_names
from toolweave.core.errors import InputError
from toolweave.core.seeding import digest, token
from toolweave.graph.preparing import prepare
from toolweave.planners.reading import load_plans

_GLOB: Final = frozenset("*?[")
_SEEDS: Final = 1 << 31


@dataclass(frozen=True, slots=True)
class Job:
    """One dialogue to make."""

    id: str
    seed: int
    stage: Stage


def stages(config: RunConfig, folder: Path) -> list[Stage]:
    """Every plan of the run, checked and made ready; each id occurs once.

    Raises:
        InputError: a pattern matches nothing, a plan fails its check, or two plans share an id.
    """
    found: dict[str, Stage] = {}
    origin: dict[str, str] = {}
    for path in _files(config.plans, folder):
        for loaded in load_plans(path):
            name = loaded.plan.id
            if name in found:
                raise InputError(
                    f"plan id {name!r} occurs in {origin[name]} too", file=str(path),
                    mend="give each plan its own id",
                )  # fmt: skip
            found[name] = prepare(loaded.plan, loaded.toolset, config.lexicon, str(path))
            origin[name] = str(path)
    return [found[name] for name in sorted(found)]


def jobs(config: RunConfig, prepared: Sequence[Stage]) -> Iterator[Job]:
    """Every dialogue of the run, plan after plan for each repeat, up to the limit."""
    made = 0
    for repeat in range(config.repeats):
        for stage in prepared:
            if config.limit is not None and made >= config.limit:
                return
            made += 1
            name = stage.plan.id
            yield Job(f"{name}-{repeat:06d}", digest(config.seed, name, repeat) % _SEEDS, stage)


def contents(prepared: Sequence[Stage]) -> str:
    """A digest of what the plan, tool and lexicon files hold, whatever they are called."""
    held = [
        record.model_dump_json() if record is not None else ""
        for stage in prepared
        for record in (stage.plan, stage.toolset, stage.words.domain)
    ]
    return token(0, *held, length=16)


def total(config: RunConfig, prepared: Sequence[Stage]) -> int:
    """How many dialogues the run makes."""
    count = config.repeats * len(prepared)
    return min(count, config.limit) if config.limit is not None else count


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
