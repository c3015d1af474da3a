"""Plots as inline SVG: bars and columns that can be read on a phone and without colours."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from markupsafe import Markup

from toolweave.drawing.text import wrap
from toolweave.reporting.harmless import harmless

WIDTH: Final = 360
# What a label takes at most, and where the bars begin.
_LABEL: Final = 128
_SIZE: Final = 12
_VALUE: Final = 76
_ROW: Final = 22
_HIGH: Final = 130
_MOST_COLUMNS: Final = 12
_MOST_BARS: Final = 30


class Bar(NamedTuple):
    """One bar: its name, its length, and what is written beside it.

    ``hue`` chooses one of the page's colours; names tell bars apart, colours only help.
    """

    name: str
    value: float
    told: str
    hue: int = 0


class Plot(NamedTuple):
    """A drawing with its title and what it shows in a line."""

    title: str
    drawing: Markup
    note: str = ""
    wide: bool = False


def bars(title: str, shown: Sequence[Bar], most: float | None = None, note: str = "") -> Plot:
    """Horizontal bars, the first on top; ``most`` is the length of the whole, else the longest."""
    rows = shown[:_MOST_BARS]
    if len(rows) < len(shown):
        note = f"{note}{' ' if note else ''}{len(shown) - len(rows)} more are not drawn."
    whole = most or max((bar.value for bar in rows), default=0) or 1
    room = WIDTH - _LABEL - _VALUE
    parts = [_bar(place, bar, room * min(bar.value / whole, 1)) for place, bar in enumerate(rows)]
    return Plot(title, svg(title, WIDTH, _ROW * len(rows) + 4, parts), note)


def columns(title: str, shown: Sequence[Bar], note: str = "") -> Plot:
    """Vertical columns from left to right; what is beyond the twelfth is added up in the last."""
    kept = list(shown)
    if len(kept) > _MOST_COLUMNS:
        rest = kept[_MOST_COLUMNS - 1 :]
        total = sum(bar.value for bar in rest)
        kept = [*kept[: _MOST_COLUMNS - 1], Bar(f"{rest[0].name}+", total, f"{total:g}")]
    whole = max((bar.value for bar in kept), default=0) or 1
    step = WIDTH / max(len(kept), 6)
    parts = [_column(place, bar, step, _HIGH * bar.value / whole) for place, bar in enumerate(kept)]
    return Plot(title, svg(title, WIDTH, _HIGH + 40, parts), note)


def svg(title: str, width: float, height: float, parts: Iterable[Markup], kind: str = "") -> Markup:
    """A drawing of that size in its own units, named for those who do not see it."""
    return Markup(
        '<svg class="plot {}" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">{}</svg>'
    ).format(kind, width, height, harmless(title), Markup("").join(parts))


def label(text: str, limit: int = 200) -> str:
    """A name of bounded length, harmless and on one line."""
    line = " ".join(harmless(text[: 8 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def fitting(text: str, width: float) -> str:
    """As much of a name as has room in so many units of a drawing."""
    return (wrap(label(text), _SIZE, width, 1) or ("",))[0]


def _bar(place: int, bar: Bar, length: float) -> Markup:
    middle = _ROW * place + _ROW / 2 + 2
    return Markup(
        '<g><title>{}: {}</title><text x="{}" y="{:.1f}" class="end">{}</text>'
        '<rect class="h{}" x="{}" y="{:.1f}" width="{:.1f}" height="{}" rx="2"/>'
        '<text x="{:.1f}" y="{:.1f}" class="value">{}</text></g>'
    ).format(
        label(bar.name), bar.told, _LABEL - 6, middle + 4, fitting(bar.name, _LABEL - 10),
        bar.hue, _LABEL, middle - 7, max(length, 1), 14, _LABEL + max(length, 1) + 5, middle + 4,
        bar.told,
    )  # fmt: skip


def _column(place: int, bar: Bar, step: float, height: float) -> Markup:
    centre, top = step * (place + 0.5), 18 + _HIGH - max(height, 1)
    return Markup(
        '<g><title>{}: {}</title><rect class="h{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" '
        'height="{:.1f}" rx="2"/><text x="{:.1f}" y="{:.1f}" class="mid value">{}</text>'
        '<text x="{:.1f}" y="{}" class="mid">{}</text></g>'
    ).format(
        label(bar.name, 40), bar.told, bar.hue, centre - step * 0.36, top, step * 0.72,
        max(height, 1), centre, top - 5, bar.told, centre, _HIGH + 34, label(bar.name, 6),
    )  # fmt: skip
