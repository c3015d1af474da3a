"""``toolweave evaluate``: somebody's assistant against plans."""

from typing import Annotated

import typer

from toolweave.cli.options import JsonOption, ToolsOption, VerboseOption

PlansArgument = Annotated[
    str,
    typer.Argument(
        metavar="PLANS",
        help="A plan, many (.jsonl), a folder of them, or a shipped plan's name.",
        show_default=False,
    ),
]
AssistantOption = Annotated[
    str, typer.Option("--assistant", metavar="URL", help="Where the assistant is, up to /v1.")
]
AssistantModelOption = Annotated[
    str, typer.Option("--assistant-model", metavar="NAME", help="Its name on that server.")
]
TrialsOption = Annotated[
    int, typer.Option("--trials", metavar="K", min=1, max=99, help="So many of each plan.")
]
KeyOption = Annotated[
    str, typer.Option("--key-env", metavar="NAME", help="The variable that holds its API key.")
]
SeedOption = Annotated[int, typer.Option("--seed", help="Draws user and world.")]
UserOption = Annotated[
    str, typer.Option("--model", metavar="NAME", help="Words the user; offline unless given.")
]
UserServerOption = Annotated[
    str, typer.Option("--base-url", metavar="URL", help="The server of --model.")
]
TurnsOption = Annotated[
    int, typer.Option("--turns", min=1, max=100, help="The user speaks so often at most.")
]
RoundsOption = Annotated[
    int, typer.Option("--rounds", min=1, max=100, help="Messages with calls in a row at most.")
]
OutOption = Annotated[str, typer.Option("--out", metavar="FILE", help="The trials, one to a line.")]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with the trials that are there.")
]
ConcurrencyOption = Annotated[
    int, typer.Option("--concurrency", min=1, max=256, help="Conversations at a time.")
]
TimeoutOption = Annotated[
    float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="Of one answer.")
]
RetriesOption = Annotated[
    int, typer.Option("--retries", min=0, max=20, help="After a failure that may pass.")
]
AnswerOption = Annotated[
    int, typer.Option("--max-tokens", min=0, help="Of one answer; 0 leaves it to the server.")
]


def evaluate(
    plans: PlansArgument,
    assistant: AssistantOption,
    assistant_model: AssistantModelOption = "assistant",
    trials: TrialsOption = 1,
    key_env: KeyOption = "",
    seed: SeedOption = 0,
    tools: ToolsOption = None,
    model: UserOption = "offline",
    base_url: UserServerOption = "",
    turns: TurnsOption = 30,
    rounds: RoundsOption = 12,
    out: OutOption = "trials.jsonl",
    resume: ResumeOption = False,
    concurrency: ConcurrencyOption = 4,
    timeout: TimeoutOption = 60.0,
    retries: RetriesOption = 4,
    max_tokens: AnswerOption = 0,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Test an assistant behind an OpenAI-compatible server with simulated users and tools.

    A trial passes when every planned call was made with the right values, none before what it
    needs, and nothing else was changed in the simulated world. pass^k is the chance that k trials
    of a plan all pass. Every trial is written as soon as it is over; one that the server let down
    has no verdict, and --resume tries it again.

    Exit code 1: a trial did not pass, or got no verdict.
    """
    from toolweave.cli.evaluating import Order, run
    from toolweave.cli.streams import verbose as show_logs

    show_logs(verbose)
    order = Order(
        plans=plans, assistant=assistant, assistant_model=assistant_model, trials=trials,
        key_env=key_env, seed=seed, tools=tools, model=model, base_url=base_url, turns=turns,
        rounds=rounds, out=out, resume=resume, concurrency=concurrency, timeout=timeout,
        retries=retries, max_tokens=max_tokens,
    )  # fmt: skip
    raise typer.Exit(run(order, as_json=as_json))
