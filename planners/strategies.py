"""Strategies: who plans. One plan format, several schools, chosen in the pipeline file."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Protocol

from toolweave.configs.pipeline import Strategy
from toolweave.core.plan import Plan
from toolweave.planners.digit import Digit
from toolweave.planners.planning import Commission, Refusal
from toolweave.planners.tooldial import Tooldial
from toolweave.planners.toolflow import Toolflow
from toolweave.planners.toolweave import Toolweave


class Planner(Protocol):
    """Makes plans for one domain."""

    @property
    def name(self) -> str:
        """The strategy's name in a pipeline file."""
        ...

    @property
    def label(self) -> str:
        """What its figures are called; a rival without a model is an imitation and says so."""
        ...

    @property
    def not_run(self) -> tuple[str, ...]:
        """The parts of the strategy that need a model and are left out offline."""
        ...

    def plans(self, count: int) -> Iterator[Plan | Refusal]:
        """Up to ``count`` plans that pass the plan check, and refusals in between."""
        ...


STRATEGIES: Final[Mapping[Strategy, Callable[[Commission], Planner]]] = {
    "toolweave": Toolweave,
    "digit": Digit,
    "toolflow": Toolflow,
    "tooldial": Tooldial,
}

DECIDING: Final[frozenset[Strategy]] = frozenset({"toolflow"})
"""The strategies whose assistant chooses its acts while a dialogue runs, given a model."""
