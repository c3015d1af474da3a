"""``toolweave serve``: the stateless emulator as an HTTP service and an MCP server."""

from typing import Annotated

import typer

from toolweave.cli.options import BaseUrlOption, ModelOption


def serve(
    tools: Annotated[
        str | None,
        typer.Option("--tools", metavar="FILE", help="The tools that requests are about."),
    ] = None,
    domain: Annotated[
        str | None, typer.Option("--domain", help="A domain whose tools are grown instead.")
    ] = None,
    store: Annotated[
        str,
        typer.Option(
            "--store", metavar="URL", help="sqlite:///FILE, or postgres://USER@HOST/DATABASE."
        ),
    ] = "",
    host: Annotated[
        str, typer.Option("--host", help="Any but this machine's own needs TOOLWEAVE_API_KEY.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Where to listen.")] = 8080,
    workers: Annotated[int, typer.Option("--workers", min=1, max=256, help="Processes.")] = 1,
    model: ModelOption = "offline",
    base_url: BaseUrlOption = "",
    lifetime: Annotated[
        float | None,
        typer.Option("--token-lifetime", metavar="SECONDS", min=1, help="When tokens expire."),
    ] = None,
    faults: Annotated[
        str,
        typer.Option("--faults", metavar="SHARES", help="Such as timeout=0.1,errors=0.05."),
    ] = "",
    rate: Annotated[
        float | None,
        typer.Option("--rate", min=0, help="Requests a second for each client; 0 for any."),
    ] = None,
    most_body: Annotated[
        int, typer.Option("--max-body", metavar="BYTES", min=1000, help="The largest request.")
    ] = 2_000_000,
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="A name that the service goes by."),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every request.")] = False,
) -> None:
    """Serve dialogues, simulated tools and a simulated user; nothing is kept but in the store.

    Secrets come from the environment: TOOLWEAVE_API_KEY, TOOLWEAVE_TOKEN_SECRET, TOOLWEAVE_STORE.
    """
    from toolweave.cli.serving import Order, run

    run(
        Order(
            tools, domain, store, host, port, workers, model, base_url, lifetime, faults, rate,
            most_body, tuple(allow or ()), verbose,
        )
    )  # fmt: skip
