"""``toolweave generate``: from domain names or tool files to proven dialogues, in one go."""

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


def generate(
    config: Annotated[
        str,
        typer.Argument(help="A pipeline file, or a shipped one's name.", show_default=False),
    ],
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="DIR", help="The run folder.", show_default="runs/NAME"),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")
    ] = False,
    dry: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would be made, and make no dialogue."),
    ] = False,
    count: Annotated[
        int | None,
        typer.Option("--plans", help="How many plans; overrides the file.", show_default=False),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Overrides the file.", show_default=False)
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="Who words the dialogues.", show_default=False),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option("--base-url", help="An OpenAI-compatible server.", show_default=False),
    ] = None,
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
    from toolweave.cli.generating import Order, run
    from toolweave.cli.watching import Watching

    changes = {
        "executor": executor, "workers": workers, "max_calls": max_calls,
        "max_tokens": max_tokens, "max_cost": max_cost, "cache": cache,
    }  # fmt: skip
    order = Order(
        config=config,
        out=out,
        resume=resume,
        dry=dry,
        count=count,
        seed=seed,
        model=model,
        base_url=base_url,
        changes={name: value for name, value in changes.items() if value is not None},
        watching=Watching(log_file, trace),
    )
    raise typer.Exit(run(order))
