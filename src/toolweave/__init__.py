"""ToolWeave: multi-turn tool-calling dialogues in which every argument has a known source.

Names are imported on first use, so that ``import toolweave`` stays fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolweave.core.dialogue import Dialogue
    from toolweave.evaluation.checking import check
    from toolweave.graph.drawing import draw
    from toolweave.llm.generator import Generator
    from toolweave.llm.task import Task
    from toolweave.planners.reading import load_plan
    from toolweave.runs.batch import batch
    from toolweave.runs.rewarding import reward
    from toolweave.runs.simulation import asimulate, simulate
    from toolweave.toolgraph.readers import load_tools

_HOME = {
    "Dialogue": "toolweave.core.dialogue",
    "Generator": "toolweave.llm.generator",
    "Task": "toolweave.llm.task",
    "asimulate": "toolweave.runs.simulation",
    "batch": "toolweave.runs.batch",
    "check": "toolweave.evaluation.checking",
    "draw": "toolweave.graph.drawing",
    "load_plan": "toolweave.planners.reading",
    "load_tools": "toolweave.toolgraph.readers",
    "reward": "toolweave.runs.rewarding",
    "simulate": "toolweave.runs.simulation",
}

__all__ = [
    "Dialogue",
    "Generator",
    "Task",
    "asimulate",
    "batch",
    "check",
    "draw",
    "load_plan",
    "load_tools",
    "reward",
    "simulate",
]


def __getattr__(name: str) -> Any:
    """Import a public name on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'toolweave' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
