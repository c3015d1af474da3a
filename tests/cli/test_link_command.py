"""``toolweave tools link`` and ``tools stats`` as they are run."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from toolweave.cli.main import run
from toolweave.toolgraph.graph import load_graph

Captured = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]
LEXICAL = ("--embedder", "lexical")


@pytest.fixture
def graph(tmp_path: Path, capsys: Captured) -> Path:
    path = tmp_path / "graph.json"
    assert run(["tools", "link", "tourism", "--out", str(path), *LEXICAL]) == 0
    capsys.readouterr()
    return path


def test_a_shipped_toolset_is_linked(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "graph.json"
    assert run(["tools", "link", "tourism", "--out", str(path), *LEXICAL]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    made = load_graph(path)
    told = f"9 tools linked by score, embedder lexical: {made.figures and made.figures.candidates}"
    assert shown.err.startswith(told)
    assert f"{len(made.links)} accepted" in shown.err
    assert len(made.links) > 5


def test_the_graph_goes_to_stdout_and_the_summary_beside_it(capsys: Captured) -> None:
    assert run(["tools", "link", "insurance", *LEXICAL, "--threshold", "0.9", "--limit", "1"]) == 0
    shown = capsys.readouterr()
    data = json.loads(shown.out)
    places = [(link["target"], link["parameter"]) for link in data["links"]]
    assert len(places) == len(set(places)) > 3
    assert min(link["score"] for link in data["links"]) >= 0.9
    assert (data["figures"]["threshold"], data["figures"]["limit"]) == (0.9, 1)
    assert "cut to 1 sources" in shown.err


def test_every_judgement_is_logged(tmp_path: Path, capsys: Captured) -> None:
    log = tmp_path / "log.jsonl"
    assert run(["tools", "link", "logistics", *LEXICAL, "--log", str(log)]) == 0
    links = json.loads(capsys.readouterr().out)["links"]
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert len(lines) == len(links)
    assert {line["judged"] for line in lines} == {"score"}


def test_an_unknown_declaration_is_told(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "tools.json"
    text = {"type": "string", "x-from": "gone.id"}
    tools = [{"name": "go", "parameters": {"type": "object", "properties": {"way": text}}}]
    file.write_text(json.dumps(tools))
    assert run(["tools", "link", str(file), *LEXICAL]) == 0
    assert "x-from names no output of these tools: 'gone.id'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.json"], "no such file"),
        (["tourism", "--embedder", "word2vec"], "no embedder 'word2vec'"),
        (["tourism", "--base-url", "http://127.0.0.1:9"], "add --model NAME"),
        (["tourism", "--out", "no/such/folder/x.json"], "folder does not exist"),
        (["tourism", "--limit", "0"], "--limit"),
        (["tourism", "--threshold", "1.5"], "--threshold"),
    ],
)
def test_bad_orders_are_one_line(arguments: list[str], message: str, capsys: Captured) -> None:
    assert run(["tools", "link", *arguments]) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.out == ""
    assert len(shown.err.strip().splitlines()) == 1


def test_figures_stand_beside_the_papers(graph: Path, capsys: Captured) -> None:
    assert run(["tools", "stats", str(graph), "tourism"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rows = [line.split("\t") for line in lines if "\t" in line]
    assert [row[0] for row in rows] == [
        "domain", "tourism", "tourism", "average",
        "paper, GPT-OSS", "paper, Mistral", "paper, GPT-5-mini",
    ]  # fmt: skip
    linked, alone = rows[1], rows[2]
    assert linked[:6] == alone[:6]
    assert alone[6:] == ["–"] * 4 and "–" not in linked
    assert rows[4][1:6] == ["25.25", "3.60", "23.6%", "65.6%", "1.08"]
    assert any("tools link" in line for line in lines)


def test_figures_as_json(graph: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(graph.read_bytes())

    monkeypatch.setattr(sys, "stdin", Stdin())
    assert run(["tools", "stats", "-", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (domain,) = found["domains"]
    assert domain["tools"]["tools"] == 9
    assert domain["graph"]["exact"] is True
    assert len(domain["graph"]["chain"]) == domain["graph"]["longest_chain"]
    assert [column["model"] for column in found["paper"]] == ["GPT-OSS", "Mistral", "GPT-5-mini"]


def test_stats_refuses_what_is_neither(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "x.json"
    file.write_text('{"toolset": {"version": 1, "tools": []}, "version": 1}')
    assert run(["tools", "stats", str(file)]) == 2
    assert "the list of tools is empty" in capsys.readouterr().err


SPEC = [
    {"name": "find_book", "description": "Find a book", "query_parameters": {
        "title": {"type": "string", "required": True}},
     "output_parameters": {"book": {"type": "object", "properties": {
         "isbn": {"type": "string", "description": "ISBN of the book"},
         "pages": {"type": "integer"}}}}},
    {"name": "order_book", "description": "Order a book", "parameters": {
        "items": {"type": "list", "items": {"type": "dict", "properties": {
            "isbn": {"type": "str", "description": "ISBN to order"}}}}},
     "output_parameters": {"order_id": {"type": "string"}}},
]  # fmt: skip
DATA = [
    {"input": "Order it.", "output": [
        {"name": "find_book", "arguments": {"title": "Emma"}, "label": "var1"},
        {"name": "order_book", "arguments": {"items": [{"isbn": "$var1.book[0].isbn$"}]},
         "label": "var2"},
        {"name": "find_book", "arguments": {"title": "$var2.receipt$"}},
        {"name": "var_result", "arguments": {"all": "$var2.order_id$"}},
    ]},
]  # fmt: skip


def test_recall_is_measured_on_references_of_any_depth(tmp_path: Path) -> None:
    (tmp_path / "spec.json").write_text(json.dumps(SPEC))
    (tmp_path / "data.json").write_text(json.dumps(DATA))
    script = ROOT / "scripts" / "link_recall.py"
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "spec.json"), str(tmp_path / "data.json"),
         *LEXICAL, "--show"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert "find_book book.isbn order_book items.isbn" in done.stdout
    assert "2 links: 1 ranked" in done.stdout
    assert "1 name a field that no tool declares" in done.stdout
    assert "recall of ranked  @1 1.00  @5 1.00  @10 1.00" in done.stdout
