"""Everything value-like that an English text says: numbers, amounts, percentages, dates, times."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from toolweave.checks.durations_en import UNIT_OF_NAME, durations
from toolweave.checks.moments_en import moments
from toolweave.checks.numbers_en import Number, digit_numbers, lower, word_numbers
from toolweave.checks.spans import Reading, within

__all__ = ["Reading", "readings"]

CURRENCY_WORDS = {
    "USD": "dollar dollars buck bucks usd",
    "EUR": "euro euros eur",
    "GBP": "pound pounds quid gbp",
    "JPY": "yen jpy",
    "INR": "rupee rupees inr",
    "CHF": "franc francs chf",
    "CAD": "cad",
    "AUD": "aud",
    "NZD": "nzd",
    "SEK": "sek kronor krona",
    "NOK": "nok kroner krone",
    "DKK": "dkk",
    "PLN": "pln zloty",
    "CNY": "cny yuan",
    "MXN": "mxn peso pesos",
    "BRL": "brl reais",
    "ZAR": "zar rand",
    "SGD": "sgd",
    "HKD": "hkd",
    "AED": "aed dirhams",
}
SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
_CURRENCY = {word: code for code, words in CURRENCY_WORDS.items() for word in words.split()}
_CODES = "|".join(code.lower() for code in CURRENCY_WORDS)
_PREFIX = re.compile(rf"(?:us|au|ca)?([$€£¥₹])\s?|(?<![\w])({_CODES})\s?(?=[-\u2212]?[0-9.$€£])")
_MINUS = "-\u2212"
_MAGNITUDE = re.compile(
    r"\s?(k|thousand|grand|mn|million|bn|billion|trillion|m)(?![\w])", re.IGNORECASE
)
_MAGNITUDES = {
    "k": 10**3,
    "thousand": 10**3,
    "grand": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "million": 10**6,
    "bn": 10**9,
    "billion": 10**9,
    "trillion": 10**12,
}
_PERCENT = re.compile(r"\s?%|[\s-](?:percent(?:age points?)?|per cent|pct)(?!\w)")
_CURRENCY_TAIL = re.compile(
    r"\s?[€£](?![\w])|[\s-]?(" + "|".join(sorted(_CURRENCY, key=len, reverse=True)) + r")(?![\w])"
)
_CENTS = re.compile(r"[\s-]?(?:cents?|pence|p|¢)(?![\w])")
_GAP = re.compile(r"\s(and\s)?")
_PHONE = re.compile(
    r"(?<![\w.-])\+[0-9]{1,3}[\s.-]?(?:\([0-9]{2,5}\)[\s.-]?)?"
    r"[0-9]{2,5}(?:[\s.-]?[0-9]{2,5}){1,3}(?![\w])"
    r"|(?<![\w.-])\([0-9]{3,5}\)\s?[0-9]{3,4}[\s.-]?[0-9]{3,4}(?![\w])"
    r"|(?<![\w.,-])0[0-9]{2,4}(?:\s[0-9]{3,4}){2}(?![\w])"
    r"|(?<![\w.,-])0[0-9]{2,4}[\s-][0-9]{5,8}(?![\w])"
    r"|(?<![\w.,-])0[0-9]{8,11}(?![\w.,-])"
    r"|(?<![\w.,-])[0-9]{4}(?:[\s-][0-9]{4}){3}(?![\w])"
    r"|(?<![\w.,-])[a-z]{2}[0-9]{2}(?:\s[a-z]{4})?(?:\s[0-9]{4}){2,7}(?:\s[0-9]{1,4})?(?![\w])"
)
_NOUN = re.compile(r"[\s-]?([a-z%]+)")
_HUNDRED = Decimal(100)


@lru_cache(maxsize=1024)
def readings(text: str, now: datetime) -> tuple[Reading, ...]:
    """All readings of ``text`` by start, relative dates taken against ``now``; they may overlap.

    A date-time also yields its date and its time; a number that belongs to a date, a time, an
    amount, a percentage or a length of time is not read once more as a plain number.
    """
    low = lower(text)
    numbers = sorted([*digit_numbers(low), *word_numbers(low)]) if low else []
    firm, soft = moments(text, low, now)
    masks = [*_ranges(firm), *phones(low)]
    lengths = (
        durations(low, numbers) if numbers or " hour" in low or " a" in low else durations(low, ())
    )
    lengths = [reading for reading in lengths if not _inside_clock(reading, firm)]
    counted = {reading.start for reading in lengths if reading.counted is not None}
    plain = _Quantities(low, text, numbers, counted).readings()
    kept = [r for r in plain if r.kind in ("amount", "percent") or not _covered(r, masks)]
    kept = [r for r in kept if r.kind != "number" or not _covered(r, _ranges(lengths))]
    return tuple(sorted([*kept, *lengths, *firm, *soft], key=lambda r: (r.start, -r.end)))


def phones(low: str) -> list[tuple[int, int]]:
    """Where phone, card and account numbers stand in lower-case text; parts are no numbers."""
    if sum(map(str.isdigit, low)) < 9:
        return []
    return [match.span() for match in _PHONE.finditer(low)]


def _ranges(found: Sequence[Reading]) -> list[tuple[int, int]]:
    return [(reading.start, reading.end) for reading in found]


def _covered(reading: Reading, ranges: Sequence[tuple[int, int]]) -> bool:
    return any(start < reading.end and reading.start < end for start, end in ranges)


def _inside_clock(reading: Reading, firm: Sequence[Reading]) -> bool:
    """Whether a length is really part of a clock time ("quarter past", "15 min past three")."""
    return within(reading, (other for other in firm if other.kind == "time"))


class _Quantities:
    """Turns raw numbers into plain numbers, ordinals, amounts and percentages."""

    def __init__(self, low: str, text: str, numbers: Sequence[Number], counted: set[int]) -> None:
        self.low, self.text, self.numbers, self.counted = low, text, numbers, counted
        self.prefixes: dict[int, tuple[int, str]] = {}
        for match in _PREFIX.finditer(low):
            code = SYMBOLS[match.group(1)] if match.group(1) else match.group(2).upper()
            self.prefixes[match.end()] = (match.start(), code)

    def readings(self) -> list[Reading]:
        found = []
        taken_to = 0
        for place, number in enumerate(self.numbers):
            if number.start < taken_to:
                continue
            reading = self._reading(place, number)
            taken_to = reading.end if reading.kind == "amount" else 0
            found.append(reading)
        return found

    def _reading(self, place: int, number: Number) -> Reading:
        if number.ordinal:
            return Reading(number.start, number.end, "ordinal", (number.value,))
        start, end, value, decimals = number.start, number.end, number.value, number.decimals
        prefix = self._prefix(number)
        if prefix is not None:
            start, code, sign = prefix
            value = value.copy_negate() if sign < 0 else value
        if match := _MAGNITUDE.match(self.text, end):
            name = match.group(1)
            if name != "m" or prefix is not None:
                value *= _MAGNITUDES[name.lower()]
                decimals -= len(str(_MAGNITUDES[name.lower()])) - 1
                end = match.end()
        if prefix is not None:
            return Reading(start, end, "amount", (value,), code, None, decimals)
        if match := _PERCENT.match(self.low, end):
            both = (value, value / _HUNDRED)
            return Reading(start, match.end(), "percent", both, "", None, decimals)
        if start in self.counted:
            return Reading(start, end, "number", (value,), "", None, decimals)
        if match := _CURRENCY_TAIL.match(self.low, end):
            code = _CURRENCY.get(match.group(1) or "", "") or SYMBOLS[match.group()[-1]]
            return self._with_cents(place, start, match.end(), value, code, decimals)
        if match := _CENTS.match(self.low, end):
            return Reading(start, match.end(), "amount", (value / _HUNDRED, value), "cents")
        return Reading(start, end, "number", (value,), "", None, decimals)

    def _prefix(self, number: Number) -> tuple[int, str, int] | None:
        """Start of the amount, its currency, and -1 where a minus stands before the symbol."""
        found = self.prefixes.get(number.start)
        if found is None:
            return None
        start, code = found
        if (
            start
            and self.low[start - 1] in _MINUS
            and not self.low[start - 2 : start - 1].isalnum()
        ):
            return start - 1, code, -1
        return start, code, 1

    def _with_cents(
        self, place: int, start: int, end: int, value: Decimal, code: str, decimals: int
    ) -> Reading:
        """Adds "… and 40 cents" or "… forty" to an amount in words."""
        following = self.numbers[place + 1] if place + 1 < len(self.numbers) else None
        gap = _GAP.fullmatch(self.low, end, following.start) if following else None
        if following and gap and not following.ordinal and 0 <= following.value < _HUNDRED:
            cents = _CENTS.match(self.low, following.end)
            bare = not gap.group(1) and following.value >= 10 and not decimals
            if cents or (bare and not self._is_unit(following.end)):
                end = cents.end() if cents else following.end
                value += following.value / _HUNDRED
                decimals = 2
        return Reading(start, end, "amount", (value,), code, None, decimals)

    def _is_unit(self, end: int) -> bool:
        """Whether a noun follows, so that "20 dollars 30 minutes ago" is not 20.30."""
        match = _NOUN.match(self.low, end)
        return bool(match and (match.group(1) in UNIT_OF_NAME or match.group(1) == "%"))
