"""What an assistant's text claims: every value-like statement that must have support."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal, NamedTuple

from toolweave.checks.names_en import is_common, names
from toolweave.checks.numbers_en import ORDINALS, lower
from toolweave.checks.readings import phones, readings
from toolweave.checks.spans import Reading, ReadingValue
from toolweave.checks.words_en import listed

ClaimKind = Literal[
    "number",
    "amount",
    "percent",
    "date",
    "month",
    "time",
    "datetime",
    "duration",
    "count",
    "remaining_count",
    "position",
    "id",
    "id_end",
    "email",
    "url",
    "quote",
    "name",
]


class Claim(NamedTuple):
    """One statement: half-open range, kind, its words, and the values it may mean.

    ``values`` holds reading values for numbers and moments (dates, times …) and is empty for
    words; ``decimals`` is the number of decimals shown, negative for "1.2 million".
    """

    start: int
    end: int
    kind: ClaimKind
    text: str
    values: tuple[ReadingValue, ...] = ()
    decimals: int = 0


_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+")
_URL_END = ".,;:!?"
_QUOTE = re.compile(
    r"\"([^\"\n]{1,300})\"|\u201c([^\u201c\u201d\n]{1,300})\u201d"
    r"|(?<![\w])\u2018([^\u2018\n]{1,300}?)\u2019(?![\w])|(?<![\w])'([^'\n]{2,200})'(?![\w])"
)
_ID = re.compile(r"(?<![\w@.])[^\W_]+(?:[-_/][^\W_]+)*(?![\w])")
_NAME_WORD = re.compile(r"[^\W\d_]+")
_CLOCK = re.compile(r"(?<![\w:.])[0-9]{1,2}:[0-9]{2}(?![\w:])")
_MASK = "\u2022\u25cf\u2219\u00b7\u2027"
_ID_END = re.compile(
    r"(?<![\w])(?:ending|ends|finishing) (?:in|with)\s+(?:the digits )?([A-Za-z0-9]{2,8})(?![\w])"
    r"|(?<![\w])(?:ending|ends|finishing)\s+([0-9]{2,8})(?![\w])"
    r"|last (?:two|three|four|five|six|[2-6]) (?:digits|characters)\s+(?:are |is |of )?"
    r"([A-Za-z0-9]{2,8})(?![\w])"
    rf"|(?<![{_MASK}*\w])(?:(?:[{_MASK}]{{2,}}+|\*{{3,}}+|x{{2,}}+)[ -]?){{1,8}}"
    r"([A-Za-z0-9]{2,8})(?![\w])"
    r"|(?<![\w.])(?:\u2026|\.{3})([0-9]{4})(?![\w.,:]\w|\w)",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\s+(?:more|others?|further|additional|remaining|of (?:them|these|those|which))(?![\w])",
    re.IGNORECASE,
)
_OTHER = re.compile(r"(?<![\w])(?:other|remaining|further|rest|last) $", re.IGNORECASE)
_COUNTING = re.compile(
    r"(?<![\w])(?:there are|there were|found|see|have|has|got|all|these|those|only|just) $",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?<![\w])(?:option|choice|step|result) #?$", re.IGNORECASE)
_NTH = re.compile(r"(?:the )?([0-9]{1,2})(?:st|nd|rd|th)", re.IGNORECASE)
_NTH_WORD = re.compile(r"[0-9]{1,2}(?:st|nd|rd|th)-[A-Za-z]+", re.IGNORECASE)
_NEXT_WORD = re.compile(r" ([a-z]+(?:-[a-z]+)*)")
# After "the 24th" these leave it a day of the month; any other word makes it "the 24th thing".
_NO_THING = frozenset(
    listed(
        "a also and are as at be because before but by can could did do does for from had has have "
        "i if in instead is it its last later looks may might must next not now of on or please "
        "seems should since so still suits that the then they this through till to too under "
        "unless until was we were when where which while will with within works would you your"
    )
)
_LIST_PLACE = re.compile(r"(?:^|\n)[ \t>*_#\u2022-]{0,12}$")
_LIST_MARK = re.compile(r"[.)][*_]{0,3}(?:\s|$)")
_COUNTED = re.compile(
    r"\s+(?:[A-Za-z-]+\s+){0,2}?"
    r"(?:[A-Za-z-]{2,}s|people|in total|in all)(?![\w])"
)
_RATED = re.compile(
    r"(?:[0-9%$€£]|\b(?:dollars?|euros?|pounds?|bucks|once|twice|times|miles|km)),? $",
    re.IGNORECASE,
)
_SMALL_TALK_UNITS = frozenset(("second", "minute", "day"))
_NOT_COUNTED = 100
_LAST_DAY = 31
_NOON = 12
_TO = re.compile(r"\s*(?:-|\u2013|\u2014|to|and|until|till)\s*")
_BESIDE = re.compile(r",?\s*(?:and|&|-|\u2013|to)?\s*")
_COMPOUND = re.compile(
    r"-(?:factor|steps?|way|part|fold|piece|in-one|thirds?|sided|party|parties|hand|class|off)"
    r"(?![\w])",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"(?<![\w])(?:great|good|nice|lovely|happy|wonderful|thanks) $", re.IGNORECASE
)
_IDLE_MORE = re.compile(r"\s+(?:thing|question|time|moment|detail|try)s?(?![\w])", re.IGNORECASE)
_PLAIN_CODES = frozenset(listed("2fa usb-c usb-a a4 b2b 24x7 e-sim mp3 mp4"))


def claims(text: str, now: datetime) -> list[Claim]:
    """The claims of ``text`` by place, without overlaps; relative dates count from ``now``."""
    found = [*_addresses(text), *_quotes(text), *_id_ends(text)]
    found += _free_of(found, _stated(text, now))
    found += _free_of(found, _ids(text))
    found += _names(text, found)
    return sorted(found)


def _free_of(taken: Sequence[Claim], fresh: Iterator[Claim]) -> list[Claim]:
    return [
        claim
        for claim in fresh
        if not any(t.start < claim.end and claim.start < t.end for t in taken)
    ]


def _names(text: str, taken: Sequence[Claim]) -> list[Claim]:
    """Names, or what is left of one beside other claims: "Flat" of "Two Weeks Flat"."""
    found = []
    for name in names(text):
        within = sorted((t.start, t.end) for t in taken if t.start < name.end > name.start < t.end)
        if not within:
            found.append(Claim(name.start, name.end, "name", name.text))
            continue
        edges = [name.start, *(edge for span in within for edge in span), name.end]
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            for word in _NAME_WORD.finditer(text, start, max(start, end)):
                if word.group()[0].isupper() and not is_common(word.group()):
                    found.append(Claim(*word.span(), "name", word.group()))
    return found


def _addresses(text: str) -> Iterator[Claim]:
    for match in _EMAIL.finditer(text) if "@" in text else ():
        whole = match.group().rstrip(_URL_END)
        yield Claim(match.start(), match.start() + len(whole), "email", whole)
    for match in _URL.finditer(text) if "/" in text or "www" in text else ():
        whole = match.group().rstrip(_URL_END)
        yield Claim(match.start(), match.start() + len(whole), "url", whole)


def _quotes(text: str) -> Iterator[Claim]:
    for match in _QUOTE.finditer(text):
        group = match.lastindex or 0
        if match.group(group).strip():
            yield Claim(match.start(group), match.end(group), "quote", match.group(group))


def _id_ends(text: str) -> Iterator[Claim]:
    for match in _ID_END.finditer(text):
        group = match.lastindex or 0
        if any(char.isdigit() for char in match.group(group)):
            yield Claim(match.start(group), match.end(group), "id_end", match.group(group))


def _stated(text: str, now: datetime) -> Iterator[Claim]:
    """Readings as claims; what lies within a longer reading is merged into it or left out."""
    found = _outermost(readings(text, now))
    for place, (outer, values) in enumerate(found):
        before = found[place - 1][0] if place else None
        after = found[place + 1][0] if place + 1 < len(found) else None
        yield from _claim(text, outer, [*values, *_by_neighbours(text, before, outer, after)])


def _outermost(found: Sequence[Reading]) -> list[tuple[Reading, list[ReadingValue]]]:
    """Readings that lie in no other, with the values of those that lie in them."""
    row: list[tuple[Reading, list[ReadingValue]]] = []
    for reading in found:
        if not row or reading.end > row[-1][0].end:
            row.append((reading, list(reading.values)))
        elif row[-1][0].kind not in ("datetime", "duration"):
            row[-1][1].extend(reading.values)
            if reading.counted is not None:
                row[-1][1].append(reading.counted)
    return row


def _by_neighbours(
    text: str, before: Reading | None, reading: Reading, after: Reading | None
) -> Iterator[ReadingValue]:
    """The hour in "6 to 7 pm" or "9am to 11", the day in "May 3 and 5" or "Friday 19th"."""
    value = reading.values[0]
    if reading.kind not in ("number", "ordinal") or not isinstance(value, Decimal):
        return
    if value != int(value) or not 0 <= value <= _LAST_DAY:
        return
    number = int(value)
    timed = any(
        other is not None and other.kind in ("time", "datetime") and _TO.fullmatch(text, *gap)
        for other, gap in (
            (before, (before.end if before else 0, reading.start)),
            (after, (reading.end, after.start if after else 0)),
        )
    )
    if timed and number <= _NOON * 2:
        yield time(number % 24)
        yield time((number + _NOON) % 24)
    if before and before.kind == "date" and _BESIDE.fullmatch(text, before.end, reading.start):
        for day in before.values:
            if isinstance(day, date) and 1 <= number <= monthrange(day.year, day.month)[1]:
                yield day.replace(day=number)


def _claim(text: str, reading: Reading, values: list[ReadingValue]) -> Iterator[Claim]:
    said = text[reading.start : reading.end]
    if _is_small_talk(text, reading, said.lower()):
        return
    kind: ClaimKind = "number" if reading.kind == "ordinal" else reading.kind
    end = reading.end
    if place := _position(text, reading, said):
        kind, values = "position", [place, *values]
    elif reading.kind == "number" and not reading.decimals and _is_small(reading):
        kind, end = _counted(text, reading, said)
    both = tuple(
        dict.fromkeys([*values, reading.counted] if reading.counted is not None else values)
    )
    yield Claim(reading.start, end, kind, text[reading.start : end], both, reading.decimals)


def _position(text: str, reading: Reading, said: str) -> Decimal | None:
    """The place in a list that "the 2nd option" or "option 2" means, if it means one."""
    if reading.kind in ("date", "ordinal") and (match := _NTH.fullmatch(said)):
        thing = _NEXT_WORD.match(text, reading.end)
        if reading.kind == "ordinal" or (thing and thing.group(1) not in _NO_THING):
            return Decimal(match.group(1))
    value = reading.values[0]
    numbered = reading.kind == "number" and _NUMBERED.search(
        text, max(0, reading.start - 12), reading.start
    )
    return value if numbered and isinstance(value, Decimal) else None


def _counted(text: str, reading: Reading, said: str) -> tuple[ClaimKind, int]:
    """What a small whole number counts, and where the claim ends."""
    if match := _MORE.match(text, reading.end):
        return "remaining_count", match.end()
    if _OTHER.search(text, max(0, reading.start - 12), reading.start):
        return "remaining_count", reading.end
    in_words = not any(char.isdigit() for char in said)
    before = _COUNTING.search(text, max(0, reading.start - 12), reading.start)
    if in_words or before or _COUNTED.match(text, reading.end):
        return "count", reading.end
    return "number", reading.end


def _is_small(reading: Reading) -> bool:
    value = reading.values[0]
    return isinstance(value, int | float) or 0 <= value <= _NOT_COUNTED  # type: ignore[operator]


def _is_small_talk(text: str, reading: Reading, said: str) -> bool:
    """Words that read like values but claim nothing: "first, …", "one of them", "a second"."""
    if reading.kind == "ordinal" and said in ORDINALS:
        return True
    if _is_list_number(text, reading) or _is_phrase(text, reading):
        return True
    if reading.kind == "date" and said.removeprefix("the ") in ORDINALS:
        thing = _NEXT_WORD.match(text, reading.end)
        return bool(thing and thing.group(1) not in _NO_THING)
    if said == "one":
        more = _MORE.match(text, reading.end)
        return more is None or " of " in more.group() or bool(_IDLE_MORE.match(text, more.end()))
    if said == "two" and text[max(0, reading.start - 3) : reading.start].lower() == "or ":
        return True
    if said.startswith("one in the "):
        return True
    if said in ("today", "now", "a couple", "this morning", "this afternoon", "this evening"):
        return True
    if reading.kind != "duration" or not said.startswith(("a ", "an ")):
        return False
    # "$40 a month" is a rate and tells no length of time.
    rated = _RATED.search(text, max(0, reading.start - 10), reading.start) is not None
    return rated or reading.unit in _SMALL_TALK_UNITS


def _is_phrase(text: str, reading: Reading) -> bool:
    """Part of a set phrase: "two-factor", "3rd-party", "have a great Friday"."""
    if reading.kind in ("number", "ordinal") and _COMPOUND.match(text, reading.end):
        return True
    before = text[max(0, reading.start - 12) : reading.start]
    return reading.kind in ("date", "number") and bool(_GREETING.search(before))


def _is_list_number(text: str, reading: Reading) -> bool:
    """The number of a list item at the start of a line: "2. ", "3) "."""
    if reading.kind != "number" or reading.end - reading.start > 2:
        return False
    before = text[max(0, reading.start - 14) : reading.start]
    free = reading.start <= len(before) or "\n" in before
    return free and bool(_LIST_PLACE.search(before) and _LIST_MARK.match(text, reading.end))


def _ids(text: str) -> Iterator[Claim]:
    dialled = phones(lower(text))
    for start, end in dialled:
        yield Claim(start, end, "id", text[start:end])
    # What looks like a time and is none ("25:70") has to be known as it stands.
    for match in _CLOCK.finditer(text):
        yield Claim(*match.span(), "id", match.group())
    for match in _ID.finditer(text):
        said = match.group()
        if any(start < match.end() and match.start() < end for start, end in dialled):
            continue
        plain = said.lower() in _PLAIN_CODES or _NTH_WORD.fullmatch(said)
        if plain or (said.isupper() and is_common(said)):
            continue
        # A raised figure is no digit of an id: "m\u00b2".
        digit = any(char.isdecimal() for char in said)
        letter = any(char.isalpha() for char in said)
        joined = "-" in said or "_" in said
        if (digit and (letter or joined)) or "_" in said or (joined and said.isupper()):
            yield Claim(*match.span(), "id", said)
