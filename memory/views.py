"""What is known, as rows for people: the thing, its value in short, and where it comes from."""

import json
from typing import NamedTuple

from toolweave.core.model import JsonValue
from toolweave.memory.state import Fact, MemoryState, facts

WIDTH = 60


class Row(NamedTuple):
    """One line of a view."""

    name: str
    value: str
    source: str


def view(memory: MemoryState) -> list[Row]:
    """A row per fact, in the order the facts were learnt."""
    return [row_of(fact) for fact in facts(memory)]


def row_of(fact: Fact, user: str = "you") -> Row:
    """A fact in words; ``user`` is what the user is called."""
    return Row(fact.ref, shortened(fact.value), source_of(fact, user))


def source_of(fact: Fact, user: str = "you") -> str:
    """Where a fact comes from: ``you said, message 3`` or ``create_ticket returned, message 5``."""
    said = {"user": f"{user} said", "proposal": f"read in what {user} typed"}
    return f"{said.get(fact.source, f'{fact.source} returned')}, message {fact.message}"


def shortened(value: JsonValue, width: int = WIDTH) -> str:
    """A value on one line of at most ``width`` characters; text without quotes."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    line = "".join(char if char.isprintable() else " " for char in text[: width * 4])
    line = " ".join(line.split())
    return line if len(line) <= width and len(text) <= width * 4 else f"{line[: width - 1]}…"
