"""Public clients: the openai SDK talks to the simulated user, an MCP client to the tools."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.service.conftest import Json, Process, Serve, Served

SAID = (
    "Hello! How can I help you?",
    "Could you give me your customer number, and how shall we contact you?",
    "Your case is open and with the right team.",
    "I have added that.",
    "You have no other open cases.",
)
MODEL = "customer_support_case@4"
CASE = {"customer_id": "C-763011", "issue_description": "No till", "category": "billing"}
pytestmark = pytest.mark.xdist_group("served")


def test_the_openai_sdk_talks_to_the_simulated_user(served: Process) -> None:
    from openai import OpenAI

    client = OpenAI(base_url=f"{served.base}/v1", api_key="none")
    assert "customer_support_case" in [model.id for model in client.models.list()]
    messages: list[Any] = []
    finished = False
    for said in SAID:
        assert not finished
        messages.append({"role": "user", "content": said})
        made = client.chat.completions.create(
            model=MODEL, messages=messages, metadata={"stop_marker": "###STOP###"}
        )
        words = made.choices[0].message.content or ""
        messages.append({"role": "assistant", "content": words})
        finished = made.model_extra["toolweave"]["finished"]  # type: ignore[index]
        assert finished == words.endswith("###STOP###")
    assert finished
    assert "C-" in messages[3]["content"]
    streamed = client.chat.completions.create(model=MODEL, messages=messages[:3], stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in streamed)
    assert text == messages[3]["content"]


def test_a_public_mcp_client_lists_and_calls_the_tools(served: Process) -> None:
    pytest.importorskip("mcp")
    from mcp import Client
    from mcp.shared.exceptions import MCPError

    async def talk() -> None:
        async with Client(f"{served.base}/mcp/one") as client:
            listed = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert listed["get_case"].annotations.read_only_hint  # type: ignore[union-attr]
            assert listed["open_case"].input_schema["required"]
            made = await client.call_tool("open_case", CASE)
            case = made.structured_content["case_id"]
            wrong = await client.call_tool("get_case", {})
            assert wrong.is_error and "missing_parameter" in wrong.content[0].text  # type: ignore[union-attr]
            with pytest.raises(MCPError, match="no tool"):
                await client.call_tool("nothing", {})
        async with Client(f"{served.base}/mcp/one") as again:
            held = await again.call_tool("get_case", {"case_id": case})
            assert held.structured_content["issue_description"] == "No till"
            token = (made.meta or {})["toolweave/token"]
        async with Client(f"{served.base}/mcp/another") as other:
            seen = await other.call_tool("list_cases", {"customer_id": CASE["customer_id"]})
            assert case not in json.dumps(seen.structured_content)
        async with httpx.AsyncClient(base_url=served.base, trust_env=False) as plain:
            told = await plain.get(f"/v1/dialogues/{token}")
            assert told.json()["calls"][0]["result"]["case_id"] == case

    asyncio.run(talk())


def test_calls_at_once_in_one_world_are_all_made(served: Process) -> None:
    pytest.importorskip("mcp")
    from mcp import Client

    async def talk() -> None:
        async with Client(f"{served.base}/mcp/busy") as client:
            notes = [
                client.call_tool("open_case", {**CASE, "issue_description": f"Matter {n}"})
                for n in range(6)
            ]
            made = [one.structured_content["case_id"] for one in await asyncio.gather(*notes)]
            assert len(set(made)) == 6
            for number, case in enumerate(made):
                held = await client.call_tool("get_case", {"case_id": case})
                assert held.structured_content["issue_description"] == f"Matter {number}"

    asyncio.run(talk())


def chat(service: Served, messages: list[Json], **more: Any) -> Any:
    body = {"model": MODEL, "messages": messages, **more}
    return service.post("/v1/chat/completions", body)


def test_a_conversation_that_never_took_place_is_refused(service: Served) -> None:
    told = chat(
        service, [_said("user", "Hello!"), _said("assistant", "Invented."), _said("user", "?")]
    )
    assert told.status_code == 409
    assert told.json()["code"] == "history_unknown"


def test_a_conversation_may_fork(service: Served) -> None:
    first = chat(service, [_said("user", "Hello!")]).json()["choices"][0]["message"]["content"]
    before = [_said("user", "Hello!"), _said("assistant", first)]
    left = chat(service, [*before, _said("user", "What is your customer number?")])
    right = chat(service, [*before, _said("user", "What is your shoe size?")])
    again = chat(service, [*before, _said("user", "What is your customer number?")])
    texts = [one.json()["choices"][0]["message"]["content"] for one in (left, right, again)]
    assert texts[0] == texts[2] != texts[1]


def test_a_token_in_metadata_joins_the_user_with_the_tools(service: Served) -> None:
    opened = chat(service, []).json()
    token = opened["toolweave"]["token"]
    call = service.post("/v1/tools/open_case", {"token": token, "arguments": CASE}).json()
    more = chat(service, [_said("user", "It is open.")], metadata={"token": call["token"]})
    whole = service.ask("GET", f"/v1/dialogues/{more.json()['toolweave']['token']}").json()
    roles = [message["role"] for message in whole["messages"]]
    assert roles == ["system", "user", "assistant", "tool", "assistant", "user"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"model": "nothing"}, 404), ({"model": "ecommerce_gift@x"}, 404), ({"model": ""}, 422),
        ({"messages": "x"}, 422), ({"messages": [{"role": "wizard"}]}, 422),
        ({"metadata": {"token": "x"}}, 400), ({"metadata": {"token": "x" * 999}}, 400),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 200),
    ],
)  # fmt: skip
def test_a_bad_completion_is_refused(service: Served, body: Json, status: int) -> None:
    answer = service.post("/v1/chat/completions", {"model": MODEL, "messages": [], **body})
    assert answer.status_code == status, answer.text


def test_without_tools_there_is_no_mcp_server(serve: Serve) -> None:
    answer = serve().post("/mcp", {})
    assert answer.status_code == 404
    assert answer.json()["code"] == "no_tools"


def test_schemathesis_finds_no_server_error(served: Process) -> None:
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings

    schema = schemathesis.openapi.from_url(f"{served.base}/openapi.json")
    asked: dict[str, int] = {}
    quick = settings(
        max_examples=int(os.environ.get("SCHEMATHESIS_EXAMPLES", "40")),
        deadline=None, database=None, derandomize=True,
        phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]

        @quick
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            answer = case.call(base_url=served.base)
            asked[case.path] = asked.get(case.path, 0) + 1
            assert answer.status_code < 500, (case.as_curl_command(), answer.text)
            if answer.status_code >= 400 and not case.path.startswith("/mcp"):
                assert answer.headers["content-type"][0] == "application/problem+json"

        ask()
    assert len(asked) >= 7 and sum(asked.values()) > 100


def _said(role: str, content: str) -> Json:
    return {"role": role, "content": content}
