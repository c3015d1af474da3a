"""The facts of a result: which are worth telling, and which first."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from toolweave.checks.kinds import tail
from toolweave.checks.words import split_name
from toolweave.core.model import JsonValue
from toolweave.llm.contexts import Outcome
from toolweave.llm.offline.listing import scalars

_SALIENT: Final = (
    r"total$|total (?:price|cost|amount|due|fare|paid|balance)|price|cost|"
    r"amount|balance|fee|premium|refund|fare|rate|rent", r"status|state",
    r"date|time|eta|arriv|deliver",
    r"name|title", r"^(?!.*(number|id|code|reference)$)", r"",
)  # fmt: skip
HIDDEN: Final = re.compile(
    r"\b(token|secret|password|expires|expiry in)\b|"
    r"(last )?(updated|modified)|(created|modified) at|timestamp|success|^ok$|version|page|cursor"
)
# What a yes or no is asked for: whether something can be used, is done or holds.
_DECISIVE: Final = frozenset(
    {"valid", "available", "paid", "active", "open", "eligible", "blocked", "verified", "approved",
     "confirmed", "covered", "allowed", "refundable", "complete", "completed", "closed", "status",
     "match", "matches", "matched", "exists", "found", "delivered", "cancelled", "enabled",
     "login", "logged", "reachable", "supported", "refunded", "ready", "overdue", "accepted"}
)  # fmt: skip
_GIVEN: Final = frozenset({"source", "input", "original"})
_GAINED: Final = frozenset({"target", "output", "converted", "translated", "result"})
_DAYS: Final = frozenset({"weekday", "day of week", "day name"})


def outdated(outcomes: Sequence[Outcome]) -> dict[str, frozenset[str]]:
    """Per call, the fields that a later call of the same message changed or gave anew."""
    later: set[str] = set()
    found: dict[str, frozenset[str]] = {}
    for outcome in reversed(outcomes):
        found[outcome.call] = frozenset(later)
        if outcome.error is None:
            later.update(path.split(".")[-1] for path, _ in scalars(dict(outcome.arguments)))
            later.update(path.split(".")[-1] for path, _ in scalars(outcome.result))
    return found


def side_matter(path: str, value: JsonValue, beside: Sequence[str]) -> bool:
    """Whether a fact of an unprepared tool's result says nothing that somebody would ask for.

    ``beside`` are the paths of all its facts: what was put in is no news beside what came out, nor
    is the weekday beside the date.
    """
    own, others = {*split_name(path)}, [{*split_name(one)} for one in beside if one != path]
    if isinstance(value, bool):
        return bool(others) and not own & _DECISIVE
    if own & _GIVEN and any(one & _GAINED for one in others):
        return True
    dated = any(one & {"date", "datetime"} for one in others)
    return dated and tail(path.split(".")[-1]) in _DAYS


def day_of_stamp(value: str) -> str:
    """The day of a moment that is exact to the second, which people give as a day; else ''."""
    if len(value) < 19 or value[10] not in "T ":
        return ""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return ""
    return moment.date().isoformat() if moment.second else ""


def salience(path: str) -> int:
    """How early a fact is told; the least first."""
    text = tail(path.split(".")[-1])
    return next(i for i, rule in enumerate(_SALIENT) if re.search(rule, text))


def told_key(path: str, value: JsonValue) -> str:
    """What marks a fact as told: its value, or a short one under its name."""
    return (
        f"{path.split('.')[-1]}={value}" if not isinstance(value, str) or len(value) < 6 else value
    )


def sayable(value: JsonValue) -> bool:
    """Whether a value can be said at all."""
    return isinstance(value, str | int | float) and value != ""


def bare(value: JsonValue, name: str) -> bool:
    """Whether a value is a number that its place does not explain, as a price is explained."""
    return isinstance(value, int | float) and re.search(_SALIENT[0], tail(name)) is None
