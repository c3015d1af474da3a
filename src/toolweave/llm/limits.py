"""How many calls may be in flight and how fast they may start."""

import asyncio
import time
from collections import deque
from types import TracebackType

SHRINK_EVERY = 1.0  # seconds; one burst of refusals counts once


class InFlight:
    """A semaphore that gives way: fewer calls while the server says it is too many.

    A refusal halves the number of places, every success wins a part of one back: additive
    increase, multiplicative decrease. Bound to one event loop.

    Args:
        most: calls that may be in flight at the same time.
    """

    def __init__(self, most: int) -> None:
        self.most = max(1, most)
        self.allowed = float(self.most)
        self.busy = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._shrunk = -SHRINK_EVERY

    async def __aenter__(self) -> None:
        if self.busy < int(self.allowed) and not self._waiting:
            self.busy += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the place was given in the same moment: pass it on
                self._leave()
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    def went_well(self) -> None:
        """A call succeeded."""
        if self.allowed < self.most:
            self.allowed = min(float(self.most), self.allowed + 1 / self.allowed)

    def too_many(self) -> None:
        """The server refused a call because there are too many."""
        now = time.monotonic()
        if now - self._shrunk >= SHRINK_EVERY:
            self._shrunk = now
            self.allowed = max(1.0, self.allowed / 2)

    def _leave(self) -> None:
        self.busy -= 1
        while self._waiting and self.busy < int(self.allowed):
            turn = self._waiting.popleft()
            if not turn.done():
                self.busy += 1
                turn.set_result(None)


class Pace:
    """Spreads the starts of calls evenly over time.

    Args:
        per_minute: calls that may start in a minute; None for as many as one likes.
    """

    def __init__(self, per_minute: float | None) -> None:
        self._interval = 60.0 / per_minute if per_minute else 0.0
        self._next = 0.0
        self._held_until = 0.0

    async def turn(self) -> None:
        """Wait until the next call may start."""
        now = time.monotonic()
        start = max(now, self._next, self._held_until)
        if self._interval:
            self._next = start + self._interval
        while start > now:
            await asyncio.sleep(start - now)
            now = time.monotonic()
            start = self._held_until

    def hold(self, seconds: float) -> None:
        """Let nobody start for so long: the server asked for a pause."""
        self._held_until = max(self._held_until, time.monotonic() + seconds)
