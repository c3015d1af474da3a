"""``toolweave refine``: dialogues with modified copies, failures and recoveries among them."""

from typing import Annotated

import typer

from toolweave.cli.running import (
    DryRunOption,
    ExecutorOption,
    LogFileOption,
    OtherModelOption,
    OtherSeedOption,
    OtherServerOption,
    ResumeOption,
    WorkersOption,
)


def refine(
    source: Annotated[
        str,
        typer.Argument(
            help="A file of dialogues (.jsonl), a run folder, or '-'.", show_default=False
        ),
    ],
    config: Annotated[
        str,
        typer.Option(
            "--config", metavar="FILE", help="A refinement file, or a shipped one's name."
        ),
    ] = "refine_paper",
    out: Annotated[
        str | None,
        typer.Option(
            "--out", metavar="DIR", help="The folder; RUN/refined or runs/NAME unless given."
        ),
    ] = None,
    resume: ResumeOption = False,
    seed: OtherSeedOption = None,
    model: OtherModelOption = None,
    base_url: OtherServerOption = None,
    executor: ExecutorOption = None,
    workers: WorkersOption = None,
    log_file: LogFileOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Keep every dialogue, and give some a modified copy that is played and proved again.

    Exit code 1: more lines and copies failed than the refinement allows (checks.max_failures).
    """
    from toolweave.cli.ordering import RunOrder
    from toolweave.cli.refining import run
    from toolweave.cli.watching import Watching

    changes = {
        "seed": seed, "model": model, "base_url": base_url, "executor": executor,
        "workers": workers,
    }  # fmt: skip
    order = RunOrder(config, out, resume, changes, Watching(log_file), dry_run)
    raise typer.Exit(run(order, source))
