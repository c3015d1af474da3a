"""Live simulation: choosing a plan, stepping through its dialogue, and playing the user."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from toolweave.core.errors import ToolweaveError
from toolweave.graph.drawing import agents_diagram
from toolweave.llm.task import Unacceptable
from toolweave.schema.text import one_line, whole_number
from toolweave.schema.types import json_bytes
from toolweave.service.problems import Problem, problem_of
from toolweave.studio.agents import small, spots
from toolweave.studio.forms import Form, form_of
from toolweave.studio.lives import Choice, Gone, Live, Lives
from toolweave.studio.liveview import AS_WISHED, Told, view_of
from toolweave.studio.pages import HEADERS, drawn, fragment, page
from toolweave.studio.playable import recorded, shipped_plans, stage_of
from toolweave.studio.userform import LONGEST, WORDS, Typed, read

# What our script accepts: a part of the page instead of all of it.
FRAGMENT: Final = "application/x-fragment"
_SEED: Final = 12
_FIRST: Final = "customer_support_case"
_OTHERS: Final = "It was changed on another page meanwhile; this is where it stands."

Action = Callable[[Live, Form], Awaitable[None]]


def choosing(request: Request) -> Response:
    """What can be played; ``run`` and ``record`` put the plan of a record first."""
    asked = request.query_params
    plans, chosen = list(shipped_plans()), asked.get("plan", _FIRST)
    if "run" in asked:
        chosen = f"{asked['run']}/{asked.get('record', '')}"
        plans.insert(0, recorded(chosen, request.app.state.holdings))
    lives: Lives = request.app.state.lives
    return page(
        request, "live_choose.html", plans=plans, chosen=chosen, model=lives.model,
        seed=asked.get("seed", "0")[:_SEED], human=asked.get("human") == "yes",
    )  # fmt: skip


async def begin(request: Request) -> Response:
    """Begin a simulation, and go to its page."""
    form = await form_of(request)
    choice = Choice(
        form.get("plan", ""), _seed(form.get("seed", "")), form.get("human") == "yes",
        form.get("by") == "model",
    )  # fmt: skip
    stage = await run_in_threadpool(stage_of, choice.plan, request.app.state.holdings)
    live = await _lives(request).begin(choice, stage)
    return RedirectResponse(f"/live/{live.key}", 303)


async def show(request: Request) -> Response:
    """The page of a simulation."""
    try:
        live = _live(request)
    except Gone as gone:
        return page(request, "live_gone.html", status=gone.status, gone=gone)
    async with live.lock:
        return _shown(request, live, AS_WISHED, 200)


async def record(request: Request) -> Response:
    """The finished record, as ``simulate --out`` writes it."""
    live = _live(request)
    async with live.lock:
        made = live.record()
    name = f'attachment; filename="dialogue-{live.choice.seed}.json"'
    return Response(
        json_bytes(made.dump(), indent=True) + b"\n",
        headers={**HEADERS, "Content-Disposition": name}, media_type="application/json",
    )  # fmt: skip


def _doing(name: str, action: Action) -> Route:
    """A route that changes a simulation, and then shows it."""

    async def do(request: Request) -> Response:
        form, live = await form_of(request), _live(request)
        async with live.lock:
            seen = form.get("at", "")
            if seen and seen != str(live.version):
                return _answer(request, live, Told(_OTHERS), 409)
            told, status = AS_WISHED, 200
            try:
                await action(live, form)
            except Refused as refused:
                told, status = refused.told, 422
            except ToolweaveError as error:
                problem = problem_of(error)
                told, status = Told(problem.detail), problem.status
            return _answer(request, live, told, status)

    return Route(f"/live/{{key}}/{name}", do, methods=["POST"], name=f"live_{name}")


class Refused(Exception):
    """What was typed cannot be taken; ``told`` says why, and holds it."""

    def __init__(self, told: Told) -> None:
        self.told = told
        super().__init__(told.trouble)


async def _step(live: Live, _: Form) -> None:
    await live.step()


async def _back(live: Live, _: Form) -> None:
    await live.back()


async def _edit(live: Live, form: Form) -> None:
    words = one_line(form.get(WORDS, "")[: LONGEST + 1])
    try:
        if len(words) > LONGEST:
            raise Unacceptable(f"the words are longer than {LONGEST:,} characters")
        await live.edit(words)
    except Unacceptable as refused:
        trouble = "These words cannot be taken; the old ones stand."
        raise Refused(Told(trouble, refused.problems, "edit", words=words)) from refused


async def _play(live: Live, form: Form) -> None:
    part, setting = live.pending, live.session.setting
    if part is None:
        await live.play("", {}, {})
        return
    typed = read(part, setting.stage.words, form, setting.cast.now)
    if typed.refused:
        raise Refused(_refused("Some of it cannot be taken yet.", (), typed))
    try:
        if len(typed.words) > LONGEST:
            raise Unacceptable(f"the words are longer than {LONGEST:,} characters")
        await live.play(typed.words, typed.values, typed.said)
    except Unacceptable as refused:
        raise Refused(
            _refused("It cannot be said like that.", refused.problems, typed)
        ) from refused


def _refused(trouble: str, problems: tuple[str, ...], typed: Typed) -> Told:
    return Told(trouble, problems, "play", typed)


def _answer(request: Request, live: Live, told: Told, status: int) -> Response:
    """What a change leads to: the parts of the page for our script, else the page itself."""
    if FRAGMENT in request.headers.get("accept", ""):
        return fragment("live_state.html", status=status, view=view_of(live, told))
    if status < 400:
        return RedirectResponse(f"/live/{live.key}", 303)
    return _shown(request, live, told, status)


def _shown(request: Request, live: Live, told: Told, status: int) -> Response:
    diagram = small(agents_diagram())
    drawing = drawn(diagram)
    return page(
        request, "live_page.html", status=status, drawings=[drawing],
        view=view_of(live, told), drawing=drawing, spots=spots(diagram),
    )  # fmt: skip


def _live(request: Request) -> Live:
    return _lives(request).get(request.path_params["key"])


def _lives(request: Request) -> Lives:
    held: Lives = request.app.state.lives
    return held


def _seed(text: str) -> int:
    seed = whole_number(text.strip() or "0", _SEED)
    if seed is None:
        detail = f"the seed must be a whole number of at most {_SEED} digits"
        raise Problem(422, "seed_invalid", detail)
    return seed


ROUTES: Final[tuple[Any, ...]] = (
    Route("/live", choosing),
    Route("/live", begin, methods=["POST"]),
    Route("/live/{key}", show),
    Route("/live/{key}/record", record),
    _doing("step", _step),
    _doing("back", _back),
    _doing("edit", _edit),
    _doing("play", _play),
)
