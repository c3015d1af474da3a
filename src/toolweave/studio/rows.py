"""Rows: what a list says of one record, taken from its line without building the record."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from sys import intern
from typing import Any, Final, NamedTuple

import orjson

from toolweave.checks.by_hand import record_digest
from toolweave.core.plan import Plan, Segment
from toolweave.evaluation.loading import is_ours

# To prove and to show a record takes many times its size, and nobody reads so much of one.
LARGEST: Final = 5 * 1024 * 1024
TOO_LARGE: Final = f"larger than {LARGEST // (1024 * 1024)} MB"
_NAME: Final = 120
_GOAL: Final = 200
# Tools of one record that it can be found by.
_TOOLS: Final = 200
_MOTIF: Final = str(Plan.model_fields["motif"].default)
_KIND: Final = str(Segment.model_fields["kind"].default)


class Row(NamedTuple):
    """One record.

    ``start`` is the byte that its line begins at, -1 where the file is no JSON lines; ``digest`` is
    that of what stands there, by which verdicts by hand know it. ``failures``
    are planned mistakes and the errors that calls end in, ``edits`` what made the record out of
    another, ``findings`` the codes that the proof gave, None where nothing proved it yet.
    ``tools`` are those it calls. ``problem`` says why a line is no record.
    """

    start: int
    digest: str
    id: str = ""
    domain: str = ""
    motif: str = ""
    patterns: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()
    findings: tuple[str, ...] | None = None
    turns: int = 0
    calls: int = 0
    goal: str = ""
    tools: tuple[str, ...] = ()
    problem: str = ""


def row_of(raw: bytes, start: int) -> Row:
    """The row of one line; it is never an error, whatever the line holds."""
    digest = record_digest(raw)
    if len(raw) > LARGEST:
        return Row(start, digest, problem=TOO_LARGE)
    try:
        return row_from(orjson.loads(raw), start, digest)
    except orjson.JSONDecodeError:
        return Row(start, digest, problem="is not JSON")


def row_from(data: Any, start: int, digest: str) -> Row:
    """The row of a record's data."""
    if isinstance(data, list):
        data = {"messages": data}
    messages = _list(_object(data).get("messages"))
    if not messages:
        return Row(start, digest, problem="holds no messages")
    told = data.get("id")
    row = Row(
        start,
        digest,
        str(told)[:_NAME] if isinstance(told, str | int) else "",
        domain=_text(data, "domain"),
        turns=sum(_object(one).get("role") == "user" for one in messages),
        calls=sum(len(_list(_object(one).get("tool_calls"))) for one in messages),
        goal=_text(data, "goal", _GOAL),
        tools=tuple(islice(_called(messages), _TOOLS)),
    )
    return _planned(row, data) if is_ours(data) else row


def _called(messages: Sequence[Any]) -> Iterator[str]:
    """The names of the tools that messages call, each once and held once for all rows."""
    seen: set[str] = set()
    for message in messages:
        for call in map(_object, _list(_object(message).get("tool_calls"))):
            name = _text(call, "name") or _text(_object(call.get("function")), "name")
            if name and name not in seen:
                seen.add(name)
                yield intern(name)


def _planned(row: Row, data: Mapping[str, Any]) -> Row:
    plan = data["plan"]
    segments = [_object(one) for one in _list(plan.get("segments"))]
    checks = _object(data.get("checks"))
    found = [_text(_object(one), "code") for one in _list(checks.get("findings"))]
    return row._replace(
        domain=row.domain or _text(plan, "domain"),
        # A record leaves out what is as it mostly is.
        motif=_text(plan, "motif") or _MOTIF,
        patterns=_once(_text(one, "kind") or _KIND for one in segments),
        failures=_once(kind for one in segments for kind in _failures(one)),
        edits=_once(_text(_object(one), "kind") for one in _list(data.get("modifications"))),
        findings=_once(found) if checks.get("proof") in ("passed", "failed") else None,
    )


def _failures(segment: Mapping[str, Any]) -> Iterator[str]:
    for step in _list(segment.get("steps")):
        for held in _list(_object(step).get("calls")):
            call = _object(held)
            fault, expected = _object(call.get("fault")), _object(call.get("expect"))
            if fault:
                yield _text(fault, "kind")
            elif expected.get("outcome") == "error":
                yield _text(expected, "code") or "error"


def _once(names: Iterator[str] | list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(held: Mapping[str, Any], name: str, limit: int = _NAME) -> str:
    value = held.get(name)
    return value[:limit] if isinstance(value, str) else ""
