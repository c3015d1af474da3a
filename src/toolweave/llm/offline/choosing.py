"""How an element that a user picks is called by what sets it apart: "the cheaper one"."""

from typing import Final

from toolweave.checks.words import split_name, spoken
from toolweave.llm.contexts import Pointer
from toolweave.llm.offline import frames

# Of two, nobody says "the cheapest".
_COMPARED: Final = {
    "the cheapest one": "the cheaper one", "the most expensive one": "the more expensive one",
    "the largest one": "the larger one", "the smallest one": "the smaller one",
    "the earliest one": "the earlier one", "the latest one": "the later one",
    "the nearest one": "the nearer one", "the farthest one": "the farther one",
    "the quickest one": "the quicker one", "the longest one": "the longer one",
    "the best rated one": "the better rated one", "the lowest rated one": "the lower rated one",
}  # fmt: skip


def described(pointer: Pointer) -> str:
    """A selector in words: "the second one", "the second payment method"."""
    said = _described(pointer)
    return said.replace(" one", f" {pointer.listed}", 1) if pointer.listed else said


def _described(pointer: Pointer) -> str:
    if pointer.kind == "index":
        ordinal = frames.ORDINALS[pointer.index] if pointer.index < len(frames.ORDINALS) else None
        return f"the {ordinal} one" if ordinal else f"number {pointer.index + 1}"
    if pointer.kind in ("first", "last"):
        return f"the {pointer.kind} one"
    if pointer.kind in ("min", "max"):
        extreme = _extreme(pointer)
        return _COMPARED.get(extreme, extreme) if pointer.among == 2 else extreme
    if pointer.kind == "match":
        return f"the {pointer.value} one"
    return f"that {pointer.noun}"


def picks(pointer: Pointer) -> bool:
    """Whether there is a choice to make; an only element needs no pointing at."""
    return pointer.kind not in ("only", "first", "all")


def _extreme(pointer: Pointer) -> str:
    words = set(split_name(pointer.by))
    low = pointer.kind == "min"
    if words & {"amount", "total", "balance", "charge", "payment", "size"} and not pointer.listed:
        return "the smallest one" if low else "the largest one"
    if words & {"price", "cost", "fee", "fare", "rate", "premium", "rent"}:
        return "the cheapest one" if low else "the most expensive one"
    if words & {
        "date",
        "time",
        "at",
        "departure",
        "arrival",
        "start",
        "created",
        "day",
        "slot",
        "eta",
    }:
        return "the earliest one" if low else "the latest one"
    if words & {"distance", "km", "miles"}:
        return "the nearest one" if low else "the farthest one"
    if words & {"duration", "minutes", "hours", "days"}:
        return "the quickest one" if low else "the longest one"
    if words & {"rating", "score", "stars"}:
        return "the lowest rated one" if low else "the best rated one"
    return f"the one with the {'lowest' if low else 'highest'} {spoken(pointer.by)}"
