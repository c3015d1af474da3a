"""From the command line: grow, link, make goals and plans, look at what would be made."""

import json
from pathlib import Path

import pytest

from toolweave.cli.main import run

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a domain's tools and their graph."""
    folder = tmp_path_factory.mktemp("planned")
    tools, graph = str(folder / "tools.json"), str(folder / "graph.json")
    assert run(["tools", "synthesize", "Logistics", "--stages", "4/4/2/4/2", "--out", tools]) == 0
    assert run(["tools", "link", tools, "--embedder", "lexical", "--out", graph]) == 0
    assert run(["goals", graph, "--out", str(folder / "goals.jsonl")]) == 0
    return folder


def test_goals_become_plans_that_pass_their_check(made: Path, capsys: Captured) -> None:
    plans = str(made / "plans.jsonl")
    assert run(["plan", str(made / "goals.jsonl"), "--count", "12", "--out", plans]) == 0
    assert "strategy: toolweave" in capsys.readouterr().err
    assert run(["check", plans]) == 0
    assert "12 plans checked" in capsys.readouterr().out
    again = str(made / "again.jsonl")
    assert run(["plan", str(made / "goals.jsonl"), "--count", "12", "--out", again]) == 0
    assert Path(plans).read_bytes() == Path(again).read_bytes()


def test_a_rival_is_called_an_imitation_offline(made: Path, capsys: Captured) -> None:
    out = str(made / "digit.jsonl")
    goals = str(made / "goals.jsonl")
    assert run(["plan", goals, "--strategy", "digit", "--count", "5", "--out", out]) == 0
    told = capsys.readouterr().err
    assert "offline imitation" in told and "not run: needs a model" in told


def test_goals_for_a_task_are_few_and_fit(made: Path, capsys: Captured) -> None:
    out = made / "some.jsonl"
    arguments = ["goals", str(made / "graph.json"), "--out", str(out), "--embedder", "lexical"]
    assert run([*arguments, "--task", "file a claim for a damaged parcel"]) == 0
    kept = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert 1 <= len(kept) <= 10
    assert any("file_claim" in goal["workflow"]["tools"] for goal in kept)
    capsys.readouterr()
    assert run([*arguments, "--task", "xylophone zebra quantum"]) == 1
    assert "no goal here serves the task" in capsys.readouterr().err


def test_goals_whose_tools_are_gone_are_told(made: Path, tmp_path: Path, capsys: Captured) -> None:
    graph = json.loads((made / "graph.json").read_text("utf-8"))
    gone = graph["toolset"]["tools"].pop()["name"]
    graph["links"] = [x for x in graph["links"] if gone not in (x["source"], x["target"])]
    (tmp_path / "graph.json").write_text(json.dumps(graph))
    (tmp_path / "goals.jsonl").write_bytes((made / "goals.jsonl").read_bytes())
    out = str(tmp_path / "plans.jsonl")
    assert run(["plan", str(tmp_path / "goals.jsonl"), "--count", "5", "--out", out]) == 0
    assert "its tools are no longer in the graph" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["goals", "nowhere.json"], "there is no such file"),
        (["plan", "nowhere.jsonl", "--out", "x.jsonl"], "nowhere.jsonl"),
        (["generate", "nowhere"], "shipped ones: digit, paper"),
        (["batch", "smoke"], "toolweave generate"),
        (["tools", "synthesize", "Gardening"], "no domain pack"),
        (["tools", "synthesize", "logistics", "--online"], "serves a model only"),
        (["tools", "synthesize", "logistics", "--stages", "1/2"], "five counts"),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments: list[str], told: str, capsys: Captured) -> None:
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert told in shown.err and shown.err.count("\n") == 1 and shown.out == ""


def test_a_dry_run_counts_the_calls_of_a_model(tmp_path: Path, capsys: Captured) -> None:
    config = tmp_path / "p.yaml"
    config.write_text(
        "version: 1\nkind: pipeline\nname: p\nsources: [{domain: logistics}]\n"
        "links: {embedder: lexical}\nplans: {count: 3}\n"
    )
    assert run(["generate", str(config), "--dry-run"]) == 0
    assert "without any call of a model" in capsys.readouterr().err
    assert run(["generate", str(config), "--dry-run", "--model", "some-model"]) == 0
    assert "of them about goals" in capsys.readouterr().err


def test_a_file_without_dialogues_has_no_figures(tmp_path: Path, capsys: Captured) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text("[]")
    assert run(["figures", str(empty)]) == 2
    assert "no dialogues" in capsys.readouterr().err
