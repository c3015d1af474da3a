"""What an assistant's text claims: every value-like statement that must have support."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from toolweave.checks.common_en import COMMON_WORDS
from toolweave.checks.numbers_en import ORDINALS, lower
from toolweave.checks.readings import phones, readings
from toolweave.checks.spans import Reading, ReadingValue

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
_ID_END = re.compile(
    r"(?<![\w])(?:ending|ends|finishing) (?:in|with)\s+(?:the digits )?([A-Za-z0-9]{2,8})(?![\w])"
    r"|last (?:two|three|four|five|six|[2-6]) (?:digits|characters)\s+(?:are |is |of )?"
    r"([A-Za-z0-9]{2,8})(?![\w])",
    re.IGNORECASE,
)
_MORE = re.compile(r"\s+(?:more|others?|further|additional|remaining)(?![\w])", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s+(?:[A-Za-z-]+\s+){0,2}?"
    r"(?:[A-Za-z-]{2,}s|people|of (?:them|these|those)|in total|in all)(?![\w])"
)
_WORD = re.compile(r"[^\W\d_][\w'\u2019&]*(?:-[^\W\d_]\w*)*")
_LINK = re.compile(r"\s+(?:(?:of|de|van|von|der|del|da|la|le|du|al|bin|and|the|&)\s+){0,2}|\s*&\s*")
_SENTENCE_END = ".!?:\n\u2022*|>;\u2014\u2013"
_OPENERS = "\"'(\u201c\u2018[*_-#>\u2022"
_SMALL_TALK_UNITS = frozenset(("second", "minute", "day"))
_NOT_COUNTED = 100


def claims(text: str, now: datetime) -> list[Claim]:
    """The claims of ``text`` by place, without overlaps; relative dates count from ``now``."""
    found = [*_addresses(text), *_quotes(text), *_id_ends(text)]
    found += _free_of(found, _stated(text, now))
    found += _free_of(found, _ids(text))
    found += _free_of(found, _names(text))
    return sorted(found)


def _free_of(taken: Sequence[Claim], fresh: Iterator[Claim]) -> list[Claim]:
    return [
        claim
        for claim in fresh
        if not any(t.start < claim.end and claim.start < t.end for t in taken)
    ]


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
    outer: Reading | None = None
    values: list[ReadingValue] = []
    for reading in readings(text, now):
        if outer is not None and reading.end <= outer.end:
            if outer.kind not in ("datetime", "duration"):
                values += reading.values
            continue
        if outer is not None:
            yield from _claim(text, outer, values)
        outer, values = reading, list(reading.values)
    if outer is not None:
        yield from _claim(text, outer, values)


def _claim(text: str, reading: Reading, values: list[ReadingValue]) -> Iterator[Claim]:
    said = text[reading.start : reading.end]
    if _is_small_talk(text, reading, said.lower()):
        return
    kind: ClaimKind = "number" if reading.kind == "ordinal" else reading.kind
    end = reading.end
    if reading.kind == "number" and not reading.decimals and _is_small(reading):
        if match := _MORE.match(text, end):
            kind, end = "remaining_count", match.end()
        elif _COUNTED.match(text, end):
            kind = "count"
    both = tuple(
        dict.fromkeys([*values, reading.counted] if reading.counted is not None else values)
    )
    yield Claim(reading.start, end, kind, text[reading.start : end], both, reading.decimals)


def _is_small(reading: Reading) -> bool:
    value = reading.values[0]
    return isinstance(value, int | float) or 0 <= value <= _NOT_COUNTED  # type: ignore[operator]


def _is_small_talk(text: str, reading: Reading, said: str) -> bool:
    """Words that read like values but claim nothing: "first, …", "one of them", "a second"."""
    if reading.kind == "ordinal":
        return said in ORDINALS
    if said == "one":
        return not _MORE.match(text, reading.end)
    if said == "two" and text[max(0, reading.start - 3) : reading.start].lower() == "or ":
        return True
    if said in ("today", "now", "a couple", "this morning", "this afternoon", "this evening"):
        return True
    return (
        reading.kind == "duration" and said.startswith("a ") and reading.unit in _SMALL_TALK_UNITS
    )


def _ids(text: str) -> Iterator[Claim]:
    dialled = phones(lower(text))
    for start, end in dialled:
        yield Claim(start, end, "id", text[start:end])
    for match in _ID.finditer(text):
        said = match.group()
        if any(start < match.end() and match.start() < end for start, end in dialled):
            continue
        digit = any(char.isdigit() for char in said)
        letter = any(char.isalpha() for char in said)
        joined = "-" in said or "_" in said
        if (digit and (letter or joined)) or "_" in said or (joined and said.isupper()):
            yield Claim(*match.span(), "id", said)


class _Capital(NamedTuple):
    start: int
    end: int
    text: str
    opens: bool


def _names(text: str) -> Iterator[Claim]:
    """Runs of capitalised words that are neither sentence openers nor common words alone."""
    run: list[_Capital] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if not word[0].isupper() or _is_degree(text, match):
            continue
        capital = _Capital(*match.span(), word, _opens_sentence(text, match.start()))
        if run and (capital.opens or not _linked(text, run[-1], capital)):
            yield from _name_of(text, run)
            run = []
        run.append(capital)
    yield from _name_of(text, run)


def _is_degree(text: str, match: re.Match[str]) -> bool:
    """The letter of a temperature: "24 °C"."""
    return match.group() in ("C", "F") and text[match.start() - 1 : match.start()] == "\u00b0"


def _linked(text: str, left: _Capital, right: _Capital) -> bool:
    """Whether two capitalised words belong to one name, an initial's full stop included."""
    start = left.end + (len(left.text) == 1 and text[left.end : left.end + 1] == ".")
    return _LINK.fullmatch(text, start, right.start) is not None


def _opens_sentence(text: str, start: int) -> bool:
    place = start - 1
    while place >= 0 and (text[place] in " \t" or text[place] in _OPENERS):
        place -= 1
    if place < 0 or text[place] in _SENTENCE_END:
        return not _is_initial(text, place)
    return False


def _is_initial(text: str, place: int) -> bool:
    """Whether the full stop belongs to an initial or a title ("J. Smith", "Dr. Lee")."""
    if place < 1 or text[place] != ".":
        return False
    word = re.search(r"[^\W\d_]+$", text[max(0, place - 5) : place])
    return bool(
        word and (len(word.group()) == 1 or word.group() in ("Dr", "Mr", "Mrs", "Ms", "St"))
    )


def _name_of(text: str, run: list[_Capital]) -> Iterator[Claim]:
    if run and run[0].opens and _is_common(run[0].text, opening=True):
        run = run[1:]
    if len(run) > 1 or (run and not _is_common(run[0].text)):
        start, end = run[0].start, run[-1].end
        said = text[start:end]
        for ending in ("'s", "\u2019s", "'", "\u2019"):
            said = said.removesuffix(ending)
        yield Claim(start, start + len(said), "name", said)


def _is_common(word: str, *, opening: bool = False) -> bool:
    low = word.lower().replace("\u2019", "'")
    if low in COMMON_WORDS or low.removesuffix("'s") in COMMON_WORDS:
        return True
    if low.endswith("s") and low[:-1] in COMMON_WORDS:
        return True
    return opening and len(low) > 5 and low.endswith(("ly", "ing"))
