"""Days, times and moments that make sense: ahead, past, or an hour after what they belong to."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from toolweave.checks.described import written
from toolweave.checks.kinds import tail
from toolweave.checks.words import FieldView
from toolweave.core.model import JsonValue

if TYPE_CHECKING:
    from toolweave.llm.offline.values import Drawer

_LENGTHS: Final = (30, 45, 60, 60, 90, 120)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?")
_PAST = re.compile(
    r"\b(birth|dob|purchase|bought|incident|loss|occurred|since|reported|issued|hired|created|"
    r"started|last|previous|opened|accident|order)\b"
)
_LATER = re.compile(
    r"\b(end|return|check ?out|until|to|due|deadline|expiry|finish|dropoff|arrival)\b"
)
_EARLIER = re.compile(r"\b(start|begin|depart|departure|check ?in|from|pickup|since)\b")
_ANNOUNCED = re.compile(
    r"\b(callback|reply|due|eta|expected|estimated|arriv\w*|deliver\w*|visit|appointment|next|"
    r"until|by|reminder|ready|slot|pickup|scheduled|deadline|response|follow)\b"
)
_DONE = re.compile(
    r"\b(at|added|created|opened|logged|recorded|submitted|requested|processed|sent|issued|placed|"
    r"booked|booking|payment|transaction|posted|purchase|invoice|confirmed|assigned|approved|"
    r"filed|received|reported|started|cancelled|closed|paid|"
    r"blocked|updated|registered|creation|changed|last|since|order)\b"
)


def day_text(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    """A day, in the form its description gives or as ISO 8601 has it."""
    day, form = _day(drawer, view), written(view.description)
    if not form or "%d" not in form:
        return day.isoformat()
    return datetime(day.year, day.month, day.day, 9).strftime(form)  # noqa: DTZ001


def month_text(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    """A month as the description writes it: to come for what expires."""
    text, stream = tail(view.name), drawer.stream
    ahead = re.search(r"expir|expiry|valid|due|end|until", text) is not None
    months = stream.randint(7, 44) if ahead else -stream.randint(0, 8)
    count = drawer.cast.now.year * 12 + drawer.cast.now.month - 1 + months
    return date(count // 12, count % 12 + 1, 1).strftime(written(view.description) or "%Y-%m")


def epoch(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    """A moment as seconds, or milliseconds, of the Unix epoch."""
    day = _day(drawer, view)
    seconds = (day - date(1970, 1, 1)).days * 86_400 + drawer.stream.randrange(8, 19) * 3_600
    return seconds * 1_000 if "milli" in view.description.lower() else seconds


def _day(drawer: "Drawer", view: FieldView) -> date:
    text, now, stream = tail(view.name), drawer.cast.now, drawer.stream
    if "birth" in text or "dob" in text:
        return date(stream.randint(1955, 2003), stream.randint(1, 12), stream.randint(1, 28))
    if drawer.result_at is not None:
        return _result_day(drawer, view, text)
    if _LATER.search(text):
        start = next(_starts(drawer), None)
        if start:
            return start + timedelta(days=stream.choice((1, 2, 3, 4, 5, 7, 10, 14)))
    known = next((d for d in _known_days(drawer) if d >= now.date()), None)
    if known and not _PAST.search(text):
        return known
    ahead = not _PAST.search(text)
    days = stream.choice((1, 2, 3, 4, 5, 6, 8, 9, 12, 15, 20, 27, 33, 45))
    return (now + timedelta(days=days if ahead else -days)).date()


def _result_day(drawer: "Drawer", view: FieldView, text: str) -> date:
    """A tool's day: soon for what it announces, today for its own doing, earlier in lists."""
    assert drawer.result_at is not None
    stream, today = drawer.stream, drawer.result_at.date()
    if "cancel" in text or "deadline" in text:
        room = min(((day - today).days for day in _starts(drawer)), default=0)
        if room > 1:
            return today + timedelta(days=max(1, room - stream.choice((1, 2, 3))))
    if _ANNOUNCED.search(text):
        return today + timedelta(days=stream.choice((1, 1, 2, 2, 3, 4, 5, 6, 8, 10)))
    since = next((day for day in _starts(drawer) if day < today), None)
    if "[" in view.path and (since or _DONE.search(text)):
        ago = (today - since).days if since else 30
        return today - timedelta(days=stream.randint(0, min(ago, 45)))
    if _DONE.search(text):
        return today
    return today + timedelta(days=stream.choice((2, 4, 5, 7, 9, 12, 16, 21, 30)))


def _starts(drawer: "Drawer") -> Iterator[date]:
    """The days at which something begins, among what is fixed already."""
    for name, value in drawer.siblings.items():
        if isinstance(value, str) and _EARLIER.search(tail(name)):
            day = _as_date(value)
            if day:
                yield day


def _known_days(drawer: "Drawer") -> Iterator[date]:
    """The days that were named before; what follows is mostly about the same one."""
    for name, value in drawer.siblings.items():
        if isinstance(value, str) and not _LATER.search(tail(name)):
            day = _as_date(value)
            if day and abs(day.year - drawer.cast.now.year) <= 3:
                yield day


def _as_date(text: str) -> date | None:
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _clock_time(drawer: "Drawer") -> str:
    hour, minute = drawer.stream.randint(8, 18), drawer.stream.choice((0, 0, 15, 30, 30, 45))
    return f"{hour:02d}:{minute:02d}"


def moment_text(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    """A day with a time."""
    form = written(view.description)
    if form and "%H" in form and schema.get("format") != "date-time":
        return _moment(drawer, view).strftime(form)
    day = _day(drawer, view)
    paired = _paired_moment(drawer, view)
    if paired is not None:
        moment = paired
    elif drawer.result_at is not None and day == drawer.result_at.date():
        moment = drawer.result_at.replace(tzinfo=None, microsecond=0)
    else:
        moment = datetime.fromisoformat(f"{day.isoformat()}T{_clock_time(drawer)}:00")
    return moment.isoformat() + ("Z" if schema.get("format") == "date-time" else "")


def _moment(drawer: "Drawer", view: FieldView) -> datetime:
    """A moment on a day that fits, at a time that fits."""
    paired = _paired_moment(drawer, view)
    if paired is not None:
        return paired
    return datetime.fromisoformat(f"{_day(drawer, view).isoformat()}T{_clock_time(drawer)}:00")


def _paired_moment(drawer: "Drawer", view: FieldView) -> datetime | None:
    """An hour or so after the start, for the end of what has a start in hours and minutes."""
    start = _start_of(drawer, view)
    if start is None or not _MOMENT.fullmatch(start) or len(start) < 16:
        return None
    begun = datetime.fromisoformat(start[:16].replace(" ", "T"))
    return begun + timedelta(minutes=drawer.stream.choice(_LENGTHS))


def _start_of(drawer: "Drawer", view: FieldView) -> str | None:
    """The value of the field by which the same thing starts: ``end_time`` → ``start_time``."""
    parts = tail(view.name).split()
    if drawer.result_at is not None or "end" not in parts:
        return None
    wanted = " ".join("start" if part == "end" else part for part in parts)
    found = (value for name, value in drawer.siblings.items() if tail(name) == wanted)
    return next((value for value in found if isinstance(value, str)), None)


def time_text(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    """A time of the day; an hour or so after the start it belongs to."""
    suffix = ":00Z" if schema.get("format") == "time" else ""
    start = _start_of(drawer, view)
    if start is not None and re.match(r"\d\d:\d\d", start):
        minutes = int(start[:2]) * 60 + int(start[3:5]) + drawer.stream.choice(_LENGTHS)
        if minutes < 24 * 60:
            return f"{minutes // 60:02d}:{minutes % 60:02d}{suffix}"
    return _clock_time(drawer) + suffix
