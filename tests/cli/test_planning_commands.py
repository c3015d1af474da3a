"""From the command line: grow, link, make goals and plans, look at what would be made."""

import io
import json
import sys
from pathlib import Path

import pytest

import toolweave.runs.generators
from toolweave.cli.main import run
from toolweave.core.errors import GenerationError
from toolweave.llm.offline.generator import OfflineGenerator

Captured = pytest.CaptureFixture[str]
CapturedBytes = pytest.CaptureFixture[bytes]


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


def test_goals_flow_into_plans_through_a_pipe(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: CapturedBytes
) -> None:
    monkeypatch.chdir(made)
    assert run(["goals", "graph.json"]) == 0
    piped = capsysbinary.readouterr().out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped)))
    out = str(tmp_path / "plans.jsonl")
    assert run(["plan", "-", "--count", "5", "--out", out]) == 0
    assert run(["check", out]) == 0
    assert b"5 plans checked" in capsysbinary.readouterr().out


def test_toolflow_plans_for_given_goals_if_told_to(made: Path, capsys: Captured) -> None:
    goals, out = made / "goals.jsonl", made / "listed.jsonl"
    chosen = ["plan", str(goals), "--for-goals", "--count", "5", "--out", str(out), "--strategy"]
    assert run([*chosen, "toolflow"]) == 0
    assert "strategy: toolflow over given goals (offline imitation)" in capsys.readouterr().err
    known = {json.loads(line)["id"] for line in goals.read_text("utf-8").splitlines()}
    plans = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(plans) == 5 and {plan["id"].rpartition("-")[0] for plan in plans} <= known
    assert run([*chosen, "digit"]) == 2
    assert "draws its own tools" in capsys.readouterr().err


def test_one_of_many_plans_is_shown_and_played(made: Path, capsys: Captured) -> None:
    plans = str(made / "many.jsonl")
    assert run(["plan", str(made / "goals.jsonl"), "--count", "4", "--out", plans]) == 0
    named = [json.loads(line)["id"] for line in Path(plans).read_text("utf-8").splitlines()]
    capsys.readouterr()
    for command in (["visualize", "plan"], ["simulate"]):
        assert run([*command, plans, "--id", named[2]]) == 0
        by_id = capsys.readouterr().out
        assert run([*command, plans, "--id", "3"]) == 0
        assert capsys.readouterr().out == by_id != ""
        for wrong, told in (([], "it holds 4 plans"), (["--id", "5"], "a number from 1 to 4"),
                            (["--id", named[2][:-1]], "did you mean")):  # fmt: skip
            assert run([*command, plans, *wrong]) == 2
            shown = capsys.readouterr().err
            assert told in shown and "many.jsonl" in shown and shown.count("\n") == 1
    alone = made / "alone.jsonl"
    alone.write_bytes(Path(plans).read_bytes().splitlines()[0])
    assert run(["visualize", "plan", str(alone)]) == 0


def test_a_single_plan_is_not_taken_for_another(capsys: Captured) -> None:
    assert run(["simulate", "tourism_city_break", "--id", "tourism_city_brake"]) == 2
    assert "did you mean 'tourism_city_break'?" in capsys.readouterr().err
    assert run(["visualize", "tools", "tourism", "--id", "1"]) == 2
    assert "--id chooses a plan" in capsys.readouterr().err


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
        (["generate", "nowhere"], "shipped ones: digit, motifs_toolflow"),
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
    told = capsys.readouterr().err
    assert "of them about goals" in told
    assert told.startswith("model: some-model words goals and dialogues; tools, links and")


def test_a_file_without_dialogues_has_no_figures(tmp_path: Path, capsys: Captured) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text("[]")
    assert run(["figures", str(empty)]) == 2
    assert "no dialogues" in capsys.readouterr().err


MUTE = """
version: 1
kind: pipeline
name: mute
sources: [{domain: logistics}]
stages: 3/3/2/3/2
links: {embedder: lexical}
plans: {count: 2}
strategy: toolflow
goals: {sampler: own}
checks: {max_failures: 1}
"""


class Mute(OfflineGenerator):
    """A model that never gives an acceptable answer."""

    async def generate(self, task):  # type: ignore[no-untyped-def]
        raise GenerationError(f"no words for {task.name}")


def test_a_run_without_any_dialogue_says_what_happened_to_them(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, out = tmp_path / "mute.yaml", tmp_path / "run"
    config.write_text(MUTE)
    monkeypatch.setattr(toolweave.runs.generators, "make_generator", lambda *_, **__: Mute())
    assert run(["generate", str(config), "--model", "any", "--out", str(out)]) == 0
    shown = capsys.readouterr()
    assert "failures: 2 (GenerationError 2)" in shown.out
    told = f"no dialogue came of it, so there are no figures; {out}/failures.jsonl"
    assert shown.err.splitlines()[-1] == f"{told} holds the reasons"
    assert run(["figures", str(out)]) == 2
    assert "all of this run failed (" in capsys.readouterr().err
    assert run(["export", str(out), "--to", "openai", "--out", str(tmp_path / "set")]) == 2
    assert "all of this run failed (" in capsys.readouterr().err
