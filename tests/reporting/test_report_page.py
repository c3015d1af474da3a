"""The page about a run: what it carries, what it lights, and what it never lets act."""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from toolweave.core.dialogue import Dialogue
from toolweave.evaluation.figures import Measuring
from toolweave.reporting.report import Subject, report

if TYPE_CHECKING:
    from tests.reporting.conftest import Page

Write = Callable[[Path, list[dict[str, Any]]], Path]
HtmlOf = Callable[..., str]
ReadPage = Callable[[str], "Page"]
EVIL = "<script>alert(1)</script>\x1b[31m\u202egpj.exe</style><img src=x onerror=alert(2)>\"'&amp;"


@pytest.fixture(scope="module")
def html(run_folder: Path, html_of: HtmlOf) -> str:
    rejections = (run_folder / "failures.jsonl", run_folder / "dropped.jsonl")
    return html_of(run_folder / "dialogues.jsonl", rejections=rejections)


@pytest.fixture(scope="module")
def page(html: str, read_page: ReadPage) -> "Page":
    return read_page(html)


def test_the_page_carries_all_it_needs_and_allows_no_more(page: "Page") -> None:
    policy = next(m for m in page.all("meta") if "http-equiv" in m.attributes).attributes["content"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        (one,) = page.all(tag)
        digest = base64.b64encode(hashlib.sha256(one.text.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
        assert not one.attributes
    assert {one.tag for one in page.elements}.isdisjoint({"img", "link", "iframe", "object"})
    for one in page.elements:
        assert not [name for name in one.attributes if name.startswith("on") or name == "style"]
        assert one.attributes.get("href", "#").startswith("#")


def test_every_link_leads_to_something_and_every_name_is_its_own(page: "Page") -> None:
    names = Counter(one.attributes["id"] for one in page.elements if "id" in one.attributes)
    assert max(names.values()) == 1
    for one in page.all("a"):
        assert one.attributes["href"][1:] in names


def test_an_argument_leads_to_where_it_came_from_and_back(page: "Page") -> None:
    by_name = {one.attributes["id"]: one for one in page.all("a") if "id" in one.attributes}
    arguments = [one for one in by_name.values() if one.parent and one.parent.tag == "td"]
    assert len(arguments) > 20
    for one in arguments:
        ties = set(one.attributes["data-t"].split())
        source = by_name[one.attributes["href"][1:]]
        assert source is not one
        assert ties & set(source.attributes["data-t"].split())
        back = by_name[source.attributes["href"][1:]]
        assert set(back.attributes["data-t"].split()) & set(source.attributes["data-t"].split())


def test_a_value_out_of_a_result_is_tied_to_that_value(made: list[Dialogue], page: "Page") -> None:
    by_name = {one.attributes["id"]: one for one in page.all("a") if "id" in one.attributes}
    taken = 0
    for one in by_name.values():
        row = one.parent.parent if one.parent is not None else None
        if row is None or row.tag != "tr" or " of " not in row.text.partition("←")[2]:
            continue
        source = by_name[one.attributes["href"][1:]]
        held = json.loads(one.text)
        assert json.loads(source.text) == held or json.loads(source.text) in held
        taken += 1
    assert taken > 3


def test_the_plan_stands_beside_the_messages(made: list[Dialogue], page: "Page") -> None:
    shown = [one for one in page.all("details") if one.attributes.get("class") == "dialogue"]
    assert len(shown) == len(made)
    steps = sum(len(list(one.plan.steps())) for one in made)
    assert len([one for one in page.all("div") if one.attributes.get("class") == "plan"]) == steps
    text = shown[0].text
    for message in made[0].messages:
        if message.role == "user":
            assert " ".join(message.content.split()) in " ".join(text.split())


def test_rejections_stand_together_with_their_reason(page: "Page") -> None:
    (row,) = [one for one in page.all("tr") if "no other value" in one.text]
    cells = [cell.text for cell in row.inside]
    assert cells[:2] == ["failures.jsonl", "3"]
    assert "x-0, x-1, x-2" in cells[3]
    assert any("nobody can give it" in one.text for one in page.all("tr"))


def test_the_same_dialogues_give_the_same_bytes(run_folder: Path, html_of: HtmlOf) -> None:
    file = run_folder / "dialogues.jsonl"
    assert html_of(file) == html_of(file)


def _evil(record: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(record)
    names = {shown["tool"]["name"] for shown in record["tools"]}
    for name in names:
        text = text.replace(f'"{name}"', json.dumps(f"{name}{EVIL}"))
    changed: dict[str, Any] = json.loads(text)
    changed["id"] = changed["goal"] = changed["domain"] = EVIL
    changed["plan"]["goal"] = changed["plan"]["segments"][0]["subgoal"] = EVIL
    changed["messages"][1]["content"] += EVIL
    changed["messages"][-1]["content"] += EVIL
    changed["tools"][0]["tool"]["description"] = EVIL
    changed["provenance"]["model"] = EVIL
    changed["modifications"] = [{"kind": EVIL, "seed": 1, "detail": {EVIL: EVIL}}]
    for message in changed["messages"]:
        if message["role"] == "tool":
            message["content"] = json.dumps({EVIL: EVIL, "list": [EVIL, {"x": EVIL}]})
            break
    return changed


def test_hostile_text_is_shown_and_does_nothing(
    made: list[Dialogue], tmp_path: Path, write: Write, html_of: HtmlOf, read_page: ReadPage
) -> None:
    file = write(tmp_path / f"{'x' * 40}.jsonl", [_evil(one.dump()) for one in made])
    failures = write(tmp_path / "failures.jsonl", [{"id": EVIL, "kind": EVIL, "reason": EVIL}])
    html = html_of(file, rejections=(failures,))
    assert "\x1b" not in html
    assert "\u202e" not in html
    page = read_page(html)
    assert len(page.all("script")) == len(page.all("style")) == 1
    assert not page.all("img")
    assert html.count("<script>alert") == 0
    shown = (
        "<script>alert(1)</script>⟦U+001B⟧[31m⟦U+202E⟧gpj.exe</style><img src=x onerror=alert(2)>"
    )
    assert page.all("body")[0].text.count(shown) > 20
    for one in page.elements:
        assert not [name for name in one.attributes if name.startswith("on")]


def test_a_dialogue_from_elsewhere_is_shown_with_its_findings(
    tmp_path: Path, write: Write, html_of: HtmlOf, read_page: ReadPage
) -> None:
    record = {
        "id": "theirs",
        "messages": [
            {"role": "user", "content": "A room in Porto, please."},
            {
                "role": "assistant",
                "tool_calls": [
                    {"id": "a", "function": {"name": "find", "arguments": '{"city": "Faro"}'}},
                    {"id": "b", "function": {"name": "find", "arguments": "{broken"}},
                ],
            },
            {"role": "tool", "tool_call_id": "a", "content": '{"room": "r_12"}'},
            {"role": "assistant", "content": "Room r_99 is free."},
        ],
    }
    page = read_page(html_of(write(tmp_path / "theirs.jsonl", [record])))
    (shown,) = [one for one in page.all("details") if one.attributes.get("class") == "dialogue"]
    assert '"Faro"' in shown.text
    assert [one for one in page.all("p") if one.attributes.get("class") == "objection"]
    assert "theirs" in shown.text


def test_lines_that_cannot_be_read_are_named(
    made: list[Dialogue], tmp_path: Path, write: Write
) -> None:
    file = write(tmp_path / "torn.jsonl", [made[0].dump()])
    file.write_bytes(file.read_bytes() + b"{broken\n")
    done = report(Subject("torn", str(file), {}), Measuring())
    assert done.figures.left_out == 1
    assert "1 records that cannot be read" in done.html
    assert "line 2" in done.html


def test_a_dialogue_of_any_length_leaves_the_page_small(
    made: list[Dialogue], tmp_path: Path, write: Write, html_of: HtmlOf
) -> None:
    record = made[0].dump()
    record["messages"][1]["content"] += "x" * 100_000
    for message in record["messages"]:
        if message["role"] == "tool":
            message["content"] = json.dumps({"rows": list(range(20_000))})
    html = html_of(write(tmp_path / "long.jsonl", [record]))
    assert len(html) < 400_000
    assert "more characters" in html
