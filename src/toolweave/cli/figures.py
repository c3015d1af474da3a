"""``toolweave figures``: structure and diversity of dialogue files, side by side."""

from typing import Annotated

import typer


def figures(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Dialogues (.json, .jsonl) or run folders; '-' is stdin.",
            show_default=False,
        ),
    ],
    tools: Annotated[
        str | None,
        typer.Option(
            "--tools", metavar="FILE", help="Tools or a tool graph: which are never called?"
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Draws the samples.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show log lines.")] = False,
) -> None:
    """Count turns, calls and multi-step turns, and measure how varied the texts are.

    Dialogues may be ToolWeave's own or come from elsewhere in OpenAI message form. The figures
    stand beside those of the paper's Table 2; several files are also compared at equal numbers of
    tokens. The dialogues of a run go by the name of its strategy. Sentence frames are sentences
    with every value replaced by its parameter's name.

    Exit code 1: some records could not be read; they are left out and named on stderr.
    """
    from toolweave.cli.figuring import run
    from toolweave.cli.streams import verbose as show_logs

    show_logs(verbose)
    raise typer.Exit(run(files, tools, seed, as_json=as_json))
