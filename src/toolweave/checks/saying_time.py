"""Human forms of dates, times, date-times, months and lengths of time, most fitting first."""

from datetime import date, datetime, time
from decimal import Decimal
from random import Random

from toolweave.checks.dates_en import MONTHS, WEEKDAYS
from toolweave.checks.forms_iso import Moment
from toolweave.checks.numbers_en import spell
from toolweave.checks.readings import readings
from toolweave.checks.spans import Duration

_DURATION_UNITS = (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def ordinal(number: int) -> str:
    """ "1st", "2nd", "3rd", "11th" …"""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def moment_forms(moment: Moment, rng: Random, now: datetime, style: str) -> list[str]:
    """Ways to say ``moment``, in the order in which they should be tried."""
    value = moment.value
    if isinstance(value, datetime):
        return _datetime_forms(value, rng, now, style)
    if isinstance(value, date):
        return _date_forms(value, rng, now, style)
    if isinstance(value, time):
        return _time_forms(value, rng, style)
    if isinstance(value, Duration):
        return [_duration_form(value, rng, style)]
    return [f"{MONTHS[int(value[5:7]) - 1].title()} {value[:4]}"]


def _date_forms(day: date, rng: Random, now: datetime, style: str) -> list[str]:
    near = [] if style == "formal" else _near_forms(day, now)
    rng.shuffle(near)
    away = (day - now.date()).days
    plain = _calendar_forms(day, style, with_year=style == "formal" or not -45 <= away <= 300)
    rng.shuffle(plain)
    return (near + plain) if near and rng.random() < 0.7 else (plain + near)


def _near_forms(day: date, now: datetime) -> list[str]:
    """Forms against the clock, only those that mean exactly this day."""
    away = (day - now.date()).days
    if abs(away) > 14:
        return []
    weekday = WEEKDAYS[day.weekday()].title()
    if away in (-1, 0, 1):
        forms = [("yesterday", "today", "tomorrow")[away + 1]]
    elif away < 0:
        # "nine days ago" would not stand after "since".
        forms = [f"last {weekday}"]
    else:
        # "in three days" would not stand after "until" or "from".
        forms = [weekday, f"this {weekday}", f"next {weekday}"]
    return [form for form in forms if _means_only(form, day, now)]


def _means_only(form: str, day: date, now: datetime) -> bool:
    found = readings(form, now)
    return bool(found) and found[0].end - found[0].start == len(form) and found[0].values == (day,)


def _calendar_forms(day: date, style: str, *, with_year: bool) -> list[str]:
    month = MONTHS[day.month - 1].title()
    year = f" {day.year:04d}" if with_year else ""
    comma = f", {day.year:04d}" if with_year else ""
    forms = [f"{day.day} {month}{year}", f"{month} {day.day}{comma}"]
    if style == "terse":
        return [f"{day.day} {month[:3]}{year}", f"{month[:3]} {day.day}{comma}"]
    if style != "formal":
        forms += [f"the {ordinal(day.day)} of {month}{year}", f"{month} {ordinal(day.day)}{comma}"]
    return forms


def _time_forms(moment: time, rng: Random, style: str) -> list[str]:
    clock = moment.isoformat()
    if moment.microsecond or moment.second:
        return [clock]
    short = clock[:5]
    half = "am" if moment.hour < 12 else "pm"
    hour = moment.hour % 12 or 12
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    forms = [f"{hour}{minutes}{half}", f"{hour}{minutes} {half}"]
    if moment.hour >= 10:
        forms.append(short)
    if not moment.minute and style == "neutral":
        forms += _whole_hour_forms(moment.hour, hour)
    rng.shuffle(forms)
    return forms


def _whole_hour_forms(hour: int, on_dial: int) -> list[str]:
    if hour in (0, 12):
        return ["noon" if hour else "midnight"]
    part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    return [f"{spell(on_dial)} in the {part}", f"{on_dial} o'clock in the {part}"]


def _datetime_forms(value: datetime, rng: Random, now: datetime, style: str) -> list[str]:
    days = _date_forms(value.date(), rng, now, style)
    clocks = _time_forms(value.time(), rng, style)
    if value.time() == time(0) and rng.random() < 0.7:
        return days
    day, clock = days[0], clocks[0]
    relative = day.islower() or day.startswith(("this ", "next ", "last "))
    forms = [f"{day} at {clock}", f"{clock} {'' if relative else 'on '}{day}"]
    if style == "terse":
        forms.append(f"{day}, {clock}")
    rng.shuffle(forms)
    plain = _calendar_forms(value.date(), "formal", with_year=True)[0]
    return [*forms, f"{plain} at {value.time().isoformat()}"]


def _duration_form(length: Duration, rng: Random, style: str) -> str:
    parts = []
    years, months = divmod(length.months, 12)
    rest = length.seconds
    counts: list[tuple[Decimal, str]] = [(years, "year"), (months, "month")]
    for unit, size in _DURATION_UNITS:
        if unit == "week" and rest % size:
            continue
        count = rest // size if size > 1 else rest
        rest -= count * size
        counts.append((count, unit))
    words = style == "neutral" and rng.random() < 0.5 and sum(1 for c, _ in counts if c) == 1
    for count, unit in counts:
        if count:
            whole = count == int(count)
            number = (
                spell(int(count)) if words and whole and count <= 12 else f"{count.normalize():f}"
            )
            parts.append(f"{number} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts) or "0 minutes"
