"""Killed and started again: no worker knows anything that the next one does not."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from toolweave.configs.shipping import shipped
from toolweave.core.plan import Plan
from toolweave.runs.simulation import simulate
from toolweave.schema.records import build
from toolweave.toolgraph.readers import load_tools

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service.conftest import Json, Launch, Workers

SEED = 11


def post(process: Workers, body: Json, **headers: str) -> Json:
    answer = httpx.post(
        f"{process.base}/v1/turns", json=body, headers=headers, timeout=60, trust_env=False
    )
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


def finished_record(process: Workers, token: str) -> Any:
    url = f"{process.base}/v1/dialogues/{token}?format=record"
    return httpx.get(url, timeout=60, trust_env=False).json()


def uninterrupted(long_plan: Json) -> Json:
    tools = load_tools(str(shipped("tools", "customer_support")))
    return simulate(build(Plan, long_plan), tools, seed=SEED).dump()


def test_twenty_turns_with_a_kill_between_any_two_are_the_uninterrupted_dialogue(
    launch: Launch, long_plan: Json
) -> None:
    workers = launch()
    turn = post(workers, {"mode": "plan", "plan": long_plan, "seed": SEED})
    for _ in range(19):
        workers.kill()
        workers.start()
        turn = post(workers, {"mode": "plan", "token": turn["token"]})
    assert (turn["turn"], turn["finished"]) == (20, True)
    assert finished_record(workers, turn["token"]) == uninterrupted(long_plan)


class Asking:
    """A request that a worker is reading, and whose body it has not got yet."""

    def __init__(self, base: str, body: Json, key: str = "") -> None:
        address = base.rpartition("/")[2]
        self._body = json.dumps(body).encode()
        head = (
            f"POST /v1/turns HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(self._body)}\r\nIdempotency-Key: {key}\r\n"
            "Expect: 100-continue\r\nConnection: close\r\n\r\n"
        )
        host, _, port = address.partition(":")
        self._client = socket.create_connection((host, int(port)), timeout=60)
        self._client.sendall(head.encode())
        assert self._client.recv(100).startswith(b"HTTP/1.1 100")

    def send(self) -> None:
        self._client.sendall(self._body)

    def status(self) -> int:
        """The status of the answer, 0 where none came."""
        held = b""
        with self._client, suppress(ConnectionError):
            while part := self._client.recv(65_536):
                held += part
        return int(held.split()[1]) if held else 0


def test_workers_killed_in_mid_request_lose_nothing_that_was_answered(
    launch: Launch, long_plan: Json
) -> None:
    workers, lost = launch(count=1), 0
    body: Json = {"mode": "plan", "plan": long_plan, "seed": SEED}
    for number in range(20):
        key = f"turn {number}"
        asking = Asking(workers.base, body, key)
        asking.send()
        # Somewhere between nothing read and everything stored and told.
        time.sleep(0.003 * (number % 8))
        workers.kill()
        workers.start()
        lost += asking.status() != 200
        turn = post(workers, body, **{"Idempotency-Key": key})
        body = {"mode": "plan", "token": turn["token"]}
    assert lost > 0
    assert turn["turn"] == 20
    assert finished_record(workers, turn["token"]) == uninterrupted(long_plan)


@pytest.mark.xdist_group("served")
def test_a_service_that_is_told_to_stop_answers_first(tmp_path: Path) -> None:
    from tests.service.conftest import Process

    process = Process(f"sqlite:///{tmp_path}/store.db", [], {}).start()
    asking = Asking(process.base, {"mode": "plan", "plan": "ecommerce_gift"})
    stopping = threading.Thread(target=process.stop)
    stopping.start()
    time.sleep(0.5)
    asking.send()
    assert asking.status() == 200
    stopping.join()
    assert process.stop() == 0


@pytest.mark.xdist_group("served")
def test_workers_that_are_told_to_stop_answer_and_take_no_more(tmp_path: Path) -> None:
    from tests.service.conftest import Process

    process = Process(f"sqlite:///{tmp_path}/store.db", ["--workers", "2"], {}).start()
    asking = [Asking(process.base, {"mode": "plan", "plan": "ecommerce_gift"}) for _ in range(4)]
    stopping = threading.Thread(target=process.stop)
    stopping.start()
    time.sleep(2)
    with (
        pytest.raises(ConnectionRefusedError),
        socket.create_connection(("127.0.0.1", process.port), timeout=5),
    ):
        pass
    for one in asking:
        one.send()
    assert [one.status() for one in asking] == [200] * 4
    stopping.join()
    assert process.stop() == 0


@pytest.mark.xdist_group("served")
def test_a_service_whose_workers_cannot_begin_again_ends_as_failed(tmp_path: Path) -> None:
    from tests.service.conftest import Process

    held = tmp_path / "held"
    held.mkdir()
    process = Process(f"sqlite:///{held}/store.db", ["--workers", "2"], {}).start()
    try:
        held.rename(tmp_path / "gone")
        process.kill_a_worker()
        assert process.ended() == 1
    finally:
        process.kill()


@pytest.mark.xdist_group("postgres")
def test_postgres_serves_the_same_dialogue(launch: Launch, postgres: str, long_plan: Json) -> None:
    workers = launch(store=postgres)
    turn = post(workers, {"mode": "plan", "plan": long_plan, "seed": SEED})
    while not turn["finished"]:
        turn = post(workers, {"mode": "plan", "token": turn["token"]})
    assert finished_record(workers, turn["token"]) == uninterrupted(long_plan)
    key = {"Idempotency-Key": "once"}
    body = {"mode": "plan", "plan": long_plan}
    assert post(workers, body, **key) == post(workers, body, **key)
