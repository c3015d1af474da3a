"""``toolweave judge``: a model is required, verdicts and tables come out, bad records are named."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from jsonschema import Draft202012Validator

from toolweave.cli.main import run
from toolweave.evaluation.verdict_file import load_verdicts
from toolweave.runs.simulation import simulate
from toolweave.schema.types import json_bytes

Captured = pytest.CaptureFixture[str]
MARK = {"comment": "turn 1: plain", "score": 4}


class Judge(BaseHTTPRequestHandler):
    """Gives fours, and calls the first turn faulty."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[dict[str, Any]]] = []

    def log_message(self, *_: object) -> None:
        return

    def do_POST(self) -> None:
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        names = ("naturalness", "coherence", "helpfulness", "accuracy")
        answer = {**dict.fromkeys(names, MARK), "faulty_turns": [{"turn": 1, "reason": "idle"}]}
        message = {"role": "assistant", "content": json.dumps(answer)}
        whole = {
            "id": "x", "object": "chat.completion", "created": 0, "model": "judge-1",
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }  # fmt: skip
        data = json.dumps(whole).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def server() -> Iterator[list[str]]:
    """The options that name a judge."""
    Judge.asked.clear()
    held = ThreadingHTTPServer(("127.0.0.1", 0), Judge)
    Thread(target=held.serve_forever, daemon=True).start()
    yield ["--model", "judge-1", "--base-url", f"http://127.0.0.1:{held.server_port}/v1"]
    held.shutdown()
    held.server_close()


@pytest.fixture(scope="module")
def made() -> list[bytes]:
    return [json_bytes(simulate("ecommerce_return", seed=seed).dump()) for seed in range(3)]


def folder(path: Path, lines: list[bytes]) -> Path:
    (path / "dialogues.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def test_without_a_model_one_line_says_so(
    made: list[bytes], tmp_path: Path, capsys: Captured
) -> None:
    given = str(folder(tmp_path, made))
    for arguments in ([given], [given, "--model", "offline"]):
        assert run(["judge", *arguments]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert "judging needs a model" in line and "--model" in line
    assert not (tmp_path / "verdicts.jsonl").exists()


def test_a_run_is_judged_at_temperature_zero_beside_the_paper(
    made: list[bytes], tmp_path: Path, server: list[str], capsys: Captured
) -> None:
    given = folder(tmp_path, made)
    assert run(["judge", str(given), *server, "--passes", "2"]) == 0
    shown = capsys.readouterr()
    assert "ToolWeave (paper)\t200\t4.38\t4.12\t3.89\t4.38" in shown.out
    assert f"{tmp_path.name}\t3\t4.00\t4.00\t4.00\t4.00" in shown.out
    assert "accuracy\t3\t100.00%\t100.00%\tall the same" in shown.out
    assert "6 new verdicts, 0 from before" in shown.err
    assert {request["temperature"] for request in Judge.asked} == {0.0}
    verdicts = load_verdicts(given / "verdicts.jsonl")
    assert len(verdicts) == 6
    assert run(["schema", "verdict"]) == 0
    judge = Draft202012Validator(json.loads(capsys.readouterr().out))
    for line in (given / "verdicts.jsonl").read_text("utf-8").splitlines():
        judge.validate(json.loads(line))
    name = json.loads(made[0])["id"]
    assert not any(name in json.dumps(request["messages"]) for request in Judge.asked)
    capsys.readouterr()
    assert run(["judge", str(given), *server, "--passes", "2", "--resume", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdicts"] == 6
    assert len(Judge.asked) == 6
    out = tmp_path / "out"
    order = ["export", str(given), "--to", "openai", "--out", str(out)]
    assert run([*order, "--verdicts", str(given / "verdicts.jsonl")]) == 0
    assert b'"weight":0' in (out / "train.jsonl").read_bytes()


def test_a_bad_line_is_named_and_gives_exit_code_1(
    made: list[bytes], tmp_path: Path, server: list[str], capsys: Captured
) -> None:
    file = tmp_path / "mixed.jsonl"
    file.write_bytes(b"\n".join([made[0], b"{torn", b'"\xff"', made[1]]))
    assert run(["judge", str(file), *server]) == 1
    shown = capsys.readouterr()
    assert "line 2" in shown.err and "line 3: not UTF-8" in shown.err
    assert len(load_verdicts(tmp_path / "mixed.verdicts.jsonl")) == 2


def test_a_dead_server_leaves_one_line(made: list[bytes], tmp_path: Path, capsys: Captured) -> None:
    given = folder(tmp_path, made[:1])
    server = ["--model", "m", "--base-url", "http://127.0.0.1:9/v1"]
    assert run(["judge", str(given), *server]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "go on with --resume" in line
    assert not (tmp_path / "verdicts.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["{folder}/nowhere.jsonl"], "cannot be read"),
        (["-"], "name a file with --out"),
        (["{folder}/empty"], "holds no dialogues.jsonl"),
        (["{folder}", "--out", "{folder}/no/v.jsonl"], "the folder does not exist"),
        (["{folder}", "--passes", "0"], "--passes"),
    ],
)
def test_bad_input_is_one_line(
    made: list[bytes], tmp_path: Path, capsys: Captured, arguments: list[str], told: str
) -> None:
    (tmp_path / "empty").mkdir()
    given = [one.format(folder=folder(tmp_path, made)) for one in arguments]
    assert run(["judge", *given, "--model", "m", "--base-url", "http://127.0.0.1:9/v1"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line
