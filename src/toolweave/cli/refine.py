"""``toolweave refine``: dialogues with modified copies, failures and recoveries among them."""

from typing import Annotated

import typer


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
) -> None:
    """Keep every dialogue, and give some a modified copy that is played and proved again.

    Exit code 1: more lines and copies failed than the refinement allows (checks.max_failures).
    """
    from toolweave.cli.refining import Order, run

    raise typer.Exit(run(Order(source, config, out, resume, seed, model, base_url)))
