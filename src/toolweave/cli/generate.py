"""``toolweave generate``: from domain names or tool files to proven dialogues, in one go."""

from typing import Annotated

import typer

from toolweave.cli.running import (
    CacheOption,
    DryRunOption,
    ExecutorOption,
    LogFileOption,
    MaxCallsOption,
    MaxCostOption,
    MaxTokensOption,
    OtherModelOption,
    OtherSeedOption,
    OtherServerOption,
    ResumeOption,
    RunFolderOption,
    TraceOption,
    WorkersOption,
)


def generate(
    config: Annotated[
        str,
        typer.Argument(help="A pipeline file, or a shipped one's name.", show_default=False),
    ],
    out: RunFolderOption = None,
    resume: ResumeOption = False,
    dry_run: DryRunOption = False,
    plans: Annotated[
        int | None,
        typer.Option("--plans", help="How many plans; overrides the file.", show_default=False),
    ] = None,
    seed: OtherSeedOption = None,
    model: OtherModelOption = None,
    base_url: OtherServerOption = None,
    executor: ExecutorOption = None,
    workers: WorkersOption = None,
    max_calls: MaxCallsOption = None,
    max_tokens: MaxTokensOption = None,
    max_cost: MaxCostOption = None,
    cache: CacheOption = None,
    log_file: LogFileOption = None,
    trace: TraceOption = False,
) -> None:
    """Make tools, links, goals, plans and proven dialogues from one file."""
    from toolweave.cli.generating import run
    from toolweave.cli.ordering import RunOrder
    from toolweave.cli.watching import Watching

    changes = {
        "count": plans, "seed": seed, "model": model, "base_url": base_url,
        "executor": executor, "workers": workers, "max_calls": max_calls,
        "max_tokens": max_tokens, "max_cost": max_cost, "cache": cache,
    }  # fmt: skip
    raise typer.Exit(
        run(RunOrder(config, out, resume, changes, Watching(log_file, trace), dry_run))
    )
