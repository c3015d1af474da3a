"""The command: it says where the studio is once it is there, and ends when it is told to."""

import signal
import socket
from pathlib import Path

import httpx
import pytest

from tests.studio.conftest import started
from toolweave.cli.main import run


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_says_the_port_that_it_was_given_and_ends_when_told(
    run_folder: Path, told: signal.Signals
) -> None:
    process, address = started(run_folder)
    try:
        assert "6 dialogues" in httpx.get(address, trust_env=False).text
    finally:
        process.send_signal(told)
    assert process.wait(30) in (0, -told)
    assert process.stderr is not None
    assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.jsonl"], "nowhere.jsonl: there is no such file (check the path)"),
        (["-"], "standard input can be read only once (name a file)"),
        (["--host", "0.0.0.0"], "--host: '0.0.0.0' can be reached from elsewhere"),
    ],
)
def test_what_cannot_be_opened_is_said_and_nothing_else(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["studio", *arguments, "--port", "0"]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "the studio is at" not in told


def test_an_address_in_use_is_said_and_nothing_else(
    run_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert run(["studio", str(run_folder), "--port", port]) == 2
    told = capsys.readouterr().err
    assert f"127.0.0.1:{port} cannot be listened on" in told
    assert "the studio is at" not in told
