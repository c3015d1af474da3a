"""Drawings as text for a terminal."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from toolweave.drawing.ascii import ascii_text
from toolweave.drawing.model import SEQUENCE, Arrow, Diagram, Node
from toolweave.drawing.terminal import layered_boxes
from toolweave.drawing.text import cells

Sample = Callable[[str], Diagram]
SIGNS = {
    "─": "lr",
    "│": "ud",
    "┌": "rd",
    "┐": "ld",
    "└": "ru",
    "┘": "lu",
    "├": "udr",
    "┤": "udl",
    "┬": "lrd",
    "┴": "lru",
    "┼": "lrud",
    "▼": "ud",
    "▲": "ud",
}
STEPS = {"l": (0, -1), "r": (0, 1), "u": (-1, 0), "d": (1, 0)}


def graph(nodes: str, *pairs: str) -> Diagram:
    return Diagram(
        "", tuple(Node(n, n) for n in nodes), tuple(Arrow(pair[0], pair[1]) for pair in pairs)
    )


def read_back(rows: list[str]) -> set[tuple[str, str]]:
    """The arrows a reader finds by following the lines from box to box."""
    grid = {(y, x): sign for y, row in enumerate(rows) for x, sign in enumerate(row)}
    owner: dict[tuple[int, int], str] = {}
    for (y, x), sign in grid.items():
        if sign.isalpha():
            left = max(c for c in range(x) if grid[y, c] == "│")
            right = min(c for c in range(x, len(rows[y])) if grid[y, c] == "│")
            for c in range(left, right + 1):
                owner.update({(y - 1, c): sign, (y + 1, c): sign, (y, c): sign})
    found: set[tuple[str, str]] = set()
    for (y, x), name in owner.items():
        for step in (1, -1):
            first = (y + step, x)
            if first not in owner and grid.get(first, " ") in "│▲▼":
                enters = grid[first] == ("▲" if step == 1 else "▼")
                for other, ends in _follow(grid, owner, first, "d" if step == 1 else "u"):
                    if ends:
                        found.add((name, other))
                    if enters and not ends:
                        found.add((other, name))
    return found


def _follow(
    grid: dict[tuple[int, int], str],
    owner: dict[tuple[int, int], str],
    place: tuple[int, int],
    way: str,
) -> list[tuple[str, bool]]:
    """Boxes of the other layer a line leads to, each with whether a head stands there."""
    ends: list[tuple[str, bool]] = []
    stack = [(place, way)]
    seen: set[tuple[tuple[int, int], str]] = set()
    against = {"u": "d", "d": "u"}[way]
    while stack:
        here, going = stack.pop()
        if (here, going) in seen:
            continue
        seen.add((here, going))
        sign = grid[here]
        back = {"u": "d", "d": "u", "l": "r", "r": "l"}[going]
        ways = [w for w in SIGNS[sign] if w not in (back, against)]
        if sign == "│" and going in "lr":
            ways = [going]  # passes behind an upright line
        for out in ways:
            then = (here[0] + STEPS[out][0], here[1] + STEPS[out][1])
            if then in owner:
                ends.append((owner[then], sign in "▲▼"))
            else:
                stack.append((then, out))
    return ends


def test_the_agents_fit_a_terminal_and_show_every_arrow(sample: Sample) -> None:
    diagram = sample("agents")
    drawn = ascii_text(diagram)
    assert max(cells(row) for row in drawn.splitlines()) <= 80
    assert len(layered_boxes(diagram, 80).drawn) == len(diagram.arrows)
    assert "Only in the list" not in drawn
    assert "  ├╌▶ user           user request, user response\n" in drawn
    assert "  └─▶ memory\n" in drawn


def test_two_ways_share_a_line_with_two_heads() -> None:
    rows = layered_boxes(graph("ab", "ab", "ba"), 80).rows
    assert rows == ["┌───┐", "│ a │", "└───┘", "  ▲", "  │", "  ▼", "┌───┐", "│ b │", "└───┘"]


def test_what_the_picture_cannot_show_is_said() -> None:
    drawn = ascii_text(graph("abc", "ab", "bc", "ac", "bb"))
    _, _, missing = drawn.partition("Only in the list, not in the picture:\n")
    assert missing.split("\n")[:2] == ["  a → c", "  b → b"]


@st.composite
def two_layers(draw: st.DrawFn) -> Diagram:
    uppers = "abcd"[: draw(st.integers(1, 4))]
    lowers = "wxyz"[: draw(st.integers(1, 4))]
    pairs = draw(st.sets(st.sampled_from([a + b for a in uppers for b in lowers]), min_size=1))
    return graph(uppers + lowers, *sorted(pairs))


@given(two_layers())
@settings(max_examples=150, deadline=None)
def test_following_the_lines_gives_the_arrows_back(diagram: Diagram) -> None:
    picture = layered_boxes(diagram, 80)
    if picture.rows:
        wanted = {(arrow.source, arrow.target) for arrow in diagram.arrows}
        assert read_back(picture.rows) == wanted


@st.composite
def graphs(draw: st.DrawFn) -> Diagram:
    names = "abcdefgh"[: draw(st.integers(0, 8))]
    pair = st.tuples(st.sampled_from(names or "a"), st.sampled_from(names or "a"))
    arrows = draw(st.lists(pair, max_size=16 if names else 0))
    label = st.text(max_size=30)
    return Diagram(
        draw(label),
        tuple(Node(name, draw(label), detail=tuple(draw(st.lists(label)))) for name in names),
        tuple(
            Arrow(a, b, draw(label), kind=draw(st.sampled_from(["", SEQUENCE]))) for a, b in arrows
        ),
        form=draw(st.sampled_from(["graph", "steps"])),
    )


@given(graphs())
@settings(max_examples=80, deadline=None)
def test_any_graph_stays_within_the_columns(diagram: Diagram) -> None:
    assert max(map(cells, ascii_text(diagram, 60).splitlines()), default=0) <= 60


def test_a_wide_layer_is_listed_instead_of_drawn() -> None:
    names = [f"a_rather_long_name_{n}" for n in range(6)]
    diagram = Diagram(
        "",
        (Node("hub", "hub"), *(Node(n, n) for n in names)),
        tuple(Arrow("hub", n) for n in names),
    )
    drawn = ascii_text(diagram)
    assert "┌" not in drawn
    assert all(f"─▶ {name}" in drawn for name in names)


def test_steps_tell_where_every_argument_comes_from(sample: Sample) -> None:
    diagram = sample("plan")
    drawn = ascii_text(diagram)
    assert "── Segment 1 ───" in drawn
    assert " 1 ● user\n" in drawn
    assert "ticket_id" in drawn and "← c1.ticket_id" in drawn
    assert "else" in drawn and "→ step 5" in drawn
    for arrow in diagram.arrows:
        if arrow.kind != SEQUENCE:
            assert f"step {int(arrow.source[1:]) + 1}" in drawn


def test_the_origin_of_a_described_argument_gains_its_step() -> None:
    nodes = (Node("u", "user"), Node("t", "create", detail=("title ← asked", "note ← none")))
    diagram = Diagram("", nodes, (Arrow("u", "t", "title"), Arrow("u", "t", "id")), form="steps")
    assert ascii_text(diagram).splitlines() == [
        "1 ● user",
        "2 ● create",
        "      title ← asked (step 1)",
        "      note  ← none",
        "      id    ← step 1",
    ]


def test_the_list_names_every_relation_and_no_joint(sample: Sample) -> None:
    diagram = sample("values")
    drawn = ascii_text(diagram)
    assert "│ case_id" not in drawn
    assert "  list_cases\n  ├─▶ get_case    cases[].id → case_id\n" in drawn
    assert drawn.count("─▶ ") == len(diagram.relations)


def test_an_empty_diagram_says_so() -> None:
    assert ascii_text(Diagram("", ())) == "(nothing to draw)\n"
