"""``toolweave plan``: turn-level plans for goals, by one of several schools."""

from typing import Annotated, Literal

import typer


def plan(
    goals: Annotated[
        str, typer.Argument(help="Goals made by 'toolweave goals', or '-'.", show_default=False)
    ],
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="Where the plans are written.")
    ] = "plans.jsonl",
    count: Annotated[int, typer.Option("--count", min=1, help="How many plans.")] = 100,
    strategy: Annotated[
        Literal["toolweave", "digit", "toolflow", "tooldial"],
        typer.Option("--strategy", help="Who plans; rivals use the goals' graph alone."),
    ] = "toolweave",
    for_goals: Annotated[
        bool,
        typer.Option("--for-goals", help="Let toolflow plan for these goals, not draw tools."),
    ] = False,
    seed: Annotated[int, typer.Option("--seed", help="Decides what is drawn.")] = 0,
    clarify: Annotated[
        float, typer.Option("--clarify", min=0, max=1, help="How often something is asked for.")
    ] = 0.3,
    optional: Annotated[
        float,
        typer.Option("--optional", min=0, max=1, help="How often optional parameters join."),
    ] = 0.15,
) -> None:
    """Make turn-level plans, in which every argument has a known source."""
    from toolweave.cli.planning import PlanOrder, make_plans

    order = PlanOrder(
        goals=goals,
        out=out,
        count=count,
        strategy=strategy,
        for_goals=for_goals,
        seed=seed,
        clarify=clarify,
        optional=optional,
    )
    raise typer.Exit(make_plans(order))
