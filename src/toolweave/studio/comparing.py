"""Runs side by side: the paper's tables for those chosen, once each of them is measured."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from toolweave.evaluation.figures import EqualFigures
from toolweave.reporting.comparison import Comparison, comparisons, diversity
from toolweave.studio.holdings import Holding, Holdings
from toolweave.studio.jobs import Job
from toolweave.studio.measurements import (
    Measurement,
    Measurements,
    Progress,
    changed,
    progress,
)
from toolweave.studio.pages import page, told

MEASURING: Final = "measuring"
TEXTS: Final = "texts"
DONE: Final = "done"


class Chosen(NamedTuple):
    """The runs chosen with their measurements, and the texts of those that could be measured."""

    runs: Sequence[tuple[Holding, Measurement]]
    texts: Job[tuple[EqualFigures, ...]] | None

    def stage(self) -> str:
        """What is waited for."""
        if not all(held.job.finished.is_set() for _, held in self.runs):
            return MEASURING
        return DONE if self.texts is None or self.texts.finished.is_set() else TEXTS

    def measured(self) -> list[Measurement]:
        """The measurements that came to something."""
        return [held for _, held in self.runs if not held.job.problem]

    def progress(self) -> list[Progress]:
        """How far each is."""
        return [progress(run, held.job) for run, held in self.runs]


def compare(request: Request) -> Response:
    """The choice, and below it the tables of what is chosen."""
    held: Holdings = request.app.state.holdings
    chosen = _chosen(request)
    stage = chosen.stage()
    names = [run.slug for run, _ in chosen.runs]
    return page(
        request, "compare_page.html",
        here="compare",
        open=[(run, run.slug in names) for run in held.all()],
        chosen=chosen.runs,
        stage=stage,
        waiting=chosen.progress() if stage == MEASURING else [],
        failed=[(run, one.job.problem) for run, one in chosen.runs if one.job.problem],
        stale=[run for run, one in chosen.runs if one.job.finished.is_set() and changed(run, one)],
        tables=[] if stage == MEASURING else _tables(chosen),
        problem=chosen.texts.problem if chosen.texts else "",
        address=urlencode([("run", name) for name in names]),
    )  # fmt: skip


def measuring(request: Request) -> Response:
    """How far the runs are that an address names."""
    chosen = _chosen(request)
    runs = [one._asdict() for one in chosen.progress()]
    return told({"stage": chosen.stage(), "runs": runs})


def _chosen(request: Request) -> Chosen:
    """What an address names; runs that are not open are passed over."""
    held: Holdings = request.app.state.holdings
    measurements: Measurements = request.app.state.measurements
    names = frozenset(request.query_params.getlist("run"))
    runs = [run for run in held.all() if run.slug in names]
    for run in runs:
        run.index.refresh()
    found = Chosen([(run, measurements.of(run)) for run in runs], None)
    measured = found.measured()
    if found.stage() == DONE and len(measured) > 1:
        return found._replace(texts=measurements.texts(measured))
    return found


def _tables(chosen: Chosen) -> list[Comparison]:
    measured = [one.job.result for one in chosen.measured()]
    if not measured:
        return []
    texts = chosen.texts
    ready = texts is not None and texts.finished.is_set() and not texts.problem
    equal = texts.result if texts is not None and ready else ()
    return [*comparisons([one.compared for one in measured]), *diversity(equal)]


ROUTES: Final[tuple[Any, ...]] = (
    Route("/compare", compare),
    Route("/measuring", measuring),
)
