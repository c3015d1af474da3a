"""A circuit breaker: while the server is down calls wait, and one at a time tries it again."""

import asyncio
import time
from typing import Final

from toolweave.core.errors import ServerError
from toolweave.llm.retries import Fault, Trouble
from toolweave.llm.watching import Happening, Watcher

OPENS_AFTER: Final = 10  # failures in a row, of whatever calls
LONGEST_WAIT: Final = 15.0  # seconds between two attempts to find the server again
_NAP: Final = 0.25

_DOWN: Final = frozenset({Fault.UNREACHABLE, Fault.TIMEOUT, Fault.BROKEN, Fault.FAILED})
# Faults that no single request brings about; those of a whole server or what stands before it.
_GATEWAY: Final = frozenset({Fault.UNREACHABLE, Fault.BROKEN})


class Breaker:
    """Keeps calls from a server that is down.

    Args:
        patience: seconds that it waits for the server before calls fail.
        watcher: told when the server goes away and when it is back.
        first: seconds until the first attempt to find it again; doubled each time.
    """

    def __init__(self, patience: float, watcher: Watcher, first: float) -> None:
        self._patience, self._watcher, self._first = patience, watcher, first
        self.successes = 0
        self._row = 0
        self._opened: float | None = None
        self._last: Trouble | None = None
        self._wait = 0.0
        self._due = 0.0
        self._trying = False

    @property
    def is_open(self) -> bool:
        """Whether the server is taken to be down."""
        return self._opened is not None

    async def passing(self) -> bool:
        """Wait until a call makes sense. True: it is the one that tries whether the server is back.

        Raises:
            ServerError: the server did not come back in time.
        """
        while self._opened is not None:
            now = time.monotonic()
            if not self._trying and now >= self._due:
                self._trying = True
                return True
            if now - self._opened >= self._patience:
                raise ServerError(f"{self._last}; it did not come back within {self._patience:g} s")
            ends = self._opened + self._patience
            await asyncio.sleep(min(_NAP, max(self._due, now + self._first / 4) - now, ends - now))
        return False

    def went_well(self) -> None:
        """The server answered a call."""
        self.successes += 1
        self._alive()

    def failed(self, trouble: Trouble, *, giving_up: bool = False, since: int = 0) -> bool:
        """A call failed. Returns whether the server is now taken to be down.

        Args:
            trouble: what happened.
            giving_up: the call has no attempts left.
            since: ``successes`` when the call began.
        """
        if trouble.fault not in _DOWN:
            self._alive()  # it says no, but it speaks
            return False
        self._row += 1
        self._last = trouble
        alone = giving_up and since == self.successes and trouble.fault in _GATEWAY
        if self._opened is None and self.successes and (alone or self._row >= OPENS_AFTER):
            self._open()
        return self._opened is not None

    def tried(self, *, in_vain: bool) -> None:
        """The call that tried whether the server is back has ended."""
        self._trying = False
        if in_vain:
            self._wait = min(2 * self._wait, LONGEST_WAIT)
            self._due = time.monotonic() + self._wait

    def _open(self) -> None:
        self._opened = time.monotonic()
        self._wait = self._first
        self._due = self._opened + self._wait
        self._watcher(
            Happening("paused", f"{self._last}; calls wait for it for up to {self._patience:g} s")
        )

    def _alive(self) -> None:
        self._row = 0
        if self._opened is not None:
            gone = time.monotonic() - self._opened
            self._opened = None
            self._watcher(Happening("resumed", f"the server is back after {gone:.0f} s"))
