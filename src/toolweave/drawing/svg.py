"""One self-contained SVG: no font, script or address from elsewhere, light and dark."""

from html import escape

from toolweave.drawing.layout import layout
from toolweave.drawing.model import Arrow, Diagram
from toolweave.drawing.palette import DARK, LIGHT, TONES, Page
from toolweave.drawing.placed import (
    Box,
    Line,
    Placed,
    PlacedArrow,
    PlacedGroup,
    PlacedNode,
    Swatch,
    head,
    rounded,
)


def svg(diagram: Diagram) -> str:
    """The drawing as an SVG document.

    Raises:
        DrawingError: the layout engine refuses the graph.
    """
    return svg_of(layout(diagram))


def svg_of(placed: Placed, *, inline: bool = False) -> str:
    """The SVG of a page that is laid out. Nodes are ``g#n0``, ``g#n1`` …, arrows ``g#a0`` ….

    ``inline`` leaves out the name space, which HTML does not need.
    """
    space = "" if inline else 'xmlns="http://www.w3.org/2000/svg" '
    place = {node.node.id: number for number, node in enumerate(placed.nodes)}
    body = [
        *(_rect(group.box, "frame", 8) for group in placed.groups),
        *(_arrow(a, n, place) for n, a in enumerate(placed.arrows)),
        *(_headline(group) for group in placed.groups),
        *(_node(node, number) for number, node in enumerate(placed.nodes)),
        *(_arrow_label(arrow, number) for number, arrow in enumerate(placed.arrows)),
        *(_swatch(swatch) for swatch in placed.legend),
    ]
    size = f'width="{placed.width:g}" height="{placed.height:g}"'
    return (
        "\n".join(
            [
                f"<svg {space}{size} "
                f'viewBox="0 0 {placed.width:g} {placed.height:g}" role="group" '
                'class="tw" aria-labelledby="tw-title tw-desc">',
                f'<title id="tw-title">{escape(placed.diagram.title) or "Diagram"}</title>',
                f'<desc id="tw-desc">{escape(describe(placed.diagram))}</desc>',
                f"<style>{_style()}</style>",
                '<rect class="page" width="100%" height="100%"/>',
                *(_text(line, "title") for line in placed.title),
                *body,
                "</svg>",
            ]
        )
        + "\n"
    )


def describe(diagram: Diagram) -> str:
    """The drawing in a sentence, for those who cannot see it."""
    names = {node.id: node.label for node in diagram.nodes}
    shown = [f"{names[a.source]} to {names[a.target]}" for a in diagram.arrows[:12]]
    more = len(diagram.arrows) - len(shown)
    listed = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    counts = f"{len(diagram.nodes)} boxes, {len(diagram.arrows)} arrows"
    return f"{counts}: {listed}." if listed else f"{counts}."


def _style() -> str:
    light = [f"--f{n}:{t.fill};--l{n}:{t.line};" for n, t in enumerate(TONES)]
    dark = [f"--f{n}:{t.dark_fill};--l{n}:{t.dark_line};" for n, t in enumerate(TONES)]
    tones = [
        f".tw .k{n} .box{{fill:var(--f{n});stroke:var(--l{n})}}"
        f".tw .k{n} .path{{stroke:var(--l{n})}}.tw .k{n} .head{{fill:var(--l{n})}}"
        for n in range(len(TONES))
    ]
    return (
        f".tw{{{_page(LIGHT)}{''.join(light)}font-family:Helvetica,Arial,sans-serif}}"
        f"@media (prefers-color-scheme:dark){{.tw{{{_page(DARK)}{''.join(dark)}}}}}"
        ".tw .page{fill:var(--back)}.tw text{fill:var(--ink);white-space:pre}"
        ".tw .muted{fill:var(--muted)}.tw .under{fill:var(--back)}"
        ".tw .box{stroke-width:1.4}.tw .path{fill:none;stroke-width:1.6;stroke-linejoin:round}"
        ".tw .thin .path{stroke-width:1.1}.tw .dashed .path{stroke-dasharray:5 4}"
        ".tw .faint .path{stroke-opacity:.5}.tw .faint .head{fill-opacity:.5}"
        ".tw .joint .box{stroke-width:1}"
        ".tw .frame{fill:none;stroke:var(--frame);stroke-width:1.2;stroke-dasharray:2 3}"
        + "".join(tones)
    )


def _page(page: Page) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in page._asdict().items())


def _text(line: Line, kind: str = "") -> str:
    classes = " ".join(filter(None, [kind, "muted" if line.muted else ""]))
    attribute = f' class="{classes}"' if classes else ""
    # The browser's own sans-serif may run wider than the font measured: textLength makes it fit.
    fit = f' textLength="{line.width:g}" lengthAdjust="spacingAndGlyphs"' if line.width else ""
    return (
        f'<text x="{line.x:g}" y="{line.y:g}" font-size="{line.size:g}"{attribute}{fit}>'
        f"{escape(line.text)}</text>"
    )


def _rect(box: Box, kind: str, radius: float) -> str:
    return (
        f'<rect class="{kind}" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" '
        f'height="{box.height:g}" rx="{radius:g}"/>'
    )


def _headline(group: PlacedGroup) -> str:
    """Above the arrows, on a ground of its own."""
    return "".join(
        _rect(Box(line.x - 2, line.y - line.size, line.width + 4, line.size * 1.3), "under", 2)
        + _text(line)
        for line in group.lines
    )


def _node(placed: PlacedNode, number: int) -> str:
    shape = _rect(placed.box, "box", placed.radius)
    inside = shape + "".join(_text(line) for line in placed.lines)
    marks = " joint" if placed.node.joint else ""
    return f'<g id="n{number}" class="node k{placed.tone}{marks}">{inside}</g>'


def _arrow(placed: PlacedArrow, number: int, place: dict[str, int]) -> str:
    marks = "".join(
        f" {name}"
        for name, marked in (
            ("dashed", placed.arrow.dashed), ("thin", placed.thin), ("faint", placed.arrow.faint),
        )
        if marked
    )  # fmt: skip
    path = " ".join(f"{point.x:g},{point.y:g}" for point in rounded(placed.points))
    tip = " ".join(f"{point.x:g},{point.y:g}" for point in head(placed.points))
    ends = f'data-from="n{place[placed.arrow.source]}" data-to="n{place[placed.arrow.target]}"'
    return (
        f'<g id="a{number}" class="arrow k{placed.tone}{marks}" {ends}>{_tip(placed.arrow)}'
        f'<polyline class="path" points="{path}"/><polygon class="head" points="{tip}"/></g>'
    )


def _arrow_label(placed: PlacedArrow, number: int) -> str:
    if placed.label_box is None:
        return ""
    text = "".join(_text(line) for line in placed.label)
    under = _tip(placed.arrow) + _rect(placed.label_box, "under", 2)
    return f'<g class="label" data-arrow="a{number}">{under}{text}</g>'


def _tip(arrow: Arrow) -> str:
    """What a pointer over the arrow is told."""
    return f"<title>{escape(arrow.note)}</title>" if arrow.note else ""


def _swatch(swatch: Swatch) -> str:
    box = swatch.box
    if swatch.stroke:
        y = box.y + box.height / 2
        shape = f'<polyline class="path" points="{box.x:g},{y:g} {box.right:g},{y:g}"/>'
    else:
        shape = _rect(box, "box", 3)
    return f'<g class="k{swatch.tone}">{shape}{_text(swatch.line)}</g>'
