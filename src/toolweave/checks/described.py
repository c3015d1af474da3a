"""What a description says of a value: its options, examples, bounds, written form and measure."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from toolweave.checks.words_en import listed

_READ: Final = 1_200
_REACH: Final = 320
_MOST: Final = 24
_CLOSED: Final = re.compile(
    r"(?:\[enum\]|\b(?:one of|either|options|choices|possible values|valid values|allowed values|"
    r"supported values|accepted values|permitted values|values are|values include|values can be|"
    r"can be|may be|choose from|choose between|chosen from|any of|enum)\b)"
    r"(?: the following| these| are| is| include| values)*\s*[:=]?\s*",
    re.IGNORECASE,
)
_OPEN: Final = re.compile(
    r"\b(?:e\.g\.,?|eg\.|for example,?|for instance,?|such as|examples?:|like)\s*", re.IGNORECASE
)
# Where a word leads to is no choice of values.
_LINK: Final = re.compile(r"\]\([^()\s]{0,300}\)|\bhttps?://\S{1,300}")
_IN_BRACKETS: Final = re.compile(r"[(\[]([^()\[\]]{3,160})[)\]]")
_LISTED: Final = re.compile(r"\||/|,[^,]+,|['\"]")
_AFTER_COLON: Final = re.compile(r":\s+(?=[\w'\"`])")
_QUOTED: Final = re.compile(r"['\"“‘`]([^'\"”’`\n]{1,60})['\"”’`]")
_BULLET: Final = re.compile(r"^[ \t]{0,8}(?:[-*•]|\d{1,2}[.)])[ \t]+([^\n]{1,160})$", re.MULTILINE)
_STOPS: Final = re.compile(r"[.;!?)\]](?=\s|$)|\n|\s[-–—]\s| to (?!\w+ or )|\bdefaults?\b|\bif\b")
_PARTS: Final = re.compile(r"\s*[,|/]\s*(?:or |and )?|\s+(?:or|and)\s+")
_TOKEN: Final = re.compile(r"[\w+#&@%][\w .+#&@%:'/*-]{0,39}")
_IDLE: Final = frozenset(
    listed(
        "a an the any all it this that these those null none empty optional required used using "
        "specified set provided not either both etc more other others left changed omitted true "
        "false string number integer boolean list array object of in on at by for with as your "
        "you their its"
    )
)
# "Username or email" says what may be given, not how it is spelt.
_NAMES_OF_FIELDS: Final = frozenset(
    listed(
        "name id ids email url uri path date time code number title author phone city address zip "
        "username uuid key text value symbol ticker description keyword query slug sku file folder "
        "country state"
    )
)
_BOUNDS: Final = re.compile(
    r"(?:\bbetween\s+|\bfrom\s+|\brange(?:s|d)?\b(?: of| is|:)?\s*(?:from )?\s*|[(\[]\s*)?"
    r"(?<![\w.$-])(-?\d{1,7}(?:\.\d{1,4})?)\s*(-|–|to|and|through|\.\.)\s*(-?\d{1,7}(?:\.\d{1,4})?)"
    r"(?![\w:/-]|\.\d)",
    re.IGNORECASE,
)
_MOST_SAID: Final = re.compile(
    r"\b(?:max(?:imum)?(?: is| of|:)?|up to|at most|no more than)\s+"
    r"(\d{1,7}(?:\.\d{1,4})?)(?![\w.-]\d)",
    re.IGNORECASE,
)
_LEAST_SAID: Final = re.compile(
    r"\b(?:min(?:imum)?(?: is| of|:)?|at least|no less than)\s+(\d{1,7}(?:\.\d{1,4})?)(?![\w.-]\d)",
    re.IGNORECASE,
)
_WRITTEN: Final = re.compile(
    r"(?<![A-Za-z])(?:(?:YYYYMMDD|yyyymmdd|yyyyMMdd)(?![A-Za-z])|(?:YYYY|yyyy|YY|yy|DD|dd|MM|mm|HH|hh)"
    r"(?:(?:[-/.: ]|T|'T')(?:YYYY|yyyy|YY|yy|DD|dd|MM|mm|HH|hh|SS|ss)){1,5}(?![A-Za-z]*[a-z]))"
)
_PIECES: Final = re.compile(r"YYYY|yyyy|YY|yy|DD|dd|MM|mm|HH|hh|SS|ss|'T'|.")
_MEASURE: Final = re.compile(
    r"\b(?:in|as an?|number of)\s+(?:whole |total |the )?"
    r"(seconds|milliseconds|ms|minutes|hours|days|weeks|months|years|km|kilomet(?:er|re)s|miles|"
    r"met(?:er|re)s|cm|centimet(?:er|re)s|feet|inches|kg|kilograms|kilos|grams|pounds|lbs|celsius|"
    r"fahrenheit|kelvin|decimal|fraction|percent|percentage|cents|bytes|kb|mb|gb|pixels|degrees)\b",
    re.IGNORECASE,
)
_MEASURES: Final = {
    "kilometers": "km", "kilometres": "km", "metres": "meters", "centimeters": "cm",
    "centimetres": "cm", "kilograms": "kg", "kilos": "kg", "lbs": "pounds", "ms": "milliseconds",
    "fraction": "decimal", "percentage": "percent",
}  # fmt: skip


class Bounds(NamedTuple):
    """The least and the greatest number that a description admits; None where it does not say."""

    low: float | None
    high: float | None


@lru_cache(maxsize=4096)
def options(description: str) -> tuple[str, ...]:
    """The choices a description lists as the only ones: ``one of a, b or c`` → a, b, c."""
    text = _LINK.sub(" ", description[:_READ])
    return _announced(text) or _in_brackets(text) or _bare(text) or _quoted(text)


def _announced(text: str) -> tuple[str, ...]:
    """After "one of", "allowed values:" and the like, or after a colon."""
    for cue in _CLOSED.finditer(text):
        rest = text[cue.end() : cue.end() + _REACH]
        found = _bulleted(rest) or _tokens(rest)
        weak = cue.group().casefold().startswith(("can", "may", "either"))
        if len(found) > 1 and not (weak and _names_fields(found)):
            return found
    for cue in _AFTER_COLON.finditer(text):
        found = _tokens(text[cue.end() : cue.end() + _REACH])
        if len(found) > 2 and _single_words(found):
            return found
    return ()


def _in_brackets(text: str) -> tuple[str, ...]:
    for inside in _IN_BRACKETS.finditer(text):
        held = inside.group(1)
        if _LISTED.search(held) and not _OPEN.search(held):
            found = _tokens(held)
            if len(found) > 1 and _single_words(found) and not _names_fields(found):
                return found
    return ()


def _bare(text: str) -> tuple[str, ...]:
    """A text that is nothing but a list: "merge, squash or rebase"."""
    if len(text) > 100 or not re.search(r"\bor\b|\|", text):
        return ()
    found = _tokens(text)
    rest = re.sub(r"[\s,|/.'\"`]|\b(?:or|and|either)\b", "", text)
    alone = len(found) > 1 and rest == "".join(found)
    return found if alone and not _names_fields(found) else ()


def _quoted(text: str) -> tuple[str, ...]:
    """Quoted words with an "or" between two of them."""
    quoted = [found.group(1) for found in _QUOTED.finditer(text)]
    loose = _QUOTED.sub("\0", text)
    if len(quoted) > 1 and re.search("\0,? or \0", loose) and not _OPEN.search(loose):
        return tuple(token for token in quoted if _TOKEN.fullmatch(token))
    return ()


def _single_words(found: tuple[str, ...]) -> bool:
    return all(" " not in token for token in found)


def _names_fields(found: tuple[str, ...]) -> bool:
    """Whether a list says what may be given ("username or email") rather than how it is spelt."""
    return not _NAMES_OF_FIELDS.isdisjoint(token.split()[-1].casefold() for token in found)


@lru_cache(maxsize=4096)
def examples(description: str) -> tuple[str, ...]:
    """What a description gives as examples: ``e.g. driving, walking`` → driving, walking."""
    text = description[:_READ]
    for cue in _OPEN.finditer(text):
        if found := _tokens(text[cue.end() : cue.end() + _REACH]):
            return found
    return ()


def _bulleted(text: str) -> tuple[str, ...]:
    lines = (found.group(1) for found in _BULLET.finditer(text[:_REACH]))
    named = (
        re.split(r"\s*(?::| [-–—] |\()", line, maxsplit=1)[0].strip("'\"` *") for line in lines
    )
    return tuple(dict.fromkeys(name for name in named if _fine(name)))


def _tokens(text: str) -> tuple[str, ...]:
    """The short words or phrases of a list; none where anything in it is a sentence."""
    stop = _STOPS.search(text)
    held = text[: stop.start()] if stop else text
    quoted = [found.group(1) for found in _QUOTED.finditer(held)]
    if quoted:
        return tuple(dict.fromkeys(token for token in quoted if _TOKEN.fullmatch(token)))
    found: list[str] = []
    for part in _PARTS.split(held):
        token = re.split(r"\s*[(:=]", part, maxsplit=1)[0].strip(" '\"`*.")
        if not token:
            continue
        if not _fine(token):
            return tuple(found) if len(found) > 1 else ()
        found.append(token)
    return tuple(dict.fromkeys(found[:_MOST]))


def _fine(token: str) -> bool:
    parts = token.split()
    return (
        0 < len(parts) <= 4
        and _TOKEN.fullmatch(token) is not None
        and parts[0].casefold() not in _IDLE
        and parts[-1].casefold() not in _IDLE
    )


@lru_cache(maxsize=4096)
def bounds(description: str) -> Bounds:
    """The range a description states: ``from 1 to 5``, ``0-100``, ``at most 50``."""
    text = description[:_READ]
    for found in _BOUNDS.finditer(text):
        low, high = float(found.group(1)), float(found.group(3))
        # "Either 1 and 2" and years of a standard are no ranges; a cue or a hyphen is needed.
        if low < high and (found.group(0)[0].isalpha() or found.group(2) not in ("and",)):
            return Bounds(low, high)
    least, most = _LEAST_SAID.search(text), _MOST_SAID.search(text)
    return Bounds(float(least.group(1)) if least else None, float(most.group(1)) if most else None)


@lru_cache(maxsize=4096)
def written(description: str) -> str:
    """How a day or time is to be written, as for ``strftime``: ``MM/YYYY`` → ``%m/%Y``."""
    found = _WRITTEN.search(description[:_READ])
    return "".join(_directives(found.group())) if found else ""


def _directives(pattern: str) -> Iterator[str]:
    clock = False
    for piece in _PIECES.findall(pattern):
        kind = piece.lower()
        clock = clock or kind == "hh"
        yield {
            "yyyy": "%Y", "yy": "%y", "dd": "%d", "hh": "%H", "ss": "%S", "'t'": "T",
            "mm": "%M" if clock else "%m",
        }.get(kind, piece)  # fmt: skip


@lru_cache(maxsize=4096)
def measure(description: str) -> str:
    """The unit a number is given in: ``The height in metres`` → "meters"."""
    found = _MEASURE.search(description[:_READ])
    if found is None:
        return "hex" if re.search(r"(?i)\bhex", description[:_READ]) else ""
    unit = found.group(1).lower()
    return _MEASURES.get(unit, unit)
