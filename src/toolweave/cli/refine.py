"""``toolweave refine``: dialogues with modified copies, failures and recoveries among them."""

from typing import Annotated

import typer

from toolweave.cli.running import ExecutorOption, LogFileOption, WorkersOption


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
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an interrupted refinement stopped.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Overrides the file.", show_default=False)
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", help="Who words the copies.")
    ] = None,
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="Any OpenAI-compatible server.")
    ] = None,
    executor: ExecutorOption = None,
    workers: WorkersOption = None,
    log_file: LogFileOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would make, and make nothing.")
    ] = False,
) -> None:
    """Keep every dialogue, and give some a modified copy that is played and proved again.

    Exit code 1: more lines and copies failed than the refinement allows (checks.max_failures).
    """
    from toolweave.cli.refining import Order, run
    from toolweave.cli.watching import Watching

    changes = {"seed": seed, "executor": executor, "workers": workers}
    words_by = {"name": model, "base_url": base_url}
    watching = Watching(log_file)
    raise typer.Exit(run(Order(source, config, out, resume, changes, words_by, watching, dry_run)))
