"""What is known when an assistant speaks, indexed so that each claim is checked at once."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from pydantic import JsonValue

from toolweave.checks.claims import Claim
from toolweave.checks.common_en import COMMON_WORDS
from toolweave.checks.dates_en import MONTHS, WEEKDAYS
from toolweave.checks.durations_en import UNIT_OF_NAME, length
from toolweave.checks.folding import fold, needle, places_of
from toolweave.checks.forms_iso import parse_moment
from toolweave.checks.matching import as_decimal
from toolweave.checks.readings import readings
from toolweave.checks.spans import Duration
from toolweave.checks.words_en import split_words, stem

_TOKEN = re.compile(r"[^\W_]+")
_SEPARATORS = re.compile(r"[\W_]+")
_LONGEST_ID = 64
_MOST_LEFT_OUT = 3
_FINEST = 12
_PART_OF_ID = 3


class Evidence:
    """Known values and texts against which claims are checked.

    Args:
        values: results and arguments of tools, in any nesting; the names of properties tell
            cents and lengths of time apart.
        texts: what was said or written before (user turns, instructions).
        now: the dialogue's clock; its date and time are known, too.
    """

    def __init__(self, values: Iterable[JsonValue], texts: Iterable[str], now: datetime) -> None:
        self._now = now
        self._numbers: set[Decimal] = set()
        self._rounded: dict[int, set[Decimal]] = {}
        self._dates: set[date] = {now.date()}
        self._times: set[time] = {now.time().replace(second=0, microsecond=0)}
        self._datetimes: set[datetime] = set()
        self._months: set[str] = set()
        self._durations: set[Duration] = set()
        self._lengths: set[int] = set()
        self._tokens: set[str] = set()
        self._compact: set[str] = set()
        self._corpus: list[str] = []
        for value in values:
            self._add_value(value)
        for text in texts:
            self._add_text(text)
        self._all = "\n".join(self._corpus)
        self._stems = {stem(token) for token in self._tokens}
        self._checks: dict[str, Callable[[Claim], bool]] = {
            "count": self._count,
            "remaining_count": self._remaining,
            "id": self._id,
            "id_end": self._id_end,
            "email": self._verbatim,
            "url": self._verbatim,
            "quote": self._verbatim,
            "name": self._name,
        }

    def supports(self, claim: Claim) -> bool:
        """Whether some known value or text states what ``claim`` says."""
        check = self._checks.get(claim.kind)
        return check(claim) if check else self._stated(claim)

    def _add_value(self, value: JsonValue) -> None:
        stack: list[tuple[JsonValue, str]] = [(value, "")]
        while stack:
            item, field = stack.pop()
            if isinstance(item, Mapping):
                self._tokens.update(split_words(name).lower() for name in item)
                stack += [(part, name) for name, part in item.items()]
            elif isinstance(item, list):
                self._lengths.add(len(item))
                stack += [(part, field) for part in item]
            elif isinstance(item, str):
                self._add_string(item)
            elif isinstance(item, int | float) and not isinstance(item, bool):
                self._add_number(as_decimal(item), field)

    def _add_number(self, number: Decimal, field: str) -> None:
        if not number.is_finite():
            return
        self._numbers |= {number, number.copy_abs()}
        self._compact.add(str(number))
        word = split_words(field).lower().rpartition(" ")[2]
        if word in ("cents", "cent", "pence", "minor"):
            self._numbers.add(number / 100)
        if word in UNIT_OF_NAME and abs(number) < 10**9:
            self._durations.add(length(number, UNIT_OF_NAME[word]))

    def _add_string(self, text: str) -> None:
        moment = parse_moment(text, self._now)
        if moment is not None:
            for value in (moment.value, moment.local):
                self._add_moment(value)
        if len(text) <= _LONGEST_ID:
            self._compact.add(_compact(text))
        spoken = split_words(text) if len(text) <= _LONGEST_ID else ""
        if spoken and spoken != text:
            self._corpus.append(spoken.lower())
            self._tokens.update(spoken.lower().split())
        self._add_text(text)

    def _add_text(self, text: str) -> None:
        folded = fold(text).text
        self._corpus.append(folded)
        self._tokens.update(_TOKEN.findall(folded))
        for reading in readings(text, self._now):
            for value in reading.values:
                self._add_moment(value)
            if reading.counted is not None:
                self._numbers.add(reading.counted)

    def _add_moment(self, value: object) -> None:
        if isinstance(value, Decimal):
            self._numbers |= {value, value.copy_abs()}
        elif isinstance(value, datetime):
            self._datetimes.add(value.replace(second=0, microsecond=0))
            self._dates.add(value.date())
            self._times.add(value.time().replace(second=0, microsecond=0))
        elif isinstance(value, date):
            self._dates.add(value)
        elif isinstance(value, time):
            self._times.add(value.replace(second=0, microsecond=0))
        elif isinstance(value, Duration):
            self._durations.add(value)
        elif isinstance(value, str):
            self._months.add(value)

    def _stated(self, claim: Claim) -> bool:
        if any(self._knows(value, claim) for value in claim.values):
            return True
        if claim.kind == "date":
            return self._date_by_name(claim)
        if claim.kind == "number":
            said = _compact(claim.text)
            return said in self._compact or (len(said) >= _PART_OF_ID and said in self._tokens)
        return False

    def _knows(self, value: object, claim: Claim) -> bool:
        if isinstance(value, Decimal):
            scale = 2 if claim.kind == "percent" and value != claim.values[0] else 0
            return self._knows_number(value, claim.decimals + scale)
        if isinstance(value, datetime):
            minute = value.replace(second=0, microsecond=0)
            return minute in self._datetimes or (
                value.date() in self._dates and minute.time() in self._times
            )
        if isinstance(value, date):
            return value in self._dates
        if isinstance(value, time):
            return value.replace(second=0, microsecond=0) in self._times
        if isinstance(value, Duration):
            return value in self._durations
        return value in self._months or any(
            f"{day.year:04d}-{day.month:02d}" == value for day in self._dates
        )

    def _knows_number(self, value: Decimal, decimals: int) -> bool:
        """Equal to a known number, or to one rounded to the decimals shown."""
        if value in self._numbers:
            return True
        if not -_FINEST <= decimals <= _FINEST:
            return False
        if decimals not in self._rounded:
            step = Decimal(1).scaleb(-decimals)
            self._rounded[decimals] = {
                number.quantize(step, rounding)
                for number in self._numbers
                if number.adjusted() + decimals < 24
                for rounding in (ROUND_HALF_UP, ROUND_HALF_EVEN)
            }
        return value in self._rounded[decimals]

    def _date_by_name(self, claim: Claim) -> bool:
        """A bare weekday, or a day and month without a year, of any known date."""
        words = re.findall(r"[a-z]+", claim.text.lower())
        if len(words) == 1 and words[0] in WEEKDAYS:
            return any(day.weekday() == WEEKDAYS.index(words[0]) for day in self._dates)
        if re.search(r"[0-9]{4}", claim.text) or not set(words) & set(MONTHS):
            return False
        known = {(day.month, day.day) for day in self._dates}
        return any((v.month, v.day) in known for v in claim.values if isinstance(v, date))

    def _count(self, claim: Claim) -> bool:
        return claim.values[0] in self._lengths or self._stated(claim)

    def _remaining(self, claim: Claim) -> bool:
        left = {size - shown for size in self._lengths for shown in range(_MOST_LEFT_OUT + 1)}
        return any(value in left for value in claim.values if value != 0) or self._stated(claim)

    def _id(self, claim: Claim) -> bool:
        compact = _compact(claim.text)
        return compact in self._compact or compact in self._tokens or self._verbatim(claim)

    def _id_end(self, claim: Claim) -> bool:
        ending = _compact(claim.text)
        return any(known.endswith(ending) for known in self._compact) or self._verbatim(claim)

    def _verbatim(self, claim: Claim) -> bool:
        return bool(places_of(self._all, needle(claim.text)))

    def _name(self, claim: Claim) -> bool:
        parts = _TOKEN.findall(fold(claim.text).text)
        telling = [part for part in parts if part not in COMMON_WORDS] or parts
        known = all(part in self._tokens or stem(part) in self._stems for part in telling)
        return known or self._verbatim(claim)


def _compact(text: str) -> str:
    """Letters and digits only, folded."""
    return _SEPARATORS.sub("", fold(text).text)
