"""The jobs of a run: which plan is played with which seed, under which id."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from toolweave.configs.run import RunConfig
from toolweave.core.seeding import digest
from toolweave.runs.job import Job
from toolweave.runs.repertoire import KEPT, Repertoire

_SEEDS: Final = 1 << 31


def jobs(config: RunConfig, repertoire: Repertoire) -> Iterator[Job]:
    """Every dialogue of the run, up to the limit.

    They come plan after plan for each repeat, so that a run that is cut short has some of all.
    Where there are more plans than can be kept ready, all repeats of a plan come together.
    """
    names = list(repertoire.places)
    if len(names) <= KEPT:
        rounds = ((name, repeat) for repeat in range(config.repeats) for name in names)
        yield from (_job(config, repertoire, *one) for one in islice(rounds, config.limit))
        return
    whole, more = divmod(total(config, repertoire), len(names))
    for number, name in enumerate(names):
        for repeat in range(whole + (number < more)):
            yield _job(config, repertoire, name, repeat)


def total(config: RunConfig, repertoire: Repertoire) -> int:
    """How many dialogues the run makes."""
    count = config.repeats * len(repertoire.places)
    return min(count, config.limit) if config.limit is not None else count


def _job(config: RunConfig, repertoire: Repertoire, name: str, repeat: int) -> Job:
    file, start = repertoire.places[name]
    seed = digest(config.seed, name, repeat) % _SEEDS
    return Job(f"{name}-{repeat:06d}", {"plan": name, "seed": seed, "file": file, "start": start})
