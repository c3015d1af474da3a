"""The tools of a run: drawn in a frame, and listed with the dialogues that call them."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.studio.conftest import Studio, foreign, write
from toolweave.core.dialogue import Dialogue
from toolweave.core.graph import Link, ToolGraph
from toolweave.core.tool import Tool, Toolset
from toolweave.llm.lexical import LexicalEmbedder
from toolweave.schema.types import json_bytes
from toolweave.studio import drawings
from toolweave.toolgraph.linking.links import link_tools

Json = dict[str, Any]
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202egpj.exe\x1b[31m\"'"


def put_graphs(folder: Path, records: Sequence[Json], about: str = "") -> dict[str, ToolGraph]:
    """Writes the graph of every domain's tools beside a run."""
    (folder / "graphs").mkdir()
    made: dict[str, ToolGraph] = {}
    for one in map(Dialogue.model_validate, records):
        tools = tuple(
            shown.tool.model_copy(update={"description": about or shown.tool.description})
            for shown in one.tools
        )
        domain = one.plan.domain
        toolset = Toolset(version=1, name=domain, domain=domain, tools=tools)
        made[domain] = link_tools(toolset, LexicalEmbedder()).graph
        (folder / "graphs" / f"{domain}.json").write_bytes(json_bytes(made[domain].dump()))
    return made


def callers(records: Sequence[Json], tool: str) -> set[str]:
    return {
        one["id"]
        for one in records
        for message in one["messages"]
        for call in message.get("tool_calls", ())
        if call["name"] == tool
    }


def frame_of(client: TestClient, text: str) -> tuple[str, str, str]:
    """The address of the frame, its title, and what stands in it."""
    found = re.search(r'<iframe src="([^"]+)" title="([^"]+)" sandbox="allow-scripts">', text)
    assert found is not None
    answer = client.get(unescape(found[1]))
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-scripts" in policy
    return found[1], found[2], answer.text


def test_each_domain_is_drawn_and_its_tools_lead_to_their_dialogues(
    studio: Studio, run_folder: Path, records: Sequence[Json]
) -> None:
    graphs = put_graphs(run_folder, records)
    client = studio(run_folder)
    for domain, graph in graphs.items():
        text = client.get("/runs/run/tools", params={"domain": domain}).text
        held = sum(one["plan"]["domain"] == domain for one in records)
        assert f"({len(graph.toolset.tools)} tools, {held} dialogues)" in text
        _, title, inside = frame_of(client, text)
        assert title == f"{domain}: tools, and which feeds which"
        for tool in graph.toolset.tools:
            assert f"<code>{tool.name}</code>" in text
            assert f">{tool.name}</button>" in inside
            number = len(callers(records, tool.name))
            address = f'href="/runs/run?domain={domain.replace(" ", "+")}&amp;tool={tool.name}"'
            assert (address in text) is bool(number)
            if number:
                told = "1 dialogue" if number == 1 else f"{number} dialogues"
                assert f'aria-label="{told} calling {tool.name}"' in text


def test_a_list_filtered_by_a_tool_holds_the_dialogues_that_call_it(
    studio: Studio, run_folder: Path, records: Sequence[Json]
) -> None:
    client = studio(run_folder)
    names = {c["name"] for one in records for m in one["messages"] for c in m.get("tool_calls", ())}
    assert len(names) > 5
    for tool in sorted(names):
        text = client.get("/runs/run", params={"tool": tool}).text
        shown = {one["id"] for one in records if f"<b>{one['id']}</b>" in text}
        assert shown == callers(records, tool)
        assert f'<option value="{tool}" selected>' in text
    assert "No dialogue is of that kind" in client.get("/runs/run?tool=nothing").text
    # A neighbour is one of those of the filter.
    tool = next(one for one in sorted(names) if len(callers(records, one)) > 1)
    number = next(n for n, one in enumerate(records, 1) if one["id"] in callers(records, tool))
    text = client.get(f"/runs/run/dialogues/{number}", params={"tool": tool}).text
    assert f"of {len(callers(records, tool))} filtered" in text.replace("</span>", "")


def test_a_run_with_one_graph_has_nothing_to_choose(
    studio: Studio, run_folder: Path, records: Sequence[Json]
) -> None:
    graphs = put_graphs(run_folder, records[:1])
    client = studio(run_folder)
    text = client.get("/runs/run/tools").text
    assert "<select" not in text
    assert f">{graphs['tourism'].toolset.tools[0].name}</button>" in frame_of(client, text)[2]
    # Everything that dialogues call is listed, also what the graph does not know.
    other = next(c["name"] for m in records[-1]["messages"] for c in m.get("tool_calls", ()))
    assert f"<code>{other}</code>" in text
    assert "not among the tools of the graph" in text


def test_a_file_from_elsewhere_has_its_tools_listed_without_a_graph(
    studio: Studio, tmp_path: Path
) -> None:
    path = tmp_path / "other.jsonl"
    held = foreign("a", "")
    called = {"id": "1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
    held["messages"][1]["tool_calls"] = [called, called]
    write(path, [held, foreign("b", "Nothing.")])
    text = studio(path).get("/runs/other.jsonl/tools").text
    assert "no tool graph lies beside it" in text
    assert "<iframe" not in text
    assert 'href="/runs/other.jsonl?tool=look_up"' in text
    assert "1 dialogue calling look_up" in text


def test_a_graph_that_cannot_be_read_is_said_and_the_tools_are_listed(
    studio: Studio, run_folder: Path, records: Sequence[Json]
) -> None:
    put_graphs(run_folder, records)
    client = studio(run_folder)
    assert "<iframe" in client.get("/runs/run/tools").text
    (run_folder / "graphs" / "tourism.json").write_text("{")
    answer = client.get("/runs/run/tools")
    assert answer.status_code == 200
    assert "The tool graphs cannot be read" in answer.text
    assert "tourism.json" in answer.text
    assert "dialogues that call" in answer.text
    assert client.get("/runs/run/tools/drawing?domain=tourism").status_code == 422


def test_what_is_not_there_is_not_found(
    studio: Studio, run_folder: Path, records: Sequence[Json]
) -> None:
    put_graphs(run_folder, records)
    client = studio(run_folder)
    for tail in ("tools?domain=nowhere", "tools/drawing?domain=nowhere", "tools/drawing"):
        assert client.get(f"/runs/run/{tail}").status_code == 404
    assert client.get("/runs/none/tools").status_code == 404


def test_a_large_graph_is_drawn_once_however_many_ask(
    studio: Studio,
    run_folder: Path,
    records: Sequence[Json],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawings, "_SMALL", 0)
    put_graphs(run_folder, records[:1])
    client = studio(run_folder)
    with ThreadPoolExecutor(3) as asking:
        found = list(asking.map(client.get, ["/runs/run/tools/drawing?domain="] * 3))
    assert {one.status_code for one in found} == {200}
    assert len({one.text for one in found}) == 1
    assert "<svg" in found[0].text
    # Another graph in its place is drawn anew.
    put = next((run_folder / "graphs").iterdir())
    put.write_text(put.read_text().replace('"description":"', '"description":"Anew: ', 1))
    assert "Anew: " in client.get("/runs/run/tools/drawing?domain=").text


def test_a_drawing_that_comes_to_nothing_is_said_in_the_frame(
    studio: Studio,
    run_folder: Path,
    records: Sequence[Json],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawings, "_SMALL", 0)
    monkeypatch.setattr(drawings, "_SECONDS", 0.01)
    put_graphs(run_folder, records[:1])
    answer = studio(run_folder).get("/runs/run/tools/drawing?domain=")
    assert answer.status_code == 200
    assert "cannot be drawn: it takes longer than" in answer.text


def test_hostile_names_and_descriptions_are_text_on_the_page_and_in_the_frame(
    studio: Studio, run_folder: Path, records: Sequence[Json], tmp_path: Path
) -> None:
    put_graphs(run_folder, records[:1], EVIL)
    held = foreign("a", "")
    held["domain"] = EVIL
    called = {"id": "1", "type": "function", "function": {"name": EVIL, "arguments": "{}"}}
    held["messages"][1]["tool_calls"] = [called]
    write(other := tmp_path / "other.jsonl", [held])
    client = studio(run_folder, other)
    text = client.get("/runs/run/tools").text
    inside = frame_of(client, text)[2]
    listed = client.get("/runs/other.jsonl/tools").text
    filtered = client.get("/runs/other.jsonl", params={"tool": EVIL}).text
    assert "1 of 1 dialogue" in filtered
    for one in (text, inside, listed, filtered):
        assert "&lt;script&gt;alert(1)" in one
        for bad in ("<script>alert", "<img", "\u202e", "\x1b"):
            assert bad not in one
    for page in ("/runs/run/tools", "/runs/other.jsonl/tools"):
        assert "unsafe" not in client.get(page).headers["content-security-policy"]


def test_rows_of_many_records_share_the_names_of_tools(studio: Studio, tmp_path: Path) -> None:
    held = foreign("a", "")
    called = {"id": "1", "type": "function", "function": {"name": "x" * 5000, "arguments": "{}"}}
    held["messages"][1]["tool_calls"] = [called]
    write(path := tmp_path / "many.jsonl", [held] * 3)
    client = studio(path)
    rows = client.app.holdings.get("many.jsonl").index.rows  # type: ignore[attr-defined]
    assert len({id(row.tools[0]) for row in rows}) == 1
    assert len(rows[0].tools[0]) == 120


def test_a_graph_of_a_thousand_tools_is_drawn(
    studio: Studio, run_folder: Path, records: Sequence[Json]
) -> None:
    shape = {"type": "object", "properties": {"id": {"type": "string"}}}
    tools = tuple(
        Tool(name=f"tool_{n}", description="Does it.", parameters=shape, results=shape)
        for n in range(1000)
    )
    links = tuple(
        Link(source=f"tool_{n // 3}", output="id", target=f"tool_{n}", parameter="id",
             kind="same_name", score=1.0)
        for n in range(1, 1000)
    )  # fmt: skip
    graph = ToolGraph(version=1, toolset=Toolset(version=1, tools=tools), links=links)
    (run_folder / "graphs").mkdir()
    (run_folder / "graphs" / "big.json").write_bytes(json_bytes(graph.dump()))
    client = studio(run_folder)
    inside = frame_of(client, client.get("/runs/run/tools").text)[2]
    assert inside.count('class="node') >= 1000
