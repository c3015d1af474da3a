"""``toolweave tools stats``: the figures of toolsets and tool graphs, beside the paper's."""

from typing import Annotated

import typer

from toolweave.cli.options import JsonOption, VerboseOption


def stats(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Toolsets or graphs: files, '-', or shipped toolsets' names.", show_default=False
        ),
    ],
    seconds: Annotated[
        float,
        typer.Option("--seconds", min=0, help="Time for the longest chain of each graph."),
    ] = 5.0,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show the figures of the paper's Table 1 for every domain, and averaged.

    Figures of the graph need links: a toolset that nobody linked shows a dash there (link it with
    'toolweave tools link'). A longest chain with a bound beside it was not proved in time.
    """
    from toolweave.cli.statistics import run
    from toolweave.cli.streams import verbose as show_logs

    show_logs(verbose)
    raise typer.Exit(run(files, seconds, as_json=as_json))
