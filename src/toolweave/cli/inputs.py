"""What the command line names: plans and tools, by file or by the name of what ships."""

from pathlib import Path

from toolweave.cli.streams import STDOUT
from toolweave.configs.shipping import Kind, shipped, shipped_names
from toolweave.core.errors import InputError
from toolweave.core.tool import Toolset
from toolweave.toolgraph.readers import load_tools


def plan_source(name: str) -> str:
    """The plan's file, or ``-``.

    Raises:
        InputError: there is no such file, and no shipped plan of that name.
    """
    return name if name == STDOUT else str(_found("plans", name))


def named_tools(name: str | None) -> Toolset | None:
    """The tools in a file or of a shipped name, or None where none are named.

    Raises:
        InputError: they cannot be found or read.
    """
    if not name:
        return None
    return load_tools(name if name == STDOUT else str(_found("tools", name)))


def _found(kind: Kind, name: str) -> Path:
    path = Path(name)
    if path.exists():
        return path
    found = shipped(kind, name)
    if found is None:
        known = ", ".join(shipped_names(kind))
        raise InputError(
            "there is no such file", file=name, mend=f"check the path; shipped {kind}: {known}"
        )
    return found
