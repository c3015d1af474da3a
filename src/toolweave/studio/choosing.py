"""Choosing among rows: the filter of a list, as its address holds it."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Self
from urllib.parse import urlencode

from toolweave.studio.index import CLEAN, FACETS
from toolweave.studio.rows import Row

UNDECIDED: Final = "undecided"
DECISIONS: Final = ("keep", "drop", "noted", UNDECIDED)
_LONGEST: Final = 200


class Chosen(NamedTuple):
    """A filter: what a row must be under each facet, empty for anything.

    ``words`` must all stand in its id or goal; ``hand`` is what was decided by hand; it calls
    ``tool``.
    """

    facets: Mapping[str, str]
    words: str = ""
    hand: str = ""
    tool: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """The filter that an address holds; what it does not know is passed over."""
        held = {name: query[name][:_LONGEST] for name in FACETS if query.get(name)}
        hand = query.get("hand", "")
        return cls(
            held,
            query.get("words", "")[:_LONGEST].strip(),
            hand if hand in DECISIONS else "",
            query.get("tool", "")[:_LONGEST],
        )

    def address(self) -> str:
        """The filter as the part of an address behind the question mark."""
        # The name of a file may be no text.
        return urlencode(self.held(), errors="replace")

    def held(self) -> dict[str, str]:
        """What was chosen, by the names that an address gives it."""
        held = {**self.facets, "words": self.words, "hand": self.hand, "tool": self.tool}
        return {name: one for name, one in held.items() if one}

    def numbers(self, rows: Sequence[Row], decided: Mapping[str, str]) -> list[int]:
        """The numbers, from 1, of the rows it lets through.

        Args:
            rows: all of them.
            decided: what was decided by hand, by the digest of the record.
        """
        words = self.words.casefold().split()
        return [
            number
            for number, row in enumerate(rows, 1)
            if self._facets(row)
            and (not self.tool or self.tool in row.tools)
            and self._said(row, words)
            and (not self.hand or decided.get(row.digest, UNDECIDED) == self.hand)
        ]

    def _facets(self, row: Row) -> bool:
        return all(value in _held(row, name) for name, value in self.facets.items())

    def _said(self, row: Row, words: Sequence[str]) -> bool:
        if not words:
            return True
        text = f"{row.id} {row.goal}".casefold()
        return all(word in text for word in words)


def _held(row: Row, facet: str) -> Sequence[str]:
    if facet == "domain":
        return (row.domain,)
    if facet == "motif":
        return (row.motif,)
    if facet == "pattern":
        return row.patterns
    if facet == "failure":
        return row.failures
    if facet == "edit":
        return row.edits
    return (CLEAN,) if row.findings == () else row.findings or ()
