"""What a planner works with: the graph, its words, the knobs, the domain's life cycles."""

from dataclasses import dataclass, field

from toolweave.checks.words import Words
from toolweave.configs.knobs import Knobs
from toolweave.planners.flow import Flow
from toolweave.planners.lifecycles import LifeCycles


@dataclass(frozen=True)
class Desk:
    """What a planner works with: the graph, its words, the knobs, the domain's life cycles."""

    flow: Flow
    words: Words
    knobs: Knobs
    lives: LifeCycles = field(default_factory=lambda: LifeCycles(None))
