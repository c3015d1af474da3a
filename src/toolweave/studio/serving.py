"""Serving the studio: one process, for the person in front of it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from toolweave.service.serving import free
from toolweave.service.settings import Secrets, guarded
from toolweave.studio.settings import StudioSettings

_GRACE: Final = 3


def serve(settings: StudioSettings, secrets: Secrets, tell: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        settings: what it is started with.
        secrets: the key.
        tell: hears the port, once it is known that all can be served there.

    Raises:
        InputError: the address or a run cannot be used.
        SystemExit: with 1 where it could not begin; the log says why.
    """
    import uvicorn

    from toolweave.studio.app import application

    guarded(settings, secrets)
    free(settings)
    config = uvicorn.Config(
        application(settings, secrets),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE,
    )
    held = config.bind_socket()
    tell(held.getsockname()[1])
    server = uvicorn.Server(config)
    # When it has stopped, it raises the signal once more.
    with suppress(KeyboardInterrupt):
        server.run(sockets=[held])
    if not server.started:
        raise SystemExit(1)
