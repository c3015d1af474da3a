"""ISO spellings of dates, times and lengths of time as the values that readings hold."""

import re
from datetime import date, datetime, time
from typing import NamedTuple

from toolweave.checks.durations_en import parse_iso_duration
from toolweave.checks.spans import Duration

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_DATETIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r"([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_TIME = re.compile(
    r"([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)


class Moment(NamedTuple):
    """What an ISO text means; ``local`` is a date-time in the clock's own time zone."""

    kind: str
    value: date | time | datetime | Duration | str
    local: datetime | None = None


def parse_moment(text: str, now: datetime) -> Moment | None:
    """The date, month, time, date-time or length that ``text`` spells in ISO form, or None."""
    if not 3 <= len(text) <= 40 or not text.isascii():
        return None
    try:
        return _parse(text, now)
    except ValueError:
        return None


def _parse(text: str, now: datetime) -> Moment | None:
    if text[0] == "P":
        length = parse_iso_duration(text)
        return Moment("duration", length) if length else None
    if _DATE.fullmatch(text):
        return Moment("date", date.fromisoformat(text))
    if _MONTH.fullmatch(text):
        return Moment("month", text)
    if match := _DATETIME.fullmatch(text):
        value = datetime.fromisoformat(match.group(1).upper())
        return Moment("datetime", value, _local(text, now))
    if match := _TIME.fullmatch(text):
        return Moment("time", time.fromisoformat(match.group(1)))
    return None


def _local(text: str, now: datetime) -> datetime | None:
    """An aware date-time as the clock's zone shows it, when both know their zone."""
    value = datetime.fromisoformat(text.upper())
    if value.tzinfo is None or now.tzinfo is None:
        return None
    try:
        return value.astimezone(now.tzinfo).replace(tzinfo=None)
    except OverflowError:
        return None
