"""``toolweave refine`` from the outside: the folder, what is told, exit codes, bad input."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from toolweave.cli.main import run

Captured = pytest.CaptureFixture[str]
SETTINGS = """version: 1
kind: refine
name: small
failures: {probability: 1.0, embedder: lexical}
"""


@pytest.fixture
def made(tmp_path: Path, capsys: Captured) -> Path:
    """A run of four dialogues."""
    file = tmp_path / "run.yaml"
    file.write_text("version: 1\nname: small\nplans: [tourism_city_break]\nrepeats: 4\n")
    (tmp_path / "refine.yaml").write_text(SETTINGS)
    assert run(["batch", str(file), "--out", str(tmp_path / "run")]) == 0
    capsys.readouterr()
    return tmp_path


def test_a_run_is_refined_into_a_folder_inside_it(made: Path, capsys: Captured) -> None:
    assert run(["refine", str(made / "run"), "--config", str(made / "refine.yaml")]) == 0
    shown = capsys.readouterr()
    assert "originals: 4\ncopies: 4 (" in shown.out
    assert "\x1b" not in shown.out + shown.err
    folder = made / "run" / "refined"
    assert run(["check", str(folder / "dialogues.jsonl")]) == 0
    assert capsys.readouterr().out == "8 dialogues checked: nothing found\n"
    assert run(["figures", str(folder)]) == 0


def test_standard_input_can_be_refined(
    made: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (made / "run" / "dialogues.jsonl").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    out, settings = str(made / "out"), str(made / "refine.yaml")
    assert run(["refine", "-", "--config", settings, "--out", out]) == 0
    assert "originals: 4" in capsys.readouterr().out


def test_another_seed_makes_other_copies(made: Path) -> None:
    settings = str(made / "refine.yaml")
    for seed in ("1", "2"):
        out = str(made / seed)
        command = ["refine", str(made / "run"), "--config", settings, "--out", out, "--seed", seed]
        assert run(command) == 0
    one, two = ((made / seed / "dialogues.jsonl").read_bytes() for seed in ("1", "2"))
    assert one != two


def test_broken_lines_are_told_and_end_in_exit_code_1(made: Path, capsys: Captured) -> None:
    file = made / "broken.jsonl"
    good = (made / "run" / "dialogues.jsonl").read_text().splitlines()
    elsewhere = json.dumps({"messages": [{"role": "user", "content": "Hi"}]})
    file.write_text("\n".join([good[0], "{", elsewhere, good[1]]))
    out, settings = str(made / "out"), str(made / "refine.yaml")
    assert run(["refine", str(file), "--config", settings, "--out", out]) == 1
    shown = capsys.readouterr()
    assert "originals: 2\n" in shown.out
    assert "failures: 2 (no_plan 1, unreadable 1)" in shown.out
    assert "50.0% failed" not in shown.err or "33.3% failed" in shown.err
    assert "more than the 0.5% that is allowed" in shown.err


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (SETTINGS.replace("1.0", "1.2"), "failures.probability"),
        (SETTINGS.replace("kind: refine", "kind: pipeline"), "kind: refine"),
        (SETTINGS + "failure: {}\n", "failure"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(
    made: Path, capsys: Captured, settings: str, told: str
) -> None:
    file = made / "bad.yaml"
    file.write_text(settings)
    assert run(["refine", str(made / "run"), "--config", str(file)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert told in shown.err
    assert shown.err.count("\n") == 1


def test_what_no_failure_fits_is_told_with_its_reason(made: Path, capsys: Captured) -> None:
    file = made / "rare.yaml"
    file.write_text(SETTINGS.replace("{prob", "{complex: 0, simple: {tool_error: 1}, prob"))
    run(["refine", str(made / "run"), "--config", str(file)])
    shown = capsys.readouterr().out
    assert "originals: 4" in shown
    copies = int(shown.split("copies: ")[1].split()[0])
    assert copies == 4 or "no edit fits: " in shown


def test_a_refinement_that_is_killed_goes_on_to_the_same_bytes(made: Path) -> None:
    lines = (made / "run" / "dialogues.jsonl").read_text().splitlines()
    copies = [{**json.loads(line), "id": f"d{n:03d}"} for n, line in enumerate(lines * 10)]
    source = made / "many.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in copies))
    killed, whole = made / "killed", made / "whole"
    command = ["refine", str(source), "--config", str(made / "refine.yaml")]
    workers = ["--executor", "processes", "--workers", "2"]
    program = subprocess.Popen(
        [sys.executable, "-m", "toolweave.cli.main", *command, *workers, "--out", str(killed)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    records = killed / "dialogues.jsonl"
    while program.poll() is None and (
        not records.exists() or records.read_bytes().count(b"\n") < 9
    ):
        pass
    program.send_signal(signal.SIGKILL)
    assert program.wait(timeout=30) == -signal.SIGKILL
    assert records.read_bytes().count(b"\n") < 80
    assert run([*command, *workers, "--out", str(killed), "--resume"]) == 0
    assert run([*command, "--executor", "local", "--out", str(whole)]) == 0
    assert records.read_bytes() == (whole / "dialogues.jsonl").read_bytes()
    assert records.read_bytes().count(b"\n") == 80


def test_a_log_names_every_dialogue_and_what_came_of_it(made: Path) -> None:
    log = made / "log.jsonl"
    command = ["refine", str(made / "run"), "--config", str(made / "refine.yaml")]
    assert run([*command, "--executor", "processes", "--workers", "2", "--log-file", str(log)]) == 0
    told = [json.loads(line) for line in log.read_text().splitlines()]
    ended = {line["dialogue"]: line["outcome"] for line in told if line.get("event") == "dialogue"}
    assert ended == {f"tourism_city_break-{n:06d}": "copied" for n in range(4)}


def test_a_dry_run_makes_nothing(made: Path, capsys: Captured) -> None:
    command = ["refine", str(made / "run"), "--config", str(made / "refine.yaml"), "--dry-run"]
    assert run(command) == 0
    assert "4 dialogues would be kept, and about 4 modified copies" in capsys.readouterr().err
    assert not (made / "run" / "refined").exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--executor", "magic"], "no executor 'magic'"),
        (["--executor", "local", "--workers", "2"], "executor local is one worker"),
        (["--log-file", "/nowhere/log"], "/nowhere/log: cannot be written"),
    ],
)
def test_who_works_and_watches_is_checked_first(
    made: Path, capsys: Captured, options: list[str], told: str
) -> None:
    command = ["refine", str(made / "run"), "--config", str(made / "refine.yaml"), *options]
    assert run(command) == 2
    shown = capsys.readouterr()
    assert told in shown.err
    assert shown.err.count("\n") == 1
