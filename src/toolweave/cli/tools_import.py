"""``toolweave tools import``: tools from files, documents and servers become one toolset."""

from typing import Annotated

import typer

from toolweave.cli.options import BaseUrlOption, ModelOption


def import_(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE...", help="Files or folders; '-' reads standard input."),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORM",
            help="auto, toolweave, openai, anthropic, mcp, openapi, bfcl, nestful or rapidapi.",
        ),
    ] = "auto",
    mcp: Annotated[
        list[str] | None,
        typer.Option(
            "--mcp", metavar="SERVER", help="Ask a server: a command in quotes, or a URL."
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="How long a server has.")
    ] = 20.0,
    domain: Annotated[
        str, typer.Option("--domain", metavar="D", help="Whose tools these are; helps inference.")
    ] = "",
    name: Annotated[str, typer.Option("--name", help="What the toolset is called.")] = "",
    infer: Annotated[
        bool, typer.Option("--infer/--no-infer", help="Infer results that nobody declared.")
    ] = True,
    model: ModelOption = "offline",
    base_url: BaseUrlOption = "",
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="Write the toolset; '-' is stdout.")
    ] = "-",
    report: Annotated[
        str, typer.Option("--report", metavar="FILE", help="Write all changes and drops as JSON.")
    ] = "",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List every change.")] = False,
) -> None:
    """Import tools of any form; every change is told, and every tool that cannot be used.

    Exit code 1: some tools were dropped. 2: none is left, or a source cannot be read.
    """
    from toolweave.cli.importing import Order, run

    order = Order(
        tuple(sources or ()), form, tuple(mcp or ()), timeout, domain, name, infer, model, base_url,
        out, report, verbose,
    )  # fmt: skip
    raise typer.Exit(run(order))
