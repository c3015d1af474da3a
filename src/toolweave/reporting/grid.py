"""Tables of figures as data: a title, a head, and cells of text."""

from collections.abc import Sequence
from typing import NamedTuple


class Grid(NamedTuple):
    """A table to show: the first ``words`` columns hold text, the others figures."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1


def percent(share: float) -> str:
    """A share with two digits: ``44.87%``."""
    return f"{share:.2%}"
