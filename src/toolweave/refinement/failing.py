"""Failure injection (ToolWeave, Algorithm 8): which failure a dialogue gets."""

import random
from collections.abc import Iterator, Mapping
from typing import Final

from toolweave.configs.refining import SimpleFailure
from toolweave.refinement.edit import Edited, Source, Unfit
from toolweave.refinement.failure import Failure
from toolweave.refinement.mistakes import invalid_enum, missing_parameter, wrong_type
from toolweave.refinement.outages import rate_limited, timed_out
from toolweave.refinement.refusals import tool_error

KIND: Final = "failures"
SIMPLE: Final[Mapping[SimpleFailure, Failure]] = {
    "missing_parameter": missing_parameter,
    "wrong_type": wrong_type,
    "invalid_enum": invalid_enum,
    "tool_error": tool_error,
    "timeout": timed_out,
    "rate_limit": rate_limited,
}


class FailureInjection:
    """Puts one failure, and the recovery from it, into a plan.

    Args:
        complex_share: how often the complex failures are tried, in their order.
        weights: how often each simple failure is drawn otherwise, or where no complex one fits.
        complex_failures: those that are tried, in order.
    """

    kind: Final = KIND

    def __init__(
        self,
        complex_share: float,
        weights: Mapping[SimpleFailure, float],
        complex_failures: Mapping[str, Failure],
    ) -> None:
        self.complex_share, self.complex_failures = complex_share, complex_failures
        self.weights = {name: weight for name, weight in weights.items() if weight > 0}

    def edited(self, source: Source, stream: random.Random) -> Edited | Unfit:
        """The plan with the first failure that fits."""
        reasons = []
        for name, failure in self._tried(stream):
            made = failure(source, stream)
            if isinstance(made, Unfit):
                reasons.append(f"{name}: {made.reason}")
                continue
            return Edited(name, made.plan, source.toolset, made.detail, dict(made.meant))
        return Unfit("; ".join(reasons) or "no kind of failure has a weight")

    def _tried(self, stream: random.Random) -> Iterator[tuple[str, Failure]]:
        if stream.random() < self.complex_share:
            yield from self.complex_failures.items()
        left = dict(self.weights)
        while left:
            name = stream.choices(list(left), list(left.values()))[0]
            del left[name]
            yield name, SIMPLE[name]
