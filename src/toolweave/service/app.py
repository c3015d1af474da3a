"""The application: routes over the emulator, behind the gate."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from toolweave.graph.checkpoints import Store, open_store
from toolweave.graph.finishing import package_version
from toolweave.llm.generator import Generator, close
from toolweave.memory.tokens import Tokens
from toolweave.runs.generators import instant, is_offline, make_generator
from toolweave.schema.nesting import too_deep
from toolweave.schema.types import json_bytes
from toolweave.service.answering import Form, dialogue_answer, tool_answer, turn_answer
from toolweave.service.bodies import (
    CompletionRequest,
    DialogueAnswer,
    ProblemAnswer,
    ToolAnswer,
    ToolRequest,
    TurnAnswer,
    TurnRequest,
)
from toolweave.service.completions import complete, models, stream
from toolweave.service.emulator import Emulator
from toolweave.service.gate import Gate
from toolweave.service.modes import Engine
from toolweave.service.problems import Problem, add_handlers
from toolweave.service.serving import logging_to_stderr
from toolweave.service.settings import (
    SETTINGS_VARIABLE,
    Secrets,
    ServiceSettings,
    secrets_of,
    toolset_of,
)

_DEPTH: Final = 100
_NO_STORE: Final = {"Cache-Control": "no-store"}
_PROBLEM: Final[dict[str, Any]] = {
    "model": ProblemAnswer,
    "content": {"application/problem+json": {}},
}
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {**_PROBLEM, "description": told}
    for status, told in (
        (400, "The token or the JSON is damaged"),
        (401, "An API key is required"),
        (403, "A page from elsewhere asks"),
        (404, "There is no such thing"),
        (408, "The request came too slowly"),
        (409, "The request and the dialogue disagree"),
        (410, "The token has expired"),
        (413, "The request is too large"),
        (421, "The service is not called by that name"),
        (422, "The request cannot be carried out"),
        (429, "Too many requests"),
        (500, "The service failed"),
        (502, "The model cannot be reached"),
        (503, "The store cannot be reached"),
    )
}


class PlainRequest(Request):
    """A request whose body is strict JSON: no numbers that are none, no half characters."""

    async def json(self) -> Any:
        """The body's data.

        Raises:
            JSONDecodeError: it is not JSON, or nested too deeply.
        """
        held = orjson.loads(await self.body())
        if too_deep(held, _DEPTH):
            raise json.JSONDecodeError(f"nested beyond {_DEPTH} levels", "", 0)
        return held


class PlainRoute(APIRoute):
    """A route that reads its body with ``PlainRequest``."""

    def get_route_handler(self) -> Any:
        """The handler behind the stricter request."""
        handler = super().get_route_handler()

        async def plain(request: Request) -> Response:
            return await handler(PlainRequest(request.scope, request.receive))

        return plain


async def emulator_of(request: Request) -> Emulator:
    """The emulator of the worker; a coroutine, because others are sent through a thread."""
    found: Emulator = request.app.state.emulator
    return found


Played = Annotated[Emulator, Depends(emulator_of)]
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]
router = APIRouter(route_class=PlainRoute, responses=_PROBLEMS)


@router.post("/v1/turns", response_model=TurnAnswer, tags=["dialogues"])
async def turns(asked: TurnRequest, emulator: Played, key: Key = "") -> Response:
    """Play one turn. Without a token a dialogue begins; with one it goes on, or forks."""
    return _json(turn_answer(await emulator.turn(asked, key)))


@router.post("/v1/tools/{name}", response_model=ToolAnswer, tags=["tools"])
async def tools(name: str, asked: ToolRequest, emulator: Played, key: Key = "") -> Response:
    """Run one simulated call in the token's world."""
    return _json(tool_answer(await emulator.call(name, asked, key)))


@router.get("/v1/dialogues/{token}", response_model=DialogueAnswer, tags=["dialogues"])
async def dialogues(
    token: str, emulator: Played, form: Annotated[Form, Query(alias="format")] = "summary"
) -> Response:
    """The dialogue so far: a summary with its calls, the record, or messages in OpenAI's form."""
    play = await emulator.load(emulator.tokens.read(token))
    return _json(dialogue_answer(play, form))


@router.post("/v1/chat/completions", response_model=dict[str, Any], tags=["simulated user"])
async def chat(asked: CompletionRequest, emulator: Played) -> Response:
    """What the simulated user says to an assistant, in OpenAI's chat protocol."""
    made = await complete(emulator, asked)
    if asked.stream:
        return StreamingResponse(stream(made), headers=_NO_STORE, media_type="text/event-stream")
    return _json(made)


@router.get("/v1/models", response_model=dict[str, Any], tags=["simulated user"])
async def listed_models() -> Response:
    """The simulated users that ship, in OpenAI's form."""
    return _json(models())


@router.get("/health", response_model=dict[str, str], tags=["operation"])
async def health() -> Response:
    """Whether the process answers."""
    return _json({"status": "ok", "version": package_version()})


@router.get("/ready", response_model=dict[str, str], tags=["operation"])
async def ready(emulator: Played) -> Response:
    """Whether the store can be read and written."""
    await emulator.store.ready()
    return _json({"status": "ready"})


def application(
    settings: ServiceSettings,
    secrets: Secrets,
    *,
    generator: Generator | None = None,
    store: Store | None = None,
) -> ASGIApp:
    """The whole service as one ASGI application.

    Args:
        settings: what it is started with.
        secrets: the key, the secret that tokens are signed with, and the store's address.
        generator: another one than the settings name.
        store: another one than the address names; it is not closed.
    """
    mounted = _Mcp()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as closing:
            held = store if store is not None else await open_store(secrets.store)
            if store is None:
                closing.push_async_callback(held.aclose)
            voice = generator if generator is not None else make_generator(settings.model)
            closing.push_async_callback(close, voice)
            engine = Engine(voice, not instant(voice), is_offline(voice), settings.faults)
            keys = secrets.token_keys or (await held.secret(),)
            tokens = Tokens(keys, settings.lifetime)
            app.state.emulator = Emulator(held, tokens, engine, toolset_of(settings))
            await mounted.begin(app.state.emulator, closing)
            yield

    app = FastAPI(
        title="ToolWeave",
        version=package_version(),
        summary="A stateless emulator of dialogues, tools and users.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    add_handlers(app)
    app.include_router(router)

    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        # Mounted, the bare path would be redirected, which not all clients follow.
        path = str(scope.get("path", ""))
        inner = mounted if path == "/mcp" or path.startswith("/mcp/") else app
        await inner(scope, receive, send)

    return Gate(routed, settings, secrets)


def create() -> ASGIApp:
    """The application of a worker process, from what its environment says."""
    settings = ServiceSettings.model_validate_json(os.environ.get(SETTINGS_VARIABLE, "{}"))
    logging_to_stderr(settings)
    return application(settings, secrets_of(os.environ))


class _Mcp:
    """The MCP server under ``/mcp`` (one shared world) and ``/mcp/WORLD``."""

    def __init__(self) -> None:
        self._manager: Any = None

    async def begin(self, emulator: Emulator, closing: AsyncExitStack) -> None:
        """Serve the emulator's own tools, if it has some and the SDK is there."""
        if emulator.toolset is None:
            return
        try:
            from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
        except ImportError:
            return
        from toolweave.service.mcp_server import SHARED, mcp_server

        server = mcp_server(emulator, lambda context: _world(context.request) or SHARED)
        # Nothing of a session is kept: what a world holds lies in the store.
        self._manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
        await closing.enter_async_context(self._manager.run())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the SDK."""
        if self._manager is None:
            problem = "there are no tools: start the service with --tools or --domain"
            raise Problem(404, "no_tools", problem)
        from toolweave.service.mcp_server import WORLD

        name = _world(Request(scope))
        if name and not WORLD.fullmatch(name):
            raise Problem(404, "world_unknown", "a world's name is 1 to 64 of A-Z a-z 0-9 _ . -")
        await self._manager.handle_request(scope, receive, send)


def _world(request: Request | None) -> str:
    path = str(request.scope["path"]) if request is not None else ""
    return path.partition("/mcp")[2].strip("/")


def _json(data: object) -> Response:
    return Response(json_bytes(data), headers=_NO_STORE, media_type="application/json")
