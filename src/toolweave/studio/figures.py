"""The figures of a run, measured beside the pages: the same that a report shows."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from toolweave.reporting.overview import Overview
from toolweave.reporting.rejections import rejected
from toolweave.studio.lists import holding
from toolweave.studio.measurements import Measurements, changed, progress
from toolweave.studio.pages import page


def figures(request: Request) -> Response:
    """The figures of a run, or how far they are."""
    run = holding(request)
    measurements: Measurements = request.app.state.measurements
    held = measurements.of(run)
    ready = held.job.finished.is_set()
    overview = None
    if ready and not held.job.problem:
        overview = Overview.of(held.job.result.compared, rejected(run.source.rejected()))
    return page(
        request, "figures_page.html",
        run=run, here="figures",
        overview=overview,
        problem=held.job.problem,
        stale=ready and changed(run, held),
        waiting=[] if ready else [progress(run, held.job)],
        address=f"run={run.slug}",
    )  # fmt: skip


def again(request: Request) -> Response:
    """Measure a run anew, as its files are now."""
    run = holding(request)
    measurements: Measurements = request.app.state.measurements
    measurements.of(run, anew=True)
    return RedirectResponse(f"/runs/{run.slug}/figures", 303)


ROUTES: Final[tuple[Any, ...]] = (
    Route("/runs/{slug}/figures", figures, methods=["GET"]),
    Route("/runs/{slug}/figures", again, methods=["POST"]),
)
