"""The budget of a run: what its calls may take, and what they have taken so far."""

import asyncio
import threading
from typing import NamedTuple

from toolweave.llm.gate import Amount

ASK_AGAIN = 0.02  # seconds until a call asks whether others gave something back


class Most(NamedTuple):
    """What all calls together may take. None: as much as they like."""

    calls: int | None = None
    tokens: int | None = None
    cost: float | None = None

    def holds(self, amount: Amount) -> bool:
        """Whether ``amount`` passes no limit."""
        return all(most is None or taken <= most for taken, most in zip(amount, self, strict=True))


class LocalPurse:
    """A budget for one process, its threads included.

    ``spent`` is what calls that ended have taken, and every call that has started.
    """

    def __init__(self, most: Most) -> None:
        self.most = most
        self.spent = Amount()
        self._aside = Amount()  # for calls under way; their number is in ``spent`` already
        self._lock = threading.Lock()

    async def take(self, worst: Amount) -> bool:
        """Set ``worst`` aside; waits while calls under way may give enough back."""
        while True:
            with self._lock:
                after = self.spent.plus(worst)
                if not self.most.holds(after):
                    return False
                if self.most.holds(after.plus(self._aside)):
                    self.spent = self.spent._replace(calls=after.calls)
                    self._aside = self._aside.plus(worst._replace(calls=0))
                    return True
            await asyncio.sleep(ASK_AGAIN)

    def settle(self, worst: Amount, spent: Amount) -> None:
        """A call that had set ``worst`` aside has ended and took ``spent``."""
        with self._lock:
            self._aside = self._aside.less(worst._replace(calls=0))
            self.spent = self.spent.plus(spent._replace(calls=0))
