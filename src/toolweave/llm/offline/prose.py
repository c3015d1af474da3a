"""Putting clauses together into sentences, keeping track of where each value stands."""

import re
from collections.abc import Iterable, Sequence

from toolweave.llm.offline.phrases import Part

_END = re.compile(r"[.!?…][\"')”’]?$")


def sentence(parts: Sequence[Part], end: str = ".") -> list[Part]:
    """The parts with a capital first letter and an end mark, if they lack one."""
    kept = [part for part in parts if part.text]
    if not kept:
        return []
    kept = _strip(kept)
    first = kept[0]
    if not first.ref or first.text.split(" ", 1)[0].isalpha():
        kept[0] = Part(_capital(first.text), first.ref)
    if not _END.search("".join(part.text for part in kept[-2:])):
        kept.append(Part(end))
    return kept


def _strip(parts: list[Part]) -> list[Part]:
    if not parts:
        return []
    head, tail = parts[0], parts[-1]
    parts = [Part(head.text.lstrip(), head.ref), *parts[1:]]
    tail = parts[-1]
    return [*parts[:-1], Part(tail.text.rstrip(), tail.ref)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def lowered(parts: Sequence[Part]) -> list[Part]:
    """The parts with a small first letter, unless they open with a name, an "I" or a value."""
    if not parts or parts[0].ref:
        return list(parts)
    text = parts[0].text
    opens_with_i = re.match(r"I\b", text) is not None
    if opens_with_i or (len(text) > 1 and text[1:2].isupper()):
        return list(parts)
    return [Part(text[:1].lower() + text[1:]), *parts[1:]]


def joined(items: Sequence[Sequence[Part]], last: str = " and ", between: str = ", ") -> list[Part]:
    """The items as an enumeration: ``a, b and c``."""
    parts: list[Part] = []
    for index, item in enumerate(items):
        if index:
            parts.append(Part(last if index == len(items) - 1 else between))
        parts.extend(_strip([part for part in item if part.text]))
    return parts


def paragraph(sentences: Iterable[Sequence[Part]]) -> list[Part]:
    """Sentences with one space between them; empty ones are left out."""
    parts: list[Part] = []
    for item in sentences:
        if item:
            if parts:
                parts.append(Part(" "))
            parts.extend(item)
    return parts


def render(parts: Sequence[Part]) -> tuple[str, list[tuple[str, int, int]]]:
    """The text, and for each part that states a value its ref with start and end."""
    text, spans = "", []
    for part in parts:
        if part.ref and part.text:
            spans.append((part.ref, len(text), len(text) + len(part.text)))
        text += part.text
    return text, spans
