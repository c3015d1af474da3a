"""Dates in English text, absolute and relative to a clock."""

import calendar
import re
from datetime import date, datetime, time, timedelta

from toolweave.checks.numbers_en import ORDINALS, parse_count
from toolweave.checks.spans import Reading
from toolweave.checks.words_en import listed

MONTHS = listed(
    "january february march april may june july august september october november december"
)
WEEKDAYS = listed("monday tuesday wednesday thursday friday saturday sunday")
MONTH_OF = {name: place for place, name in enumerate(MONTHS, start=1)}
MONTH_OF |= {name[:3]: place for name, place in list(MONTH_OF.items())} | {"sept": 9}
WEEKDAY_OF = {name: place for place, name in enumerate(WEEKDAYS)}
WEEKDAY_OF |= {name[:3]: place for name, place in list(WEEKDAY_OF.items())}
WEEKDAY_OF |= {"tues": 1, "wednes": 2, "thur": 3, "thurs": 3}
_DAY_WORDS = {word: value for word, value in ORDINALS.items() if value <= 30}
_DAY_WORDS |= {
    f"{tens}{joint}{unit}": _DAY_WORDS[unit] + value
    for tens, value in (("twenty", 20), ("thirty", 30))
    for joint in "- "
    for unit in list(ORDINALS)[:9]
    if _DAY_WORDS[unit] + value <= 31
}


def _any(names: object) -> str:
    return "|".join(sorted(map(str, names), key=len, reverse=True))  # type: ignore[call-overload]


_MONTH = f"(?:{_any(MONTH_OF)})"
_WEEKDAY = f"(?:{_any(WEEKDAY_OF)})"
_DAY = rf"(?:3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?|{_any(_DAY_WORDS)}"
_YEAR = r"(?:,?\s+(?P<year>(?:19|20)[0-9]{2})(?![\w]|[.,:][0-9]))?"
_LEAD = rf"(?:(?:{_WEEKDAY})\.?,?\s+(?:the\s+)?)?"
_COUNT = r"[0-9]{1,3}|a couple of|an?|[a-z]+(?:-[a-z]+)?"

_ISO = re.compile(
    r"(?<![\w/.-])(?P<y>[0-9]{4})(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})"
    r"(?:(?:t|,?\s(?:at\s)?)(?P<H>[01][0-9]|2[0-3]):(?P<M>[0-5][0-9])"
    r"(?::(?P<S>[0-5][0-9])(?:\.(?P<f>[0-9]{1,9}))?)?(?!\s?[ap]\.?m)\s?(?:z|utc|gmt|[+-][0-9]{2}:?[0-9]{2})?)?"
    r"(?![\w/]|[-.][0-9])"
)
_NUMERIC = re.compile(
    r"(?<![\w/.-])(?P<a>[0-9]{1,2})(?P<sep>[/.-])(?P<b>[0-9]{1,2})(?P=sep)"
    r"(?P<y>[0-9]{4}|(?<=/)[0-9]{2})(?![\w/]|[-.][0-9])"
)
_SHORT = re.compile(
    r"(?<![\w])(?:on|by|for|from|until|till|since|before|after|due|dated) (?:the )?"
    r"(?P<a>[0-9]{1,2})/(?P<b>[0-9]{1,2})(?![\w/.-])"
)
# A day stands free, or after the other day of a range ("19-22 September", "1st-3rd May").
_FREE = (
    r"(?:(?<![\w.,/:-])|(?<=(?<![\w.,/:-])[0-9]-)|(?<=(?<![\w.,/:-])[0-9]{2}-)"
    r"|(?<=[0-9](?:st|nd|rd|th)-))"
)
_DAY_MONTH = re.compile(
    rf"{_FREE}{_LEAD}(?P<day>{_DAY})(?:\s+of)?(?:\s+|-)(?P<month>{_MONTH})(?![\w])\.?"
    r"(?:-(?P<dashed>(?:19|20)[0-9]{2})(?![\w]))?" + _YEAR
)
_MONTH_DAY = re.compile(
    rf"(?<![\w-]){_LEAD}(?P<month>{_MONTH})\.?\s+(?:the\s+)?(?P<day>{_DAY})(?![\w%]|[.,:/-][0-9])"
    + _YEAR
)
_TO = r"(?:-|\u2013|\u2014|to|until|till|through)"
_RANGE_START = re.compile(
    r"(?<![\w.,/:-])(?P<ends>(?P<day>3[01]|[12][0-9]|[1-9])(?:st|nd|rd|th)?)"
    rf"\s*(?:{_TO}|and)\s*(?:the\s+)?$"
)
_RANGE_END = re.compile(
    rf"\s*{_TO}\s*(?:the\s+)?(?P<ends>(?P<day>3[01]|[12][0-9]|[1-9])(?:st|nd|rd|th)?)"
    r"(?![\w%]|[.,:/-][0-9])"
)
_BETWEEN = re.compile(r"(?<![\w])between (?:the )?$")
_AND = re.compile(
    r"\s*(?:and|&)\s*(?:the\s+)?(?P<ends>(?P<day>3[01]|[12][0-9]|[1-9])(?:st|nd|rd|th)?)"
    r"(?![\w%]|[.,:/-][0-9])"
)
_MONTH_YEAR = re.compile(
    rf"(?<![\w-])(?P<month>{_MONTH})\.?(?:\s+of)?,?\s+(?P<year>(?:19|20)[0-9]{{2}})(?![\w])"
)
_TH = re.compile(
    rf"(?<![\w])(?:(?P<weekday>{_WEEKDAY}),?\s+)?the\s+(?P<day>{_DAY})(?![\w])"
    r"(?:\s+of\s+(?P<which>this|next|last)\s+month)?"
)
_NAMED = re.compile(
    r"(?<![\w])(?:the )?(?P<name>day after tomorrow|day before yesterday|today|tonight|tomorrow"
    r"|yesterday|this morning|this afternoon|this evening|last night)(?![\w])"
)
_NAMED_DAYS = {
    "today": 0,
    "tonight": 0,
    "this morning": 0,
    "this afternoon": 0,
    "this evening": 0,
    "tomorrow": 1,
    "yesterday": -1,
    "last night": -1,
    "day after tomorrow": 2,
    "day before yesterday": -2,
}
_BY_WEEKDAY = re.compile(
    rf"(?<![\w])(?:(?P<lead>next|this|this coming|coming|last|past)\s+)?(?P<weekday>{_WEEKDAY})"
    r"(?![\w])\.?(?:\s+(?P<tail>week|next week|after next|this week|last week)(?![\w]))?"
)
_AWAY = re.compile(
    rf"(?<![\w])in\s+(?P<count>{_COUNT})\s+(?P<unit>day|week|month|year|fortnight)s?(?![\w])"
    r"(?:['\u2019]?\s+time)?"
)
_FROM = re.compile(
    rf"(?<![\w])(?P<count>{_COUNT})\s+(?P<unit>day|week|month|year|fortnight)s?\s+"
    rf"(?:(?P<ago>ago)|(?:from|after|on)\s+(?P<base>now|today|tomorrow|{_WEEKDAY}))(?![\w])"
)
_EDGE = re.compile(
    r"(?<![\w])(?:the\s+)?(?P<edge>end|start|beginning|last day|first day|first) of "
    rf"(?P<which>the|this|next|last|{_MONTH})(?:\s+(?P<unit>week|month|year))?(?![\w])"
)


_SPAN_WORDS = frozenset(
    listed("day days week weeks month months year years fortnight end start beginning first")
)
# Clocks at the ends of the calendar would run over it when counting on or back.
_EARLIEST, _LATEST = date(20, 1, 1), date(9980, 1, 1)


class Dates:
    """Collects the dates of one text; the first and longest reading of a place wins."""

    def __init__(self, text: str, low: str, today: date) -> None:
        self.text, self.low = text, low
        self.today = min(max(today, _EARLIEST), _LATEST)
        self.found: list[Reading] = []
        words = set(re.findall(r"[a-z]+", low))
        digits = any(char.isdigit() for char in low)
        if digits:
            self._written_in_digits()
        if words & MONTH_OF.keys():
            self._with_month()
        if words & _SPAN_WORDS:
            self._counted()
        if words & WEEKDAY_OF.keys():
            self._by_weekday()
        self._named()
        if "the" in words:
            self._day_of_month()

    def _add(self, match: re.Match[str], values: tuple[date, ...]) -> None:
        start, end = match.span()
        while end > start and self.low[end - 1] in " .":
            end -= 1
        if values and not any(r.start < end and start < r.end for r in self.found):
            self.found.append(Reading(start, end, "date", values))

    def _written_in_digits(self) -> None:
        for match in _ISO.finditer(self.low):
            self._add_iso(match)
        for pattern in (_NUMERIC, _SHORT):
            for match in pattern.finditer(self.low):
                first, second = int(match["a"]), int(match["b"])
                orders = {(first, second), (second, first)}
                values = [v for day, month in orders for v in self._dates(match, day, month)]
                self._add(match, tuple(sorted(values)))

    def _add_iso(self, match: re.Match[str]) -> None:
        day = _date(int(match["y"]), int(match["m"]), int(match["d"]))
        if day is None:
            return
        if match["H"] is None:
            self._add(match, (day,))
            return
        micro = int((match["f"] or "0")[:6].ljust(6, "0"))
        clock = time(int(match["H"]), int(match["M"]), int(match["S"] or 0), micro)
        self.found.append(Reading(*match.span(), "datetime", (datetime.combine(day, clock),)))
        self.found.append(Reading(match.start(), match.end("d"), "date", (day,)))
        self.found.append(Reading(match.start("H"), match.end(), "time", (clock,)))

    def _dates(self, match: re.Match[str], day: int, month: int) -> tuple[date, ...]:
        """The dates meant by a day and month: with a year exactly one, without the two nearest."""
        groups = match.groupdict()
        year = groups.get("year") or groups.get("dashed") or groups.get("y")
        if year:
            number = int(year)
            number += (2000 if number < 70 else 1900) if len(year) == 2 else 0
            exact = _date(number, month, day)
            return (exact,) if exact else ()
        around = [_date(self.today.year + offset, month, day) for offset in range(-4, 5)]
        return _nearest([value for value in around if value], self.today)

    def _with_month(self) -> None:
        for pattern in (_DAY_MONTH, _MONTH_DAY):
            for match in pattern.finditer(self.low):
                day = _day_number(match["day"])
                self._add(match, self._dates(match, day, MONTH_OF[match["month"]]))
        for reading in [r for r in self.found if r.kind == "date"]:
            self._add_range_end(reading)
        for match in _MONTH_YEAR.finditer(self.low):
            start, end = match.span()
            if not any(r.start < end and start < r.end for r in self.found):
                value = f"{match['year']}-{MONTH_OF[match['month']]:02d}"
                self.found.append(Reading(start, end, "month", (value,)))

    def _add_range_end(self, known: Reading) -> None:
        """The other day of "19 to 22 September" or "between May 3 and 5", in the same month."""
        before = _RANGE_START.search(self.low, max(0, known.start - 24), known.start)
        after = _RANGE_END.match(self.low, known.end)
        if after is None and _BETWEEN.search(self.low, max(0, known.start - 12), known.start):
            after = _AND.match(self.low, known.end)
        for match in (before, after):
            if match is None:
                continue
            number, start = int(match["day"]), match.start("day")
            days = (_date(d.year, d.month, number) for d in known.values if isinstance(d, date))
            values = tuple(sorted(day for day in days if day))
            if values and not any(r.start <= start < r.end for r in self.found):
                self.found.append(Reading(start, match.end("ends"), "date", values))

    def _counted(self) -> None:
        for match in _FROM.finditer(self.low):
            count = parse_count(match["count"])
            if count is None:
                continue
            base = match["base"]
            if base in WEEKDAY_OF:
                starts = self._coming(WEEKDAY_OF[base])
            else:
                starts = (self.today + timedelta(days=1 if base == "tomorrow" else 0),)
            self._add_shifted(match, starts, -count if match["ago"] else count)
        for match in _AWAY.finditer(self.low):
            if (count := parse_count(match["count"])) is not None:
                self._add_shifted(match, (self.today,), count)
        for match in _EDGE.finditer(self.low):
            self._add(match, self._edge(match))

    def _add_shifted(self, match: re.Match[str], starts: tuple[date, ...], count: int) -> None:
        values = [shift(start, count, match["unit"]) for start in starts]
        self._add(match, tuple(value for value in values if value))

    def _edge(self, match: re.Match[str]) -> tuple[date, ...]:
        which, unit = match["which"], match["unit"] or ""
        late = match["edge"] in ("end", "last day")
        if which in MONTH_OF:
            return () if unit else self._edge_of_month_named(MONTH_OF[which], late=late)
        step = {"next": 1, "last": -1}.get(which, 0)
        if unit == "year":
            year = self.today.year + step
            return (date(year, 12, 31) if late else date(year, 1, 1),)
        if unit == "week":
            monday = self.today + timedelta(days=7 * step - self.today.weekday())
            days = (4, 6) if late else (0,)
            return tuple(monday + timedelta(days=day) for day in days)
        if unit != "month":
            return ()
        first = shift(self.today.replace(day=1), step, "month") or self.today
        last = calendar.monthrange(first.year, first.month)[1]
        return (first.replace(day=last) if late else first,)

    def _edge_of_month_named(self, month: int, *, late: bool) -> tuple[date, ...]:
        around = []
        for year in range(self.today.year - 1, self.today.year + 2):
            day = calendar.monthrange(year, month)[1] if late else 1
            around.append(date(year, month, day))
        return _nearest(around, self.today)

    def _coming(self, weekday: int) -> tuple[date, ...]:
        """The next day of that name; when it is that day today, today or a week from now."""
        ahead = (weekday - self.today.weekday()) % 7
        first = self.today + timedelta(days=ahead)
        return (first,) if ahead else (first, first + timedelta(days=7))

    def _by_weekday(self) -> None:
        for match in _TH.finditer(self.low):
            if match["weekday"]:
                days = self._days_of_month(_day_number(match["day"]), 14)
                weekday = WEEKDAY_OF[match["weekday"]]
                self._add(match, tuple(day for day in days if day.weekday() == weekday))
        for match in _BY_WEEKDAY.finditer(self.low):
            name = match["weekday"]
            if len(name) < 5 and not self.text[match.start("weekday")].isupper():
                continue
            self._add(match, self._weekday(WEEKDAY_OF[name], match["lead"], match["tail"]))

    def _weekday(self, weekday: int, lead: str | None, tail: str | None) -> tuple[date, ...]:
        week = timedelta(days=7)
        monday = self.today - timedelta(days=self.today.weekday())
        of_this_week = monday + timedelta(days=weekday)
        if tail in ("next week", "after next"):
            return tuple(
                {of_this_week + week, self._coming(weekday)[-1] + week * (tail != "next week")}
            )
        if tail == "week":
            return (self._coming(weekday)[-1] + week,)
        if tail == "last week":
            return (of_this_week - week,)
        if lead in ("last", "past"):
            back = (self.today.weekday() - weekday) % 7 or 7
            return tuple({self.today - timedelta(days=back), of_this_week - week})
        if lead == "next":
            return tuple({self._coming(weekday)[-1], of_this_week + week})
        return self._coming(weekday)

    def _named(self) -> None:
        for match in _NAMED.finditer(self.low):
            self._add(match, (self.today + timedelta(days=_NAMED_DAYS[match["name"]]),))

    def _days_of_month(self, day: int, months: int) -> list[date]:
        first = self.today.replace(day=1)
        around = [shift(first, offset, "month") for offset in range(-months, months + 1)]
        exact = [_date(month.year, month.month, day) for month in around if month]
        return [value for value in exact if value]

    def _day_of_month(self) -> None:
        for match in _TH.finditer(self.low):
            day = match["day"]
            if match["weekday"] or not (day[-2:] in ("st", "nd", "rd", "th") or day in _DAY_WORDS):
                continue
            if day in _DAY_WORDS and _DAY_WORDS[day] < 4 and not match["which"]:
                continue
            values = self._days_of_month(_day_number(day), 2)
            if match["which"]:
                step = {"next": 1, "last": -1}.get(match["which"], 0)
                month = shift(self.today.replace(day=1), step, "month") or self.today
                values = [v for v in values if (v.year, v.month) == (month.year, month.month)]
            self._add(match, _nearest(values, self.today))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(days: list[date], today: date) -> tuple[date, ...]:
    """The first day from today on, and the last one before today."""
    ahead = [day for day in days if day >= today]
    behind = [day for day in days if day < today]
    return tuple(([min(ahead)] if ahead else []) + ([max(behind)] if behind else []))


def _day_number(text: str) -> int:
    return _DAY_WORDS[text] if text in _DAY_WORDS else int(re.sub(r"\D", "", text))


def shift(start: date, count: int, unit: str) -> date | None:
    """``start`` moved by ``count`` days, weeks, fortnights, months or years; None out of range."""
    try:
        if unit in ("month", "year"):
            months = start.year * 12 + start.month - 1 + count * (12 if unit == "year" else 1)
            year, month = divmod(months, 12)
            last = calendar.monthrange(year, month + 1)[1]
            return date(year, month + 1, min(start.day, last))
        return start + timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit])
    except (ValueError, OverflowError):
        return None
