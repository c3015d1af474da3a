"""Times of day in English text: "3pm", "15:30", "half past nine", "noon", "9 in the morning"."""

import re
from datetime import time
from typing import NamedTuple

from toolweave.checks.numbers_en import parse_count

_HOUR_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_HOUR = rf"(?:2[0-3]|1[0-9]|0?[0-9]|{_HOUR_WORDS})"
_MINUTE_WORDS = (
    "five|ten|fifteen|twenty|twenty-five|twenty five|thirty|thirty-five|forty|forty-five|fifty"
    "|fifty-five"
)
_PART = (
    r"(?:\s(?:in the|this|tomorrow) (?P<part>morning|afternoon|evening)"
    r"|\s(?P<night>at night|tonight))?"
)
_ZONE = r"(?:\s?(?:utc|gmt|z|est|edt|cst|cdt|mst|mdt|pst|pdt|cet|cest|bst)(?![\w]))?"
_HALF = re.compile(
    r"(?<![\w])(?:(?P<name>half|(?:a )?quarter)|(?P<count>[0-9]{1,2}|" + _MINUTE_WORDS + r")"
    r"(?P<unit> minutes)?) (?P<side>past|to|after) "
    rf"(?P<hour>{_HOUR}|noon|midnight)(?![\w:])" + _PART
)
_MERIDIEM = re.compile(
    rf"(?<![\w:.$])(?P<hour>{_HOUR})(?:[:.](?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?"
    rf"|[ -](?P<spoken>{_MINUTE_WORDS}))?"
    r"\s?(?P<half>[ap])\.?\s?m(?![\w])\.?" + _ZONE
)
_CLOCK = re.compile(
    r"(?<![\w:.])(?P<hour>2[0-4]|[01]?[0-9]):(?P<minute>[0-5][0-9])"
    r"(?::(?P<second>[0-5][0-9])(?:\.[0-9]{1,6})?)?(?![\w:]|\.[0-9])" + _ZONE + _PART
)
_NAMED = re.compile(r"(?<![\w])(?P<named>noon|midday|midnight)(?![\w])")
_OCLOCK = re.compile(
    rf"(?<![\w:.$])(?P<hour>{_HOUR})(?:(?P<oclock>\s?o['\u2019]?\s?clock)"
    + _PART
    + r"| in the (?P<part2>morning|afternoon|evening)| (?P<night2>at night))(?![\w])"
)
_BARE = re.compile(
    rf"(?<![\w])(?:at|around|by|from|until|till|before|after) (?P<hour>{_HOUR})"
    rf"(?:[ -](?P<spoken>{_MINUTE_WORDS}))?(?![\w:%$]|[.,/-][0-9])"
)
_NAMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}


class ClockTime(NamedTuple):
    """A time of day in a text; ``firm`` is false where a bare number may be meant ("at 3")."""

    start: int
    end: int
    values: tuple[time, ...]
    firm: bool = True


def times(low: str) -> list[ClockTime]:
    """Every time of day in lower-case text, longest first where they overlap."""
    found: list[ClockTime] = []
    if " past " in low or " to " in low or "after" in low:
        _collect(found, _HALF, low)
    if "m" in low:
        _collect(found, _MERIDIEM, low)
    if ":" in low:
        _collect(found, _CLOCK, low)
    if (
        "clock" in low
        or "morning" in low
        or "noon" in low
        or "midday" in low
        or "evening" in low
        or "night" in low
    ):
        _collect(found, _OCLOCK, low)
        _collect(found, _NAMED, low)
    _collect(found, _BARE, low, firm=False)
    return found


def _collect(
    found: list[ClockTime], pattern: re.Pattern[str], low: str, *, firm: bool = True
) -> None:
    for match in pattern.finditer(low):
        start, end = match.span()
        if not firm:
            start = match.start("hour")
        if any(other.start < end and start < other.end for other in found):
            continue
        if values := _values(match):
            found.append(ClockTime(start, end, values, firm))


def _values(match: re.Match[str]) -> tuple[time, ...]:
    groups = match.groupdict()
    if groups.get("named"):
        return (_NAMES[groups["named"]],)
    if groups.get("side"):
        return _spoken_past(groups)
    hour = parse_count(groups["hour"])
    if hour is None:
        return ()
    minute = int(groups.get("minute") or 0) or (parse_count(groups.get("spoken") or "0") or 0)
    return _possible(hour, minute, int(groups.get("second") or 0), groups)


def _spoken_past(groups: dict[str, str]) -> tuple[time, ...]:
    """ "half past nine", "quarter to three", "ten minutes past noon"."""
    if groups["hour"] in _NAMES:
        hour: int | None = _NAMES[groups["hour"]].hour
        groups = groups | {"part": "exact"}
    else:
        hour = parse_count(groups["hour"])
    name = groups["name"]
    minutes = (30 if name == "half" else 15) if name else parse_count(groups["count"])
    if hour is None or minutes is None or minutes > 59:
        return ()
    if groups["side"] == "to" and not (name or groups["unit"] or minutes in (5, 10, 20, 25)):
        return ()
    if groups["side"] == "to":
        hour, minutes = (hour - 1) % 24, 60 - minutes
    return _possible(hour, minutes, 0, groups)


def _possible(hour: int, minute: int, second: int, groups: dict[str, str]) -> tuple[time, ...]:
    """The times meant: one where the half of the day is known, both where it is not."""
    part = groups.get("part") or groups.get("part2") or ""
    night = groups.get("night") or groups.get("night2")
    half = groups.get("half")
    if half and hour > 12:
        return ()
    written = groups["hour"]
    if hour == 24 and minute == 0:
        return (time(0),)
    if hour > 23:
        return ()
    if half or part in ("morning", "afternoon", "evening") or night:
        if hour > 12:
            return (time(hour, minute, second),)
        late = half == "p" or part in ("afternoon", "evening") or (bool(night) and 5 <= hour < 12)
        return (time(hour % 12 + (12 if late else 0), minute, second),)
    if part == "exact" or hour > 12 or hour == 0 or written.startswith("0"):
        return (time(hour, minute, second),)
    return (time(hour % 12, minute, second), time(hour % 12 + 12, minute, second))
