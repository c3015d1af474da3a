"""Whatever the tools are called and return: results are valid, states stay as they were."""

import copy
import json
import random
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from toolweave.core.plan import Decision, PlannedCall
from toolweave.core.tool import Tool
from toolweave.memory.identity import Identity
from toolweave.memory.state import dump, empty, facts, record_call, restore
from toolweave.memory.world import narrow, settle
from toolweave.schema.sampling import sample
from toolweave.schema.validators import validator

NOW = datetime(2026, 2, 28, 23, 59, 55, tzinfo=UTC)
NAMES = st.sampled_from(
    [
        *("id", "order_id", "orderNumber", "customer_id", "user_id", "product_ids", "assignee_id"),
        *("status", "state", "created_at", "updated_at", "order_date", "total", "count", "price"),
        *("quantity", "success", "error", "items", "orders", "order", "address", "name", "query"),
        *("limit", "max_price", "start_date", "end_date", "data", "results", "a.b", "x[0]", ""),
    ]
)
LEAVES: st.SearchStrategy[Any] = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "date"},
        {"type": "string", "format": "uuid"},
        {"type": "string", "enum": ["open", "Closed", "CANCELLED"], "default": "open"},
        {"type": "string", "pattern": "^[A-C]{2}[0-9]$"},
        {"type": "string", "maxLength": 3},
        {"type": "integer"},
        {"type": ["integer", "null"], "minimum": 3, "maximum": 9},
        {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5},
        {"type": "boolean"},
        {"const": 7},
        {"type": "null"},
        {"anyOf": [{"type": "null"}, {"type": "string"}]},
        {"oneOf": [{"type": "string", "minLength": 2}, {"type": "integer", "maximum": 5}]},
        True,
    ]
)


def _containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    arrays = st.builds(
        lambda items, least: {"type": "array", "items": items, "minItems": least},
        inner,
        st.integers(0, 2),
    )
    return st.one_of(arrays, _objects(inner))


@st.composite
def _objects(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    properties = draw(st.dictionaries(NAMES, inner, max_size=6))
    required = (
        draw(st.lists(st.sampled_from(sorted(properties)), unique=True)) if properties else []
    )
    closed = draw(st.booleans())
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        **({"additionalProperties": False} if closed else {}),
    }


SCHEMAS = _objects(st.recursive(LEAVES, _containers, max_leaves=8))
TOOLS = st.lists(
    st.builds(
        lambda verb, thing, parameters, results: Tool(
            name=f"{verb}_{thing}", parameters=parameters, results=results
        ),
        st.sampled_from(["create", "get", "search", "update", "cancel", "fly"]),
        st.sampled_from(["order", "orders", "user", "order_items"]),
        SCHEMAS,
        st.one_of(SCHEMAS, st.builds(lambda items: {"type": "array", "items": items}, SCHEMAS)),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda tool: tool.name,
)


@settings(max_examples=60, deadline=None)
@given(tools=TOOLS, seed=st.integers(0, 10_000))
def test_every_narrowed_result_is_valid_and_no_state_is_changed(
    tools: list[Tool], seed: int
) -> None:
    rng = random.Random(seed)
    identity = Identity.of(tools)
    memory = empty(NOW)
    kept: list[tuple[Any, Any]] = []
    for number in range(6):
        tool = rng.choice(tools)
        arguments: Any = sample(tool.parameters, rng)
        schema = narrow(tool, arguments, memory["world"], identity, rng=rng)
        result = sample(schema, rng)
        settled = settle(copy.deepcopy(result), tool, arguments, schema)
        assert validator(tool.results).valid(result)
        assert validator(schema).valid(settled)
        kept.append((memory, copy.deepcopy(memory)))
        call = PlannedCall(id=f"c{number}", tool=tool.name)
        memory = record_call(
            memory, identity, call, tool, arguments, settled, ok=True, step=number, message=number
        )
    for state, as_it_was in kept:
        assert state == as_it_was
    assert restore(dump(memory)) == memory
    assert json.loads(json.dumps(memory)) == memory
    assert len({fact.ref for fact in facts(memory)}) == len(facts(memory))


@settings(max_examples=60, deadline=None)
@given(
    tools=TOOLS,
    seed=st.integers(0, 10_000),
    path=st.sampled_from(
        ["status", "orders", "orders[].id", "total", "order.order_id", "data[].x"]
    ),
    operator=st.sampled_from(["==", "!=", "<", ">=", "empty", "not_empty"]),
    value=st.sampled_from(["open", 4, None, True, "2026-01-01"]),
)
def test_no_demand_or_decision_makes_a_result_impossible(
    tools: list[Tool], seed: int, path: str, operator: Any, value: Any
) -> None:
    tool, rng = tools[0], random.Random(seed)
    decision = Decision(call="c1", path=path, operator=operator, value=value)
    schema = narrow(
        tool, {}, empty(NOW)["world"], Identity.of(tools),
        demands={path: {"enum": ["open", 4]}}, decisions=[decision], rng=rng,
    )  # fmt: skip
    assert validator(tool.results).valid(sample(schema, rng))
