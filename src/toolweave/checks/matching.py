"""Where a text states a JSON value in words a person would use; ``forms.md`` lists what counts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from toolweave.checks.durations_en import MONTHS, SECONDS, UNIT_OF_NAME
from toolweave.checks.folding import bounded, fold, needle, places_of
from toolweave.checks.forms_iso import Moment, parse_moment
from toolweave.checks.hints import Hints, hints, item_schema, property_schema
from toolweave.checks.phrases import (
    loose_places,
    original_spans,
    outside_longer_members,
    phrase_places,
)
from toolweave.checks.readings import CURRENCY_WORDS, readings
from toolweave.checks.spans import NOTHING_TO_SAY, Duration, Reading, Span, within
from toolweave.checks.words_en import NO, YES, split_words, stems
from toolweave.core.model import JsonValue
from toolweave.schema.types import Schema

Words = Mapping[str, Sequence[str]]
NO_WORDS: Words = {}
_CODE = re.compile(r"[A-Za-z0-9]+(?:[-_ /.#:]{1,2}[A-Za-z0-9]+)*")
_RUNS = re.compile(r"[a-z]+|[0-9]+|[-_ /.#:]+")
_SEPARATOR = r"[-_ /.#:]"
_PHONE = re.compile(r"\+?[0-9(][0-9 ().\-/]{5,28}[0-9]")
_PHONE_FORMATS = frozenset(("phone", "tel", "phone-number", "e164", "telephone"))
_SNAKE = re.compile(r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+")
_ADDRESS = re.compile(r"\S+@\S+|[a-zA-Z][a-zA-Z0-9+.-]*://\S+|www\.\S+")
_DENIED = re.compile(r"(?:\bnot|n['\u2019]t)\s+$", re.IGNORECASE)
_IDLE_NO = re.compile(
    r"\s+(?:know|mind|care|remember|worry|problem|doubt|idea|matter|rush|one|longer)\b",
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r"\s*\S+")
# How many words around a value its meaning may hang on.
_WIDEST = 8
_YEARS = range(1900, 2101)
_WHOLE_KINDS = frozenset(("amount", "percent", "date", "month", "time", "datetime", "duration"))


class Leaf(NamedTuple):
    """One scalar of a value with its schema and the name of the property that holds it."""

    value: JsonValue
    schema: Schema
    field: str


def leaves(value: JsonValue, schema: Schema, field: str = "") -> Iterator[Leaf]:
    """The scalars of ``value`` in order; a list's elements bear the name of the list."""
    stack = [Leaf(value, schema, field)]
    while stack:
        leaf = stack.pop()
        inner: list[Leaf] = []
        if isinstance(leaf.value, Mapping):
            for name, part in leaf.value.items():
                inner.append(Leaf(part, property_schema(leaf.schema, name), name))
        elif isinstance(leaf.value, list):
            for place, part in enumerate(leaf.value):
                inner.append(Leaf(part, item_schema(leaf.schema, place), leaf.field))
        else:
            yield leaf
        stack += reversed(inner)


def find(
    text: str, value: JsonValue, schema: Schema, *, now: datetime, words: Words = NO_WORDS
) -> Span | None:
    """Where ``text`` first states ``value``; a list or object needs every scalar in it stated.

    Args:
        schema: the JSON Schema of the value; only its own format, enum and unit are looked at.
        now: the clock that relative dates are read against.
        words: further human words per value in its JSON spelling ("high" → "urgent").

    Returns:
        The range; for lists and objects the one covering all scalars; ``NOTHING_TO_SAY`` for null,
        empty text and empty containers; None when the text does not state the value.
    """
    start, end = len(text) + 1, 0
    for leaf in leaves(value, schema):
        places = _places(text, leaf, now, words)
        if not places:
            return None
        if places[0] != NOTHING_TO_SAY:
            start, end = min(start, places[0].start), max(end, places[0].end)
    return Span(start, end) if end else NOTHING_TO_SAY


def find_whole(
    text: str, value: JsonValue, schema: Schema, *, now: datetime, words: Words = NO_WORDS
) -> Span | None:
    """``find``, widened by words until the range states the value when it is read alone.

    The "8" of "8 to 11 August" states a day only together with what follows.
    """
    found = find(text, value, schema, now=now, words=words)
    if found is None or found == NOTHING_TO_SAY:
        return found
    start, end = found
    if text[start:end] == value:
        return found
    for _ in range(_WIDEST):
        if find(text[start:end], value, schema, now=now, words=words) is not None:
            return Span(start, end)
        end = _word_end(text, end)
        if find(text[start:end], value, schema, now=now, words=words) is not None:
            return Span(start, end)
        start = _word_start(text, start)
    return Span(0, len(text))


def _word_end(text: str, place: int) -> int:
    match = _NEXT_WORD.match(text, place)
    return match.end() if match else len(text)


def _word_start(text: str, place: int) -> int:
    before = text[:place].rstrip()
    return max(before.rfind(" "), before.rfind("\n")) + 1


def find_all(
    text: str, value: JsonValue, schema: Schema, *, now: datetime, words: Words = NO_WORDS
) -> list[Span]:
    """Every place where ``text`` states ``value`` or, for lists and objects, one of its scalars.

    Empty when ``find`` would give None; ``[NOTHING_TO_SAY]`` when nothing has to be said.
    """
    found: set[Span] = set()
    for leaf in leaves(value, schema):
        places = _places(text, leaf, now, words)
        if not places:
            return []
        found.update(places)
    return sorted(found - {NOTHING_TO_SAY}) or [NOTHING_TO_SAY]


def _places(text: str, leaf: Leaf, now: datetime, words: Words) -> list[Span]:
    value = leaf.value
    if value is None or (isinstance(value, str) and not value.strip()):
        return [NOTHING_TO_SAY]
    found = _worded(text, value, words)
    if isinstance(value, bool):
        found += _yes_no_places(text, yes=value)
    elif isinstance(value, int | float):
        found += _number_places(text, value, hints(leaf.schema), now)
    elif isinstance(value, str):
        found += _string_places(text, value, hints(leaf.schema), now)
    if found and words:
        found = _outside_other_words(text, value, words, found)
    return found if len(found) < 2 else sorted(set(found))


def _yes_no_places(text: str, *, yes: bool) -> list[Span]:
    """Places of a plain yes or no, but not "not sure", "no problem" or "don't know"."""
    places = [place for phrase in (YES if yes else NO) for place in phrase_places(text, phrase)]
    if yes:
        return [p for p in places if not _DENIED.search(text[max(0, p.start - 6) : p.start])]
    return [p for p in places if not _IDLE_NO.match(text, p.end)]


def _worded(text: str, value: JsonValue, words: Words) -> list[Span]:
    """Places of the extra words that the caller gives for this value."""
    if not words:
        return []
    key = ("true" if value else "false") if isinstance(value, bool) else str(value)
    phrases = [*words.get(key, ()), *(words.get(str(value), ()) if key != str(value) else ())]
    return [place for phrase in phrases for place in phrase_places(text, phrase)]


def _outside_other_words(
    text: str, value: JsonValue, words: Words, found: list[Span]
) -> list[Span]:
    """Without the places inside longer words of another value ("insurance" in "no insurance")."""
    key = ("true" if value else "false") if isinstance(value, bool) else str(value)
    longer = [
        place
        for other, phrases in words.items()
        if other not in (key, str(value))
        for phrase in phrases
        for place in phrase_places(text, phrase)
    ]
    return [
        span
        for span in found
        if not any(
            rival.start <= span.start
            and span.end <= rival.end
            and rival.end - rival.start > span.end - span.start
            for rival in longer
        )
    ]


def as_decimal(value: int | float) -> Decimal:
    """The number exactly as JSON writes it."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _number_places(text: str, value: int | float, hint: Hints, now: datetime) -> list[Span]:
    target = as_decimal(value)
    found = [
        Span(reading.start, reading.end)
        for reading in readings(text, now)
        if _states_number(text, reading, target, hint)
    ]
    if not target.is_finite():
        folded = fold(text)
        found += original_spans(text, folded, places_of(folded.text, needle(str(value))))
    return found


def _states_number(text: str, reading: Reading, target: Decimal, hint: Hints) -> bool:
    if reading.kind in ("number", "ordinal", "percent"):
        return target in reading.values
    if reading.kind == "amount":
        cents = hint.unit in ("cent", "cents", "minor", "pence")
        return target in reading.values or (cents and target / 100 in reading.values)
    if reading.kind == "duration":
        return reading.counted == target or target == _total(reading, hint)
    if reading.kind in ("date", "datetime", "month") and target in _YEARS:
        return str(target) in text[reading.start : reading.end]
    return False


def _total(reading: Reading, hint: Hints) -> Decimal | None:
    """A length of time in the unit that the schema names, if it names one."""
    unit = UNIT_OF_NAME.get(hint.unit) or next(
        (
            UNIT_OF_NAME[word]
            for word in hint.description.split()
            if len(word) > 3 and word in UNIT_OF_NAME
        ),
        None,
    )
    length = reading.values[0]
    if unit is None or not isinstance(length, Duration):
        return None
    if unit in SECONDS and not length.months:
        return length.seconds / SECONDS[unit]
    if unit in MONTHS and not length.seconds:
        return length.months / MONTHS[unit]
    return None


def _string_places(text: str, value: str, hint: Hints, now: datetime) -> list[Span]:
    value = value.strip()
    found: list[Span] = []
    if moment := parse_moment(value, now):
        found += _moment_places(text, moment, now)
    elif value in hint.enum:
        found += _enum_places(text, value, hint, now)
    elif len(value) <= 40:
        found += _whole_reading_places(text, value, now)
        if _SNAKE.fullmatch(value):
            found += phrase_places(text, split_words(value))
    if pattern := _code_pattern(value, phone=bool(hint.formats & _PHONE_FORMATS)):
        folded = fold(text)
        spans = [Span(*match.span()) for match in pattern.finditer(folded.text)]
        spans = [s for s in spans if bounded(folded.text, s.start, s.end, tight=True)]
        found += original_spans(text, folded, spans)
    found += _verbatim_places(text, value)
    if found and value in hint.enum:
        found = outside_longer_members(text, value, hint.enum, found)
    if found and value.isascii() and value.isdigit() and len(value) <= 4:
        found = [span for span in found if not _within_date(text, span, int(value), now)]
    return found


def _verbatim_places(text: str, value: str) -> list[Span]:
    folded, wanted = fold(text), needle(value)
    if not wanted:
        place = text.find(value)
        return [Span(place, place + len(value))] if place >= 0 else []
    tight = " " not in wanted and any(not char.isalpha() for char in wanted)
    if not tight and _ADDRESS.fullmatch(value):
        tight = True
    return original_spans(text, folded, places_of(folded.text, wanted, tight=tight))


def _within_date(text: str, span: Span, number: int, now: datetime) -> bool:
    """Whether digits are only a part of a date or time ("12" of "12 June")."""
    return number not in _YEARS and any(
        reading.kind in ("date", "time", "datetime")
        and reading.start <= span.start
        and span.end <= reading.end
        and reading.end - reading.start > span.end - span.start
        for reading in readings(text, now)
    )


def _enum_places(text: str, value: str, hint: Hints, now: datetime) -> list[Span]:
    """Places of an enum word; inflected only where no other member has the same stem."""
    spoken = split_words(value)
    mine = stems(needle(spoken))
    clash = any(stems(needle(split_words(m))) == mine for m in hint.enum if m != value)
    found = phrase_places(text, spoken, exact=clash)
    if not found and not clash:
        found = loose_places(text, spoken, hint.enum, value)
    code = value.upper()
    if code in CURRENCY_WORDS:
        found += [Span(r.start, r.end) for r in readings(text, now) if r.unit == code]
        for name in CURRENCY_WORDS[code].split():
            found += phrase_places(text, name)
    return found


def _moment_places(text: str, moment: Moment, now: datetime) -> list[Span]:
    """Places of a date, time, month or length; a date-time may be split over the text."""
    all_readings = readings(text, now)
    found = [
        Span(reading.start, reading.end)
        for reading in all_readings
        if reading.kind == moment.kind
        and (moment.value in reading.values or (moment.local and moment.local in reading.values))
    ]
    if found or not isinstance(moment.value, datetime):
        return found
    for value in (moment.value, moment.local):
        if value and (split := _split_datetime(all_readings, value)):
            return [split]
    return []


def _split_datetime(all_readings: Sequence[Reading], value: datetime) -> Span | None:
    """A date-time said as date here and time there, or as a date alone at midnight."""
    joined = [reading for reading in all_readings if reading.kind == "datetime"]
    loose = [reading for reading in all_readings if not within(reading, joined)]
    if value.time() == time(0) and (alone := _first(loose, "date", value.date())):
        return Span(alone.start, alone.end)
    day = _first(all_readings, "date", value.date())
    clock = _first(loose, "time", value.time())
    if day is None:
        return None
    if clock is None:
        return None
    return Span(min(day.start, clock.start), max(day.end, clock.end))


def _first(all_readings: Sequence[Reading], kind: str, value: date | time) -> Reading | None:
    return next((r for r in all_readings if r.kind == kind and value in r.values), None)


def _whole_reading_places(text: str, value: str, now: datetime) -> list[Span]:
    """A text value that is itself one amount, percentage, date, time or length, said otherwise."""
    whole = next((r for r in readings(value, now) if (r.start, r.end) == (0, len(value))), None)
    if whole is None:
        return []
    digits = any(char.isdigit() for char in value)
    small = whole.kind == "number" and (len(value) <= 3 or "." in value)
    if not small and not (whole.kind in _WHOLE_KINDS and (digits or whole.kind == "duration")):
        return []
    kinds = ("number", "amount") if whole.kind in ("number", "amount") else (whole.kind,)
    return [
        Span(reading.start, reading.end)
        for reading in readings(text, now)
        if reading.kind in kinds and set(whole.values) & set(reading.values)
    ]


@lru_cache(maxsize=4096)
def _code_pattern(value: str, *, phone: bool) -> re.Pattern[str] | None:
    """How an id, code or phone number may be spelt, or None when ``value`` is none of these."""
    digits = re.sub(r"[^0-9]", "", value)
    if not digits or len(value) > 64 or not value.isascii():
        return None
    if (phone or len(digits) >= 7) and len(digits) >= 5 and _PHONE.fullmatch(value):
        return re.compile(r"\+?\(?" + r"[ ().\-/]{0,3}".join(digits) + r"(?![0-9])")
    if not _CODE.fullmatch(value) or value.count(" ") > 1:
        return None
    return re.compile("".join(_code_parts(value.lower(), len(digits))))


def _code_parts(low: str, digits: int) -> Iterator[str]:
    """Letter and digit runs with separators free between them, but never "1-2" as "12"."""
    before = ""
    pending = False
    for run in _RUNS.findall(low):
        if not run[0].isalnum():
            pending = True
            continue
        if before:
            both_digits = before.isdigit() and run.isdigit()
            both_letters = before.isalpha() and run.isalpha()
            needed = (both_digits and digits < 6) or both_letters
            yield _SEPARATOR + ("" if pending and needed else "?")
        yield run
        before, pending = run, False
