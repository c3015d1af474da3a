"""``toolweave compare``: the paper's Tables 1 to 4 for runs, strategies and foreign files."""

from typing import Annotated

import typer

from toolweave.cli.options import GraphOption, ProofOption, SampleSeedOption, VerboseOption


def compare(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN...",
            help="Run folders, or files of dialogues (.json, .jsonl); NAME=RUN names one.",
            show_default=False,
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option("--out", help="A page (.html) or Markdown (.md); else tables on stdout."),
    ] = None,
    verdicts: Annotated[
        list[str] | None,
        typer.Option(
            "--verdicts",
            metavar="RUN=FILE",
            help="What 'toolweave judge' wrote of a run, where it does not lie in its folder.",
        ),
    ] = None,
    tools: GraphOption = None,
    seed: SampleSeedOption = 0,
    proof: ProofOption = 4000,
    verbose: VerboseOption = False,
) -> None:
    """Put several sets of dialogues side by side, with the paper's own figures as columns.

    Tools, structure and hallucination as in the paper's Tables 1 to 3, a judge's marks as in
    Table 4 where there are verdicts, and diversity at equal numbers of tokens. What could not be
    made is shown as the paper has it and marked as not reproduced.

    Exit code 1: some records could not be read; they are left out and named on stderr.
    """
    from toolweave.cli.comparing import Order, run_compare
    from toolweave.cli.streams import verbose as show_logs

    show_logs(verbose)
    raise typer.Exit(run_compare(Order(runs, out, tuple(verdicts or ()), tools, seed, proof)))
