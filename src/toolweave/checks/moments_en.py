"""Moments in English text: dates, times of day, and dates joined with times of day."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import NamedTuple

from toolweave.checks.dates_en import Dates
from toolweave.checks.spans import Reading
from toolweave.checks.times_en import ClockTime, times

_GAP = re.compile(r"[\s,]*(?:at|by|on|around|about|from|@|of|for|before|after)?[\s,]*(?:the\s+)?")
_PART_AFTER = re.compile(r"\s+(morning|afternoon|evening|night)(?![\w])")


def moments(text: str, low: str, now: datetime) -> tuple[list[Reading], list[Reading]]:
    """Dates, months, times and date-times of ``text``: those certain, and those a number may be.

    ``low`` is ``text`` in lower case, place by place. Date-times come besides their parts.
    """
    today = now.date()
    days = Dates(text, low, today).found
    clocks = times(low)
    firm = list(days)
    firm += [Reading(c.start, c.end, "time", c.values) for c in clocks if c.firm]
    soft = [Reading(c.start, c.end, "time", c.values) for c in clocks if not c.firm]
    firm = [r for r in firm if not _inside_other_date(r, days)]
    soft = [r for r in soft if not any(f.start < r.end and r.start < f.end for f in firm)]
    pairs = [pair for day in days for pair in _pairs(low, day, clocks)]
    taken = {(clock.start, clock.end) for pair in pairs for clock in (pair.clock,)}
    firm += [pair.reading for pair in pairs]
    firm += [r for r in soft if (r.start, r.end) in taken]
    return firm, [r for r in soft if (r.start, r.end) not in taken]


def _inside_other_date(reading: Reading, days: list[Reading]) -> bool:
    """A "time" found within a date ("12:30" of an ISO date-time) is no statement of its own."""
    return reading.kind == "time" and any(
        day.kind == "date" and day.start < reading.end and reading.start < day.end for day in days
    )


class _Pair(NamedTuple):
    """A date-time, and the time of day that it took."""

    reading: Reading
    clock: ClockTime


def _pairs(low: str, day: Reading, clocks: list[ClockTime]) -> Iterator[_Pair]:
    """Date-times made of a date and a time that stands right before or after it."""
    if day.kind != "date":
        return
    part = _PART_AFTER.match(low, day.end)
    day_end = part.end() if part else day.end
    name = part.group(1) if part else ""
    words = low[day.start : day.end]
    if words == "tonight" or words.startswith("this "):
        name = words.removeprefix("this ").replace("tonight", "evening")
    for clock in clocks:
        before = clock.end <= day.start and _GAP.fullmatch(low, clock.end, day.start)
        after = day_end <= clock.start and _GAP.fullmatch(low, day_end, clock.start)
        if not (before or after) or (before and not clock.firm and "," in before.group()):
            continue
        values = tuple(
            datetime.combine(value, moment)
            for value in day.values
            for moment in clock.values
            if isinstance(value, date) and _fits_part(moment, name)
        )
        span = min(day.start, clock.start), max(day.end, clock.end)
        if values:
            yield _Pair(Reading(*span, "datetime", values), clock)


def _fits_part(moment: time, part: str) -> bool:
    if part == "morning":
        return moment.hour < 12
    return moment.hour >= 12 or part == "night" if part else True
