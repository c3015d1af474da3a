"""The gate that every model call passes: what a call may take, and whoever lets it go."""

from typing import NamedTuple, Protocol


class Amount(NamedTuple):
    """What calls take from a budget; ``cost`` in the unit of the prices."""

    calls: int = 0
    tokens: int = 0
    cost: float = 0.0

    def plus(self, other: "Amount") -> "Amount":
        """Both together."""
        return Amount(self.calls + other.calls, self.tokens + other.tokens, self.cost + other.cost)

    def less(self, other: "Amount") -> "Amount":
        """This without the other."""
        return Amount(self.calls - other.calls, self.tokens - other.tokens, self.cost - other.cost)


class Claim(NamedTuple):
    """A call that asks to go: what it takes at worst, and the tokens that it likely takes."""

    task: str
    worst: Amount
    likely: int = 0


class Ending(NamedTuple):
    """How a call ended.

    ``spent`` is what it really took; ``refused`` says that the server had too many calls (429), and
    ``wait`` for how many seconds it asked to be left alone.
    """

    spent: Amount
    well: bool = False
    refused: bool = False
    wait: float | None = None


class Limits(NamedTuple):
    """What one server takes from one run, all workers together. None: as much as one likes."""

    in_flight: int = 16
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None

    def share(self, workers: int, number: int = 0) -> "Limits":
        """The limits of worker ``number`` of so many; the shares add up to the whole.

        A worker that would get no place gets one all the same: have no more workers than places.
        """
        each, left = divmod(self.in_flight, workers)
        return Limits(
            max(1, each + (number < left)),
            self.requests_per_minute and self.requests_per_minute / workers,
            self.tokens_per_minute and self.tokens_per_minute / workers,
        )


class Purse(Protocol):
    """A budget that calls are taken from before they start; shared by all workers of a run."""

    async def take(self, worst: Amount) -> bool:
        """Set ``worst`` aside; waits while calls under way may give enough back.

        False: it would pass a limit even then, and no such call may start any more.
        """
        ...

    def settle(self, worst: Amount, spent: Amount) -> None:
        """A call that had set ``worst`` aside has ended and took ``spent``."""
        ...


class Gate(Protocol):
    """Lets calls go. One for all generators of a worker; workers share limits through theirs."""

    async def enter(self, claim: Claim) -> None:
        """Wait until the call may start. To be followed by exactly one ``leave``.

        Raises:
            BudgetError: its worst case would pass a limit of the budget.
        """
        ...

    def leave(self, claim: Claim, ending: Ending) -> None:
        """A call that was let in has ended, in whatever way."""
        ...

    @property
    def flying(self) -> int:
        """Calls in flight."""
        ...
