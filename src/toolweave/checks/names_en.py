"""Names in English text: runs of capitalised words that are no sentence openers or units."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from toolweave.checks.common_en import COMMON_WORDS
from toolweave.checks.words_en import listed, stem

_WORD = re.compile(r"(?<![^\W_])[^\W\d_][\w'\u2019&]*(?:-[^\W\d_]\w*)*")
_LINK = re.compile(r"\s+(?:(?:of|de|van|von|der|del|da|la|le|du|al|bin|and|the|&)\s+){0,2}|\s*&\s*")
_SENTENCE_END = ".!?:\n\u2022*|>;\u2014\u2013"
_OPENERS = "\"'(\u201c\u2018[*_-#>\u2022"
_TITLES = ("Dr", "Mr", "Mrs", "Ms", "St")
_UNITS = frozenset(
    listed(
        "KB MB GB TB KiB MiB GiB TiB Kbps Mbps Gbps KBPS MBPS GBPS Mbit Gbit Wh KWh KWH MWh GWh "
        "KW MW GW Hz KHz MHz GHz KG KM CM MM ML RPM BPM PSI Nm Pa KPa MPa Ah MP PM AM"
    )
)
# These mean a unit only right after a number: "230 V", "24 C".
_SHORT_UNITS = frozenset(listed("C F K W V A L M G H S B J N T X"))
_QUANTITY = re.compile(r"[0-9]\s?\u00b0?$|[A-Za-z]/$")
# "The size is M. The order is booked."
_NEVER_SURNAMES = frozenset(
    listed(
        "A An And All At Both By Done For From Here Here's He How I I'd I'll I'm I've If In "
        "It It's Its "
        "My No On One Our She So That That's The Their Then There There's These They This Those To "
        "We We've What When Which You You'll Your"
    )
)
_OPENING_ENDS = ("ly", "ing")
_TELLING_ENDS = ("tion", "tions", "sion", "ness", "able", "ible", "ful", "less", "ments")


# No name stands before these: "Reckon with two days", "Fancy another?".
_AFTER_NO_NAME = re.compile(
    r" (?:the|an?|another|your|my|our|it|them|us|me|this|that|these|those|all|any|every|no|not|what"
    r"|when|how|if|i|we|you|there|with)(?![\w'\u2019-])",
    re.IGNORECASE,
)


class Name(NamedTuple):
    """A name: half-open range and the words, without a possessive ending."""

    start: int
    end: int
    text: str


class _Capital(NamedTuple):
    start: int
    end: int
    text: str
    opens: bool


def names(text: str) -> Iterator[Name]:
    """Runs of capitalised words that are neither sentence openers nor common words alone."""
    run: list[_Capital] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if not word[0].isupper() or _is_unit(text, match):
            continue
        capital = _Capital(*match.span(), word, _opens_sentence(text, match.start()))
        if run and _after_stop(run, capital):
            capital = capital._replace(opens=True)
        if run and (capital.opens or not _linked(text, run[-1], capital)):
            yield from _name_of(text, run)
            run = []
        run.append(capital)
    yield from _name_of(text, run)


def _is_unit(text: str, match: re.Match[str]) -> bool:
    """A symbol of measure or half of the day: "24 \u00b0C", "100 Mbps", "6 PM"."""
    word = match.group()
    if word in _UNITS:
        return True
    return word in _SHORT_UNITS and bool(
        _QUANTITY.search(text, max(0, match.start() - 3), match.start())
    )


def _after_stop(run: list[_Capital], capital: _Capital) -> bool:
    """Whether an ordinary word after "Talk & Surf M." starts a sentence.

    A name that begins with an initial goes on: "J. Storm".
    """
    last = run[-1]
    if len(last.text) > 1 or capital.start - last.end < 2:
        return False
    if capital.text.replace("\u2019", "'") in _NEVER_SURNAMES:
        return True
    return any(len(before.text) > 1 for before in run) and is_common(capital.text, opening=True)


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
    return text[place] in ")." and _is_list_mark(text, place)


def _is_list_mark(text: str, place: int) -> bool:
    """Whether the mark ends a list number: "2) Beta"."""
    return (
        re.search(r"(?:^|\n)[ \t>*_-]{0,8}[0-9]{1,2}$", text[max(0, place - 12) : place])
        is not None
    )


def _is_initial(text: str, place: int) -> bool:
    """Whether the full stop belongs to an initial or a title ("J. Smith", "Dr. Lee")."""
    if place < 1 or text[place] != ".":
        return False
    word = re.search(r"[^\W\d_]+$", text[max(0, place - 5) : place])
    if word is None or text[place - 2 : place - 1] == ".":
        return False
    if len(word.group()) == 1:
        before = text[max(0, place - 4) : place - 1]
        return word.group().isupper() and _QUANTITY.search(before) is None
    return word.group() in _TITLES


def _name_of(text: str, run: list[_Capital]) -> Iterator[Name]:
    if run and run[0].opens and _is_opener(text, run):
        run = run[1:]
    telling = [capital for capital in run if not is_common(capital.text)]
    listed_up = bool(run) and " and " in text[run[0].start : run[-1].end]
    if telling or (len(run) > 1 and not listed_up):
        start, end = run[0].start, run[-1].end
        said = text[start:end]
        for ending in ("'s", "\u2019s", "'", "\u2019"):
            said = said.removesuffix(ending)
        yield Name(start, start + len(said), said)


def _is_opener(text: str, run: list[_Capital]) -> bool:
    """Whether the first word of a sentence bears its capital for that alone."""
    if is_common(run[0].text, opening=True):
        return True
    return len(run) == 1 and _AFTER_NO_NAME.match(text, run[0].end) is not None


@lru_cache(maxsize=4096)
def is_common(word: str, *, opening: bool = False) -> bool:
    """Whether ``word`` is ordinary English; ``opening`` words bear a capital for their place."""
    low = word.lower().replace("\u2019", "'")
    if low in COMMON_WORDS or low.removesuffix("'s") in COMMON_WORDS:
        return True
    if low.endswith("s") and low[:-1] in COMMON_WORDS:
        return True
    if "-" in low and low.replace("-", "") in COMMON_WORDS:
        return True
    if "-" in low and all(
        part in COMMON_WORDS or len(part) == 1 or (opening and is_common(part, opening=True))
        for part in low.split("-")
    ):
        return True
    if not opening:
        return False
    ends = len(low) > 5 and low.endswith(_OPENING_ENDS)
    return ends or (len(low) > 6 and low.endswith(_TELLING_ENDS)) or stem(low) in _common_stems()


@lru_cache(maxsize=1)
def _common_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in COMMON_WORDS if len(word) > 3)
