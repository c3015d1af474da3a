"""Simulated calls one at a time: consistent, refused where wrong, failing where asked to."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from toolweave.core.errors import InputError
from toolweave.core.tool import Toolset
from toolweave.graph.faults import FaultProfile, read_faults
from toolweave.schema.sampling import sample
from toolweave.schema.validators import validator

if TYPE_CHECKING:
    from tests.service.conftest import Json, Serve, Served

CASE = {"customer_id": "C-763011", "issue_description": "No till", "category": "billing"}
SHOP: dict[str, Any] = {
    "version": 1,
    "name": "shop",
    "tools": [
        {
            "name": "create_note",
            "description": "<script>alert(1)</script> Creates a note. \x1b[31m",
            "parameters": {
                "type": "object",
                "properties": {"text": {"type": "string"}, "colour": {"enum": ["red", "blue"]}},
                "required": ["text"],
            },
            "results": {
                "type": "object",
                "properties": {"note_id": {"type": "string"}, "text": {"type": "string"}},
                "required": ["note_id", "text"],
            },
            "errors": [
                {"code": "NOTE_INVALID_ARGUMENT", "message": "that note is not right"},
                {"code": "NOTEBOOK_FULL", "message": "the notebook is full"},
            ],
            "effect": {"kind": "create", "entity": "note"},
        },
        {
            "name": "delete_note",
            "parameters": {
                "type": "object",
                "properties": {"note_id": {"type": "string"}},
                "required": ["note_id"],
            },
            "results": {"type": "object", "properties": {"deleted": {"type": "boolean"}}},
            "errors": [{"code": "NOTE_NOT_FOUND", "message": "there is no such note"}],
            "effect": {"kind": "delete", "entity": "note"},
        },
        {
            "name": "get_note",
            "parameters": {
                "type": "object",
                "properties": {"note_id": {"type": "string"}},
                "required": ["note_id"],
            },
            "results": {
                "type": "object",
                "properties": {"note_id": {"type": "string"}, "text": {"type": "string"}},
                "required": ["note_id", "text"],
            },
            "effect": {"kind": "read", "entity": "note"},
        },
    ],
}


def call(service: Served, name: str, arguments: Any = None, **more: Any) -> Json:
    answer = service.post(f"/v1/tools/{name}", {"arguments": arguments or {}, **more})
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


def test_what_was_created_is_found_and_what_was_deleted_is_gone(serve: Serve) -> None:
    service = serve()
    made = call(service, "create_note", {"text": "Buy milk"}, toolset=SHOP)
    note = {"note_id": made["result"]["note_id"]}
    found = call(service, "get_note", note, token=made["token"])
    assert found["ok"] and found["result"]["text"] == "Buy milk"
    gone = call(service, "delete_note", note, token=found["token"])
    assert gone["ok"]
    for name, code in (("get_note", "not_found"), ("delete_note", "NOTE_NOT_FOUND")):
        missing = call(service, name, note, token=gone["token"])
        assert not missing["ok"]
        assert missing["result"]["error"]["code"] == code
    before = call(service, "get_note", note, token=made["token"])
    assert before["ok"], "the fork from before the deletion still has it"


def test_what_was_cancelled_is_there_still_and_says_so(serve: Serve) -> None:
    service = serve()
    status = {"enum": ["placed", "cancelled"]}
    number = {"order_id": {"type": "string"}}
    both = {"type": "object", "properties": {**number, "status": status}, "required": ["status"]}
    asks = {"type": "object", "properties": number, "required": ["order_id"]}
    shop = {
        "version": 1,
        "tools": [
            {"name": "cancel_order", "parameters": asks, "results": both},
            {"name": "get_order", "parameters": asks, "results": both},
        ],
    }
    order = {"order_id": "O-1"}
    done = call(service, "cancel_order", order, toolset=shop)
    held = call(service, "get_order", order, token=done["token"])
    assert held["ok"] and held["result"]["status"] == "cancelled"


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        ({}, "missing_parameter", "customer_id"),
        ({**CASE, "customer_id": 3}, "invalid_type", "customer_id"),
        ({**CASE, "category": "weather"}, "invalid_enum", "category"),
    ],
)
def test_bad_arguments_are_answered_with_an_error_and_change_nothing(
    service: Served, arguments: Json, code: str, part: str
) -> None:
    wrong = call(service, "open_case", arguments)
    assert not wrong["ok"]
    assert wrong["result"]["error"]["code"] == code
    assert part in wrong["result"]["error"]["message"]
    right = call(service, "open_case", CASE, token=wrong["token"])
    assert right["ok"]


def test_a_tools_own_error_is_preferred(serve: Serve) -> None:
    wrong = call(serve(), "create_note", {"colour": "green"}, toolset=SHOP)
    assert wrong["result"]["error"]["code"] == "NOTE_INVALID_ARGUMENT"


@pytest.mark.parametrize(
    ("fault", "code"),
    [("errors", "NOTEBOOK_FULL"), ("timeout", "timeout"), ("rate_limit", "rate_limited")],
)
def test_a_fault_profile_makes_calls_fail(serve: Serve, fault: str, code: str) -> None:
    service = serve()
    first = call(service, "create_note", {"text": "x"}, toolset=SHOP, faults={fault: 1})
    assert first["result"]["error"]["code"] == code and not first["ok"]
    again = call(service, "create_note", {"text": "x"}, token=first["token"])
    assert again["ok"]


def test_a_malformed_result_is_cut_off_text(service: Served) -> None:
    cut = call(service, "open_case", CASE, faults={"malformed": 1})
    assert not cut["ok"]
    assert isinstance(cut["result"], str)
    assert cut["result"].startswith('{"')


def test_the_service_has_a_profile_of_its_own_and_the_same_request_fails_the_same(
    serve: Serve,
) -> None:
    service = serve(faults={"timeout": 0.5})
    found = []
    for seed in range(60):
        twice = [
            call(service, "create_note", {"text": "x"}, toolset=SHOP, seed=seed) for _ in range(2)
        ]
        assert twice[0]["result"] == twice[1]["result"]
        found.append(twice[0]["ok"])
    assert 15 <= sum(found) <= 45


def test_shares_of_faults_are_kept_to() -> None:
    profile = read_faults("timeout=0.1, errors=0.2,malformed=0.05")
    stream = random.Random(1)
    drawn = Counter(profile.draw(stream) for _ in range(20_000))
    shares = {name: drawn[name] / 20_000 for name in ("timeout", "errors", "malformed", None)}
    for name, share in {"timeout": 0.1, "errors": 0.2, "malformed": 0.05, None: 0.65}.items():
        assert abs(shares[name] - share) < 0.02
    assert read_faults("") == FaultProfile()


@pytest.mark.parametrize("text", ["timeout=2", "nothing=0.1", "timeout", "timeout=0.6,errors=0.6"])
def test_a_profile_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_faults(text)


def test_an_unknown_tool_is_not_found(service: Served) -> None:
    for name in ("nothing", "%3Cscript%3E", "..%2F..%2Fetc"):
        answer = service.post(f"/v1/tools/{name}", {})
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


def test_markup_and_control_codes_stay_text(serve: Serve) -> None:
    service = serve()
    attack = "<script>alert(1)</script>\x1b[2J\u202e\x00"
    made = call(service, "create_note", {"text": attack}, toolset=SHOP)
    assert made["result"]["text"] == attack
    answer = service.ask("GET", f"/v1/dialogues/{made['token']}")
    assert answer.headers["content-type"] == "application/json"
    assert b"\x1b" not in answer.content, "control codes are escaped in JSON"
    assert answer.json()["messages"][1]["tool_calls"][0]["arguments"]["text"] == attack


def test_functions_without_results_get_plausible_ones(serve: Serve) -> None:
    function = {
        "name": "get_weather",
        "description": "Gets the weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    }
    made = call(serve(), "get_weather", {"city": "Oslo"}, toolset=[function])
    assert made["ok"]
    assert isinstance(made["result"], dict)
    assert "success" not in made["result"]


def test_whatever_tools_a_request_brings_their_results_keep_to_their_schema(
    serve: Serve, draw_tools: Callable[[random.Random], Toolset]
) -> None:
    service, answered = serve(), 0
    for seed in range(25):
        stream = random.Random(seed)
        toolset = draw_tools(stream)
        for tool in toolset.tools:
            arguments = sample(tool.parameters, stream)
            body = {"arguments": arguments, "toolset": toolset.dump(), "seed": seed}
            answer = service.post(f"/v1/tools/{tool.name}", body)
            # What a drawn schema does not let anybody make is said, and is no failure.
            assert answer.status_code in (200, 422), answer.text
            told = answer.json()
            if answer.status_code == 200 and told["ok"]:
                answered += 1
                assert not tool.results or validator(tool.results).valid(told["result"])
    assert answered > 60
