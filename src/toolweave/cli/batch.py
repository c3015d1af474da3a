"""``toolweave batch``: many plans, many seeds, one run folder."""

from typing import Annotated

import typer

from toolweave.cli.running import (
    CacheOption,
    ExecutorOption,
    LogFileOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    TraceOption,
    WorkersOption,
)


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
    executor: ExecutorOption = None,
    workers: WorkersOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    max_cost: MaxCostOption = None,
    log_file: LogFileOption = None,
    trace: TraceOption = False,
    cache: CacheOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would make and cost, and make nothing.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show log lines.")] = False,
) -> None:
    """Run a batch of plans from a YAML file.

    Exit code 1: more dialogues failed than the run allows (checks.max_failures), or its budget is
    spent and dialogues are left.
    """
    from toolweave.cli.batching import Order, run_batch
    from toolweave.cli.streams import verbose as show_logs
    from toolweave.cli.watching import Watching

    show_logs(verbose)
    changes = {
        "concurrency": concurrency, "limit": limit, "model": model, "base_url": base_url,
        "executor": executor, "workers": workers, "max_calls": max_calls,
        "max_tokens": max_tokens, "max_cost": max_cost,
        "cache": cache,
    }  # fmt: skip
    given = {name: value for name, value in changes.items() if value is not None}
    raise typer.Exit(run_batch(Order(run, out, resume, given, Watching(log_file, trace), dry_run)))
