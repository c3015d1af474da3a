"""Verdicts by hand: what a person decided about one finished dialogue, in format version 1."""

from typing import Final, Literal

from pydantic import Field

from toolweave.core.model import Record

Decision = Literal["keep", "drop", ""]
LONGEST_NOTE: Final = 2000


class HandVerdict(Record):
    """What a person decided about one record; without decision and note it takes one back.

    ``record`` is the dialogue's id (empty where a dialogue from elsewhere has none), ``digest``
    that of its bytes, so that a verdict is never taken for one on a record that has changed.
    """

    version: Literal[1]
    record: str
    digest: str = Field(min_length=1, max_length=64)
    decision: Decision = ""
    note: str = Field(default="", max_length=LONGEST_NOTE)

    @property
    def says_nothing(self) -> bool:
        """Whether it takes an earlier verdict back."""
        return not self.decision and not self.note
