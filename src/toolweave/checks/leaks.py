"""What no user would say: tool and parameter names, JSON, references, placeholders, labels."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

LeakKind = Literal[
    "tool_name",
    "parameter_name",
    "enum_spelling",
    "hidden_id",
    "json",
    "reference",
    "placeholder",
    "role_label",
]


class Leak(NamedTuple):
    """One leaked piece of the inside: half-open range, what it is, its text."""

    start: int
    end: int
    kind: LeakKind
    text: str


_INNER_NAME = re.compile(
    r"[^\W_]+(?:_+[^\W_]+)+|[a-z0-9]+(?:[A-Z][a-z0-9]*)+|(?:[A-Z][a-z0-9]+){2,}"
)
_PATTERNS: tuple[tuple[LeakKind, re.Pattern[str]], ...] = (
    (
        "json",
        re.compile(
            r"```|[{\[]\s*[\"'][^\"'\n]{1,80}[\"']\s*[:,\]]|[\"'][\w.-]{1,60}[\"']\s*:\s*[\"'\[{\d]"
        ),
    ),
    ("json", re.compile(r"\[\s*\{|\}\s*\]|\{\s*\}|\[\s*\]|\}\s*,\s*\{")),
    ("json", re.compile(r"(?<![\w])[a-z]+(?:_[a-z0-9]+)+(?:\s?=|\()\s?[\w\"'\[{]?")),
    ("reference", re.compile(r"\$\{?[A-Za-z_][\w.$\[\]]{0,120}\}?")),
    (
        "reference",
        re.compile(
            r"(?<![\w])(?:func|function|tool|api|param|arg|call)_\d{1,4}(?![\w])", re.IGNORECASE
        ),
    ),
    ("placeholder", re.compile(r"\{\{?\s*[A-Za-z_][\w .-]{0,60}\s*\}\}?")),
    ("placeholder", re.compile(r"<\s*/?[A-Za-z_][\w .-]{0,40}\s*/?>")),
    (
        "placeholder",
        re.compile(
            r"\[\s*(?:insert|your|enter|name|date|value|amount|number|address|email|phone|id"
            r"|placeholder|customer|company|product|order|todo|tbd|x{2,})\b[^\[\]\n]{0,60}\]",
            re.IGNORECASE,
        ),
    ),
    (
        "placeholder",
        re.compile(
            r"(?<![\w/])N/A(?![\w/])"
            r"|(?<![\w])(?:null|NULL|undefined|NaN|TBD|TODO|lorem ipsum)(?![\w])"
        ),
    ),
    ("placeholder", re.compile(r"(?<=[\s:=(,])None(?=[),;.!?]|\s*$)|(?<![\w])X{3,}(?![\w])")),
    (
        "role_label",
        re.compile(
            r"^[ \t>*_#-]{0,6}(?:user|assistant|system|human|ai|bot|agent|customer|tool)"
            r"[*_]{0,2}\s?:",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    ("role_label", re.compile(r"<\|[\w ]{1,30}\|>|\[/?INST\]|</?s>")),
)
_MAYBE_PATTERN = re.compile(
    r"[{}\[\]$<`:=(]|N/A|_\d|null|None|NULL|undefined|NaN|TBD|TODO|XXX|lorem"
)


def leaks(
    text: str,
    *,
    tool_names: Iterable[str],
    parameter_names: Iterable[str],
    enum_values: Iterable[str] = (),
    hidden_ids: Iterable[str] = (),
) -> list[Leak]:
    """Every leak in ``text`` by place; overlapping ones are told once, the longest.

    A name that is one plain word (``search``, ``email``) is language, not a leak; a name with an
    underscore or an inner capital is one. ``hidden_ids`` are values nobody told the speaker.
    """
    found = [
        *_names(text, tool_names, "tool_name"),
        *_names(text, parameter_names, "parameter_name"),
        *_names(text, enum_values, "enum_spelling"),
        *_hidden(text, hidden_ids),
    ]
    if _MAYBE_PATTERN.search(text):
        for kind, pattern in _PATTERNS:
            for match in pattern.finditer(text):
                found.append(Leak(*match.span(), kind, match.group()))
    return _outermost(found)


def _names(text: str, names: Iterable[str], kind: LeakKind) -> Iterator[Leak]:
    low = text.lower()
    for name in names:
        if name.lower() not in low or not is_inner(name):
            continue
        for match in _whole(name, exact="_" not in name).finditer(text):
            yield Leak(*match.span(), kind, match.group())


def is_inner(name: str) -> bool:
    """Whether a name is spelt as only programs spell: ``order_id``, ``orderId``, not ``search``."""
    return _INNER_NAME.fullmatch(_last_part(name)) is not None


def _last_part(name: str) -> str:
    """The name without its path or namespace, which are judged by their last word."""
    return re.split(r"[.:/\-]|\[\]", name)[-1]


@lru_cache(maxsize=4096)
def _whole(name: str, *, exact: bool) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w]){re.escape(name)}(?![\w])", 0 if exact else re.IGNORECASE)


def _hidden(text: str, hidden_ids: Iterable[str]) -> Iterator[Leak]:
    low = text.lower()
    for name in hidden_ids:
        if name and name.lower() in low:
            for match in _whole(name, exact=False).finditer(text):
                yield Leak(*match.span(), "hidden_id", match.group())


def _outermost(found: list[Leak]) -> list[Leak]:
    kept: list[Leak] = []
    for leak in sorted(found, key=lambda leak: (leak.start, -leak.end)):
        if not kept or leak.start >= kept[-1].end:
            kept.append(leak)
    return kept
