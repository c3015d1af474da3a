"""Keeping: the records of outcomes are written and counted, and whether it makes sense to go on."""

from typing import Final

from toolweave.core.errors import BudgetError, ServerError
from toolweave.runs.folder import RunFolder
from toolweave.runs.job import Left, Outcome
from toolweave.runs.tally import Progress, Tally

# So many server failures without one success mean that the server is gone, not that it stumbles.
_HOPELESS: Final = 5


class Keeper:
    """Keeps the records of outcomes, counts them, and says whether to go on."""

    def __init__(self, records: RunFolder, tally: Tally, progress: Progress | None) -> None:
        self.records, self.tally, self.progress = records, tally, progress
        self.last: Left | None = None
        self._in_a_row = 0

    def take(self, outcome: Outcome) -> bool:
        """Write the lines of an outcome; False where no further job can be done."""
        for name, lines in outcome.lines.items():
            self.records.append(name, lines)
        self.tally.add(outcome)
        if outcome.left is not None:
            self.last = outcome.left
            self._in_a_row += 1
            return not (outcome.left.ends or self._in_a_row >= _HOPELESS)
        self._in_a_row = 0
        if self.progress is not None:
            self.progress(self.tally)
        return True

    def under_way(self, number: int) -> None:
        """So many dialogues are under way."""
        self.tally.under_way = number

    def raise_if_left(self) -> None:
        """Say why dialogues are left, where some are.

        Raises:
            ServerError: the server could not be reached.
            BudgetError: the budget is spent.
        """
        if self.last is None or not self.tally.left:
            return
        text = (
            f"{self.last.reason}; {self.tally.left} dialogues are not made yet, go on with --resume"
        )
        raise BudgetError(text) if self.last.ends else ServerError(text)
