"""``toolweave export``: finished dialogues as a trainer, a server or a benchmark reads them."""

from typing import Annotated

import typer


def export(
    run: Annotated[
        str,
        typer.Argument(
            metavar="RUN",
            help="A run folder, or dialogues.jsonl; '-' is stdin.",
            show_default=False,
        ),
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="CONSUMER",
            help="openai, trl, llamafactory, axolotl, parquet or bfcl.",
            show_default=False,
        ),
    ],
    out: Annotated[
        str,
        typer.Option("--out", metavar="DIR", help="The folder to make.", show_default=False),
    ],
    split: Annotated[
        float | None,
        typer.Option("--split", help="Share of plans to train on; the others are held out."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Draws the split.")] = 0,
    name: Annotated[
        str, typer.Option("--name", help="The data set's name; the run's if left out.")
    ] = "",
    licence: Annotated[
        str, typer.Option("--license", help="The licence that the card names.")
    ] = "unknown",
    single_calls: Annotated[
        bool,
        typer.Option("--single-calls", help="Leave out dialogues with several calls in a message."),
    ] = False,
    verdicts: Annotated[
        str,
        typer.Option(
            "--verdicts", metavar="FILE", help="What judge wrote: faulty turns are not learnt."
        ),
    ] = "",
    by_hand: Annotated[
        str,
        typer.Option(
            "--by-hand",
            metavar="FILE",
            help="What you decided by hand: drops are left out, keeps outrank a judge. "
            "by_hand.jsonl beside the dialogues, if it is there.",
        ),
    ] = "",
    no_by_hand: Annotated[
        bool, typer.Option("--no-by-hand", help="Leave what was decided by hand aside.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show log lines.")] = False,
) -> None:
    """Write dialogues in the form that a consumer accepts, with a card that describes them.

    Every record that is read is written, or stands in skipped.jsonl with the reason. A split is by
    plan: no plan is in both parts. bfcl writes an evaluation set, with a split of the held-out
    plans alone; llamafactory brings the fine-tuning settings of the paper.

    Exit code 1: some records could not be read.
    """
    from toolweave.cli.exporting import Order, run_export
    from toolweave.cli.streams import verbose as show_logs

    show_logs(verbose)
    order = Order(
        run, to, out, split, seed, name, licence, single_calls, verdicts, by_hand, no_by_hand
    )
    raise typer.Exit(run_export(order))
