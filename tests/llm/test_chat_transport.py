"""What happens on the way to a server: formats it cannot do, limits, failures, addresses, keys."""

import asyncio
import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest

from toolweave.core.errors import GenerationError, InputError, ServerError
from toolweave.llm.chat import ChatGenerator
from toolweave.llm.retries import Backoff

if TYPE_CHECKING:
    from tests.llm.conftest import Answer, LyingServer


def refusing(server: "LyingServer", *formats: str, status: int = 400) -> Any:
    """A script that refuses these response formats and answers all others."""

    def script(asked: dict[str, Any]) -> "Answer":
        demanded = asked.get("response_format", {})
        name = demanded.get("type", "text") + ("+schema" if "schema" in demanded else "")
        return server.fails(status, "unsupported") if name in formats else server.says(server.good)

    return script


def test_the_schema_is_demanded_and_told(server: "LyingServer") -> None:
    (request,) = server.talk([server.says(server.good)]).requests
    demanded = request["response_format"]["json_schema"]
    assert demanded["strict"] is False
    assert demanded["schema"]["required"] == ["name", "age"]
    assert request["messages"][0]["content"].startswith("You invent people.")
    assert '"maxLength":20' in request["messages"][0]["content"]
    assert request["model"] == "tiny"


@pytest.mark.parametrize("status", [400, 422, 501])
def test_a_refused_format_leads_down_the_ladder_at_once(server: "LyingServer", status: int) -> None:
    outcome = server.talk(refusing(server, "json_schema", status=status))
    assert outcome.result.name == "Ada"
    assert outcome.formats == ["json_schema", "json_object"]
    assert "schema" in outcome.requests[1]["response_format"]
    assert outcome.spent.retries == 0


def test_500_to_a_format_is_asked_once_more_and_then_taken_for_a_refusal(
    server: "LyingServer",
) -> None:
    outcome = server.talk(refusing(server, "json_schema", status=500))
    assert outcome.result.name == "Ada"
    assert outcome.formats == ["json_schema", "json_schema", "json_object"]


def test_the_ladder_ends_in_plain_text(server: "LyingServer") -> None:
    script = refusing(server, "json_schema", "json_object+schema", "json_object")
    outcome = server.talk(script)
    assert outcome.result.name == "Ada"
    assert outcome.formats == ["json_schema", "json_object", "json_object", "text"]


def test_what_a_server_can_do_is_remembered(server: "LyingServer") -> None:
    asked: list[str] = []

    async def twice() -> None:
        script = refusing(server, "json_schema", "json_object+schema")
        requests: list[dict[str, Any]] = []
        async with (
            server.serving(script, requests) as url,
            ChatGenerator("tiny", base_url=url) as generator,
        ):
            await generator.generate(server.task())
            await generator.generate(server.task(name="other"))
        asked.extend(request["response_format"]["type"] for request in requests)

    asyncio.run(twice())
    assert asked == ["json_schema", "json_object", "json_object", "json_object"]


def test_one_schema_beyond_a_server_does_not_lower_the_others(server: "LyingServer") -> None:
    odd = {"type": "object", "properties": {"name": {"pattern": "(?=x)"}}}

    def script(asked: dict[str, Any]) -> "Answer":
        beyond = "(?=x)" in str(asked.get("response_format"))
        return server.fails(400, "pattern") if beyond else server.says(server.good)

    asked: list[str] = []

    async def in_turn() -> None:
        requests: list[dict[str, Any]] = []
        async with (
            server.serving(script, requests) as url,
            ChatGenerator("tiny", base_url=url) as generator,
        ):
            for task in (server.task(), server.task(name="odd", schema=odd), server.task()):
                await generator.generate(task)
            await generator.generate(server.task(name="odd", schema=odd))
        asked.extend(request["response_format"]["type"] for request in requests)

    asyncio.run(in_turn())
    plain = ["json_schema"]
    assert asked == [*plain, *plain, "json_object", "json_object", *plain, "json_object"]


def test_too_many_requests_are_repeated_after_the_wished_seconds(server: "LyingServer") -> None:
    busy = server.fails(429, "slow down", headers={"Retry-After": "0.3"})
    started = time.monotonic()
    outcome = server.talk([busy, server.says(server.good)], backoff=Backoff(0.001, 5.0))
    assert outcome.result.name == "Ada"
    assert time.monotonic() - started >= 0.3
    assert outcome.formats == ["json_schema", "json_schema"]
    assert outcome.spent.retries == 1


def test_retry_after_may_be_a_date_and_is_capped(server: "LyingServer") -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=3), usegmt=True)
    busy = server.fails(429, headers={"Retry-After": date})
    # Without the cap the test would wait for hours.
    outcome = server.talk([busy, server.says(server.good)])
    assert outcome.result.name == "Ada"


def test_a_crowd_gets_through_a_server_that_counts(server: "LyingServer") -> None:
    served: list[float] = []

    def script(_: dict[str, Any]) -> "Answer":
        now = time.monotonic()
        if sum(now - moment < 0.1 for moment in served) >= 8:
            return server.fails(429, "rate limit")
        served.append(now)
        return server.says(server.good)

    tasks = [server.task(key=(7, number)) for number in range(60)]
    outcome = server.talk(script, *tasks, concurrency=60, backoff=Backoff(0.02, 0.3))
    assert all(isinstance(result, server.person) for result in outcome.results)
    assert outcome.spent.retries > 0


def test_a_server_that_is_always_busy_ends_in_one_error(server: "LyingServer") -> None:
    outcome = server.talk([server.fails(429, "slow down")], max_retries=1)
    with pytest.raises(ServerError, match=r"answered 429: slow down .*concurrency"):
        assert outcome.result
    assert len(outcome.requests) == 4


@pytest.mark.parametrize("status", [500, 502, 503, 529])
def test_a_broken_server_is_asked_again(server: "LyingServer", status: int) -> None:
    outcome = server.talk([server.fails(status), server.says(server.good)])
    assert outcome.result.name == "Ada"
    assert outcome.formats == ["json_schema", "json_schema"]


def test_a_server_that_stays_broken_ends_in_one_error(server: "LyingServer") -> None:
    outcome = server.talk([server.fails(503, "overloaded")], max_retries=2)
    with pytest.raises(ServerError, match="answered 503: overloaded"):
        assert outcome.result
    assert len(outcome.requests) == 3


@pytest.mark.parametrize("kind", ["hang_up", "fall_asleep"])
def test_resets_and_timeouts_are_repeated(server: "LyingServer", kind: str) -> None:
    outcome = server.talk([getattr(server, kind), server.says(server.good)], timeout=0.3)
    assert outcome.result.name == "Ada"
    assert len(outcome.requests) == 2


def test_a_server_that_never_answers_in_time_is_named(server: "LyingServer") -> None:
    outcome = server.talk([server.fall_asleep], timeout=0.1, max_retries=1)
    with pytest.raises(ServerError, match=r"127.0.0.1:\d+/v1 did not answer within 0.1 s"):
        assert outcome.result


def test_a_page_instead_of_json_is_named(server: "LyingServer") -> None:
    outcome = server.talk([server.page("<html>Welcome</html>")], max_retries=1)
    with pytest.raises(ServerError, match=r"no chat completion \(check the base URL"):
        assert outcome.result


def test_json_under_another_content_type_is_read(server: "LyingServer") -> None:
    text = '{"choices": [{"message": {"content": "{\\"name\\": \\"Ada\\", \\"age\\": 36}"}}]}'
    assert server.talk([server.page(text)]).result.name == "Ada"


def test_an_error_inside_a_success_is_an_error(server: "LyingServer") -> None:
    error = server.body({"error": {"message": "upstream is down", "code": 502}})
    outcome = server.talk([error, server.says(server.good)])
    assert outcome.result.name == "Ada"
    outcome = server.talk([error], max_retries=0)
    with pytest.raises(ServerError, match="502: upstream is down"):
        assert outcome.result


CONTEXT_WORDS = (
    "This model's maximum context length is 4096 tokens.",
    "the request exceeds the available context size",
    "prompt is too long: 210000 tokens",
)


@pytest.mark.parametrize("words", CONTEXT_WORDS)
def test_a_prompt_too_long_fails_at_once(server: "LyingServer", words: str) -> None:
    outcome = server.talk([server.fails(400, words)])
    with pytest.raises(GenerationError, match="'person': the prompt is too long for the model"):
        assert outcome.result
    assert len(outcome.requests) == 1


@pytest.mark.parametrize(
    ("status", "mend"), [(401, "OPENAI_API_KEY"), (403, "rights"), (404, "the model's name")]
)
def test_denied_access_fails_at_once_with_the_mend(
    server: "LyingServer", status: int, mend: str
) -> None:
    outcome = server.talk([server.fails(status)])
    with pytest.raises(ServerError, match=mend):
        assert outcome.result
    assert len(outcome.requests) == 1


def test_no_money_left_is_not_asked_again(server: "LyingServer") -> None:
    outcome = server.talk([server.fails(429, "You exceeded", code="insufficient_quota")])
    with pytest.raises(ServerError, match="balance"):
        assert outcome.result
    assert len(outcome.requests) == 1


def test_a_request_refused_in_every_form_names_the_servers_reason(server: "LyingServer") -> None:
    outcome = server.talk([server.fails(400, "temperature must be 1")])
    with pytest.raises(ServerError, match="400: temperature must be 1"):
        assert outcome.result
    assert len(outcome.requests) == 4


def test_keys_and_long_texts_stay_out_of_errors(server: "LyingServer") -> None:
    key = "tw-secret-value-1234"
    words = f"Incorrect key {key} or sk-proj-abcdefghijkl. " + "You asked: … " * 500
    outcome = server.talk([server.fails(401, words)], api_key=key)
    (error,) = outcome.results
    assert isinstance(error, ServerError)
    assert "Incorrect key ***" in str(error)
    assert len(str(error)) < 500
    chain: BaseException | None = error
    while chain is not None:
        assert key not in str(chain)
        assert "abcdefghijkl" not in str(chain)
        chain = chain.__cause__


def test_redirects_are_not_followed(server: "LyingServer") -> None:
    elsewhere = server.body({}, 307, {"Location": "http://127.0.0.1:9/v1/chat/completions"})
    outcome = server.talk([elsewhere])
    with pytest.raises(ServerError, match="answered 307"):
        assert outcome.result


def test_an_unreachable_server_is_named_after_a_few_attempts(server: "LyingServer") -> None:
    generator = ChatGenerator(
        "tiny", base_url="http://127.0.0.1:9/v1?token=abc", backoff=server.fast
    )

    async def ask() -> None:
        async with generator:
            await generator.generate(server.task())

    with pytest.raises(ServerError) as caught:
        asyncio.run(ask())
    assert "cannot reach http://127.0.0.1:9/v1: Connection refused" in str(caught.value)
    assert "token" not in str(caught.value)
    assert generator.usage.total().retries == 2


def test_without_server_and_key_there_is_no_call() -> None:
    with pytest.raises(InputError, match="OPENAI_BASE_URL"):
        ChatGenerator("tiny")


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x/v1", "http:///v1", "http://[x/v1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="not the address of a server"):
        ChatGenerator("tiny", base_url=url)


def test_a_password_in_an_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(InputError, match="holds a user or password") as caught:
        ChatGenerator("tiny", base_url="http://me:hush@127.0.0.1:9/v1")
    assert "hush" not in str(caught.value)


def test_a_key_that_cannot_be_sent_is_refused_without_repeating_it() -> None:
    with pytest.raises(InputError, match="characters that no key has") as caught:
        ChatGenerator("tiny", base_url="http://127.0.0.1:9/v1", api_key="abc\u2026\nx")
    assert "abc" not in str(caught.value)


def test_openai_itself_wants_a_key() -> None:
    with pytest.raises(InputError, match="OPENAI_API_KEY"):
        ChatGenerator("tiny", base_url="https://api.openai.com/v1")


def test_the_environment_names_server_and_key(
    server: "LyingServer", monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: list[str | None] = []

    async def ask() -> str:
        async def remember(request: Any) -> Any:
            keys.append(request.headers.get("Authorization"))
            return await server.says(server.good)(request)

        async with server.serving([remember], []) as url:
            monkeypatch.setenv("OPENAI_BASE_URL", url)
            async with ChatGenerator("tiny") as generator:
                await generator.generate(server.task())
            monkeypatch.setenv("OPENAI_API_KEY", "of-the-environment")
            async with ChatGenerator("tiny") as generator:
                return (await generator.generate(server.task())).name

    assert asyncio.run(ask()) == "Ada"
    assert keys == ["Bearer not-needed", "Bearer of-the-environment"]


def test_calls_in_flight_are_limited(server: "LyingServer") -> None:
    now = most = 0

    async def slow(request: Any) -> Any:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.02)
        now -= 1
        return await server.says(server.good)(request)

    tasks = [server.task(key=(number,)) for number in range(12)]
    outcome = server.talk([slow], *tasks, concurrency=3)
    assert all(isinstance(result, server.person) for result in outcome.results)
    assert most == 3


def test_calls_keep_the_pace(server: "LyingServer") -> None:
    tasks = [server.task(key=(number,)) for number in range(5)]
    started = time.monotonic()
    server.talk([server.says(server.good)], *tasks, requests_per_minute=60 * 20)
    assert time.monotonic() - started >= 4 / 20


def test_extra_members_and_sampling_are_sent(server: "LyingServer") -> None:
    settings = {"temperature": 0.1, "max_tokens": 300, "extra_body": {"top_k": 5}}
    (request,) = server.talk([server.says(server.good)], **settings).requests
    assert (request["temperature"], request["max_tokens"], request["top_k"]) == (0.1, 300, 5)
    (request,) = server.talk([server.says(server.good)], temperature=None).requests
    assert "temperature" not in request


def test_one_generator_serves_several_event_loops(server: "LyingServer") -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    generator = ChatGenerator("tiny", base_url=f"http://127.0.0.1:{port}/v1", max_retries=0)

    async def ask() -> str:
        async with server.serving([server.says(server.good)], [], port):
            try:
                return (await generator.generate(server.task())).name
            finally:
                await generator.aclose()

    assert [asyncio.run(ask()) for _ in range(2)] == ["Ada", "Ada"]


def test_tracing_is_not_turned_on(server: "LyingServer", monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    before = {name: value for name, value in os.environ.items() if "LANG" in name}
    server.talk([server.says(server.good)])
    assert {name: value for name, value in os.environ.items() if "LANG" in name} == before
