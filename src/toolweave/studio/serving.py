"""Serving the studio: one process on loopback, for the person in front of it."""

from typing import Final

from toolweave.core.errors import InputError
from toolweave.service.serving import free
from toolweave.service.settings import Secrets, guarded
from toolweave.studio.settings import StudioSettings

_GRACE: Final = 3


def installed() -> None:
    """See that what serves is there; the base install does without it.

    Raises:
        InputError: a package is missing.
    """
    try:
        import itsdangerous  # noqa: F401
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        mend = "pip install 'toolweave[web]'"
        raise InputError(f"the studio needs the package {error.name}", mend=mend) from error


def serve(settings: StudioSettings, secrets: Secrets) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        InputError: the address or a run cannot be used.
    """
    import uvicorn

    from toolweave.studio.app import application

    guarded(settings, secrets)
    free(settings)
    uvicorn.run(
        application(settings, secrets),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE,
    )
