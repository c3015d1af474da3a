"""The gate of one process: places in flight, pace and budget."""

import asyncio
from weakref import WeakKeyDictionary

from toolweave.core.errors import BudgetError
from toolweave.llm.gate import Claim, Ending, Limits, Purse
from toolweave.llm.limits import InFlight, Pace


class LocalGate:
    """Lets calls go one process wide.

    Args:
        limits: calls in flight (per event loop, should there be several), and the pace.
        purse: the budget; may be shared with other workers.
    """

    def __init__(self, limits: Limits, purse: Purse | None = None) -> None:
        self.limits = limits
        self._purse = purse
        self._pace = Pace(limits.requests_per_minute, limits.tokens_per_minute)
        self._places: WeakKeyDictionary[asyncio.AbstractEventLoop, InFlight] = WeakKeyDictionary()

    async def enter(self, claim: Claim) -> None:
        """Wait until the call may start. To be followed by exactly one ``leave``.

        Raises:
            BudgetError: its worst case would pass a limit of the budget.
        """
        places = self._here()
        await places.enter()
        try:
            await self._pace.turn(claim.likely)
            if self._purse is not None and not await self._purse.take(claim.worst):
                raise BudgetError("the budget is spent")
        except BaseException:
            # Whatever ends the wait, a cancelled task included, may not cost the place for good.
            places.leave()
            raise

    def leave(self, claim: Claim, ending: Ending) -> None:
        """A call that was let in has ended, in whatever way."""
        places = self._here()
        if ending.refused:
            places.too_many()
            self._pace.hold(ending.wait or 0.0)
        elif ending.well:
            places.went_well()
        self._pace.correct(ending.spent.tokens - claim.likely)
        if self._purse is not None:
            self._purse.settle(claim.worst, ending.spent)
        places.leave()

    @property
    def flying(self) -> int:
        """Calls in flight."""
        return sum(places.busy for places in self._places.values())

    def _here(self) -> InFlight:
        loop = asyncio.get_running_loop()
        places = self._places.get(loop)
        if places is None:
            places = self._places[loop] = InFlight(self.limits.in_flight)
        return places
