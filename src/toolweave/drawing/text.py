"""Text fit to be drawn: cleaned of everything that could act, bounded, measured and wrapped."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from PIL import ImageFont

from toolweave.drawing.model import Arrow, Diagram, Node, Section

LABEL_LIMIT = 160
DETAIL_LIMIT = 600
DETAIL_LINES = 80
ARROW_LIMIT = 80
SECTION_LIMIT = 2_000
SECTION_ROWS = 200
SUPERSAMPLE = 4
"""Fonts are measured this many times larger, so that widths hold at every scale drawn."""

Fits = Callable[[str], bool]

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?", re.DOTALL)
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co"})
_SIMILAR = {"–": "-", "—": "-", "−": "-", "×": "x", "•": "·", "ß": "ss", "ø": "o", "æ": "ae"}
_MARKS = 3
"""Combining marks kept per character: more only serve to paint over neighbouring lines."""


def clean(text: str, limit: int = LABEL_LIMIT) -> str:
    """One line of at most ``limit`` characters without controls, escapes or bidi overrides."""
    # Eight times the limit leaves room for what is dropped and bounds the work.
    visible: list[str] = []
    marks = 0
    for char in _ESCAPES.sub("", text[: limit * 8]):
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if char.isspace():
            visible.append(" ")
        elif kind not in _DROPPED and not _noncharacter(char) and marks <= _MARKS:
            visible.append(char)
    line = " ".join("".join(visible).split())
    whole = len(line) <= limit and len(text) <= limit * 8
    return line if whole else line[: limit - 1].rstrip() + "…"


def _noncharacter(char: str) -> bool:
    code = ord(char)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def cleaned(diagram: Diagram) -> Diagram:
    """The diagram with every visible text cleaned; ids stay, since no format shows them."""
    return replace(
        diagram,
        title=clean(diagram.title),
        nodes=tuple(map(_clean_node, diagram.nodes)),
        arrows=tuple(_clean_arrow(arrow, ARROW_LIMIT) for arrow in diagram.arrows),
        relations=tuple(_clean_arrow(arrow, LABEL_LIMIT) for arrow in diagram.relations),
        groups=tuple(replace(group, label=clean(group.label)) for group in diagram.groups),
        legend=tuple((kind, clean(text)) for kind, text in diagram.legend),
    )


def _clean_node(node: Node) -> Node:
    return replace(
        node,
        label=clean(node.label) or "(unnamed)",
        detail=_clean_detail(node.detail),
        sections=tuple(map(_clean_section, node.sections)),
    )


def _clean_arrow(arrow: Arrow, limit: int) -> Arrow:
    return replace(arrow, label=clean(arrow.label, limit), note=clean(arrow.note, DETAIL_LIMIT))


def _clean_section(section: Section) -> Section:
    rows = [
        tuple(clean(cell, SECTION_LIMIT) for cell in row) for row in section.rows[:SECTION_ROWS]
    ]
    if (more := len(section.rows) - SECTION_ROWS) > 0:
        rows.append((f"… {more} more",))
    return replace(section, heading=clean(section.heading), rows=tuple(rows))


def _clean_detail(detail: tuple[str, ...]) -> tuple[str, ...]:
    lines = tuple(clean(line, DETAIL_LIMIT) for line in detail[:DETAIL_LINES])
    more = len(detail) - DETAIL_LINES
    return (*lines, f"… {more} more") if more > 0 else lines


class Run(NamedTuple):
    """A stretch of text the bundled font has, or lacks, the characters for."""

    text: str
    known: bool


@lru_cache(maxsize=32)
def font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font bundled with Pillow, the same on every machine. ``size`` in pixels."""
    return ImageFont.load_default(size)


@lru_cache(maxsize=8192)
def text_width(text: str, size: float) -> float:
    """Width in pixels; characters the bundled font lacks count one em each."""
    return round(sum(run_width(run, size) for run in runs(text)), 2)


def run_width(run: Run, size: float) -> float:
    """Width of a run in pixels."""
    if not run.known:
        return size * len(run.text)
    return font(size * SUPERSAMPLE).getlength(run.text) / SUPERSAMPLE


def runs(text: str) -> list[Run]:
    """The text in stretches the bundled font can and cannot draw, letters without accents."""
    shown = "".join(map(_nearest, text))
    return [Run("".join(chars), known) for known, chars in groupby(shown, key=_drawable)]


def _nearest(char: str) -> str:
    """The character, or the one to draw for it: the font lacks accents and most dashes."""
    if _drawable(char):
        return char
    if unicodedata.combining(char):
        return ""
    parts = unicodedata.normalize("NFKD", char)
    plain = _SIMILAR.get(char) or "".join(c for c in parts if not unicodedata.combining(c))
    return plain if all(map(_drawable, plain)) else char


@lru_cache(maxsize=4096)
def _drawable(char: str) -> bool:
    """Whether the font has the character: one it lacks looks like the last one of all."""
    if char < "\x7f":
        return True
    mask, absent = font(20).getmask(char), font(20).getmask("\U0010ffff")
    return (mask.size, bytes(mask)) != (absent.size, bytes(absent))


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in ("W", "F")


def cells(text: str) -> int:
    """Width in the columns of a terminal."""
    return sum(2 if _wide(c) else 0 if unicodedata.combining(c) else 1 for c in text)


def wrap(text: str, size: float, width: float, lines: int) -> tuple[str, ...]:
    """At most ``lines`` lines, each at most ``width`` pixels wide; the last is elided."""
    return _wrap(text, lambda part: text_width(part, size) <= width, lines)


def wrap_cells(text: str, width: int, lines: int) -> tuple[str, ...]:
    """At most ``lines`` lines, each at most ``width`` terminal columns wide."""
    return _wrap(text, lambda part: cells(part) <= width, lines)


def _wrap(text: str, fits: Fits, lines: int) -> tuple[str, ...]:
    rows: list[str] = []
    rest = text
    while rest and len(rows) < lines:
        row = _head(rest, fits)
        rest = rest[len(row) :].lstrip()
        rows.append(row.rstrip())
    if rest and rows:
        last = rows[-1]
        while last and not fits(last + "…"):
            last = last[:-1]
        rows[-1] = last.rstrip() + "…"
    return tuple(rows)


def _head(text: str, fits: Fits) -> str:
    """The longest start that fits, cut after a space, an underscore or a dot if there is one."""
    if fits(text):
        return text
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(text[:middle].rstrip()) else (low, middle - 1)
    cut = max(text.rfind(sign, low // 3, low + (sign == " ")) for sign in " _./-")
    return text[: cut + 1] if cut > 0 else text[:low]
