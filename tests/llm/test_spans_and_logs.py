"""Spans and log records of model calls: facts and the dialogue's id, never words or keys."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from toolweave.core.errors import InputError
from toolweave.llm import tracing
from toolweave.llm.watching import working_on

if TYPE_CHECKING:
    from tests.llm.conftest import LyingServer


class Tracer:
    """Keeps the spans it is asked for."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, dict[str, Any]]] = []

    @contextmanager
    def start_as_current_span(self, name: str, attributes: dict[str, Any]) -> Iterator[Any]:
        facts = dict(attributes)
        self.spans.append((name, facts))

        class Span:
            def set_attributes(self, more: dict[str, Any]) -> None:
                facts.update(more)

        yield Span()


@pytest.fixture
def tracer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracer]:
    made = Tracer()
    monkeypatch.setattr(tracing, "_tracer", lambda: made)
    tracing.trace()
    yield made
    tracing.trace(False)


def told(server: "LyingServer", caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    caplog.set_level(logging.DEBUG, "toolweave")
    key = "tw-secret-value-1234"
    with working_on("d-7"):
        script = [server.fails(503, f"who is {key}"), server.says(server.good)]
        server.talk(script, server.task(user="The words of the person."), api_key=key)
    return [record for record in caplog.records if record.name.startswith("toolweave")]


def test_a_model_call_is_a_span_with_its_facts(
    server: "LyingServer", tracer: Tracer, caplog: pytest.LogCaptureFixture
) -> None:
    told(server, caplog)
    assert [name for name, _ in tracer.spans] == ["model_call", "model_call"]
    (_, failed), (_, answered) = tracer.spans
    assert failed["toolweave.fault"] == "broken"
    assert answered["toolweave.tokens"] == 16
    assert answered["toolweave.task"] == "person"
    assert answered["toolweave.dialogue"] == "d-7"


def test_neither_words_nor_keys_are_in_spans_and_logs(
    server: "LyingServer", tracer: Tracer, caplog: pytest.LogCaptureFixture
) -> None:
    records = told(server, caplog)
    assert records
    said = f"{tracer.spans} {[vars(record) for record in records]}"
    for secret in ("tw-secret-value-1234", "words of the person", "invent people", "Ada"):
        assert secret not in said


def test_a_model_call_is_a_log_record(
    server: "LyingServer", caplog: pytest.LogCaptureFixture
) -> None:
    facts = [getattr(record, "facts", {}) for record in told(server, caplog)]
    assert [one["event"] for one in facts] == ["model_call", "model_call"]
    assert facts[0]["fault"] == "broken"
    assert (facts[1]["task"], facts[1]["model"], facts[1]["tokens"]) == ("person", "tiny", 16)


def test_no_span_is_made_unless_wanted(
    server: "LyingServer", monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_wanted() -> Any:
        raise AssertionError("a span was made")

    monkeypatch.setattr(tracing, "_tracer", none_wanted)
    assert server.talk([server.says(server.good)]).result.name == "Ada"


def test_spans_without_opentelemetry_name_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry", None)
    tracing._tracer.cache_clear()
    with pytest.raises(InputError, match=r"toolweave\[otel\]"):
        tracing.trace()
