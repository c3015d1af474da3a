"""What is known when an assistant speaks, indexed so that each claim is checked at once."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from toolweave.checks.claims import Claim
from toolweave.checks.common_en import COMMON_WORDS
from toolweave.checks.dates_en import MONTH_OF, WEEKDAY_OF
from toolweave.checks.durations_en import MONTHS, SECONDS, UNIT_OF_NAME, length
from toolweave.checks.folding import fold, needle, places_of
from toolweave.checks.forms_iso import parse_moment
from toolweave.checks.matching import as_decimal
from toolweave.checks.numbers_en import lower
from toolweave.checks.readings import phones, readings
from toolweave.checks.spans import Duration
from toolweave.checks.words_en import listed, split_words, stem
from toolweave.core.model import JsonValue

_TOKEN = re.compile(r"[^\W_]+")
_SEPARATORS = re.compile(r"[\W_]+")
_LONGEST_ID = 64
_MOST_LEFT_OUT = 3
_FINEST = 12
_PART_OF_ID = 3
_NATIONAL = 8
_UNIT_FIELDS = frozenset(listed("unit units period interval"))
_CENTS = frozenset(listed("cents cent pence minor"))
# Numbers under such names are lengths of time whose unit only a schema may tell.
_TIME_FIELDS = frozenset(
    listed(
        "duration length time term window trial eta wait validity valid notice delay lead warranty"
        " stay runtime within after period"
    )
)
_SHORT_FORMS = {
    "street": "st",
    "saint": "st",
    "road": "rd",
    "avenue": "ave",
    "boulevard": "blvd",
    "lane": "ln",
    "square": "sq",
    "mount": "mt",
    "doctor": "dr",
    "apartment": "apt",
}
_ELLIPSIS = re.compile(r"\s*\[?\.{3,}\]?\s*")
_EDGES = " ,;:"
_INITIAL = re.compile(r"(?<![\w])[^\W\d_]\.")


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
        self._parts: set[int] = set()
        self._spans: set[Decimal] = set()
        self._unitless: set[Decimal] = set()
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
            "position": self._position,
            "duration": self._duration,
            "id": self._id,
            "id_end": self._id_end,
            "email": self._verbatim,
            "url": self._verbatim,
            "quote": self._quote,
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
                for name in item:
                    said = split_words(name).lower()
                    self._tokens.update((said, *said.split()))
                unit = _unit_within(item)
                stack += [(part, f"{name}_{unit}" if unit else name) for name, part in item.items()]
            elif isinstance(item, list):
                self._lengths.add(len(item))
                self._parts.update(_equal_parts(item))
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
        words = split_words(field).lower().split()
        unit = words[-1] if words else ""
        if unit in _CENTS:
            self._numbers.add(number / 100)
        if unit in UNIT_OF_NAME and abs(number) < 10**9:
            self._durations.add(length(number, UNIT_OF_NAME[unit]))
            return
        self._unitless.add(number)
        if not _TIME_FIELDS.isdisjoint(words):
            self._spans.add(number)

    def _add_string(self, text: str) -> None:
        moment = parse_moment(text, self._now)
        if moment is not None:
            for value in (moment.value, moment.local):
                self._add_moment(value)
            self._add_words(text)
            return
        if len(text) <= _LONGEST_ID:
            self._compact.add(_compact(text))
        spoken = split_words(text) if len(text) <= _LONGEST_ID else ""
        if spoken and spoken != text:
            self._corpus.append(spoken.lower())
            self._tokens.update(spoken.lower().split())
        self._add_text(text)

    def _add_text(self, text: str) -> None:
        self._add_words(text)
        self._compact.update(_compact(text[start:end]) for start, end in phones(lower(text)))
        for reading in readings(text, self._now):
            for value in reading.values:
                self._add_moment(value)
                if isinstance(value, Decimal) and reading.counted is None:
                    self._unitless.add(value)
            if reading.counted is not None:
                self._numbers.add(reading.counted)

    def _add_words(self, text: str) -> None:
        folded = fold(text).text
        self._corpus.append(folded)
        self._tokens.update(_TOKEN.findall(folded))

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
        weekday = _weekday_said(claim)
        values = [value for value in claim.values if _falls_on(value, weekday)]
        if any(self._knows(value, claim) for value in values):
            return True
        if claim.kind == "date":
            return self._date_by_name(claim, weekday)
        if claim.kind == "number":
            said = _compact(claim.text)
            return said in self._compact or (len(said) >= _PART_OF_ID and said in self._tokens)
        return False

    def _duration(self, claim: Claim) -> bool:
        """A length of time, or a number without a unit that may be meant by it."""
        for value in claim.values:
            if isinstance(value, Duration):
                if value in self._durations or self._spans & _counts(value):
                    return True
            elif isinstance(value, Decimal) and value in self._unitless:
                return True
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

    def _date_by_name(self, claim: Claim, weekday: int | None) -> bool:
        """A bare weekday, or a day and month without a year, of any known date."""
        words = re.findall(r"[a-z]+", claim.text.lower())
        if len(words) == 1 and words[0] in WEEKDAY_OF:
            return any(day.weekday() == WEEKDAY_OF[words[0]] for day in self._dates)
        if re.search(r"[0-9]{4}", claim.text) or MONTH_OF.keys().isdisjoint(words):
            return False
        known = {(day.month, day.day) for day in self._dates if _falls_on(day, weekday)}
        return any((v.month, v.day) in known for v in claim.values if isinstance(v, date))

    def _count(self, claim: Claim) -> bool:
        return claim.values[0] in self._lengths or self._stated(claim)

    def _remaining(self, claim: Claim) -> bool:
        left = {size - shown for size in self._lengths for shown in range(_MOST_LEFT_OUT + 1)}
        left |= self._parts
        return any(value in left for value in claim.values if value != 0) or self._stated(claim)

    def _position(self, claim: Claim) -> bool:
        """A place within the longest known list, or any known number."""
        place, longest = claim.values[0], max(self._lengths, default=0)
        return (isinstance(place, Decimal) and 0 < place <= longest) or self._stated(claim)

    def _id(self, claim: Claim) -> bool:
        compact = _compact(claim.text)
        if compact in self._compact or compact in self._tokens or self._verbatim(claim):
            return True
        local = compact.lstrip("0")
        return (
            compact.isdigit()
            and len(local) >= _NATIONAL
            and any(known.isdigit() and known.endswith(local) for known in self._compact)
        )

    def _id_end(self, claim: Claim) -> bool:
        ending = _compact(claim.text)
        return any(known.endswith(ending) for known in self._compact) or self._verbatim(claim)

    def _verbatim(self, claim: Claim) -> bool:
        return bool(places_of(self._all, needle(claim.text)))

    def _quote(self, claim: Claim) -> bool:
        """Known words as they stand; an ellipsis leaves out some of one known text."""
        wanted = fold(claim.text).text.strip(_EDGES)
        if places_of(self._all, needle(wanted)):
            return True
        parts = [part.strip(_EDGES) for part in _ELLIPSIS.split(wanted) if part.strip(_EDGES)]
        if "..." not in wanted or not parts:
            return False
        return any(_in_order(text, parts) for text in self._corpus)

    def _name(self, claim: Claim) -> bool:
        if self._verbatim(claim):
            return True
        words = _TOKEN.findall(fold(claim.text).text)
        initialled = bool(_INITIAL.search(claim.text))
        telling = [
            place
            for place, word in enumerate(words)
            if len(word) == 1 or initialled or word not in COMMON_WORDS
        ]
        return all(self._name_word(words, place) for place in telling or range(len(words)))

    def _name_word(self, words: Sequence[str], place: int) -> bool:
        """Whether a word of a name is known; a single letter may shorten a known neighbour."""
        word = words[place]
        if len(word) > 1:
            short = _SHORT_FORMS.get(word, "")
            return word in self._tokens or stem(word) in self._stems or short in self._tokens
        full = [n for n, other in enumerate(words) if len(other) > 1]
        near = min(full, key=lambda n: abs(n - place), default=None)
        if near is None:
            return word in self._tokens
        between = r"[^\w\n]+(?:[^\W_]+[^\w\n]+){0,2}?"
        letter, name = rf"(?<![^\W_]){word}[^\W_]*", rf"(?<![^\W_]){re.escape(words[near])}"
        first, second = (letter, name) if place < near else (name, letter)
        return re.search(rf"{first}{between}{second}", self._all) is not None


def _unit_within(item: Mapping[str, JsonValue]) -> str:
    """The unit of time that one property of an object gives for its numbers, or ''."""
    for name, value in item.items():
        last = split_words(name).lower().rpartition(" ")[2]
        if last in _UNIT_FIELDS and isinstance(value, str) and value.lower() in UNIT_OF_NAME:
            return value.lower()
    return ""


def _equal_parts(item: Sequence[JsonValue]) -> Iterator[int]:
    """How many elements of a list agree in one of their properties."""
    tallies: Counter[tuple[str, str]] = Counter()
    for element in item:
        if isinstance(element, Mapping):
            tallies.update(
                (name, repr(value))
                for name, value in element.items()
                if isinstance(value, str | int | float)
            )
    yield from tallies.values()


def _counts(length_of_time: Duration) -> set[Decimal]:
    """A length of time as a number of each unit."""
    if length_of_time.months and length_of_time.seconds:
        return set()
    if length_of_time.months:
        return {length_of_time.months / size for size in MONTHS.values()}
    return {length_of_time.seconds / size for size in SECONDS.values()}


def _weekday_said(claim: Claim) -> int | None:
    """The weekday that stands beside a day of a month ("Friday, 19 September")."""
    words = re.findall(r"[a-z]+", claim.text.lower())
    if MONTH_OF.keys().isdisjoint(words):
        return None
    return next((WEEKDAY_OF[word] for word in words if word in WEEKDAY_OF), None)


def _falls_on(value: object, weekday: int | None) -> bool:
    return weekday is None or not isinstance(value, date) or value.weekday() == weekday


def _in_order(text: str, parts: Sequence[str]) -> bool:
    """Whether a folded text holds all parts, one after the other."""
    place = 0
    for part in parts:
        wanted = needle(part)
        found = next((span for span in places_of(text, wanted) if span.start >= place), None)
        if found is None:
            return False
        place = found.end
    return True


def _compact(text: str) -> str:
    """Letters and digits only, folded."""
    return _SEPARATORS.sub("", fold(text).text)
