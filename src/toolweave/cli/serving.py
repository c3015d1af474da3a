"""Carrying out ``toolweave serve``: find the tools, check everything, run the workers."""

import asyncio
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from toolweave.cli.streams import counted, note
from toolweave.configs.run import ModelSettings
from toolweave.configs.shipping import shipped
from toolweave.core.errors import InputError
from toolweave.graph.checkpoints import check_url, shown
from toolweave.graph.faults import read_faults
from toolweave.runs.generators import make_generator
from toolweave.schema.types import json_bytes
from toolweave.service.serving import installed, prepared, serve
from toolweave.service.settings import (
    RATE_ELSEWHERE,
    Secrets,
    ServiceSettings,
    is_loopback,
    secrets_of,
)
from toolweave.toolgraph.synthesis.domains import Growth, grow


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    tools: str | None
    domain: str | None
    store: str
    host: str
    port: int
    workers: int
    model: str
    base_url: str
    lifetime: float | None
    faults: str
    rate: float | None
    most_body: int
    allowed_hosts: tuple[str, ...]
    verbose: bool


def run(order: Order) -> None:
    """Serve until told to stop.

    Raises:
        InputError: the tools, the store, the address or a secret cannot be used.
    """
    installed()
    if order.tools and order.domain:
        raise InputError("there are tools and a domain", mend="give --tools or --domain")
    secrets = secrets_of(os.environ)
    if order.store:
        secrets = secrets.model_copy(update={"store": order.store})
    check_url(secrets.store)
    with tempfile.TemporaryDirectory(prefix="toolweave-") as folder:
        settings = _settings(order, _tools(order, Path(folder)))
        make_generator(settings.model)
        prepared(settings, secrets)
        _tell(settings, secrets)
        serve(settings, secrets)


def _tools(order: Order, folder: Path) -> str:
    """The file with the service's own tools, which every worker reads."""
    if order.tools:
        path = Path(order.tools)
        return str(path.resolve() if path.exists() else shipped("tools", order.tools) or path)
    if not order.domain:
        return ""
    growth = Growth(
        domain=order.domain,
        similarity=lambda left, right: fuzz.token_set_ratio(left, right) / 100,
    )
    made = asyncio.run(grow(growth))
    file = folder / "tools.json"
    file.write_bytes(json_bytes(made.toolset.dump()))
    return str(file)


def _settings(order: Order, tools: str) -> ServiceSettings:
    local = is_loopback(order.host)
    return ServiceSettings(
        tools=tools,
        host=order.host,
        port=order.port,
        allowed_hosts=order.allowed_hosts,
        workers=order.workers,
        model=ModelSettings(name=order.model, base_url=order.base_url),
        lifetime=order.lifetime,
        most_body=order.most_body,
        rate=(0 if local else RATE_ELSEWHERE) if order.rate is None else order.rate,
        faults=read_faults(order.faults),
        verbose=order.verbose,
    )


def _tell(settings: ServiceSettings, secrets: Secrets) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    key = "with a key" if secrets.api_key else "without a key"
    note(
        f"serving on http://{host}:{settings.port}, {key}; "
        f"{counted(settings.workers, 'worker')}, store {shown(secrets.store)}; "
        f"the API is described at /openapi.json"
    )
