"""Bindings yield what memory holds, or say clearly that they do not."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter

from toolweave.core.binding import Binding
from toolweave.core.errors import BindingError
from toolweave.core.plan import PlannedCall
from toolweave.core.tool import Tool
from toolweave.memory.identity import Identity
from toolweave.memory.resolving import Session, build_arguments, pick, resolve
from toolweave.memory.state import MemoryState, empty, record_call, tell

NOW = datetime(2025, 8, 27, 21, 24, 5, tzinfo=UTC)
SESSION = Session(NOW, locale="de_DE", currency="EUR", timezone="Europe/Berlin")
BINDING: TypeAdapter[Binding] = TypeAdapter(Binding)
FLIGHTS = {
    "count": 3,
    "best": None,
    "flights": [
        {
            "id": 11,
            "price": 310.5,
            "leaves": "2025-09-02T09:00:00Z",
            "to": "Oslo",
            "legs": [{"n": 1}],
        },
        {"id": 12, "price": 99, "leaves": "2025-09-01T10:00:00+02:00", "to": "Rome", "legs": []},
        {"id": 13, "leaves": "2025-09-03", "to": "rome ", "legs": [{"n": 2}, {"n": 3}]},
    ],
    "none": [],
}


@pytest.fixture
def memory() -> MemoryState:
    tool = Tool(name="find")
    state = empty(NOW)
    state = tell(state, "c1.city", "Rome", step=1, message=1, start=0, end=4)
    state = tell(state, "c1.party", 4, step=1, message=1, start=5, end=6)
    for name, ok in (("c1", True), ("c9", False)):
        call = PlannedCall(id=name, tool="find")
        state = record_call(
            state, Identity.of([tool]), call, tool, {}, FLIGHTS, ok=ok, step=2, message=3
        )
    return state


def _output(path: str, **select: Any) -> Binding:
    chosen = {"select": select} if select else {}
    return BINDING.validate_python({"source": "tool_output", "call": "c1", "path": path, **chosen})


@pytest.mark.parametrize(
    ("path", "select", "value", "place"),
    [
        ("count", {}, 3, "count"),
        ("flights[].id", {}, 11, "flights[0].id"),
        ("flights[].id", {"kind": "last"}, 13, "flights[2].id"),
        ("flights[].id", {"kind": "index", "index": 1}, 12, "flights[1].id"),
        ("flights[].id", {"kind": "all"}, [11, 12, 13], ""),
        ("flights[].id", {"kind": "min", "by": "price"}, 12, "flights[1].id"),
        ("flights[].id", {"kind": "max", "by": "price"}, 11, "flights[0].id"),
        ("flights[].id", {"kind": "min", "by": "leaves"}, 12, "flights[1].id"),
        ("flights[].id", {"kind": "max", "by": "leaves"}, 13, "flights[2].id"),
        ("flights[].id", {"kind": "match", "by": "to", "value": "ROME"}, 12, "flights[1].id"),
        ("flights[].price", {"kind": "max"}, 310.5, "flights[0].price"),
        ("flights[].legs[].n", {"kind": "last"}, 3, "flights[2].legs[1].n"),
        ("flights[].legs[].n", {"kind": "all"}, [1, 2, 3], ""),
        ("flights[1].to", {}, "Rome", "flights[1].to"),
        ("none[].id", {"kind": "all"}, [], ""),
    ],
)
def test_selectors_choose_one_element(
    path: str, select: dict[str, Any], value: Any, place: str, memory: MemoryState
) -> None:
    binding = _output(path, **select)
    assert resolve(binding, memory, schema=True, session=SESSION) == value
    assert pick(FLIGHTS, path, binding.select).path == place  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("path", "select", "said"),
    [
        ("missing", {}, "missing"),
        ("none[].id", {}, "empty"),
        ("missing[].id", {"kind": "all"}, "missing"),
        ("flights[].id", {"kind": "only"}, "3"),
        ("flights[].id", {"kind": "index", "index": 7}, "7"),
        ("flights[].id", {"kind": "match", "by": "to", "value": "Bonn"}, "Bonn"),
        ("flights[].id", {"kind": "min", "by": "nothing"}, "nothing"),
        ("flights[].price", {"kind": "last"}, "price"),
    ],
)
def test_a_selector_without_a_hit_says_so_in_one_line(
    path: str, select: dict[str, Any], said: str, memory: MemoryState
) -> None:
    with pytest.raises(BindingError, match=said) as caught:
        resolve(_output(path, **select), memory, schema=True, session=SESSION)
    assert "\n" not in str(caught.value)
    assert "c1" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"source": "user", "slot": "c1.day"}, "c1.day"),
        ({"source": "tool_output", "call": "c2", "path": "count"}, "c2"),
        ({"source": "tool_output", "call": "c9", "path": "count"}, "failed"),
        ({"source": "tool_output", "call": "c1", "path": "best"}, "null"),
        ({"source": "default"}, "default"),
    ],
)
def test_a_source_that_holds_nothing_is_named(
    data: dict[str, Any], said: str, memory: MemoryState
) -> None:
    with pytest.raises(BindingError, match=said):
        resolve(BINDING.validate_python(data), memory, schema={"type": "string"}, session=SESSION)


@pytest.mark.parametrize(
    ("path", "schema", "value"),
    [
        ("flights[].id", {"type": "string"}, "11"),
        ("flights[].id", {"type": "number"}, 11),
        ("flights[].id", {"type": ["string", "integer"]}, 11),
        ("flights[].id", {"anyOf": [{"type": "string"}, {"type": "null"}]}, "11"),
        ("flights[].price", {"type": "string"}, 310.5),
        ("flights[].to", {"type": "integer"}, "Oslo"),
    ],
)
def test_only_harmless_conversions_are_made(
    path: str, schema: dict[str, Any], value: Any, memory: MemoryState
) -> None:
    found = resolve(_output(path), memory, schema=schema, session=SESSION)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("key", "schema", "value"),
    [
        ("now", {"type": "string", "format": "date-time"}, "2025-08-27T21:24:05Z"),
        ("now", {"type": "string", "format": "date"}, "2025-08-27"),
        ("now", {"type": "string", "format": "time"}, "21:24:05Z"),
        ("now", {"type": "string"}, "2025-08-27T21:24:05Z"),
        ("now", {"type": "integer"}, 1756329845),
        ("today", {"type": "string"}, "2025-08-27"),
        ("today", {"type": "string", "format": "date-time"}, "2025-08-27T00:00:00Z"),
        ("today", {"type": "integer"}, 1756252800),
        ("currency", {"type": "string"}, "EUR"),
        ("timezone", {"type": "string"}, "Europe/Berlin"),
        ("locale", {"enum": ["en-US", "de-DE"]}, "de-DE"),
    ],
)
def test_context_takes_the_form_that_the_parameter_wants(
    key: str, schema: dict[str, Any], value: Any, memory: MemoryState
) -> None:
    binding = BINDING.validate_python({"source": "context", "key": key})
    assert resolve(binding, memory, schema=schema, session=SESSION) == value


def test_arguments_are_built_from_all_bindings(memory: MemoryState) -> None:
    guests = {"type": "object", "properties": {"adults": {"type": "string"}}}
    tool = Tool(
        name="book",
        parameters={
            "type": "object",
            "properties": {
                "guests": guests,
                "class": {"type": "string", "default": "economy"},
                "day": {"type": "string", "format": "date"},
                "legs": {"type": "array", "items": {"type": "object"}},
            },
        },
    )
    arguments = {
        "guests.adults": {"source": "user", "slot": "c1.party"},
        "class": {"source": "default"},
        "day": {"source": "context", "key": "today"},
        "legs": {"source": "tool_output", "call": "c1", "path": "flights[].legs"},
        "legs[0].to": {"source": "user", "slot": "c1.city"},
    }
    call = PlannedCall.model_validate({"id": "c2", "tool": "book", "arguments": arguments})
    assert build_arguments(call, memory, tool, SESSION) == {
        "guests": {"adults": "4"},
        "class": "economy",
        "day": "2025-08-27",
        "legs": [{"n": 1, "to": "Rome"}],
    }
    assert FLIGHTS["flights"][0]["legs"] == [{"n": 1}]  # type: ignore[index]


def test_a_missing_argument_is_named(memory: MemoryState) -> None:
    arguments = {"day": {"source": "user", "slot": "c2.day"}}
    call = PlannedCall.model_validate({"id": "c2", "tool": "book", "arguments": arguments})
    with pytest.raises(BindingError, match=r"c2\.day"):
        build_arguments(call, memory, Tool(name="book"), SESSION)
