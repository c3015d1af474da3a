"""Lengths of time in English text: "two weeks", "45 minutes", "an hour and a half", "1h 30m"."""

import re
from collections.abc import Sequence
from decimal import Decimal

from toolweave.checks.numbers_en import Number
from toolweave.checks.spans import Duration, Reading

_NAMES = {
    "second": "second seconds sec secs s",
    "minute": "minute minutes min mins",
    "hour": "hour hours hr hrs h",
    "day": "day days d",
    "week": "week weeks wk wks w",
    "fortnight": "fortnight fortnights",
    "month": "month months mo mos",
    "quarter": "quarters",
    "year": "year years yr yrs",
    "decade": "decade decades",
}
UNIT_OF_NAME = {name: unit for unit, names in _NAMES.items() for name in names.split()}
SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
    "fortnight": 1209600,
}
MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120}
_UNIT_TAIL = re.compile(
    r"[\s-]{0,2}(?:calendar |working |business |full )?("
    + "|".join(sorted(UNIT_OF_NAME, key=len, reverse=True))
    + r")(?![\w])"
)
_HALF_TAIL = re.compile(r" and (?:a half|a quarter|three quarters)(?!\w)")
_JOINT = re.compile(r"\s?(?:,\s?)?(?:and\s)?")
_ARTICLE = re.compile(
    r"(?<![\w])(?:(half an?|a quarter of an|quarter of an|three quarters of an|an?) )"
    r"(hour|minute|day|week|fortnight|month|year|decade)(?!\w)( and a half| and a quarter)?"
)
_PACKED = re.compile(r"(?<![\w.])([0-9]{1,3})h\s?([0-9]{1,2})(?:m|min)?(?!\w)")
_MINUTES_AFTER_HOURS = re.compile(r"\s?([0-9]{1,2})\s?m(?![\w])")
_PARTS = {"half a": "0.5", "half an": "0.5", "an": "1", "a": "1", "three quarters of an": "0.75"}
_TAILS = {" and a half": Decimal("0.5"), " and a quarter": Decimal("0.25")}
_ISO = re.compile(
    r"P(?=[0-9T])(?:([0-9.]+)Y)?(?:([0-9.]+)M)?(?:([0-9.]+)W)?(?:([0-9.]+)D)?"
    r"(?:T(?=[0-9])(?:([0-9.]+)H)?(?:([0-9.]+)M)?(?:([0-9.]+)S)?)?"
)


def length(count: Decimal, unit: str) -> Duration:
    """``count`` times ``unit`` (a key of ``SECONDS`` or ``MONTHS``)."""
    if unit in SECONDS:
        return Duration(Decimal(0), count * SECONDS[unit])
    return Duration(count * MONTHS[unit], Decimal(0))


def add(left: Duration, right: Duration) -> Duration:
    """The sum of two lengths."""
    return Duration(left.months + right.months, left.seconds + right.seconds)


def parse_iso_duration(text: str) -> Duration | None:
    """ISO 8601 duration ("P2W", "PT1H30M") as a length, or None."""
    match = _ISO.fullmatch(text) if len(text) <= 40 else None
    if match is None:
        return None
    units = ("year", "month", "week", "day", "hour", "minute", "second")
    total = Duration(Decimal(0), Decimal(0))
    for amount, unit in zip(match.groups(), units, strict=True):
        if amount is None:
            continue
        if amount.count(".") > 1 or not amount.strip("."):
            return None
        total = add(total, length(Decimal(amount), unit))
    return total


def durations(low: str, numbers: Sequence[Number]) -> list[Reading]:
    """Every length of time in lower-case text; ``numbers`` are the numbers found in it."""
    found = _counted(low, numbers)
    for match in _ARTICLE.finditer(low):
        part = _PARTS.get(match.group(1), "0.25")
        count = Decimal(part) + _TAILS.get(match.group(3) or "", Decimal(0))
        unit = match.group(2)
        value = length(count, unit)
        found.append(Reading(*match.span(), "duration", (value,), unit, count))
    if "h" in low:
        for match in _PACKED.finditer(low):
            value = length(Decimal(match.group(1)), "hour")
            value = add(value, length(Decimal(match.group(2)), "minute"))
            found.append(Reading(*match.span(), "duration", (value,)))
    return found


def _counted(low: str, numbers: Sequence[Number]) -> list[Reading]:
    """Number + unit, joined with the components that follow ("1 hour 30 minutes")."""
    found: list[Reading] = []
    before = ""
    for number in numbers:
        if number.ordinal or (match := _UNIT_TAIL.match(low, number.end)) is None:
            continue
        unit, count, end = UNIT_OF_NAME[match.group(1)], number.value, match.end()
        if tail := _HALF_TAIL.match(low, end):
            count += Decimal({"h": "0.5", "q": "0.25"}.get(tail.group()[7], "0.75"))
            end = tail.end()
        value = length(count, unit)
        if unit == "hour" and (minutes := _MINUTES_AFTER_HOURS.match(low, end)):
            value = add(value, length(Decimal(minutes.group(1)), "minute"))
            found.append(Reading(number.start, minutes.end(), "duration", (value,)))
            continue
        reading = Reading(number.start, end, "duration", (value,), unit, count, number.decimals)
        found.append(reading)
        # "1 hour 30 minutes" is one length; "45 minutes, 30 minutes and 15 minutes" are three.
        smaller = before and length(Decimal(1), unit) < length(Decimal(1), before)
        before = unit
        if len(found) > 1 and smaller and (joined := _join(low, found[-2], reading)):
            found.append(joined)
    return found


def _join(low: str, left: Reading, right: Reading) -> Reading | None:
    """Two neighbouring components as one length when the second unit is the smaller."""
    first, second = left.values[0], right.values[0]
    if not (isinstance(first, Duration) and isinstance(second, Duration)):
        return None
    if not _JOINT.fullmatch(low, left.end, right.start) or second >= first:
        return None
    return Reading(left.start, right.end, "duration", (add(first, second),))
