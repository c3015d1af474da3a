"""``toolweave figures``: structure, hallucination, coverage and diversity of dialogue files."""

from typing import Annotated

import typer

from toolweave.cli.options import (
    AgainstOption,
    GraphOption,
    JsonOption,
    ProofOption,
    SampleSeedOption,
    SemanticOption,
    VerboseOption,
)


def figures(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Dialogues (.json, .jsonl) or run folders; '-' is stdin.",
            show_default=False,
        ),
    ],
    tools: GraphOption = None,
    seed: SampleSeedOption = 0,
    proof: ProofOption = 4000,
    against: AgainstOption = None,
    ngram: Annotated[
        int, typer.Option("--ngram", min=2, help="Words in a row that count as the same text.")
    ] = 13,
    semantic: SemanticOption = False,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Count turns and calls, prove what was said, and measure how varied the texts are.

    Dialogues may be ToolWeave's own or come from elsewhere in OpenAI message form. Structure and
    hallucination stand beside the paper's Tables 2 and 3; several files are also compared at equal
    numbers of tokens. The dialogues of a run go by the name of its strategy, and its tool graphs
    tell how much of them is used. What cannot be known of dialogues from elsewhere is said to be
    unknown: whether names exist, without their tools. Sentence frames are sentences with every
    value replaced by its parameter's name.

    Exit code 1: some records could not be read; they are left out and named on stderr.
    """
    from toolweave.cli.figuring import Wanted, run
    from toolweave.cli.streams import verbose as show_logs

    show_logs(verbose)
    wanted = Wanted(tools, seed, proof, tuple(against or ()), ngram, semantic)
    raise typer.Exit(run(files, wanted, as_json=as_json))
