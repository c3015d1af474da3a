"""``toolweave check``: the proof of any dialogue file, or the check of a plan."""

from typing import Annotated

import typer

from toolweave.cli.options import ToolsOption, VerboseOption


def check(
    file: Annotated[
        str,
        typer.Argument(
            help="Dialogues (.json, .jsonl) or a plan; '-' is stdin.", show_default=False
        ),
    ],
    tools: ToolsOption = None,
    plan: Annotated[
        str | None,
        typer.Option(
            "--plan", metavar="FILE", help="The plan that dialogues from elsewhere should follow."
        ),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy", metavar="FILE", help="A policy, or the name of a shipped one, to audit."
        ),
    ] = None,
    lexicon: Annotated[
        str,
        typer.Option(
            "--lexicon", metavar="FILE", help="The lexicon of the dialogues, if it is your own."
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    verbose: VerboseOption = False,
) -> None:
    """Check a file of dialogues, or a plan.

    Dialogues may be ToolWeave's own or come from elsewhere in OpenAI message form; the latter are
    checked for names, schemas, pairing of calls and results, and grounding; with --plan, also for
    whether they do what their plan says. Dialogues of ours bring their plan. With --policy, either
    kind is also held against rules: order of calls, confirmation, forbidden tools, personal data.

    Exit code 1: there are findings of severity error. Warnings alone are shown and give 0.
    """
    from toolweave.cli.checking import Order, run
    from toolweave.cli.streams import verbose as show_logs

    show_logs(verbose)
    raise typer.Exit(run(Order(file, tools, lexicon, plan, policy), as_json=as_json))
