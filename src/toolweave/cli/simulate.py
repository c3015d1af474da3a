"""``toolweave simulate``: one plan becomes one proven dialogue, before one's eyes."""

from typing import Annotated, Literal

import typer

from toolweave.cli.options import BaseUrlOption, ModelOption, PlanIdOption, VerboseOption

DEFAULT_PLAN = "customer_support_case"


def simulate(
    plan: Annotated[
        str, typer.Argument(help="The plan's file, '-', or a shipped plan's name.")
    ] = DEFAULT_PLAN,
    tools: Annotated[
        str | None, typer.Option("--tools", metavar="FILE", help="Tools other than the plan's own.")
    ] = None,
    chosen: PlanIdOption = "",
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same dialogue.")] = 0,
    model: ModelOption = "offline",
    base_url: BaseUrlOption = "",
    step: Annotated[bool, typer.Option("--step", help="Wait for a key after every step.")] = False,
    play: Annotated[
        Literal["user"] | None, typer.Option("--play", help="Take the user's side yourself.")
    ] = None,
    session: Annotated[
        str | None,
        typer.Option(
            "--session", metavar="FILE", help="Keep every step; the same command goes on."
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FILE", help="Write the dialogue as JSON; '-' is stdout."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Do not show the dialogue.")] = False,
    verbose: VerboseOption = False,
) -> None:
    """Simulate one dialogue and prove it.

    Exit code 1: the dialogue failed its proof, or a step could not be realised.
    """
    from toolweave.cli.simulating import Order, run
    from toolweave.cli.streams import verbose as show_logs

    show_logs(verbose)
    order = Order(
        plan, tools, chosen, seed, model, base_url, step, play == "user", session, out, quiet
    )
    raise typer.Exit(run(order))
