"""What every command that runs dialogues lets one choose: who works, for how much, who watches."""

from typing import Annotated

import typer

from toolweave.core.errors import InputError

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


def executor_name(name: str | None) -> str | None:
    """The name of an executor, if one is given.

    Raises:
        InputError: there is none of that name.
    """
    known = ("auto", "local", "processes", "ray")
    if name is not None and name not in known:
        raise InputError(f"no executor {name!r}", mend=f"take one of {', '.join(known)}")
    return name
