"""Bindings resolved again, from nothing but the messages."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

from toolweave.checks.matching import find
from toolweave.core.binding import Binding, ContextBinding, ToolOutputBinding
from toolweave.core.dialogue import Message
from toolweave.core.errors import BindingError, SchemaError
from toolweave.core.model import JsonValue
from toolweave.evaluation.conformance import Walk
from toolweave.evaluation.transcript import error_of, result_of
from toolweave.memory.clock import fitted, moment_of
from toolweave.memory.resolving import Session, pick
from toolweave.schema.paths import values_at
from toolweave.schema.types import Schema, same

# The simulated clock moves on during a dialogue, by less than this.
SESSION = timedelta(days=1)


class Unresolved(Exception):
    """A binding that yields nothing at this point of the dialogue."""


class Returned:
    """The result of one answered call: from message ``at`` on it is known."""

    __slots__ = ("at", "failed", "result")

    def __init__(self, at: int, result: JsonValue) -> None:
        self.at, self.result = at, result
        self.failed = error_of(result) is not None


class Transcript:
    """What the messages of one dialogue establish, by planned call."""

    def __init__(self, walked: Walk, messages: Sequence[Message], now: datetime) -> None:
        self.now, self.steps = now, walked.steps
        self.session = Session(now)
        self.system = messages[0].content if messages else ""
        self.returned: dict[str, list[Returned]] = {}
        self.arguments: dict[str, list[tuple[int, JsonValue]]] = {}
        for planned, made in walked.calls:
            sent: JsonValue = dict(made.call.arguments)
            self.arguments.setdefault(planned.id, []).append((made.message, sent))
            # What a wrong tool returned is no result of the call that was meant.
            if made.answer is not None and not planned.mistaken:
                result = result_of(messages[made.answer])
                self.returned.setdefault(planned.id, []).append(Returned(made.answer, result))

    def results(self, call: str, before: int) -> Iterator[JsonValue]:
        """The successful results of a call that stand before a message, the latest first."""
        for returned in reversed(self.returned.get(call, ())):
            if returned.at < before and not returned.failed:
                yield returned.result

    def yields(self, binding: Binding, value: JsonValue, before: int) -> JsonValue:
        """What the binding gives, as ``value`` where that is only another form of it.

        Raises Unresolved when it gives nothing.
        """
        if isinstance(binding, ContextBinding):
            return self._context(binding, value)
        if not isinstance(binding, ToolOutputBinding):
            raise Unresolved(f"a {binding.source} value is not in the transcript")
        for result in self.results(binding.call, before):
            try:
                found = pick(result, binding.path, binding.select).value
            except (BindingError, SchemaError) as error:
                raise Unresolved(str(error)) from error
            return value if any(same(form, value) for form in _forms(found)) else found
        raise Unresolved(f"{binding.call} has not returned anything by then")

    def _context(self, binding: ContextBinding, value: JsonValue) -> JsonValue:
        if binding.key in ("now", "today"):
            if _is_clock(value, self.now, day=binding.key == "today"):
                return value
            return fitted(self.now, {}, day=binding.key == "today")
        default = {
            "locale": self.session.locale,
            "currency": self.session.currency,
            "timezone": self.session.timezone,
        }[binding.key]
        named = isinstance(value, str) and find(self.system, value, True, now=self.now) is not None
        return value if named or _spelt(value) == _spelt(default) else default


def _spelt(value: JsonValue) -> str:
    return str(value).replace("_", "-").casefold()


def _is_clock(value: JsonValue, start: datetime, *, day: bool) -> bool:
    """Whether a value is a moment, day or time of day that the session's clock may show."""
    moment = moment_of(value)
    if moment is None:
        with suppress(ValueError):
            return isinstance(value, str) and bool(time.fromisoformat(value))
        return False
    opened = start.replace(tzinfo=UTC)
    if day or moment.time() == time(0):
        return opened.date() <= moment.date() <= (opened + SESSION).date()
    return opened <= moment <= opened + SESSION


def _forms(value: JsonValue) -> Iterator[JsonValue]:
    """The value, and a number as text or without its empty decimals."""
    yield value
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)


def place(root: JsonValue, path: str) -> list[JsonValue]:
    """The values at a path, none where the path cannot be read."""
    try:
        return values_at(root, path)
    except SchemaError:
        return []


def schema_or_any(schema: Schema | None) -> Schema:
    """The schema, or one that admits everything."""
    return True if schema is None else schema
