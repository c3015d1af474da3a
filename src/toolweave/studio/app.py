"""The application: the studio's pages behind its door and the gate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from toolweave.core.errors import ToolweaveError
from toolweave.llm.task import Unacceptable
from toolweave.service.gate import OPEN, Gate
from toolweave.service.problems import Problem, problem_of, standard
from toolweave.service.settings import Secrets
from toolweave.studio import agents, comparing, dialogues, figures, lists, live, tools
from toolweave.studio.door import ENTER, Door
from toolweave.studio.drawings import Drawings
from toolweave.studio.holdings import Holdings
from toolweave.studio.lives import Lives
from toolweave.studio.measurements import Measurements
from toolweave.studio.pages import STATIC, page, static
from toolweave.studio.settings import StudioSettings

_ROUTES: Final = (
    *lists.ROUTES,
    *dialogues.ROUTES,
    *tools.ROUTES,
    *figures.ROUTES,
    *comparing.ROUTES,
    *live.ROUTES,
    *agents.ROUTES,
)


def application(settings: StudioSettings, secrets: Secrets) -> Door:
    """The whole studio as one ASGI application.

    Raises:
        InputError: a run cannot be opened.
    """
    holdings, lives = Holdings(settings.runs), Lives(settings.model)
    drawings, measurements = Drawings(), Measurements()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await lives.aclose()
        for held in (drawings, measurements, holdings):
            held.close()

    app = Starlette(
        routes=[
            Route("/health", _health),
            Route("/static/{name}", _static),
            *_ROUTES,
        ],
        exception_handlers={
            ToolweaveError: _told,
            Unacceptable: _told,
            HTTPException: _refused,
            Exception: _told,
        },
        lifespan=lifespan,
    )
    app.state.holdings, app.state.lives = holdings, lives
    app.state.drawings, app.state.measurements = drawings, measurements
    app.state.settings = settings
    gate = Gate(app, settings, secrets, OPEN | {ENTER} | {f"/static/{name}" for name in STATIC})
    door = Door(gate, secrets.api_key, holdings)
    app.router.routes.append(Route(ENTER, door.enter, methods=["GET", "POST"]))
    return door


async def _health(_: Request) -> Response:
    return Response(b'{"status":"ok"}', media_type="application/json")


async def _static(request: Request) -> Response:
    try:
        return static(request.path_params["name"])
    except KeyError as error:
        raise HTTPException(404) from error


def _told(request: Request, error: Exception) -> Response:
    return _problem(request, problem_of(error))


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _problem(request, standard(error))


def _problem(request: Request, problem: Problem) -> Response:
    """A page for people, a problem-details body for programs and our own scripts."""
    if "text/html" not in request.headers.get("accept", ""):
        return problem.response()
    answer = page(request, "problem.html", status=problem.status, problem=problem)
    answer.headers.update(problem.headers)
    return answer
