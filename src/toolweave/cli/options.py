"""Options that commands about files and dialogues share, worded once."""

from typing import Annotated

import typer

VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Show log lines.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]
BaseUrlOption = Annotated[
    str, typer.Option("--base-url", metavar="URL", help="Any OpenAI-compatible server.")
]
ModelOption = Annotated[
    str, typer.Option("--model", metavar="NAME", help="'offline', or a model on a server.")
]
ToolsOption = Annotated[
    str | None,
    typer.Option("--tools", metavar="FILE", help="The tools, where the file does not bring them."),
]
GraphOption = Annotated[
    str | None,
    typer.Option("--tools", metavar="FILE", help="Tools or a tool graph of the dialogues."),
]
SampleSeedOption = Annotated[int, typer.Option("--seed", help="Draws the samples.")]
ProofOption = Annotated[
    int,
    typer.Option("--proof", min=0, help="So many dialogues are proved, drawn by seed; 0: all."),
]
AgainstOption = Annotated[
    list[str] | None,
    typer.Option("--against", metavar="FILE", help="Benchmarks: does the data hold their texts?"),
]
SemanticOption = Annotated[
    bool, typer.Option("--semantic", help="Measure the spread of meanings (embeddings extra).")
]
PlanIdOption = Annotated[
    str,
    typer.Option("--id", help="Which plan of a .jsonl file: its id or number.", show_default=False),
]
