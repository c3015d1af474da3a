"""Serving: see that everything is in order, then run the workers until they are told to stop."""

import asyncio
import logging
import os
import signal
import socket
import sys
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn

from toolweave.core.errors import InputError
from toolweave.graph.checkpoints import StoreError, open_store
from toolweave.service.settings import (
    SETTINGS_VARIABLE,
    STORE_VARIABLE,
    Access,
    Secrets,
    ServiceSettings,
    guarded,
    toolset_of,
)

if TYPE_CHECKING:
    from uvicorn import Config

# What a worker is left with to finish what it is doing.
GRACE_SECONDS: Final = 30
_BACKLOG: Final = 2048
_MOST_AT_ONCE: Final = 1000


def installed(who: str = "serving") -> None:
    """See that what serves is there; the base install does without it.

    Args:
        who: what needs it, as a person calls it.

    Raises:
        InputError: a package is missing.
    """
    try:
        import fastapi  # noqa: F401
        import itsdangerous  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        mend = "pip install 'toolweave[web]'"
        raise InputError(f"{who} needs the package {error.name}", mend=mend) from error


def prepared(settings: ServiceSettings, secrets: Secrets) -> None:
    """See that the address, the tools and the store can be used, before anything is served.

    Raises:
        InputError: one of them cannot.
    """
    guarded(settings, secrets)
    toolset_of(settings)
    free(settings)
    try:
        asyncio.run(_opened(secrets.store))
    except StoreError as error:
        raise InputError(str(error), place="--store", mend="name another store") from error


def serve(settings: ServiceSettings, secrets: Secrets) -> None:
    """Run the workers until SIGTERM or SIGINT; what is being answered then is answered still.

    Raises:
        SystemExit: with 1 where a worker could not begin; its log says why.
    """
    import uvicorn

    logging_to_stderr(settings)
    # Workers are processes of their own: this is how they learn what they are to serve.
    os.environ[SETTINGS_VARIABLE] = settings.model_dump_json()
    os.environ[STORE_VARIABLE] = secrets.store
    # When uvicorn has stopped, it raises the signal once more: by then all is well.
    signal.signal(signal.SIGTERM, _ended)
    config = uvicorn.Config(
        "toolweave.service.app:create",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_config=None,
        # Its lines show paths, and paths hold tokens; the gate writes lines of its own.
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        limit_concurrency=_MOST_AT_ONCE,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    if not _served(config):
        raise SystemExit(1)


def _served(config: "Config") -> bool:
    """Whether it could begin; it has ended, then."""
    from uvicorn import Server

    from toolweave.service.workers import Workers

    if config.workers > 1:
        workers = Workers(config, [config.bind_socket()])
        workers.run()
        return not workers.failed
    server = Server(config)
    # SIGINT is raised once more, too.
    with suppress(KeyboardInterrupt):
        server.run()
    return server.started


def logging_to_stderr(settings: ServiceSettings) -> None:
    """Log lines of this process on stderr; a worker sets up its own."""
    logging.basicConfig(
        level=logging.INFO if settings.verbose else logging.WARNING,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s",
    )


def _ended(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


async def _opened(url: str) -> None:
    store = await open_store(url)
    try:
        await store.ready()
    finally:
        await store.aclose()


def free(settings: Access) -> None:
    """See that the address can be listened on; a service that stopped just now is no hindrance.

    Raises:
        InputError: it cannot.
    """
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        problem = f"{where} cannot be listened on: {error.strerror or error}"
        raise InputError(problem, mend="choose another --port or --host") from error
