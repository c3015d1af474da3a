"""Stopping a run: asked once it ends in order, asked twice it ends at once."""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Final, Self

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Stopped(KeyboardInterrupt):
    """A run that ended because somebody asked for it; what it made is on disk."""

    def __init__(self, number: int = signal.SIGINT) -> None:
        self.number = number
        super().__init__(f"signal {number}")


class Stopping:
    """Heeds Ctrl-C and SIGTERM inside a ``with`` block, where it is the main thread's.

    The first signal only sets ``asked``: nothing new is begun, and what is under way is finished.
    The second one raises.

    Args:
        told: called at the first signal.
    """

    def __init__(self, told: Callable[[], None] = lambda: None) -> None:
        self.told = told
        self.number = 0
        self._before: dict[int, Any] = {}

    @property
    def asked(self) -> bool:
        """Whether to begin nothing new."""
        return self.number != 0

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                self._before[number] = signal.signal(number, self._heed)
        return self

    def again(self) -> None:
        """Heed signals after something else has put its own handlers in their place."""
        for number in self._before:
            signal.signal(number, self._heed)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before if before is not None else signal.SIG_DFL)
        self._before.clear()

    def raise_if_asked(self) -> None:
        """Raises Stopped where somebody asked to stop."""
        if self.asked:
            raise Stopped(self.number)

    def _heed(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise Stopped(number)
        self.number = number
        self.told()
