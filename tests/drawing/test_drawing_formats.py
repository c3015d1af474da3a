"""Each format, for usual, empty, cyclic and hostile diagrams."""

import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from PIL import Image

from toolweave.drawing.draw import FORMATS, Format, render
from toolweave.drawing.mermaid import escaped
from toolweave.drawing.model import Arrow, Diagram, DrawingError, Node
from toolweave.drawing.placed import Point
from toolweave.drawing.png import MAX_PIXELS, dashes

Sample = Callable[[str], Diagram]
SVG = "{http://www.w3.org/2000/svg}"


def text(diagram: Diagram, format: Format) -> str:
    drawn = render(diagram, format)
    assert isinstance(drawn, str)
    return drawn


def picture(diagram: Diagram) -> Image.Image:
    drawn = render(diagram, "png")
    assert isinstance(drawn, bytes)
    image = Image.open(io.BytesIO(drawn))
    image.load()
    return image


@pytest.mark.parametrize("format", FORMATS)
def test_a_format_gives_the_same_twice(format: Format, sample: Sample) -> None:
    for name in ("agents", "plan", "hostile", "cyclic", "empty"):
        assert render(sample(name), format) == render(sample(name), format)


def test_no_format_depends_on_the_hash_seed() -> None:
    program = (
        "import hashlib; from toolweave.drawing.draw import FORMATS, render\n"
        "from toolweave.drawing.model import Arrow, Diagram, Group, Node\n"
        "nodes = tuple(Node(n, n, n, (), 'g') for n in ('one', 'two', 'three', 'four'))\n"
        "arrows = tuple(Arrow(a.id, b.id, a.id) for a in nodes for b in nodes)\n"
        "for form in ('graph', 'steps'):\n"
        "    d = Diagram('t', nodes, arrows, (Group('g', 'G'),), form=form)\n"
        "    print([hashlib.sha1(repr(render(d, f)).encode()).hexdigest() for f in FORMATS])\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(DrawingError, match=r"'gif'; choose one of ascii, mermaid, svg, png, html"):
        render(Diagram("", ()), "gif")  # type: ignore[arg-type]


def test_svg_is_self_contained_xml(any_diagram: Diagram) -> None:
    root = ET.fromstring(text(any_diagram, "svg"))
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    allowed = {"svg", "title", "desc", "style", "rect", "g", "text", "polyline", "polygon"}
    assert tags <= allowed
    for element in root.iter():
        assert not any(key.startswith("on") or "href" in key for key in element.attrib)
    groups = [element.get("class", "") for element in root.iter(SVG + "g")]
    assert sum(c.startswith("node ") for c in groups) == len(any_diagram.nodes)
    assert sum(c.startswith("arrow ") for c in groups) == len(any_diagram.arrows)


def test_svg_names_itself_and_follows_the_colour_scheme(sample: Sample) -> None:
    root = ET.fromstring(text(sample("agents"), "svg"))
    assert root.findtext(SVG + "title") == "The agents"
    assert "7 boxes, 13 arrows: start to user" in (root.findtext(SVG + "desc") or "")
    style = root.findtext(SVG + "style") or ""
    assert "prefers-color-scheme:dark" in style
    assert "url(" not in style and "@import" not in style


def test_svg_holds_the_texts_of_a_plan(sample: Sample) -> None:
    root = ET.fromstring(text(sample("plan"), "svg"))
    shown = {element.text for element in root.iter(SVG + "text")}
    assert {"1. user", "subgoal number 3", "ticket_id ← c1.ticket_id", "Segment 2"} <= shown


def test_arrows_say_in_svg_what_their_labels_have_no_room_for(sample: Sample) -> None:
    root = ET.fromstring(text(sample("values"), "svg"))
    arrows = [g for g in root.iter(SVG + "g") if g.get("class", "").startswith("arrow ")]
    assert [g.findtext(SVG + "title") for g in arrows] == [
        "cases[].id",
        "case_id",
        "case_id",
        "number",
    ]
    assert ["faint" in g.get("class", "").split() for g in arrows] == [True, False, False, False]


def test_faint_arrows_are_paler_in_png() -> None:
    nodes = (Node("a", "a"), Node("b", "b"))
    sure, faint = (
        {c for _, c in picture(Diagram("", nodes, (Arrow("a", "b", faint=f),))).getcolors() or []}
        for f in (False, True)
    )
    assert (0xAD, 0xB2, 0xBA) in faint - sure


def test_dashed_arrows_are_dashed_in_svg(sample: Sample) -> None:
    root = ET.fromstring(text(sample("agents"), "svg"))
    dashed = [g for g in root.iter(SVG + "g") if "dashed" in g.get("class", "").split()]
    assert len(dashed) == 9


def test_png_opens_at_twice_the_size(any_diagram: Diagram) -> None:
    svg = ET.fromstring(text(any_diagram, "svg"))
    image = picture(any_diagram)
    assert image.format == "PNG"
    assert image.width == pytest.approx(float(svg.attrib["width"]) * 2, abs=1)
    assert image.height == pytest.approx(float(svg.attrib["height"]) * 2, abs=1)
    assert image.getpixel((0, 0)) == (255, 255, 255)


def test_png_shows_boxes_and_lines_where_they_are_placed() -> None:
    diagram = Diagram("", (Node("a", "a", "user"), Node("b", "b", "tool")), (Arrow("a", "b"),))
    colours = dict((c, n) for n, c in picture(diagram).getcolors(1 << 20) or [])
    fills = {(0xE3, 0xEE, 0xFB), (0xE2, 0xF4, 0xE8)}
    lines = {(0x1F, 0x63, 0xB5), (0x1E, 0x7A, 0x44), (0x5B, 0x66, 0x75)}
    assert all(colours.get(colour, 0) > 1000 for colour in fills)
    assert all(colours.get(colour, 0) > 50 for colour in lines)


def test_png_of_a_huge_drawing_is_scaled_down() -> None:
    nodes = tuple(Node(str(n), f"step {n}", "tool", ("x",) * 12) for n in range(300))
    image = picture(Diagram("Huge", nodes, form="steps"))
    assert image.width * image.height <= MAX_PIXELS * 1.01


def test_dashes_cover_what_the_pattern_says() -> None:
    pieces = dashes((Point(0, 0), Point(10, 0), Point(10, 8)), (5.0, 4.0))
    assert pieces == [
        (Point(0, 0), Point(5, 0)),
        (Point(9, 0), Point(10, 0), Point(10, 4)),
    ]


def test_mermaid_is_a_flowchart_with_ids_of_our_own(any_diagram: Diagram) -> None:
    lines = text(any_diagram, "mermaid").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("flowchart "))
    assert start in (0, 3)
    words = r"[^\W_]|[ .,_\-←→·…]|#\d+;|<br/>"
    label = rf'"(?:{words})*"'
    shapes = (
        rf"n\d+\[{label}\]",
        rf"n\d+\(\[{label}\]\)",
        rf"subgraph g\d+\[{label}\]",
        "end",
        rf"n\d+ (?:-->|-\.->)(?:\|{label}\|)? n\d+",
        r"classDef k\d fill:#\w{6},stroke:#\w{6},color:#\w{6}",
        r"class n\d+(?:,n\d+)* k\d",
    )
    for line in lines[start + 1 :]:
        assert any(re.fullmatch(shape, line.strip()) for shape in shapes), line


def test_mermaid_arrows_are_all_there(sample: Sample) -> None:
    drawn = text(sample("agents"), "mermaid")
    assert '    n0 -.->|"user request, user response"| n1\n' in drawn
    assert "    n1 --> n5\n" in drawn
    assert drawn.count("->") == 13
    assert drawn.startswith('---\ntitle: "The agents"\n---\nflowchart TD\n')


def test_mermaid_keeps_names_and_escapes_what_reads_as_markdown() -> None:
    assert escaped("create_support-ticket v1.2") == "create_support-ticket v1.2"
    assert escaped("1. call - _x_") == "1#46; call #45; #95;x#95;"


def test_mermaid_title_is_one_quoted_line(hostile_diagram: Diagram) -> None:
    title = text(hostile_diagram, "mermaid").splitlines()[1]
    assert re.fullmatch(r'title: "(?:[^"\\<>{}%`]|\\U[0-9a-f]{8})*"', title)


def test_hostile_text_leaves_no_control_character_anywhere(hostile_diagram: Diagram) -> None:
    formats: tuple[Format, ...] = ("ascii", "mermaid", "svg", "html")
    for format in formats:
        drawn = text(hostile_diagram, format)
        assert not re.search(
            r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\uffff]", drawn
        )
        assert "x" * 700 not in drawn
