"""How many calls may be in flight and how fast they may start."""

import asyncio
import math
import time
from collections import deque

FIRST = 8  # calls that start at once; nearly every server takes as many
TICK = 0.01  # seconds
GROWTH = 1.1  # of the room at every tick, as long as nothing is refused
SHRINK = 0.7  # what is left of the places when a level that worked is refused
SHRINK_EVERY = 1.0  # seconds; one burst of refusals counts once
PROBE_AFTER = 4  # rounds of successes at the ceiling before one more place is tried


class InFlight:
    """A semaphore that finds out how many calls the server takes. Bound to one event loop.

    Calls start in a steep ramp rather than all at once, so that refusals (429) of a server that
    takes few of them come before the rest has started. What was in flight beside a refused call is
    the ceiling from then on. Successes win places back up to the ceiling, about one a round, and
    then try beyond it, seldom. A level that worked before and is refused now shrinks by a factor:
    additive increase, multiplicative decrease.

    Args:
        most: calls that may be in flight at the same time.
    """

    def __init__(self, most: int) -> None:
        self.most = max(1, most)
        self.busy = 0
        self._room = float(FIRST)
        self._level = self._ceiling = float(self.most)
        self._step = 1.0
        self._trying = False  # a place beyond the ceiling
        self._well = 0  # successes since the ceiling was set
        self._shrunk = -math.inf
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._ticking = False

    @property
    def allowed(self) -> int:
        """Calls that may be in flight now."""
        return int(min(self._level, self._room))

    async def enter(self) -> None:
        """Wait for a place."""
        if self.busy < self.allowed and not self._waiting:
            self.busy += 1
            return
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        self._waiting.append(turn)
        self._tick_on(loop)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the place was given in the same moment: pass it on
                self.leave()
            raise

    def leave(self) -> None:
        """Give the place back."""
        self.busy -= 1
        self._admit()

    def went_well(self) -> None:
        """A call succeeded; to be told before it leaves."""
        if self._level < self._ceiling:
            self._level = min(self._ceiling, self._level + 1 / self._level)
        elif self._ceiling < self.most:
            self._well += 1
            if self._well >= (1 if self._trying else PROBE_AFTER) * self._ceiling:
                self._try_more()

    def too_many(self) -> None:
        """The server refused a call because there are too many; to be told before it leaves."""
        now = time.monotonic()
        others = max(1.0, self.busy - 1.0)
        again = not self._trying and self._ceiling < self.most
        self._ceiling = self._level = min(self._level, others)
        if now - self._shrunk >= SHRINK_EVERY:
            self._shrunk = now
            if again:
                self._level = max(1.0, self._level * SHRINK)
        self._room = float(self.most)
        self._well, self._step, self._trying = 0, 1.0, False

    def _try_more(self) -> None:
        # Bolder from time to time: a limit of somebody else's making may be gone for good.
        self._step = min(2 * self._step, self._ceiling / 4) if self._trying else 1.0
        self._ceiling = min(float(self.most), self._ceiling + max(1.0, self._step))
        self._level = self._ceiling
        self._well, self._trying = 0, True

    def _tick_on(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._ticking and self._room < self.most:
            self._ticking = True
            loop.call_later(TICK, self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._ticking = False
        self._room *= GROWTH
        self._admit()
        if self._waiting:
            self._tick_on(loop)

    def _admit(self) -> None:
        while self._waiting and self.busy < self.allowed:
            turn = self._waiting.popleft()
            if not turn.done():
                self.busy += 1
                turn.set_result(None)


class Pace:
    """Spreads the starts of calls evenly over time.

    Args:
        requests: calls that may start in a minute; None for as many as one likes.
        tokens: tokens that may be read and written in a minute.
    """

    def __init__(self, requests: float | None = None, tokens: float | None = None) -> None:
        self._per_call = 60.0 / requests if requests else 0.0
        self._per_token = 60.0 / tokens if tokens else 0.0
        self._next = 0.0
        self._held_until = 0.0

    async def turn(self, tokens: int = 0) -> None:
        """Wait until the next call, which likely takes so many tokens, may start."""
        now = time.monotonic()
        start = max(now, self._next, self._held_until)
        self._next = start + max(self._per_call, tokens * self._per_token)
        while start > now:
            await asyncio.sleep(start - now)
            now = time.monotonic()
            start = self._held_until

    def correct(self, tokens: int) -> None:
        """A call took so many tokens more than was thought, or fewer."""
        self._next += tokens * self._per_token

    def hold(self, seconds: float) -> None:
        """Let nobody start for so long: the server asked for a pause."""
        self._held_until = max(self._held_until, time.monotonic() + seconds)
