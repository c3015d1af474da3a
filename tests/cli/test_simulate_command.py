"""``toolweave simulate`` and the scripts, without a terminal."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import toolweave.cli.simulating
import toolweave.runs.simulation
from toolweave.cli.main import run
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import GenerationError
from toolweave.core.finding import Finding
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.runs.simulation import simulate

Captured = pytest.CaptureFixture[str]
PLAN = "tourism_city_break"
ROOT = Path(__file__).parents[2]


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_a_pipe_gets_the_dialogue_as_plain_lines(capsys: Captured) -> None:
    assert run(["simulate", PLAN, "--seed", "7"]) == 0
    shown = capsys.readouterr()
    made = simulate(PLAN, seed=7)
    lines = shown.out.splitlines()
    assert lines[0] == f"system: {made.messages[0].content}"
    assert {line.split(":")[0] for line in lines} == {"system", "user", "assistant", "tool"}
    said = [f"{m.role}: {m.content}" for m in made.messages if m.content and m.role != "tool"]
    assert [line for line in lines if line in said] == said
    assert "\x1b" not in shown.out + shown.err
    assert shown.err.startswith("proof passed: 16 steps, 5 calls, 19 arguments")


def test_the_same_command_writes_the_same_bytes(tmp_path: Path, capsys: Captured) -> None:
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for file in files:
        assert run(["simulate", PLAN, "--seed", "7", "--quiet", "--out", str(file)]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert files[0].read_bytes() == files[1].read_bytes()
    made = Dialogue.model_validate_json(files[0].read_bytes())
    assert made == simulate(PLAN, seed=7)


def test_out_dash_prints_nothing_but_the_record(capsys: Captured) -> None:
    assert run(["simulate", PLAN, "--out", "-"]) == 0
    assert Dialogue.model_validate(json.loads(capsys.readouterr().out)).seed == 0


def test_a_lines_file_gets_one_line(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    assert run(["simulate", PLAN, "-q", "--out", str(file)]) == 0
    assert file.read_text().count("\n") == 1
    assert run(["check", str(file)]) == 0


def test_a_plan_may_come_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    text = (ROOT / "configs" / "plans" / f"{PLAN}.yaml").read_text()
    type_in(monkeypatch, text)
    assert run(["simulate", "-", "--tools", "tourism", "--seed", "7"]) == 0
    piped = capsys.readouterr().out
    assert run(["simulate", PLAN, "--seed", "7"]) == 0
    assert capsys.readouterr().out == piped


def test_a_failed_proof_is_said_and_marked_in_the_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    objection = Finding(code="ungrounded", problem="nobody said so", message=4)
    monkeypatch.setattr(toolweave.runs.simulation, "prove", lambda *_: [objection])
    file = tmp_path / "a.json"
    assert run(["simulate", PLAN, "-q", "--out", str(file)]) == 1
    said = capsys.readouterr().err
    assert "proof failed: 1 finding" in said
    assert "message 4: nobody said so" in said
    assert said.count("\n") == 1
    assert json.loads(file.read_text())["checks"]["proof"] == "failed"


def test_a_step_that_cannot_be_worded_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    class Mute(OfflineGenerator):
        async def generate(self, task):  # type: ignore[no-untyped-def]
            if task.name == "assistant_clarification":
                raise GenerationError("no words")
            return self.answer(task)

    monkeypatch.setattr(toolweave.cli.simulating, "make_generator", lambda _: Mute())
    file = tmp_path / "a.json"
    assert run(["simulate", PLAN, "-q", "--out", str(file)]) == 1
    assert capsys.readouterr().err == "toolweave: failed: step 2 of 16: no words\n"
    assert not file.exists()


def test_a_generator_that_waits_is_shown_step_by_step_too(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    import asyncio

    class Slow:
        name = "offline"

        async def generate(self, task):  # type: ignore[no-untyped-def]
            await asyncio.sleep(0)
            return OfflineGenerator().answer(task)

    assert run(["simulate", PLAN]) == 0
    instantly = capsys.readouterr().out
    monkeypatch.setattr(toolweave.cli.simulating, "make_generator", lambda _: Slow())
    assert run(["simulate", PLAN]) == 0
    assert capsys.readouterr().out == instantly


def test_steps_are_driven_by_piped_keys(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    type_in(monkeypatch, "m\ne\nsome of us\n\n\nh\nq\n")
    assert run(["simulate", PLAN, "--seed", "7", "--step"]) == 0
    shown = capsys.readouterr()
    assert shown.out.count("user: ") == 1
    assert "c1.city = " in shown.err
    assert "must state" in shown.err
    assert "show everything that memory holds" in shown.err
    assert "stopped after step 2 of 16; nothing is kept" in shown.err
    assert "proof" not in shown.err


def test_a_session_goes_on_where_it_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    kept, first, second = (str(tmp_path / name) for name in ("s.db", "a.json", "b.json"))
    command = ["simulate", PLAN, "--seed", "7", "--session", kept]
    type_in(monkeypatch, "\n\nq\n")
    assert run([*command, "--step"]) == 0
    assert f"after step 3 of 16; {kept} keeps it" in capsys.readouterr().err
    type_in(monkeypatch, "\n")
    assert run([*command, "--step"]) == 130
    assert "interrupted after step 4 of 16" in capsys.readouterr().err
    assert run([*command, "--out", first]) == 0
    shown = capsys.readouterr()
    assert "going on after step 4 of 16" in shown.err
    assert run(["simulate", PLAN, "--seed", "7", "--out", second]) == 0
    assert Path(first).read_bytes() == Path(second).read_bytes()
    assert capsys.readouterr().out == shown.out
    assert run([*command, "--out", second]) == 0
    assert run(["simulate", "customer_support_case", "--session", kept]) == 2
    assert "not customer_support_case" in capsys.readouterr().err


def test_a_killed_session_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    kept, out = str(tmp_path / "s.db"), str(tmp_path / "a.json")
    command = ["simulate", PLAN, "--seed", "7", "--session", kept]
    script = "from toolweave.cli.main import main; main()"
    program = subprocess.Popen(
        [sys.executable, "-c", script, *command, "--step"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert program.stdin is not None and program.stdout is not None
    program.stdin.write("\n\n\n\n")
    program.stdin.flush()
    while not program.stdout.readline().startswith("tool:"):
        pass
    program.send_signal(signal.SIGKILL)
    program.wait(timeout=30)
    assert run([*command, "-q", "--out", out]) == 0
    assert Dialogue.model_validate_json(Path(out).read_bytes()) == simulate(PLAN, seed=7)


def test_a_person_plays_the_user_through_a_pipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    kept, out = str(tmp_path / "s.db"), str(tmp_path / "a.json")
    command = ["simulate", PLAN, "--play", "user", "--session", kept]
    type_in(monkeypatch, "Porto\nsoon\n3 August\nAug 5\nI want to get away\nlots\ntwo\n")
    assert run(command) == 130
    shown = capsys.readouterr()
    assert "'soon' is not a date" in shown.err
    assert "'lots' is not a whole number from 1 up to 8" in shown.err
    assert "interrupted after step 2 of 16" in shown.err
    assert shown.out.splitlines()[1].startswith("user: I want to get away. The city is Porto.")
    rest = "2\n\ndouble\n\nAnna Lind\nanna.lind@example.org\n\nmuseums and food\n\n\n"
    type_in(monkeypatch, rest.replace("museums and food", "boat trips, food"))
    assert run([*command, "--out", out]) == 0
    made = Dialogue.model_validate_json(Path(out).read_bytes())
    assert made.checks.proof == "passed"
    booked = next(c for m in made.messages for c in m.tool_calls if c.name == "book_room")
    assert booked.arguments["lead_guest"] == {
        "full_name": "Anna Lind", "email": "anna.lind@example.org",
    }  # fmt: skip
    assert booked.arguments["check_in"] == made.messages[0].content[14:18] + "-08-03"


def test_values_may_be_typed_again_before_the_words(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    typed = "Porto\n3 August\n5 August\n<\nSeville\n4 August\n6 August\n\n"
    type_in(monkeypatch, typed)
    assert run(["simulate", PLAN, "--play", "user"]) == 130
    said = capsys.readouterr().out.splitlines()[1]
    assert "Seville" in said
    assert "Porto" not in said


@pytest.mark.parametrize(
    ("script", "arguments", "shown"),
    [
        ("simulate", [PLAN, "--seed", "7"], b"user: "),
        ("visualize", ["agents"], b"clarification"),
        ("visualize", [PLAN, "--format", "png"], b"\x89PNG"),
        ("batch", ["{run}", "{folder}"], b"3 dialogues, 0 failures"),
    ],
)
def test_the_scripts_run(script: str, arguments: list[str], shown: bytes, tmp_path: Path) -> None:
    (tmp_path / "run.yaml").write_text(f"version: 1\nname: r\nplans: [{PLAN}]\nrepeats: 3\n")
    places = {"run": str(tmp_path / "run.yaml"), "folder": str(tmp_path / "r")}
    command = [sys.executable, str(ROOT / "scripts" / f"{script}.py")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [*command, *(argument.format(**places) for argument in arguments)],
        capture_output=True, check=True, env=environment, timeout=60,
    )  # fmt: skip
    assert shown in done.stdout
