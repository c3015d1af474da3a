"""Numbers in English text, in digits and in words, and integers spelled out."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from toolweave.checks.words_en import listed


class Number(NamedTuple):
    """A number of a text: half-open range, value, digits after the point, how it is written."""

    start: int
    end: int
    value: Decimal
    decimals: int = 0
    ordinal: bool = False
    spelled: bool = False


ONES = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")
UNITS = {word: value for value, word in enumerate(ONES)}
TENS_VALUES = {word: 10 * (place + 2) for place, word in enumerate(TENS)}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ORDINALS = {
    word: value
    for value, word in enumerate(
        listed(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
            "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
        ),
        start=1,
    )
} | {word[:-1] + "ieth": value for word, value in TENS_VALUES.items()}
WORD_STARTS = frozenset(UNITS) | frozenset(TENS_VALUES) | frozenset(ORDINALS) | {"a", "an", "half"}
_PRONOUN_BEFORE_ONE = frozenset(
    listed(
        "this that the which each every any some no another other cheaper cheapest bigger smaller "
        "larger best better newer older latest newest oldest new old only same right wrong next "
        "last previous first second third good nice red blue green black white someone everyone"
    )
)
_WORD = re.compile(r"[a-z]+")
_DIGITS = re.compile(
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?(?:e[+-]?[0-9]{1,4}(?![\w.]))?"
    r"|(?<![\w.])\.[0-9]+"
)
_ATTACHED = re.compile(
    r"(?:st|nd|rd|th|k|m|mn|bn|am|pm|h|hr|hrs|min|mins|s|sec|secs|ms|d|w|x|g|kg|mg|t|lb|lbs|oz|km|cm"
    r"|mm|mi|ft|in|kb|mb|gb|tb|kw|kwh|mw|mwh|v|hz|khz|mhz|ghz|c|f|px|pt|l|ml|ha|sqm|sqft|mbps|gbps"
    r"|usd|eur|gbp|jpy|inr|cad|aud|chf|p)(?![\w])"
)
_ORDINAL_TAIL = re.compile(r"(?:st|nd|rd|th)(?!\w)")
_FEW_DIGITS_BEFORE = re.compile(r"(?:^|[^\w.\-\u2013/:])([0-9]{1,4})$")
_FEW_DIGITS_AFTER = re.compile(r"([0-9]{1,4})(?![\w\-/:]|\.[0-9])")


def lower(text: str) -> str:
    """``text`` in lower case, every character still at its place."""
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def digit_numbers(low: str) -> Iterator[Number]:
    """Numbers written in digits in lower-case text, none from inside ids, versions or phones."""
    for match in _DIGITS.finditer(low):
        start, end = match.span()
        if not (_free_left(low, start) and _free_right(low, start, end)):
            continue
        digits = match.group().replace(",", "")
        value = Decimal(digits)
        mantissa = digits.split("e")[0]
        decimals = len(mantissa) - mantissa.find(".") - 1 if "." in mantissa else 0
        if tail := _ORDINAL_TAIL.match(low, end):
            yield Number(start, tail.end(), value, 0, ordinal=True)
            continue
        sign = _sign_before(low, start)
        yield Number(start - sign, end, value.copy_negate() if sign else value, decimals)


def _sign_before(low: str, start: int) -> int:
    """1 when a minus sign belongs to the number at ``start``, else 0."""
    if start == 0 or low[start - 1] not in "-\u2212":
        return 0
    before = low[start - 2] if start > 1 else " "
    return 0 if before.isalnum() or before in ")]%_-\u2212" else 1


def _free_left(low: str, start: int) -> bool:
    if start == 0:
        return True
    char = low[start - 1]
    if char.isalnum() or char == "_":
        return False
    before = low[start - 2] if start > 1 else " "
    if not (before.isalnum() or before == "_"):
        return True
    if char in "-\u2013":
        few = _FEW_DIGITS_BEFORE.search(low, max(0, start - 7), start - 1)
        after = _FEW_DIGITS_AFTER.match(low, start)
        return bool(few and after and _same_size(few.group(1), after.group(1)))
    return char not in "/.:@\\=&?~"


def _free_right(low: str, start: int, end: int) -> bool:
    if end == len(low):
        return True
    char = low[end]
    after = low[end + 1] if end + 1 < len(low) else " "
    if char.isalpha() or char == "_":
        return _ATTACHED.match(low, end) is not None
    if char.isalnum():
        return False
    if char in "-\u2013" and after.isdigit():
        few = _FEW_DIGITS_AFTER.match(low, end + 1)
        return bool(few and _same_size(low[start:end], few.group(1)))
    if char == "-" and after.isalpha():
        word = _WORD.match(low, end + 1)
        return bool(
            word and (len(word.group()) > 2 and not low[word.end() : word.end() + 1].isdigit())
        )
    if char in ".:/@\\=&~":
        return not (after.isdigit() or (char != "/" and after.isalpha()))
    return True


def _same_size(left: str, right: str) -> bool:
    """Whether two digit groups around a hyphen read as a range rather than as a code or phone."""
    return (len(left) <= 3 and len(right) <= 3) or len(left) == len(right) == 4


class _Word(NamedTuple):
    text: str
    start: int
    end: int


def word_numbers(low: str) -> Iterator[Number]:
    """Numbers written in words in lower-case text: "two hundred and one", "a dozen", "third"."""
    words = [_Word(match.group(), *match.span()) for match in _WORD.finditer(low)]
    place = 0
    while place < len(words):
        if words[place].text not in WORD_STARTS or not _starts_word(low, words[place]):
            place += 1
            continue
        parser = _WordParser(low, words, place)
        parser.run()
        if number := parser.result():
            yield number
            place = parser.place
        else:
            place += 1


def _starts_word(low: str, word: _Word) -> bool:
    before = low[word.start - 1] if word.start else " "
    after = low[word.end] if word.end < len(low) else " "
    return not (before.isalnum() or before in "_@/\\'\u2019" or after.isdigit() or after in "_@")


class _WordParser:
    """Reads one number from a run of words; ``place`` ends after the last word taken."""

    def __init__(self, low: str, words: list[_Word], place: int) -> None:
        self.low, self.words, self.first, self.place = low, words, place, place
        self.total = Decimal(0)
        self.group = 0
        self.scale = 10**15
        self.tens = self.units = self.hundred = self.any = self.ordinal = self.closed = False
        self.decimals = 0

    def run(self) -> None:
        if self._opening():
            return
        while not self.closed and self._step():
            pass

    def result(self) -> Number | None:
        if not self.any or self._is_pronoun():
            return None
        start, end = self.words[self.first].start, self.words[self.place - 1].end
        if end < len(self.low) and (self.low[end].isalnum() or self.low[end] == "_"):
            return None
        value = self.total + self.group
        if self.first and self.words[self.first - 1].text in ("minus", "negative"):
            start, value = self.words[self.first - 1].start, value.copy_negate()
        return Number(start, end, value, self.decimals, self.ordinal, spelled=True)

    def _is_pronoun(self) -> bool:
        """ "The cheaper one" and "one of them" name a thing, not the number 1."""
        if self.place - self.first != 1 or self.words[self.first].text != "one":
            return False
        before = self.words[self.first - 1].text if self.first else ""
        return before in _PRONOUN_BEFORE_ONE

    def _text(self, offset: int = 0) -> str:
        index = self.place + offset
        return self.words[index].text if index < len(self.words) else ""

    def _joined(self, offset: int = 0) -> str | None:
        """What stands between the word at ``place + offset`` and the one before it, if it joins."""
        index = self.place + offset
        if index >= len(self.words):
            return None
        gap = self.low[self.words[index - 1].end : self.words[index].start]
        return gap if gap == "-" or (gap and gap.isspace()) else None

    def _opening(self) -> bool:
        """Takes "a hundred", "a dozen", "half a dozen"; True when the number ends there."""
        text = self._text()
        if text == "half":
            if self._text(1) == "a" and self._text(2) == "dozen" and self._joined(1):
                self._finish(3, 6)
            return True
        if text not in ("a", "an"):
            return False
        following = self._text(1)
        if not self._joined(1):
            return True
        if following in ("dozen", "couple"):
            self._finish(2, 12 if following == "dozen" else 2)
        elif following == "hundred" or following in SCALES:
            self.group = 1
            self.units = True
            self.place += 1
            return False
        return True

    def _finish(self, words: int, value: int) -> None:
        self.place += words
        self.group, self.any, self.closed = value, True, True

    def _step(self) -> bool:
        if self.any and self._joined() is None:
            return False
        text = self._text()
        if text in UNITS:
            return self._take_unit(UNITS[text])
        if text in TENS_VALUES:
            return self._take_tens(TENS_VALUES[text])
        if text in ORDINALS:
            return self._take_ordinal(ORDINALS[text])
        return self._take_other(text)

    def _take(self, words: int = 1) -> bool:
        self.place += words
        self.any = True
        return True

    def _take_unit(self, value: int) -> bool:
        if self.units or (self.tens and not 1 <= value <= 9):
            return False
        self.group += value
        self.units = True
        return self._take()

    def _take_tens(self, value: int) -> bool:
        if self.units or self.tens:
            return False
        self.group += value
        self.tens = True
        return self._take()

    def _take_ordinal(self, value: int) -> bool:
        if self.units or (self.tens and (value > 9 or self._joined() != "-")):
            return False
        self.group += value
        self.ordinal = self.closed = True
        return self._take()

    def _take_other(self, text: str) -> bool:
        if text == "hundred" and self.group and not self.hundred:
            self.group *= 100
            self.hundred, self.tens, self.units = True, False, False
            return self._take()
        if text in SCALES and self.group and SCALES[text] < self.scale:
            self.scale = SCALES[text]
            self.total += self.group * self.scale
            self.group = 0
            self.hundred = self.tens = self.units = False
            return self._take()
        if text == "dozen" and self.group and not self.total:
            self._finish(1, self.group * 12)
            return True
        if text == "and" and self.any:
            return self._take_and()
        if text == "point" and self.any:
            return self._take_point()
        return False

    def _take_and(self) -> bool:
        following = self._text(1)
        if self._joined(1) is None:
            return False
        after_scale = self.words[self.place - 1].text in SCALES | {"hundred": 100}
        if after_scale and (
            following in UNITS or following in TENS_VALUES or following in ORDINALS
        ):
            self.place += 1
            return True
        if following == "a" and self._text(2) in ("half", "quarter") and self._joined(2):
            self.total += Decimal("0.5" if self._text(2) == "half" else "0.25")
            self.decimals = 1 if self._text(2) == "half" else 2
            self.closed = True
            return self._take(3)
        return False

    def _take_point(self) -> bool:
        digits = ""
        offset = 1
        while self._joined(offset) and UNITS.get(self._text(offset), 10) < 10:
            digits += str(UNITS[self._text(offset)])
            offset += 1
        if not digits:
            return False
        self.total += Decimal("0." + digits)
        self.decimals = len(digits)
        self.closed = True
        return self._take(offset)


def parse_count(word: str) -> int | None:
    """A small whole number in digits or words ("3", "three", "a", "twenty-five"), if it is one."""
    if word.isascii() and word.isdigit():
        return int(word) if len(word) <= 4 else None
    if word in ("a", "an"):
        return 1
    if word in ("couple", "a couple of"):
        return 2
    number = next(word_numbers(word), None)
    if number is None or number.ordinal or number.start != 0 or number.end != len(word):
        return None
    return int(number.value) if number.value == int(number.value) else None


def spell(value: int) -> str:
    """``value`` in words, British style ("two hundred and one"); at most 999 999 either way."""
    if value < 0:
        return "minus " + spell(-value)
    if value < 20:
        return ONES[value]
    if value < 100:
        tens, units = divmod(value, 10)
        return TENS[tens - 2] + (f"-{ONES[units]}" if units else "")
    size, name = (1000, "thousand") if value >= 1000 else (100, "hundred")
    head, rest = divmod(value, size)
    joint = " and " if rest < 100 else " "
    return f"{spell(head)} {name}" + (joint + spell(rest) if rest else "")
