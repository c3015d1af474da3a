"""Measurements: which runs are measured, and what came of it, kept until somebody asks anew."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from toolweave.evaluation.figures import EqualFigures
from toolweave.studio.holdings import Holding, Mark, mark_of
from toolweave.studio.index import Progress as Indexed
from toolweave.studio.jobs import Job, Queue
from toolweave.studio.measuring import Measured, measure_run, measure_texts

# Comparisons of texts that are kept; each takes seconds to make and little room.
_KEPT: Final = 8


class Measurement(NamedTuple):
    """A run that is being measured, or was; ``mark`` tells of which files."""

    job: Job[Measured]
    mark: Mark


class Progress(NamedTuple):
    """How far the measurement of a run is; nobody knows a ``share`` that is None."""

    slug: str
    name: str
    share: float | None
    told: str


class Measurements:
    """Measures each run once, one after another."""

    def __init__(self) -> None:
        self._queue, self._beside = Queue("figures"), Queue("comparison")
        self._held: dict[str, Measurement] = {}
        self._texts: OrderedDict[tuple[Job[Measured], ...], Job[tuple[EqualFigures, ...]]]
        self._texts = OrderedDict()
        self._lock = threading.Lock()

    def of(self, run: Holding, *, anew: bool = False) -> Measurement:
        """The measurement of a run; it begins where there is none.

        Args:
            run: the run.
            anew: whether it begins again, were it finished.
        """
        with self._lock:
            held = self._held.get(run.slug)
            if held is None or (anew and held.job.finished.is_set()):
                job = Job(partial(measure_run, run.source, name_of(run)))
                held = self._held[run.slug] = Measurement(job, _mark(run))
                self._queue.put(job)
            return held

    def texts(self, measured: Sequence[Measurement]) -> Job[tuple[EqualFigures, ...]]:
        """The texts of runs side by side, all of which are measured."""
        key = tuple(one.job for one in measured)
        with self._lock:
            job = self._texts.get(key)
            if job is None:
                job = Job(partial(measure_texts, [one.result.texts for one in key]))
                self._texts[key] = self._beside.put(job)
                while len(self._texts) > _KEPT:
                    self._texts.popitem(last=False)
            self._texts.move_to_end(key)
            return job

    def close(self) -> None:
        """End whatever is under way."""
        self._queue.close()
        self._beside.close()


def name_of(run: Holding) -> str:
    """What stands over the figures of a run; an imitation is known as one wherever they stand."""
    return f"{run.source.label}, {run.name}" if run.source.label else run.name


def changed(run: Holding, measurement: Measurement) -> bool:
    """Whether what was measured is not what lies there now."""
    return measurement.mark != _mark(run)


def progress(run: Holding, job: Job[Measured]) -> Progress:
    """How far the measurement of a run is."""
    return Progress(run.slug, run.name, *_far(job, run.index.progress()))


def _far(job: Job[Measured], index: Indexed) -> tuple[float | None, str]:
    if job.finished.is_set():
        return 1.0, job.problem or "measured"
    if not job.begun:
        return 0.0, "waits until another run is measured"
    if not job.count:
        return None, "begins"
    if index.share < 1 or job.count > index.rows:
        return None, f"{job.count:,} records read"
    if job.count == index.rows:
        return 1.0, f"all {index.rows:,} records read, adding up"
    return job.count / index.rows, f"{job.count:,} of {index.rows:,} records read"


def _mark(run: Holding) -> Mark:
    beside = run.source.verdicts()
    files = [Path(run.source.path), *run.source.graph_files(), *([beside] if beside else [])]
    return mark_of(files)
