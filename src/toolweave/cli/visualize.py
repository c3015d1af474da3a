"""``toolweave visualize``: the agent graph, a plan's origins, or a tool graph, drawn."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from toolweave.cli.options import PlanIdOption

if TYPE_CHECKING:
    from toolweave.graph.drawing import Drawable

What = Literal["agents", "plan", "tools"]
Shape = Literal["ascii", "mermaid", "svg", "png", "html"]
_BY_SUFFIX: dict[str, Shape] = {
    ".txt": "ascii", ".mmd": "mermaid", ".mermaid": "mermaid", ".svg": "svg", ".png": "png",
    ".html": "html", ".htm": "html",
}  # fmt: skip


def visualize(
    what: Annotated[What, typer.Argument(help="What to draw.", show_default=False)],
    file: Annotated[
        str | None,
        typer.Argument(
            help="The file of a plan, a tool graph or a toolset, '-', or what ships by its name.",
            show_default=False,
        ),
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
    chosen: PlanIdOption = "",
) -> None:
    """Draw the agents, where a plan's arguments come from, or how tools feed each other."""
    import sys
    from pathlib import Path

    from toolweave.cli.streams import STDOUT, is_terminal, note, writable, write_out
    from toolweave.core.errors import InputError
    from toolweave.graph.drawing import draw

    if what == "agents" and file is not None:
        raise InputError(f"the agent graph takes no file, but got {file!r}", mend="leave it out")
    if chosen and what != "plan":
        raise InputError(f"--id chooses a plan, not {what}", mend="leave it out")
    writable(out)
    form = shape or _BY_SUFFIX.get(Path(out or "").suffix.lower(), "ascii")
    target = out or STDOUT
    if form == "png" and target == STDOUT and is_terminal(sys.stdout):
        raise InputError("a picture is nothing for a terminal", mend="name a file with --out")
    write_out(target, draw(_subject(what, file, chosen), format=form))
    if target != STDOUT:
        note(f"{target} written")


def _subject(what: What, file: str | None, chosen: str) -> "Drawable":
    from toolweave.cli.inputs import plan_source, tool_graph
    from toolweave.cli.streams import note
    from toolweave.core.errors import InputError
    from toolweave.planners.reading import load_plan

    if what == "agents":
        return what
    if file is None:
        noun = "plan is" if what == "plan" else "tools are"
        raise InputError(f"no {noun} named", mend=f"toolweave visualize {what} FILE")
    if what == "plan":
        return load_plan(plan_source(file), chosen=chosen)
    graph = tool_graph(file)
    if not graph.links:
        note(f"{file}: no links to draw; toolweave tools link {file} --out GRAPH.json makes them")
    return graph
