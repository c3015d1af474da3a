"""``toolweave batch``: many plans, many seeds, one run folder."""

from typing import Annotated

import typer


def batch(
    run: Annotated[
        str, typer.Argument(help="The run file, '-', or a shipped run's name.", show_default=False)
    ],
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="DIR", help="The run folder; runs/NAME unless given."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")
    ] = False,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", min=1, max=4096, help="Dialogues at a time.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Make at most so many.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", help="A model other than the run's.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="Any OpenAI-compatible server.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show log lines.")] = False,
) -> None:
    """Run a batch of plans from a YAML file.

    Exit code 1: more dialogues failed than the run allows (checks.max_failures).
    """
    from toolweave.cli.batching import Order, run_batch
    from toolweave.cli.streams import verbose as show_logs

    show_logs(verbose)
    raise typer.Exit(run_batch(Order(run, out, resume, concurrency, limit, model, base_url)))
