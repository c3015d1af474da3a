"""``toolweave batch``: many plans, many seeds, one run folder."""

from typing import Annotated

import typer

from toolweave.cli.options import VerboseOption
from toolweave.cli.running import (
    CacheOption,
    DryRunOption,
    ExecutorOption,
    LogFileOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    OtherModelOption,
    OtherServerOption,
    ResumeOption,
    RunFolderOption,
    TraceOption,
    WorkersOption,
)


def batch(
    run: Annotated[
        str, typer.Argument(help="The run file, '-', or a shipped run's name.", show_default=False)
    ],
    out: RunFolderOption = None,
    resume: ResumeOption = False,
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", min=1, max=4096, help="Dialogues at a time.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Make at most so many.")
    ] = None,
    model: OtherModelOption = None,
    base_url: OtherServerOption = None,
    executor: ExecutorOption = None,
    workers: WorkersOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    max_cost: MaxCostOption = None,
    log_file: LogFileOption = None,
    trace: TraceOption = False,
    cache: CacheOption = None,
    dry_run: DryRunOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Run a batch of plans from a YAML file.

    Exit code 1: more dialogues failed than the run allows (checks.max_failures), or its budget is
    spent and dialogues are left.
    """
    from toolweave.cli.batching import run_batch
    from toolweave.cli.ordering import RunOrder
    from toolweave.cli.streams import verbose as show_logs
    from toolweave.cli.watching import Watching

    show_logs(verbose)
    changes = {
        "concurrency": concurrency, "limit": limit, "model": model, "base_url": base_url,
        "executor": executor, "workers": workers, "max_calls": max_calls,
        "max_tokens": max_tokens, "max_cost": max_cost, "cache": cache,
    }  # fmt: skip
    order = RunOrder(run, out, resume, changes, Watching(log_file, trace), dry_run)
    raise typer.Exit(run_batch(order))
