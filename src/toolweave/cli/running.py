"""What every command that runs dialogues lets one choose: where, for how much, who works."""

from typing import Annotated, get_args

import typer

from toolweave.core.errors import InputError

RunFolderOption = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="The run folder; runs/NAME unless given."),
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what it would make and take, and make nothing.")
]
OtherSeedOption = Annotated[
    int | None, typer.Option("--seed", help="Overrides the file.", show_default=False)
]
OtherModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME", show_default=False, help="A model other than the file's."
    ),
]
OtherServerOption = Annotated[
    str | None,
    typer.Option(
        "--base-url", metavar="URL", show_default=False, help="Any OpenAI-compatible server."
    ),
]
ExecutorOption = Annotated[
    str | None,
    typer.Option(
        "--executor",
        metavar="NAME",
        show_default=False,
        help="auto, local, processes or ray; the records are the same.",
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=1024, help="How many processes.", show_default=False),
]
MaxCallsOption = Annotated[
    int | None,
    typer.Option("--max-calls", min=0, help="Stop before one call more.", show_default=False),
]
MaxTokensOption = Annotated[
    int | None,
    typer.Option("--max-tokens", min=0, help="Stop before one token more.", show_default=False),
]
MaxCostOption = Annotated[
    float | None,
    typer.Option(
        "--max-cost", min=0, help="Stop before it costs more (model.prices).", show_default=False
    ),
]
CacheOption = Annotated[
    str | None,
    typer.Option(
        "--cache",
        metavar="FILE",
        show_default=False,
        help="Answers to share with other runs; else a run keeps its own.",
    ),
]
LogFileOption = Annotated[
    str | None,
    typer.Option(
        "--log-file",
        metavar="FILE",
        show_default=False,
        help="Append JSON log lines: dialogues and model calls, no text of either.",
    ),
]
TraceOption = Annotated[
    bool, typer.Option("--trace", help="Make OpenTelemetry spans (otel extra).")
]


def check_executor(name: object) -> None:
    """See that there is an executor of that name, if one is given.

    Raises:
        InputError: there is none.
    """
    from toolweave.configs.run import Executors

    known = get_args(Executors)
    if name is not None and name not in known:
        raise InputError(f"no executor {name!r}", mend=f"take one of {', '.join(known)}")
