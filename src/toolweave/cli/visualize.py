"""``toolweave visualize``: the agent graph, or a plan with the origin of every argument, drawn."""

from typing import Annotated, Literal

import typer

What = Literal["agents", "plan"]
Shape = Literal["ascii", "mermaid", "svg", "png", "html"]
_BY_SUFFIX: dict[str, Shape] = {
    ".txt": "ascii", ".mmd": "mermaid", ".mermaid": "mermaid", ".svg": "svg", ".png": "png",
    ".html": "html", ".htm": "html",
}  # fmt: skip


def visualize(
    what: Annotated[What, typer.Argument(help="What to draw.", show_default=False)],
    file: Annotated[
        str | None,
        typer.Argument(help="The plan's file, '-', or a shipped plan's name.", show_default=False),
    ] = None,
    shape: Annotated[
        Shape | None,
        typer.Option(
            "--format", help="Follows from the suffix of --out, else ascii.", show_default=False
        ),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Write here instead of stdout.")
    ] = None,
) -> None:
    """Draw the agents, or where a plan's arguments come from."""
    import sys
    from pathlib import Path

    from toolweave.cli.inputs import plan_source
    from toolweave.cli.streams import STDOUT, is_terminal, note, writable, write_out
    from toolweave.core.errors import InputError
    from toolweave.graph.drawing import draw

    if what == "plan" and file is None:
        raise InputError("no plan is named", mend="toolweave visualize plan FILE")
    if what == "agents" and file is not None:
        raise InputError(f"the agent graph takes no file, but got {file!r}", mend="leave it out")
    writable(out)
    chosen = shape or _BY_SUFFIX.get(Path(out or "").suffix.lower(), "ascii")
    target = out or STDOUT
    if chosen == "png" and target == STDOUT and is_terminal(sys.stdout):
        raise InputError("a picture is nothing for a terminal", mend="name a file with --out")
    write_out(target, draw("agents" if file is None else plan_source(file), format=chosen))
    if target != STDOUT:
        note(f"{target} written")
