"""The schema sent to a server, and the memory of what the server can do."""

import json
from typing import Any

from pydantic import BaseModel, Field

from toolweave.llm.demand import Ladder, Rung, demand_of, self_contained
from toolweave.llm.task import Prompt, Task


class Leaf(BaseModel):
    """A part."""

    title: str


class Tree(BaseModel):
    """A recursive type."""

    leaf: Leaf
    branches: list["Tree"] = Field(default_factory=list)


def asking(result: type[BaseModel], schema: dict[str, Any] | None = None) -> Task[None, Any]:
    return Task("t", None, result, lambda _: Prompt("", ""), lambda r: r, (), schema)


def test_local_references_are_put_in_place() -> None:
    class Pair(BaseModel):
        left: Leaf
        right: Leaf

    schema = demand_of(asking(Pair)).schema
    leaf = {
        "description": "A part.",
        "properties": {"title": {"type": "string"}},
        "required": ["title"],
        "type": "object",
    }
    assert schema["properties"] == {"left": leaf, "right": leaf}
    assert "$defs" not in schema


def test_recursive_references_stay_beside_their_definitions() -> None:
    schema = demand_of(asking(Tree)).schema
    assert "#/$defs/Tree" in json.dumps(schema)
    assert schema["$defs"]["Tree"]["properties"]["branches"]["type"] == "array"


def test_nothing_is_fetched_and_nothing_dangles() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"$ref": "https://example.org/x.json", "description": "kept"},
            "b": {"$ref": "#/$defs/missing"},
            "c": {"enum": [{"$ref": "a value, not a reference"}]},
        },
    }
    made = self_contained(schema)["properties"]
    assert made["a"] == {"description": "kept"}
    assert made["b"] == {}
    assert made["c"] == schema["properties"]["c"]  # type: ignore[index]


def test_references_that_multiply_stay_references() -> None:
    levels = {f"l{n}": {"anyOf": [{"$ref": f"#/$defs/l{n + 1}"}] * 4} for n in range(30)}
    bomb = {"$ref": "#/$defs/l0", "$defs": {**levels, "l30": {"type": "string"}}}
    assert len(json.dumps(self_contained(bomb))) < 10_000


def test_a_reference_to_itself_ends() -> None:
    assert self_contained({"$ref": "#"}) == {"$ref": "#"}
    assert self_contained({"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"})


def test_a_schema_without_end_is_replaced_by_any_object() -> None:
    assert self_contained({"enum": [1], "allOf": [{}] * 5000}) == {"type": "object"}


def test_a_narrower_schema_is_demanded_instead() -> None:
    narrow = {"type": "object", "properties": {"title": {"const": "x"}}}
    demand = demand_of(asking(Leaf, narrow))
    assert demand.schema == narrow
    assert '"const":"x"' in demand.text


def test_one_result_type_is_converted_once() -> None:
    assert demand_of(asking(Leaf)) is demand_of(asking(Leaf))


def test_names_on_the_wire_are_plain() -> None:
    generic = type("Wörter[int]", (Leaf,), {})
    demand = demand_of(asking(generic))
    assert demand.name == "W_rter_int_"
    formats = [demand.response_format(rung) for rung in Rung]
    assert [found["type"] if found else "" for found in formats] == [
        "json_schema",
        "json_object",
        "json_object",
        "",
    ]


def test_a_better_rung_is_taken_up_again() -> None:
    ladder = Ladder()
    ladder.worked("odd", Rung.OBJECT)
    assert ladder.rungs("other")[0] is Rung.OBJECT
    ladder.worked("other", Rung.SCHEMA)  # was in flight when the odd one failed
    assert ladder.rungs("other")[0] is Rung.SCHEMA
