"""``toolweave report``: one page about a run, with plots and dialogues to look into."""

from typing import Annotated

import typer

from toolweave.cli.options import (
    AgainstOption,
    GraphOption,
    ProofOption,
    SampleSeedOption,
    SemanticOption,
    VerboseOption,
)


def report(
    run: Annotated[
        str,
        typer.Argument(
            metavar="RUN", help="A run folder, or a file of dialogues.", show_default=False
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option("--out", help="The page; '-' is stdout. Else report.html in the folder."),
    ] = None,
    dialogues: Annotated[
        int, typer.Option("--dialogues", min=0, max=200, help="So many dialogues are shown.")
    ] = 20,
    tools: GraphOption = None,
    verdicts: Annotated[
        str | None,
        typer.Option("--verdicts", metavar="FILE", help="What 'toolweave judge' wrote."),
    ] = None,
    seed: SampleSeedOption = 0,
    proof: ProofOption = 4000,
    against: AgainstOption = None,
    semantic: SemanticOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Put figures, plots, sampled dialogues and rejections of a run on one page.

    The page is one file that asks for nothing from anywhere. Beside every message stands the step
    of the plan that it carries out; pointing at an argument lights the place its value came from.

    Exit code 1: some records could not be read; they are left out and named on stderr.
    """
    from toolweave.cli.reporting import Order, run_report
    from toolweave.cli.streams import verbose as show_logs

    show_logs(verbose)
    order = Order(run, out, dialogues, tools, verdicts, seed, proof, tuple(against or ()), semantic)
    raise typer.Exit(run_report(order))
