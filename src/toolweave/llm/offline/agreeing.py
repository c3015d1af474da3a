"""Values that belong together: the two ends of a way differ, a least is below a greatest."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal

from toolweave.checks.kinds import tail
from toolweave.core.model import JsonValue
from toolweave.schema.sampling import MISSING, Missing

Relation = Literal["unlike", "above", "below", "same"]
_ENDS: Final = (
    ("from", "to"), ("origin", "destination"), ("source", "target"), ("source", "destination"),
    ("base", "target"), ("base", "quote"), ("base", "head"), ("departure", "arrival"),
    ("departing", "arriving"), ("old", "new"), ("current", "new"), ("sender", "recipient"),
    ("sender", "receiver"), ("home", "away"), ("src", "dst"), ("src", "dest"),
    ("pickup", "dropoff"), ("first", "second"),
)  # fmt: skip
_ORDERED: Final = (
    ("min", "max"), ("minimum", "maximum"), ("low", "high"), ("lower", "upper"),
    ("lowest", "highest"), ("start", "end"), ("from", "to"), ("least", "most"),
)  # fmt: skip
_NUMBERED: Final = re.compile(r"([a-z ]{3,}?) ?([1-9]|(?<= )[a-d])")
_AGAIN: Final = frozenset(
    {"confirm", "confirmation", "confirmed", "repeat", "repeated", "retype", "again", "verify"}
)


def settled(
    candidate: JsonValue, name: str, siblings: Mapping[str, JsonValue]
) -> JsonValue | Missing:
    """The candidate, moved to where its counterpart leaves room; MISSING where it cannot be."""
    for relation, other in _relations(name, siblings):
        if relation == "same":
            return other
        if isinstance(candidate, str) and isinstance(other, str):
            if candidate.casefold() == other.casefold():
                return MISSING
            disordered = (candidate > other) != (relation == "above")
            if relation != "unlike" and disordered and _same_form(candidate, other):
                return MISSING
            continue
        if relation != "unlike" and _is_number(candidate) and _is_number(other):
            candidate = _moved(candidate, other, relation)
    return candidate


def _relations(
    name: str, siblings: Mapping[str, JsonValue]
) -> Iterator[tuple[Relation, JsonValue]]:
    parts = tail(name).split()
    known = {tail(other): value for other, value in siblings.items() if other != name}
    bare = [part for part in parts if part not in _AGAIN]
    if bare and len(bare) < len(parts) and " ".join(bare) in known:
        yield "same", known[" ".join(bare)]
    yield from _of_a_row(" ".join(parts), known)
    for at, part in enumerate(parts):
        for first, second in _ENDS:
            for mine, other in ((first, second), (second, first)):
                key = " ".join((*parts[:at], other, *parts[at + 1 :]))
                if part == mine and key in known:
                    yield "unlike", known[key]
        for low, high in _ORDERED:
            for mine, other in ((low, high), (high, low)):
                key = " ".join((*parts[:at], other, *parts[at + 1 :]))
                if part == mine and key in known:
                    yield ("above" if mine == high else "below"), known[key]


def _of_a_row(name: str, known: Mapping[str, JsonValue]) -> Iterator[tuple[Relation, JsonValue]]:
    """The first file is not the second, nor is one city the other."""
    numbered = _NUMBERED.fullmatch(name)
    for other in known if numbered else ():
        rival = _NUMBERED.fullmatch(other)
        if numbered and rival and rival[1] == numbered[1]:
            yield "unlike", known[other]


def _same_form(one: str, other: str) -> bool:
    """Whether both are days or times of one form, so that they sort as text."""
    return (
        len(one) == len(other)
        and one[:1].isdigit()
        and re.sub(r"\d", "0", one) == re.sub(r"\d", "0", other)
        and one[:4].isdigit() == other[:4].isdigit()
        and re.match(r"\d{4}-\d\d|\d\d:\d\d", one) is not None
    )


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _moved(candidate: JsonValue, other: JsonValue, relation: Relation) -> JsonValue:
    assert isinstance(candidate, int | float) and isinstance(other, int | float)
    if relation == "above" and candidate <= other:
        moved: float = other + max(1, abs(candidate) // 2)
    elif relation == "below" and candidate >= other:
        moved = other - max(1, abs(other) // 3)
    else:
        return candidate
    whole = isinstance(candidate, int) or float(moved).is_integer()
    return int(moved) if whole and isinstance(candidate, int) else round(float(moved), 2)
