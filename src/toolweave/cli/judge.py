"""``toolweave judge``: a model's marks for finished dialogues."""

from typing import Annotated

import typer

from toolweave.cli.options import BaseUrlOption, JsonOption, ToolsOption, VerboseOption

DialoguesArgument = Annotated[
    str,
    typer.Argument(
        metavar="RUN|FILE",
        help="A run folder, or dialogues (.json, .jsonl); '-' is stdin.",
        show_default=False,
    ),
]
JudgeOption = Annotated[
    str, typer.Option("--model", metavar="NAME", help="The judge; it cannot be left out.")
]
SampleOption = Annotated[
    int,
    typer.Option("--sample", metavar="N", min=0, help="So many, evenly over the domains; 0: all."),
]
PassesOption = Annotated[
    int, typer.Option("--passes", metavar="K", min=1, max=99, help="Ask about each so many times.")
]
SeedOption = Annotated[int, typer.Option("--seed", help="Draws the sample.")]
OutOption = Annotated[
    str,
    typer.Option(
        "--out", metavar="FILE", help="The verdicts; verdicts.jsonl beside the dialogues."
    ),
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with the verdicts that are there.")
]
ConcurrencyOption = Annotated[
    int, typer.Option("--concurrency", min=1, max=4096, help="Calls at a time.")
]
TimeoutOption = Annotated[
    float, typer.Option("--timeout", min=1, metavar="SECONDS", help="Of one call.")
]


def judge(
    file: DialoguesArgument,
    model: JudgeOption = "",
    base_url: BaseUrlOption = "",
    sample: SampleOption = 200,
    passes: PassesOption = 1,
    seed: SeedOption = 0,
    out: OutOption = "",
    resume: ResumeOption = False,
    tools: ToolsOption = None,
    concurrency: ConcurrencyOption = 16,
    timeout: TimeoutOption = 120.0,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Let a model rate dialogues as in the paper's Table 4, and name turns not to be learnt from.

    Naturalness, coherence, helpfulness and accuracy get marks from 1 to 5 with comments, at
    temperature 0. The dialogues may be ToolWeave's own or come from elsewhere in OpenAI message
    form. Every verdict is written as soon as it is given: after an interruption, or to judge more
    of the same, go on with --resume. With several passes their agreement is told.
    export --verdicts FILE keeps the turns that the verdicts call faulty out of training.

    Exit code 1: some dialogues could not be read, or got no verdict; each is named on stderr.
    """
    from toolweave.cli.judging import Order, run
    from toolweave.cli.streams import verbose as show_logs

    show_logs(verbose)
    order = Order(
        file=file, model=model, base_url=base_url, sample=sample, passes=passes, seed=seed,
        out=out, resume=resume, tools=tools, concurrency=concurrency, timeout=timeout,
    )  # fmt: skip
    raise typer.Exit(run(order, as_json=as_json))
