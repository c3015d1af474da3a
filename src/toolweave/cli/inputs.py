"""What the command line names: plans, tools and dialogues, by file or by what ships or a run."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolweave.cli.streams import STDOUT
from toolweave.configs.shipping import Kind, shipped, shipped_names
from toolweave.core.errors import InputError
from toolweave.core.graph import ToolGraph
from toolweave.core.tool import Toolset
from toolweave.runs.opened import opened
from toolweave.schema.documents import read_document
from toolweave.toolgraph.graph import is_graph, read_graph
from toolweave.toolgraph.readers import load_tools, read_tools


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


def tool_graph(name: str) -> ToolGraph:
    """The tool graph in a file; tools without links where the file, or what ships, has none.

    Raises:
        InputError: it cannot be found or read.
    """
    file = name if name == STDOUT else str(_found("tools", name))
    if Path(file).is_dir():
        return ToolGraph(version=1, toolset=load_tools(file))
    data = read_document(file)
    if is_graph(data):
        return read_graph(data, file=file)
    return ToolGraph(version=1, toolset=read_tools(data, file=file, name=Path(file).stem))


def dialogue_file(file: str) -> str:
    """The file of dialogues that is meant; a run's folder stands for the one in it.

    Raises:
        InputError: the folder holds no dialogues.
    """
    return opened(file).path


@contextmanager
def read_twice(file: str) -> Iterator[str]:
    """The file, to be read more than once; standard input is kept in a temporary file."""
    if file != STDOUT:
        yield file
        return
    with tempfile.NamedTemporaryFile(suffix=".json") as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
        kept.flush()
        yield kept.name


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
