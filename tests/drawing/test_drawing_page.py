"""The interactive page: closed to the outside, escaped, complete."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from toolweave.drawing.html import html
from toolweave.drawing.model import Arrow, Diagram, Node
from toolweave.drawing.text import cleaned

Sample = Callable[[str], Diagram]
VOID = {"meta", "input"}


class Reader(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.sections: list[str] = []
        self.cards: dict[str, list[str]] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag == "section":
            self.sections.append(str(dict(attrs)["id"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "section":
            self.sections.pop()

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if data.strip():
            for section in self.sections:
                self.cards.setdefault(section, []).append(" ".join(data.split()))

    def card(self, id: str) -> str:
        """The words of one section of the panel, each piece on a line."""
        return "\n".join(self.cards[id])


def test_a_page_is_well_formed_and_runs_only_its_own_script(any_diagram: Diagram) -> None:
    seen = Reader(html(any_diagram))
    assert seen.open == []
    assert seen.tags.count("script") == 1 and seen.tags.count("svg") == 1
    assert not {"iframe", "img", "link", "object", "a", "base", "form"} & set(seen.tags)
    for name, _ in seen.attributes:
        assert not name.startswith("on") and name not in ("src", "href", "style", "srcdoc")
    assert len(seen.ids) == len(set(seen.ids))


def test_a_page_refers_to_nothing_outside(any_diagram: Diagram) -> None:
    page = html(any_diagram)
    assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttp|innerHTML|eval\(", page)
    assert (
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">" in page
    )


def test_hostile_labels_are_only_text(hostile_diagram: Diagram) -> None:
    page = html(hostile_diagram)
    assert "<script>alert" not in page and "<svg onload" not in page
    assert "&lt;script&gt;alert" in page
    assert "49" not in re.findall(r"\{\{(.*?)\}\}", page)
    assert any("<script>alert('x')</script>" in words for words in Reader(page).words)


def test_every_node_has_a_card_with_detail_and_neighbours(sample: Sample) -> None:
    diagram = sample("plan")
    seen = Reader(html(diagram))
    for number in range(len(diagram.nodes)):
        assert f"card-n{number}" in seen.ids and f"n{number}" in seen.ids
    for arrow in range(len(diagram.arrows)):
        assert f"a{arrow}" in seen.ids
    assert {"1. user", "subgoal number 3", "Segment 2"} <= {words.strip() for words in seen.words}


def test_a_card_names_each_neighbour_once_with_all_labels() -> None:
    nodes = (Node("a", "first"), Node("b", "second"))
    diagram = Diagram("", nodes, (Arrow("a", "b", "x"), Arrow("a", "b", "y"), Arrow("a", "b")))
    page = html(diagram)
    for number, name in ((1, "second"), (0, "first")):
        button = f'<button type="button" data-node="n{number}">{name}</button>'
        assert page.count(f"{button} <span>x</span> <span>y</span>") == 1


def test_a_joint_is_passed_over_in_cards_and_has_a_card_of_its_own(sample: Sample) -> None:
    seen = Reader(html(sample("values")))
    first, _, third, joint = (seen.card(f"card-n{number}") for number in range(4))
    assert "Leads to\nget_case\ncases[].id → case_id\nless sure\nclose_case\ncases[].id" in first
    assert "Comes from\nopen_case\ncase_id → number\nlist_cases\ncases[].id → number" in third
    assert "case_id\nComes from\nlist_cases\ncases[].id\nless sure\nopen_case" in joint
    assert joint.endswith("Leads to\nget_case\ncase_id\nclose_case\nnumber")


def test_sections_are_tables_and_lines_of_the_card(sample: Sample) -> None:
    seen = Reader(html(sample("values")))
    card = seen.card("card-n0")
    assert "Lists all cases." in card
    assert "Parameters\nparameter\ntype\nstatus\nstring\n" in card
    assert seen.tags.count("table") == 1 and seen.tags.count("th") == 2


def test_every_box_can_be_found_in_the_index(any_diagram: Diagram) -> None:
    index = Reader(html(any_diagram)).card("index")
    boxes = [node for node in cleaned(any_diagram).nodes if not node.joint]
    names = [" ".join(node.label.split()) for node in boxes]
    assert [line for line in index.splitlines()[-len(names) :] if names] == names


def test_the_script_ends_only_where_the_page_says(sample: Sample) -> None:
    page = html(sample("agents"))
    assert page.count("<script>") == page.count("</script>") == 1
