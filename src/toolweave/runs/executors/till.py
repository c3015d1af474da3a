"""The till: where a run with several workers keeps its one budget."""

import asyncio
import threading
from collections import Counter, defaultdict
from collections.abc import Callable

from toolweave.llm.gate import Amount, Purse


class Taken:
    """A purse with a note of what each worker has set aside; belongs to one event loop.

    What a worker that died had set aside counts as spent: nobody knows whether its calls went out.
    """

    def __init__(self, purse: Purse) -> None:
        self._purse = purse
        self._taken: defaultdict[int, Counter[Amount]] = defaultdict(Counter)

    async def take(self, worker: int, worst: Amount) -> bool:
        """See ``Purse``."""
        granted = await self._purse.take(worst)
        if granted:
            self._taken[worker][worst] += 1
        return granted

    def settle(self, worker: int, worst: Amount, spent: Amount) -> None:
        """See ``Purse``."""
        self._taken[worker][worst] -= 1
        self._purse.settle(worst, spent)

    def lost(self, worker: int) -> None:
        """A worker died."""
        for worst in self._taken.pop(worker, Counter[Amount]()).elements():
            self._purse.settle(worst, worst)


class Till:
    """Lends a purse to worker processes, from an event loop in a thread of its own.

    Args:
        purse: the budget.
    """

    def __init__(self, purse: Purse) -> None:
        self._taken = Taken(purse)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="till", daemon=True)
        self._thread.start()

    def take(self, worker: int, worst: Amount, answer: Callable[[bool], None]) -> None:
        """Set ``worst`` aside for a worker; ``answer`` is called from the till's thread."""

        async def ask() -> None:
            answer(await self._taken.take(worker, worst))

        asyncio.run_coroutine_threadsafe(ask(), self._loop)

    def settle(self, worker: int, worst: Amount, spent: Amount) -> None:
        """A worker's call has ended."""
        self._loop.call_soon_threadsafe(self._taken.settle, worker, worst, spent)

    def lost(self, worker: int) -> None:
        """A worker died."""
        self._loop.call_soon_threadsafe(self._taken.lost, worker)

    def close(self) -> None:
        """Stop the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        if not self._thread.is_alive():
            self._loop.close()
