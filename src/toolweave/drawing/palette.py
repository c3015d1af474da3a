"""Colours: one tone per kind, each readable on a light and on a dark page."""

from typing import NamedTuple

from toolweave.drawing.model import SEQUENCE, Diagram


class Tone(NamedTuple):
    """Fill and line of one kind, as ``#rrggbb``, for a light and a dark page."""

    fill: str
    line: str
    dark_fill: str
    dark_line: str


class Page(NamedTuple):
    """The colours that do not depend on a kind."""

    back: str
    ink: str
    muted: str
    frame: str


LIGHT = Page(back="#ffffff", ink="#1c2430", muted="#566274", frame="#c3cad5")
DARK = Page(back="#14181f", ink="#e8ecf2", muted="#a3aebd", frame="#475162")

TONES = (
    Tone("#f1f3f6", "#5b6675", "#262d38", "#9aa6b6"),
    Tone("#e3eefb", "#1f63b5", "#17304f", "#75aef0"),
    Tone("#fdeedb", "#b35c00", "#46300f", "#efa94e"),
    Tone("#e2f4e8", "#1e7a44", "#143a26", "#63c98c"),
    Tone("#f0e6fa", "#7a3db0", "#34204a", "#bd8cec"),
    Tone("#fbe5ea", "#b42a50", "#4a1c2a", "#f08aa5"),
    Tone("#ddf3f4", "#0d7680", "#0f3a3e", "#56c4cd"),
    Tone("#f7f1cf", "#7d6a00", "#3d3609", "#d6c04a"),
    Tone("#f3e7de", "#87492a", "#402819", "#d59a78"),
)
_KNOWN = {
    "": 0,
    SEQUENCE: 0,
    "start": 0,
    "end": 0,
    "user": 1,
    "clarification": 2,
    "tool": 3,
    "summary": 4,
    "memory": 6,
    "value": 0,
    "similar": 0,
    "read": 1,
    "update": 2,
    "create": 3,
    "delete": 5,
}


def tones_of(diagram: Diagram) -> dict[str, int]:
    """An index into ``TONES`` for every kind; unknown kinds take tones in order of appearance."""
    kinds = dict.fromkeys(
        [node.kind for node in diagram.nodes]
        + [arrow.kind for arrow in diagram.arrows]
        + [kind for kind, _ in diagram.legend]
    )
    tones = {kind: _KNOWN[kind] for kind in kinds if kind in _KNOWN}
    taken = set(tones.values())
    spare = [tone for tone in range(1, len(TONES)) if tone not in taken] or [*range(1, len(TONES))]
    strangers = [kind for kind in kinds if kind not in tones]
    for place, kind in enumerate(strangers):
        tones[kind] = spare[place % len(spare)]
    return tones
