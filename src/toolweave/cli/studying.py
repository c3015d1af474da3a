"""Carrying out ``toolweave studio``: find the runs, say where it is, serve."""

import os
from typing import NamedTuple

from toolweave.cli.streams import counted, note
from toolweave.configs.run import ModelSettings
from toolweave.service.serving import installed
from toolweave.service.settings import RATE_ELSEWHERE, is_loopback, secrets_of
from toolweave.studio.holdings import runs_here
from toolweave.studio.serving import serve
from toolweave.studio.settings import StudioSettings


class Order(NamedTuple):
    """What was asked for on the command line."""

    runs: tuple[str, ...]
    host: str
    port: int
    model: str
    base_url: str
    allowed_hosts: tuple[str, ...]


def run(order: Order) -> None:
    """Serve the studio until told to stop.

    Raises:
        InputError: a run or the address cannot be used.
    """
    installed("the studio")
    settings = StudioSettings(
        runs=order.runs or tuple(runs_here()),
        host=order.host,
        port=order.port,
        allowed_hosts=order.allowed_hosts,
        rate=0 if is_loopback(order.host) else RATE_ELSEWHERE,
        model=ModelSettings(name=order.model, base_url=order.base_url),
    )
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    runs = counted(len(settings.runs), "run")
    serve(
        settings,
        secrets_of(os.environ),
        lambda port: note(f"the studio is at http://{host}:{port}, {runs}"),
    )
