"""``toolweave tools link``: which output of one tool may feed which parameter of another."""

from typing import Annotated

import typer

from toolweave.cli.options import BaseUrlOption, VerboseOption


def link(
    tools: Annotated[
        str,
        typer.Argument(
            help="The tools' file, '-', or a shipped toolset's name.", show_default=False
        ),
    ],
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="Write the graph here; '-' is stdout.")
    ] = "-",
    embedder: Annotated[
        str,
        typer.Option(
            "--embedder",
            metavar="NAME",
            help="'minilm', 'lexical', a model's folder, or 'auto': minilm if it is installed.",
        ),
    ] = "auto",
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            min=0,
            max=1,
            help="The least score of a link, or of what a model is asked.",
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=1000, help="Sources kept per parameter.")
    ] = 50,
    model: Annotated[
        str,
        typer.Option("--model", metavar="NAME", help="'offline', or a model that judges links."),
    ] = "offline",
    base_url: BaseUrlOption = "",
    log: Annotated[
        str | None,
        typer.Option("--log", metavar="FILE", help="Write every judgement as a JSON line."),
    ] = None,
    download: Annotated[
        bool,
        typer.Option("--download", help="Let minilm fetch its weights if they are not here."),
    ] = False,
    verbose: VerboseOption = False,
) -> None:
    """Link tools into a tool graph.

    Candidates share a name, name one thing, are declared (x-from), or are alike; types must agree.
    They are judged by a score, or by a model if one is named.
    """
    from toolweave.cli.linking import Order, run
    from toolweave.cli.streams import verbose as show_logs

    show_logs(verbose)
    order = Order(tools, out, embedder, threshold, limit, model, base_url, log, download)
    raise typer.Exit(run(order))
