"""Who gets in, what is let through, and what is told to whom."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from toolweave.core.errors import InputError
from toolweave.service.gate import Gate, Rate
from toolweave.service.settings import (
    Secrets,
    ServiceSettings,
    guarded,
    is_loopback,
    secrets_of,
)

if TYPE_CHECKING:
    from tests.service.conftest import Serve, Served

KEY = "a-key-of-sufficient-length"
TURN = {"mode": "plan", "plan": "telecommunications_fault"}


def test_beyond_this_machine_a_key_is_needed() -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "service.example"):
        with pytest.raises(InputError, match="TOOLWEAVE_API_KEY"):
            guarded(ServiceSettings(host=host), Secrets())
        guarded(ServiceSettings(host=host), Secrets(api_key=KEY))
    for host in ("127.0.0.1", "::1", "localhost", "127.8.8.8"):
        assert is_loopback(host)
        guarded(ServiceSettings(host=host), Secrets())


def test_a_short_key_is_none() -> None:
    with pytest.raises(InputError, match="16 characters"):
        secrets_of({"TOOLWEAVE_API_KEY": "short"})
    with pytest.raises(InputError, match="16 characters"):
        secrets_of({"TOOLWEAVE_TOKEN_SECRET": f"{KEY},short"})
    assert KEY not in repr(secrets_of({"TOOLWEAVE_API_KEY": KEY}))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Basic {KEY}"}, 401),
        ({"Authorization": "Bearer \xe9"}, 401),
        ({"X-API-Key": ""}, 401),
        ({"Authorization": f"Bearer {KEY}"}, 200),
        ({"Authorization": f"bearer {KEY}"}, 200),
        ({"X-API-Key": KEY}, 200),
    ],
)
def test_with_a_key_nobody_gets_in_without_it(
    serve: Serve, headers: dict[str, str], status: int
) -> None:
    service = serve(secrets={"api_key": KEY})
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = service.ask("POST", "/v1/turns", json=TURN, headers=encoded)
    assert answer.status_code == status, answer.text
    if status == 401:
        assert answer.json()["code"] == "key_required"
        assert answer.headers["www-authenticate"].startswith("Bearer")
    for path in ("/health", "/ready"):
        assert service.ask("GET", path).status_code == 200
    for path in ("/mcp", "/mcp/x", "/openapi.json", "/v1/models"):
        assert service.ask("GET", path, headers=encoded).status_code != 401 or status == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:8080"}, 421),
        ({"Host": ""}, 421),
        ({"Host": "localhost:8080"}, 200),
        ({"Host": "[::1]:8080"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:3000"}, 200),
    ],
)
def test_a_page_on_the_web_reaches_nothing_on_loopback(
    service: Served, headers: dict[str, str], status: int
) -> None:
    assert service.post("/v1/turns", TURN, **headers).status_code == status


@pytest.mark.parametrize("secrets", [{}, {"api_key": KEY}])
def test_whether_it_runs_is_told_under_any_name(serve: Serve, secrets: dict[str, str]) -> None:
    service = serve(secrets=secrets, allowed_hosts=("service.example",))
    for path in ("/health", "/ready"):
        assert service.ask("GET", path, headers={"Host": "10.1.2.3:8080"}).status_code == 200
    given = {"Host": "10.1.2.3:8080", "Authorization": f"Bearer {KEY}"}
    assert service.ask("GET", "/v1/models", headers=given).status_code == 421


def test_a_form_of_a_page_on_the_web_is_no_request(service: Served) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = service.ask(
            "POST", "/v1/turns", content=json.dumps(TURN), headers={"content-type": kind}
        )
        assert answer.status_code in (415, 422), answer.text
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"nothing", b"\xff\xfe", b'{"mode": NaN}', b'{"mode": "\\ud800"}', b"[" * 100_000,
        b'{"a":' * 500 + b"1" + b"}" * 500, b"\x00", b'{"mode":"plan"} x',
    ],
)  # fmt: skip
def test_broken_json_is_a_bad_request(service: Served, body: bytes) -> None:
    answer = service.ask(
        "POST", "/v1/turns", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "json_invalid"


def test_no_problem_repeats_what_was_sent(service: Served) -> None:
    secret = "what only the caller should know"
    body = {"mode": secret, "tool_calls": secret, secret[:9]: secret}
    answer = service.post("/v1/turns", body)
    assert answer.status_code == 422
    assert secret not in answer.text


def test_a_body_of_ten_megabytes_is_too_large(service: Served) -> None:
    large = json.dumps({**TURN, "utterance": "x" * 10_000_000}).encode()
    kind = {"content-type": "application/json"}
    told = service.ask("POST", "/v1/turns", content=large, headers=kind)

    async def parts() -> Any:
        for start in range(0, len(large), 65_536):
            yield large[start : start + 65_536]

    streamed = service.ask("POST", "/v1/turns", content=parts(), headers=kind)
    for answer in (told, streamed):
        assert answer.status_code == 413
        assert answer.json()["code"] == "too_large"


def test_a_slow_client_is_given_up(serve: Serve) -> None:
    service = serve(body_seconds=0.05)

    async def slow() -> Any:
        yield b"{"
        await asyncio.sleep(1)
        yield b"}"

    answer = service.ask(
        "POST", "/v1/turns", content=slow(), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 408
    assert answer.json()["code"] == "too_slow"


def test_who_comes_too_often_is_told_when_to_come_again(serve: Serve) -> None:
    service = serve(rate=2)
    answers = [service.post("/v1/turns", TURN) for _ in range(8)]
    codes = [answer.status_code for answer in answers]
    assert codes[:4] == [200] * 4
    assert codes[-1] == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert service.ask("GET", "/health").status_code == 200


def test_every_client_has_a_rate_of_its_own_and_old_ones_are_forgotten() -> None:
    now = 0.0
    rate = Rate(1, now=lambda: now)
    assert [rate.wait("a") for _ in range(2)] == [0, 0]
    assert rate.wait("a") > 0
    assert rate.wait("b") == 0
    now = 1.0
    assert rate.wait("a") == 0
    for number in range(20_000):
        rate.wait(str(number))
    assert len(rate._left) <= 10_000


def test_no_log_line_holds_a_token_a_key_or_what_was_said(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    service = serve(secrets={"api_key": KEY})
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": "secret-idempotency-key"}
    turn = service.ask("POST", "/v1/turns", json=TURN, headers=headers).json()
    service.ask("GET", f"/v1/dialogues/{turn['token']}?api_key={KEY}", headers=headers)
    service.ask("GET", f"/v1/dialogues/{turn['token']}x", headers=headers)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("toolweave")]
    assert any("/v1/dialogues/{token} 200" in line for line in ours)
    for line in ours:
        assert KEY not in line
        assert turn["token"] not in line
        assert "secret-idempotency-key" not in line
        assert turn["messages"][0]["content"] not in line


def test_a_store_that_is_locked_is_unavailable_and_nothing_is_lost(
    serve: Serve, tmp_path: Path
) -> None:
    service = serve()
    first = service.turn(**TURN)
    held = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    body = {"mode": "plan", "token": first["token"]}
    answer = service.post("/v1/turns", body)
    ready = service.ask("GET", "/ready")
    assert (answer.status_code, ready.status_code) == (503, 503)
    assert answer.json()["code"] == "store_unavailable"
    assert answer.headers["retry-after"]
    assert service.ask("GET", "/health").status_code == 200
    held.execute("ROLLBACK")
    held.close()
    assert service.post("/v1/turns", body).status_code == 200


def test_a_defect_says_nothing_to_the_caller_and_everything_to_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise ZeroDivisionError("an inner matter")

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http", "method": "GET", "path": "/v1/x", "query_string": b"",
        "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1),
    }  # fmt: skip
    asyncio.run(Gate(broken, ServiceSettings(), Secrets())(scope, receive, send))
    assert sent[0]["status"] == 500
    assert b"an inner matter" not in sent[1]["body"]
    assert "an inner matter" in caplog.text


def test_what_there_is_not_is_a_problem_too(service: Served) -> None:
    for method, path, status in (
        ("GET", "/nothing", 404), ("GET", "/v1/turns", 405), ("PUT", "/v1/tools/open_case", 405),
        ("GET", "/v1/dialogues/tw1.a.b?format=x", 422), ("GET", "/v1/dialogues/x", 400),
    ):  # fmt: skip
        answer = service.ask(method, path)
        assert answer.status_code == status, (path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_api_is_described(service: Served) -> None:
    told = service.ask("GET", "/openapi.json").json()
    assert {"/v1/turns", "/v1/tools/{name}", "/v1/chat/completions", "/v1/dialogues/{token}"} <= (
        told["paths"].keys()
    )
