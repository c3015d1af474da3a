"""``toolweave figures`` on dialogues of ours and of others."""

import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import FOREIGN
from toolweave.cli.main import run
from toolweave.core.errors import InputError
from toolweave.runs.simulation import simulate
from toolweave.schema.types import json_bytes

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("figures") / "ours.jsonl"
    made = [simulate("tourism_city_break", seed=seed).dump() for seed in range(3)]
    file.write_bytes(b"\n".join(json_bytes(record) for record in made))
    return str(file)


def test_a_file_stands_beside_the_papers_table(ours: str, capsys: Captured) -> None:
    assert run(["figures", ours]) == 0
    shown = capsys.readouterr().out
    rows = [line.split("\t") for line in shown.splitlines()]
    assert ["ToolWeave (paper)", "", "1/8/2.71", "1/5/3.22", "44.87%", "40.67%"] in rows
    assert ["ToolFlow (paper)", "", "1/10/6.28", "0/15/2.20", "6.77%", "0.00%"] in rows
    assert ["ToolDial (paper)", "", "2/6/4.48", "0/2/1.51", "4.47%", "0.00%"] in rows
    assert any(row[:2] == ["ours.jsonl", "3"] for row in rows)
    assert any(row[:3] == ["tourism", "3", "100.00%"] for row in rows)
    for title in ("# Motifs", "# Patterns", "# Diversity", "# Sentence frames of the user"):
        assert title in shown


def test_two_files_and_the_tools(ours: str, tmp_path: Path, capsys: Captured) -> None:
    theirs = tmp_path / "theirs.jsonl"
    theirs.write_text(json.dumps(FOREIGN))
    assert run(["figures", ours, str(theirs), "--tools", "tourism"]) == 0
    shown = capsys.readouterr().out
    assert "# At equal token counts: assistant" in shown
    assert "# Tools, theirs.jsonl" in shown
    assert "\x1b" not in shown


def test_json_holds_every_figure(ours: str, capsys: Captured) -> None:
    assert run(["figures", ours, "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert whole["files"][0]["structure"]["row"]["turns"]["least"] >= 1
    assert whole["paper"]["table_2"][0]["true_multi_step"] == 0.4067
    assert whole["files"][0]["diversity"]["voices"][0]["masked"]["distinct_3"] > 0


def test_records_that_cannot_be_read_are_named(ours: str, tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "torn.jsonl"
    text = Path(ours).read_text()
    file.write_text(text + "\n" + "{\n" * 7)
    assert run(["figures", str(file)]) == 1
    shown = capsys.readouterr()
    assert "\t3\t" in shown.out
    assert "line 4" in shown.err
    assert "2 more records cannot be read" in shown.err


def test_nothing_readable_gives_zeros(tmp_path: Path, capsys: Captured) -> None:
    file = tmp_path / "none.jsonl"
    file.write_text("{\n")
    assert run(["figures", str(file)]) == 1
    assert "none.jsonl\t\t0/0/0.00" in capsys.readouterr().out


def test_standard_input(ours: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    stream = io.TextIOWrapper(io.BytesIO(Path(ours).read_bytes()))
    monkeypatch.setattr(sys, "stdin", stream)
    assert run(["figures", "-"]) == 0
    assert "standard input\t3\t" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["figures", "-", "-"], "standard input is named twice"),
        (["figures", "missing.jsonl"], "missing.jsonl"),
        (["figures"], "Missing argument"),
        (["figures", "missing.jsonl", "--tools", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], said: str, capsys: Captured) -> None:
    assert run(arguments) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.count("\n") == 1


def test_a_person_at_a_terminal_sees_tables(
    ours: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr("toolweave.cli.grids.is_terminal", lambda _stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["figures", ours]) == 0
    shown = capsys.readouterr().out
    assert "\t" not in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert " ToolWeave (paper) " in shown
    assert "1/8/2.71" in shown
    assert " assistant  masked " in shown


def generated(folder: Path, choice: str) -> str:
    """The folder of a small run."""
    config = folder / "small.yaml"
    config.write_text(
        "version: 1\nkind: pipeline\nname: small\nsources: [{tools: tourism}]\n"
        f"links: {{embedder: lexical}}\nplans: {{count: 4}}\n{choice}\n"
    )
    out = str(folder / "run")
    assert run(["generate", str(config), "--out", out]) == 0
    return out


@pytest.fixture(scope="module")
def rival(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a rival's run."""
    folder = tmp_path_factory.mktemp("rival")
    return generated(folder, "strategy: toolflow\ngoals: {sampler: motifs}")


LABEL = "toolflow over motifs (offline imitation)"


def test_a_run_ends_with_its_figures_beside_the_papers(tmp_path: Path, capsys: Captured) -> None:
    out = generated(tmp_path, "goals: {sampler: random_walk}")
    shown = capsys.readouterr()
    rows = [line.split("\t") for line in shown.out.splitlines()]
    assert any(row[:2] == ["toolweave over random walks", "4"] for row in rows)
    assert ["ToolFlow (paper)", "", "1/10/6.28", "0/15/2.20", "6.77%", "0.00%"] in rows
    assert f"toolweave figures {out}" in shown.err


@pytest.mark.parametrize("inside", ["", "/dialogues.jsonl"])
def test_a_rivals_offline_figures_are_labelled(rival: str, inside: str, capsys: Captured) -> None:
    assert run(["figures", rival + inside]) == 0
    assert f"\n{LABEL}\t4\t" in capsys.readouterr().out
    assert run(["figures", rival + inside, "--json"]) == 0
    named = json.loads(capsys.readouterr().out)["files"][0]["structure"]["row"]["name"]
    assert named.startswith(LABEL)


def test_equal_labels_are_told_apart_by_their_folders(
    rival: str, ours: str, capsys: Captured
) -> None:
    assert run(["figures", rival, f"{rival}/dialogues.jsonl", ours]) == 0
    shown = capsys.readouterr().out
    assert f"\n{LABEL}, {rival}\t4\t" in shown and "\nours.jsonl\t3\t" in shown


def test_a_labelled_row_keeps_to_eighty_columns(
    rival: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr("toolweave.cli.grids.is_terminal", lambda _stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["figures", rival]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert max(map(len, shown)) <= 80
    assert any(line.startswith(" toolflow over motifs ") for line in shown)
    assert any(line.startswith(" (offline imitation) ") for line in shown)


def test_a_folder_without_dialogues_is_one_line(tmp_path: Path, capsys: Captured) -> None:
    assert run(["figures", str(tmp_path)]) == 2
    shown = capsys.readouterr().err
    assert "holds no dialogues.jsonl" in shown and shown.count("\n") == 1


def tables(shown: str) -> dict[str, list[list[str]]]:
    """The rows under each title of a piped output."""
    found: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in shown.splitlines():
        if line.startswith("# "):
            rows = found.setdefault(line[2:], [])
        elif line:
            rows.append(line.split("\t"))
    return found


def test_hallucination_stands_beside_the_papers_table(
    ours: str, tmp_path: Path, capsys: Captured
) -> None:
    theirs = tmp_path / "theirs.jsonl"
    theirs.write_text(json.dumps(FOREIGN))
    assert run(["figures", ours, str(theirs)]) == 0
    shown = tables(capsys.readouterr().out)
    rows = shown["Hallucination (shares of dialogues that have some)"]
    assert ["ours.jsonl", "3", *["0.00%"] * 4, "100.00%"] in rows
    other = next(row for row in rows if row[0] == "theirs.jsonl")
    assert other[1:5] == ["1", "unknown", "unknown", "0.00%"]
    assert other[-1].startswith("at most ")
    assert [
        "ToolFlow (paper)", "200", "5.00%", "0.00%", "46.50%", "75.50%", "16.50%",
    ] in rows  # fmt: skip
    title = "Calls and arguments, theirs.jsonl (tools known for 0 dialogues)"
    assert ["of tools that do not exist", "unknown", ""] in shown[title]


def test_a_run_tells_how_much_of_its_graph_is_used(rival: str, capsys: Captured) -> None:
    assert run(["figures", rival]) == 0
    rows = tables(capsys.readouterr().out)["Coverage"]
    called = next(row for row in rows if row[0] == "tools that are called")
    assert 0 < int(called[1]) < int(called[2])
    assert next(row for row in rows if row[0] == "links that feed")[1] != "unknown"
    assert next(row for row in rows if row[0] == "valid sequences of 3")[2] != "0"


def test_named_benchmarks_and_the_dialogues_they_hit(
    ours: str, tmp_path: Path, capsys: Captured
) -> None:
    clean = tmp_path / "clean.txt"
    clean.write_text("Nothing of this kind. " * 9)
    asked = ["figures", ours, "--against", ours, "--against", str(clean), "--ngram", "4", "--json"]
    assert run(asked) == 0
    held = json.loads(capsys.readouterr().out)["files"][0]["contamination"]
    assert (held["words"], held["share"]) == (4, 1.0)
    assert [file["dialogues"] for file in held["files"]] == [3, 0]
    assert run(["figures", ours, "--against", str(tmp_path / "gone.txt")]) == 2
    assert "gone.txt" in capsys.readouterr().err


def test_a_missing_embedder_is_said_and_stops_nothing(
    ours: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def absent(choice: str) -> None:
        raise InputError("sentence-transformers is not installed", mend=f"get {choice}")

    monkeypatch.setattr("toolweave.evaluation.meaning.make_embedder", absent)
    assert run(["figures", ours, "--semantic"]) == 0
    shown = capsys.readouterr()
    assert "\t3\tunknown" in shown.out
    assert "no semantic spread: sentence-transformers is not installed" in shown.err


def test_broken_lines_are_named_and_processes_agree(
    ours: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    file = tmp_path / "mixed.jsonl"
    broken = b'{"messages": [3]}\n\xff\xfe\n\n{"id": 1}\n'
    file.write_bytes(broken + Path(ours).read_bytes() + b"\n" + json.dumps(FOREIGN).encode())
    assert run(["figures", str(file), "--proof", "2"]) == 1
    alone = capsys.readouterr()
    for line in (1, 2, 4):
        assert f"line {line}" in alone.err
    monkeypatch.setattr("toolweave.evaluation.observing.LARGE", 1)
    monkeypatch.setattr("toolweave.cli.figuring.os.cpu_count", lambda: 2)
    assert run(["figures", str(file), "--proof", "2"]) == 1
    assert capsys.readouterr() == alone
