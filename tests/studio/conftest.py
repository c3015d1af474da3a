"""A studio over small runs, asked without a network."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from toolweave.runs.simulation import simulate
from toolweave.schema.types import json_bytes
from toolweave.service.settings import Secrets
from toolweave.studio.app import application
from toolweave.studio.settings import StudioSettings

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
