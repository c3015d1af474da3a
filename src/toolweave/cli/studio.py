"""``toolweave studio``: dialogues, plans, graphs and live simulations in a browser."""

from typing import Annotated

import typer


def studio(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN…", help="Run folders or files of dialogues; without any, those in runs/."
        ),
    ] = None,
    host: Annotated[
        str, typer.Option("--host", help="Any but this machine's own needs TOOLWEAVE_API_KEY.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Where to listen.")] = 8090,
    model: Annotated[
        str, typer.Option("--model", metavar="NAME", help="'offline', or a model on a server.")
    ] = "offline",
    base_url: Annotated[
        str, typer.Option("--base-url", metavar="URL", help="Any OpenAI-compatible server.")
    ] = "",
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="A name that the studio goes by."),
    ] = None,
) -> None:
    """Look at runs, decide on dialogues by hand, and simulate live, in a browser.

    Nothing is asked of any other machine, but of a model that you name.
    """
    from toolweave.cli.studying import Order, run

    run(Order(tuple(runs or ()), host, port, model, base_url, tuple(allow or ())))
