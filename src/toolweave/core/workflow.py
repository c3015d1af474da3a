"""Workflows: ordered sets of tools with a motif, and the links that hold them together."""

from typing import Literal

from pydantic import Field

from toolweave.core.graph import Link
from toolweave.core.model import JsonValue, Record
from toolweave.core.plan import Motif

BranchReason = Literal["life_cycle", "rule", "emptiness", "boolean", "error"]
BranchOperator = Literal["==", "!=", "<", "<=", ">", ">=", "empty", "not_empty", "error"]


class Branch(Record):
    """Where a conditional workflow forks (the metadata M of ToolWeave, App. C.1).

    ``path`` is the output of the first tool that decides, ``operator`` and ``value`` what it must
    be for ``chosen`` to follow; with the operator ``error``, ``value`` is the error's code.
    ``other`` is the tool of the other branch, ``because`` what the fork rests on.
    """

    path: str
    operator: BranchOperator = "=="
    value: JsonValue = None
    chosen: str
    other: str
    because: BranchReason


class Workflow(Record):
    """An ordered set of tools. Every link used leads from an earlier tool to a later one.

    The first tool of a fan feeds the ones between, which feed the last.
    """

    motif: Motif
    tools: tuple[str, ...] = Field(min_length=1)
    links: tuple[Link, ...] = ()
    branch: Branch | None = None

    def key(self) -> str:
        """A name under which the workflow is told from others of its graph."""
        fork = ""
        if self.branch is not None:
            fork = f"?{self.branch.path}{self.branch.operator}{self.branch.value}"
        return f"{self.motif}:{'>'.join(self.tools)}{fork}"
