"""``toolweave goals``: what users may want of a tool graph, worded, rated and sifted."""

from typing import Annotated, Literal

import typer


def goals(
    graph: Annotated[
        str, typer.Argument(help="A graph made by 'tools link', or '-'.", show_default=False)
    ],
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Write here instead of stdout.")
    ] = None,
    task: Annotated[
        str | None,
        typer.Option("--task", help="Keep only what serves this task.", show_default=False),
    ] = None,
    sampler: Annotated[
        Literal["motifs", "random_walk"],
        typer.Option("--sampler", help="How workflows are found."),
    ] = "motifs",
    threshold: Annotated[
        float, typer.Option("--threshold", help="The least score of a goal.")
    ] = -0.5,
    linear: Annotated[
        int, typer.Option("--linear", min=1, help="How many linear goals are kept.")
    ] = 300,
    depth: Annotated[
        int, typer.Option("--depth", min=2, max=12, help="The longest linear workflow.")
    ] = 5,
    seed: Annotated[int, typer.Option("--seed", help="Decides the wording.")] = 0,
    embedder: Annotated[
        str, typer.Option("--embedder", help="Who compares goals with the task.")
    ] = "auto",
) -> None:
    """Find workflows in a tool graph and make goals of them."""
    from toolweave.cli.planning import GoalOrder, make_goals

    order = GoalOrder(
        graph=graph,
        out=out,
        task=task,
        sampler=sampler,
        threshold=threshold,
        linear=linear,
        depth=depth,
        seed=seed,
        embedder=embedder,
    )
    raise typer.Exit(make_goals(order))
