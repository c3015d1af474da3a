"""The command line as a whole: help, version, errors of every kind on one line."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import toolweave.cli.simulating
from toolweave.cli.main import BAD_INPUT, BROKEN_PIPE, run
from toolweave.cli.schema import Kind
from toolweave.cli.streams import INTERRUPTED, clean, one_line, write_out
from toolweave.core.errors import GenerationError, InputError

HEAVY = ("rich", "langgraph", "openai", "jsonschema_rs", "faker", "PIL", "networkx")
Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize("arguments", [["--help"], ["simulate", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys\nfrom toolweave.cli.main import run\n"
        f"code = run({arguments!r})\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], code, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout
    assert done.stderr.strip() == "[] 0"


def test_without_a_command_the_help_is_shown(capsys: Captured) -> None:
    assert run([]) == 0
    shown = capsys.readouterr().out
    for command in ("simulate", "batch", "visualize", "check", "schema"):
        assert command in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["frobnicate"], "'frobnicate'"),
        (["simulate", "--bogus"], "--bogus"),
        (["simulate", "--play", "assistant"], "'assistant' is not one of 'user'"),
        (["simulate", "--seed", "x"], "--seed"),
        (["simulate", "nope"], "nope: there is no such file"),
        (["simulate", "--tools", "nope"], "nope: there is no such file"),
        (["simulate", "--out", "/nowhere/at/all.json"], "the folder does not exist"),
        (["simulate", "--base-url", "http://127.0.0.1:9"], "add --model NAME"),
        (["simulate", "--session", "/nowhere/at/all.db"], "the folder does not exist"),
        (["simulate", "-", "--step"], "nobody can type"),
        (["batch", "nope"], "nope"),
        (["batch", "nope", "--limit", "0"], "--limit"),
        (["check", "nope.json"], "nope.json"),
        (["check", "nope.json", "--tools", "none.yaml"], "none.yaml"),
        (["serve", "--tools", "a", "--domain", "b"], "give --tools or --domain"),
        (["serve", "--host", "0.0.0.0"], "TOOLWEAVE_API_KEY"),
        (["serve", "--store", "mysql://u:hidden@h/d"], "no store: 'mysql://h/d'"),
        (["serve", "--port", "0", "--store", "sqlite:////nowhere/at/all.db"], "unable to open"),
        (["serve", "--tools", "nope"], "nope"),
        (["serve", "--faults", "timeout=3"], "no fault profile"),
        (["serve", "--base-url", "http://127.0.0.1:9"], "name the model"),
        (["visualize", "plan"], "no plan is named"),
        (["visualize", "agents", "x.yaml"], "takes no file"),
        (["visualize", "agents", "--format", "gif"], "gif"),
        (["schema", "poem"], "poem"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    arguments: list[str], said: str, capsys: Captured
) -> None:
    assert run(arguments) == BAD_INPUT
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.err.count("\n") == 1
    assert shown.err.startswith("toolweave: ")
    assert shown.out == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 2, column 1"),
        ("version: 1\nsegments: []\nsurprise: 1\n", "surprise"),
        ("version: 7\n", "version"),
        ("a: &a [*a]\n", "'a'"),
        ("", "empty"),
        ("version: 1\nid: p\ngoal: g\ntools: tools.yaml\nsegments:\n"
         "- steps:\n  - {act: tool_invocation, calls: [{id: c1, tool: absent}]}\n", "absent"),
    ],
)  # fmt: skip
def test_a_broken_plan_names_file_place_and_problem(
    text: str, said: str, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "tools.yaml").write_text("version: 1\ntools: [{name: present}]\n")
    plan = tmp_path / "plan.yaml"
    plan.write_text(text)
    assert run(["simulate", str(plan)]) == BAD_INPUT
    shown = capsys.readouterr().err
    assert str(plan) in shown
    assert said in shown
    assert shown.count("\n") == 1


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (KeyboardInterrupt(), INTERRUPTED, "interrupted"),
        (
            OSError(errno.ENOSPC, "No space left on device", "/x/y"),
            BAD_INPUT,
            "/x/y: No space left",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), BAD_INPUT, "make it accessible"),
        (GenerationError("step 3: no\nwords\x1b[31m"), 1, "failed: step 3: no words"),
        (
            InputError("odd", file="f", place="line 3", mend="mend it"),
            2,
            "f, line 3: odd (mend it)",
        ),
    ],
)
def test_every_failure_ends_in_one_line(
    raised: BaseException, code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def fail(_: object) -> int:
        raise raised

    monkeypatch.setattr(toolweave.cli.simulating, "run", fail)
    assert run(["simulate"]) == code
    shown = capsys.readouterr().err
    assert said in shown
    assert "\x1b" not in shown
    assert shown.count("\n") == 1


def _program(*arguments: str, stdout: int) -> "subprocess.Popen[str]":
    script = "from toolweave.cli.main import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stdout=stdout, stderr=subprocess.PIPE, text=True
    )


def test_a_reader_that_leaves_is_no_error() -> None:
    read, write = os.pipe()
    os.close(read)
    program = _program("schema", "dialogue", stdout=write)
    os.close(write)
    _, said = program.communicate(timeout=60)
    assert program.returncode == BROKEN_PIPE
    assert said == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_disk_is_one_line() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    program = _program("schema", "plan", stdout=full)
    os.close(full)
    _, said = program.communicate(timeout=60)
    assert program.returncode == BAD_INPUT
    assert said == "toolweave: No space left on device (make room and try again)\n"


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text("old")
    write_out(str(kept), "new")
    assert kept.read_text() == "new"
    with pytest.raises(InputError):
        write_out(str(tmp_path / "none" / "x.json"), "new")
    with pytest.raises(InputError, match="cannot be written"):
        write_out("/dev/full", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["kept.json"]


def test_text_from_outside_cannot_act_on_the_terminal() -> None:
    hostile = "a\x1b[2Jb\x07c\x9b31md\u202ee\u2066f\r\ng\x00"
    assert clean(hostile) == "a[2Jbc31mdef \ng"
    assert one_line(hostile) == "a[2Jbc31mdef g"
    assert clean("[bold]São Paulo[/] 日本 👩\u200d💻") == "[bold]São Paulo[/] 日本 👩\u200d💻"


@pytest.mark.parametrize("kind", get_args(Kind))
def test_schemas_are_json_schema_2020_12(kind: str, capsys: Captured) -> None:
    from jsonschema import Draft202012Validator

    assert run(["schema", kind]) == 0
    printed = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(printed)
    assert printed["$schema"].endswith("2020-12/schema")
    assert kind in printed["title"]


def test_what_ships_and_what_is_made_is_valid_by_the_printed_schemas(capsys: Captured) -> None:
    import yaml
    from jsonschema import Draft202012Validator

    from toolweave.configs import shipped, shipped_names

    judges = {}
    for kind in ("plan", "run", "tools", "domain", "pipeline", "refine"):
        assert run(["schema", kind]) == 0
        judges[kind] = Draft202012Validator(json.loads(capsys.readouterr().out))
    folders = (("plan", "plans"), ("run", "runs"), ("tools", "tools"), ("domain", "domains"))
    for kind, folder in folders:
        for name in shipped_names(folder):  # type: ignore[arg-type]
            path = shipped(folder, name)  # type: ignore[arg-type]
            assert path is not None
            data = yaml.safe_load(path.read_text())
            judges[data.get("kind", kind)].validate(data)
    assert run(["schema", "dialogue"]) == 0
    judge = Draft202012Validator(json.loads(capsys.readouterr().out))
    assert run(["simulate", "tourism_city_break", "--out", "-"]) == 0
    judge.validate(json.loads(capsys.readouterr().out))
