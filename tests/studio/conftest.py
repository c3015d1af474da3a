"""A studio over small runs, asked without a network."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from toolweave.runs.simulation import simulate
from toolweave.schema.types import json_bytes
from toolweave.service.settings import Secrets
from toolweave.studio.app import application
from toolweave.studio.settings import StudioSettings

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]
PLANS = ("tourism_city_break", "online_banking_card_fraud", "customer_support_case")
HTML = {"accept": "text/html"}
Studio = Callable[..., TestClient]


@pytest.fixture(scope="session")
def records() -> list[Json]:
    """Records of ours, three plans with two seeds each."""
    return [simulate(plan, seed=seed).dump() for plan in PLANS for seed in range(2)]


@pytest.fixture
def run_folder(records: Sequence[Json], tmp_path: Path) -> Path:
    """A run of its own for every test, so that it may be written to."""
    folder = tmp_path / "run"
    folder.mkdir()
    write(folder / "dialogues.jsonl", records)
    failed = {"id": "f1", "kind": "generation", "reason": "no wording was accepted"}
    write(folder / "failures.jsonl", [failed])
    return folder


@pytest.fixture
def studio() -> Iterator[Studio]:
    """Opens runs; everything that was there is indexed when a page is asked for."""
    with ExitStack() as closing:

        def opened(*runs: Path, key: str = "", **settings: Any) -> TestClient:
            names = tuple(str(one) for one in runs)
            app = application(StudioSettings(runs=names, **settings), Secrets(api_key=key))
            client = TestClient(app, base_url="http://127.0.0.1", headers=HTML)
            closing.enter_context(client)
            for held in app.holdings.all():
                held.index.wait()
            return client

        yield opened


def write(path: Path, records: Sequence[Any]) -> None:
    path.write_bytes(b"".join(json_bytes(one) + b"\n" for one in records))


def foreign(name: str, text: str) -> Json:
    """A record from elsewhere."""
    return {
        "id": name,
        "messages": [
            {"role": "user", "content": "What does it cost?"},
            {"role": "assistant", "content": text},
        ],
    }


def lines(path: Path) -> list[Json]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def started(*arguments: Path | str) -> tuple["subprocess.Popen[str]", str]:
    """``toolweave studio`` as a process on loopback, and its address as it says it."""
    command = [sys.executable, "-m", "toolweave.cli.main", "studio", *map(str, arguments)]
    process = subprocess.Popen(
        [*command, "--port", "0"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = process.stderr.readline()
    found = re.search(r"http://127\.0\.0\.1:[1-9]\d*", said)
    assert found is not None, said
    # Whoever asks waits until it listens.
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            assert httpx.get(f"{found[0]}/health", trust_env=False).status_code == 200
            return process, found[0]
        time.sleep(0.05)
    raise AssertionError("the studio does not answer")
