"""``toolweave batch`` from the outside: records, exit codes, resuming, bad runs."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import toolweave.runs.generators
from toolweave.cli.main import run
from toolweave.cli.watching import figures
from toolweave.core.errors import GenerationError, ServerError
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.runs.job import Outcome
from toolweave.runs.tally import Tally

Captured = pytest.CaptureFixture[str]
PLAN = "tourism_city_break"


def run_file(folder: Path, repeats: int = 4, more: str = "") -> str:
    file = folder / "run.yaml"
    file.write_text(f"version: 1\nname: small\nplans: [{PLAN}]\nrepeats: {repeats}\n{more}")
    return str(file)


def test_a_run_is_made_told_and_clean(tmp_path: Path, capsys: Captured) -> None:
    out = str(tmp_path / "r")
    assert run(["batch", run_file(tmp_path), "--out", out]) == 0
    shown = capsys.readouterr()
    assert "dialogues: 4\nfailures: 0\n" in shown.out
    assert "\x1b" not in shown.out + shown.err
    assert run(["check", f"{out}/dialogues.jsonl"]) == 0
    assert capsys.readouterr().out == "4 dialogues checked: nothing found\n"


def test_limit_and_resume_make_the_same_records_as_one_run(
    tmp_path: Path, capsys: Captured
) -> None:
    file, whole, parts = run_file(tmp_path), tmp_path / "whole", tmp_path / "parts"
    assert run(["batch", file, "--out", str(whole)]) == 0
    assert run(["batch", file, "--out", str(parts), "--limit", "2"]) == 0
    assert run(["batch", file, "--out", str(parts)]) == 2
    assert "--resume" in capsys.readouterr().err
    assert run(["batch", file, "--out", str(parts), "--resume"]) == 0
    assert "from before: 2" in capsys.readouterr().out
    records = [(folder / "dialogues.jsonl").read_bytes() for folder in (whole, parts)]
    assert records[0] == records[1]


def test_a_killed_run_resumes_to_the_same_records(tmp_path: Path) -> None:
    file, whole, killed = run_file(tmp_path, 60), tmp_path / "whole", tmp_path / "killed"
    command = ["batch", file, "--out"]
    script = "from toolweave.cli.main import main; main()"
    program = subprocess.Popen(
        [sys.executable, "-c", script, *command, str(killed)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    records = killed / "dialogues.jsonl"
    while program.poll() is None and (
        not records.exists() or records.read_bytes().count(b"\n") < 5
    ):
        pass
    program.send_signal(signal.SIGKILL)
    program.wait(timeout=30)
    assert run([*command, str(killed), "--resume"]) == 0
    assert run([*command, str(whole)]) == 0
    assert records.read_bytes() == (whole / "dialogues.jsonl").read_bytes()


def test_too_many_failures_give_exit_1_and_their_reasons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    class Stumbling(OfflineGenerator):
        """Fails for every second dialogue."""

        made = 0

        async def generate(self, task):  # type: ignore[no-untyped-def]
            if task.name == "user_request" and task.context.first:
                self.made += 1
                if self.made % 2:
                    raise GenerationError("no words")
            return self.answer(task)

    monkeypatch.setattr(toolweave.runs.generators, "make_generator", lambda *_, **__: Stumbling())
    out = tmp_path / "r"
    command = ["batch", run_file(tmp_path), "--out", str(out), "--model", "any"]
    assert run(command) == 1
    shown = capsys.readouterr()
    assert "failures: 2 (GenerationError 2)" in shown.out
    assert "a dialogue failed (GenerationError)" in shown.err
    assert "50.0% failed, more than the 0.5% that the run allows" in shown.err
    reasons = [json.loads(line)["reason"] for line in (out / "failures.jsonl").open()]
    assert reasons == ["no words", "no words"]


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (ServerError("cannot reach http://127.0.0.1:9"), 2, "toolweave: cannot reach"),
        (KeyboardInterrupt(), 130, "go on with --resume"),
    ],
)
def test_a_run_that_stops_says_so_on_one_line(
    raised: BaseException, code: int, said: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: Captured,
) -> None:  # fmt: skip
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(toolweave.cli.batching, "batch", fail)
    assert run(["batch", run_file(tmp_path), "--out", str(tmp_path / "r")]) == code
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.count("\n") == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("surprise: 1\n", "surprise"),
        ("concurrency: 0\n", "concurrency"),
        ("model: {base_url: 7}\n", "model.base_url"),
    ],
)
def test_a_broken_run_file_names_file_and_place(
    more: str, said: str, tmp_path: Path, capsys: Captured
) -> None:
    file = run_file(tmp_path, more=more)
    assert run(["batch", file, "--out", str(tmp_path / "r")]) == 2
    shown = capsys.readouterr().err
    assert file in shown
    assert said in shown
    assert not (tmp_path / "r").exists()


def test_worker_processes_give_the_same_records_and_a_log_of_every_dialogue(
    tmp_path: Path, capsys: Captured
) -> None:
    file, log = run_file(tmp_path), tmp_path / "log.jsonl"
    assert run(["batch", file, "--out", str(tmp_path / "one")]) == 0
    command = ["batch", file, "--out", str(tmp_path / "two"), "--log-file", str(log)]
    assert run([*command, "--executor", "processes", "--workers", "2"]) == 0
    one, two = ((tmp_path / name / "dialogues.jsonl").read_bytes() for name in ("one", "two"))
    assert one == two
    told = [json.loads(line) for line in log.read_text().splitlines()]
    ended = [line for line in told if line.get("event") == "dialogue"]
    assert sorted(line["dialogue"] for line in ended) == [f"{PLAN}-{n:06d}" for n in range(4)]
    assert {line["outcome"] for line in ended} == {"made"}
    said = [message["content"] for line in one.splitlines() for message in
            json.loads(line)["messages"] if len(message["content"]) > 20]  # fmt: skip
    assert said and not any(text in log.read_text() for text in said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--executor", "magic"], "no executor 'magic' (take one of auto, local, processes, ray)"),
        (["--executor", "local", "--workers", "2"], "executor local is one worker"),
        (["--log-file", "/nowhere/log"], "/nowhere/log: cannot be written"),
    ],
)
def test_who_works_and_watches_is_checked_first(
    options: list[str], said: str, tmp_path: Path, capsys: Captured
) -> None:
    assert run(["batch", run_file(tmp_path), "--out", str(tmp_path / "r"), *options]) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.count("\n") == 1


def test_what_a_run_tells_of_itself() -> None:
    tally = Tally(10, under_way=2)
    outcome = Outcome("a", dialogues=1, spent={"calls": 12, "retries": 1, "cost": 0.5})
    tally.add(outcome)
    tally.add(Outcome("b", failures=("proof",), spent={"calls": 3, "cached": 4}))
    told = ", ".join(figures(tally))
    assert told == "1 failed, 2 under way, 15 calls, 4 from the cache, 1 retries, cost 0.50"
