"""OpenTelemetry spans, for those who turn them on: never a key, a prompt or a text in them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from toolweave.core.errors import InputError
from toolweave.llm.watching import dialogue_id

_on = False


def trace(wanted: bool = True) -> None:
    """Make spans from now on, through whatever OpenTelemetry provider the process has set up.

    Raises:
        InputError: OpenTelemetry is not installed.
    """
    global _on
    if wanted:
        _tracer()
    _on = wanted


@contextmanager
def span(name: str, **facts: str | int | float | bool) -> Iterator[dict[str, Any]]:
    """A span around the ``with`` block, if spans are on; what is put into the dict it yields
    joins the facts when the block ends. The dialogue's id is among them."""
    found: dict[str, Any] = {}
    if not _on:
        yield found
        return
    with _tracer().start_as_current_span(name, attributes=_named(facts)) as open_span:
        try:
            yield found
        finally:
            open_span.set_attributes(_named(found))


def _named(facts: Mapping[str, Any]) -> dict[str, Any]:
    named = {f"toolweave.{key}": value for key, value in facts.items()}
    if dialogue_id():
        named["toolweave.dialogue"] = dialogue_id()
    return named


@lru_cache(maxsize=1)
def _tracer() -> Any:
    try:
        from opentelemetry import trace as opentelemetry
    except ImportError as error:
        raise InputError(
            "spans were asked for, but OpenTelemetry is not installed",
            mend="pip install 'toolweave[otel]'",
        ) from error
    return opentelemetry.get_tracer("toolweave")
