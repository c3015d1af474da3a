"""Refinement of candidate tools: what is mended, and what is refused with its reason."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolweave.schema.refs import check_schema
from toolweave.toolgraph.synthesis.reasons import RefusedTool
from toolweave.toolgraph.synthesis.refining import refine

TEXT: dict[str, Any] = {"type": "string", "description": "Text."}


def candidate(**changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": "open_file",
        "description": "Opens a case file.",
        "parameters": {
            "type": "object",
            "properties": {"client_number": TEXT},
            "required": ["client_number"],
        },
        "results": {"type": "object", "properties": {"file_number": TEXT}},
        "errors": [{"code": "BUSY", "message": "try again later", "when": "too many requests"}],
        "effect": {"kind": "create", "entity": "file"},
    }
    return made | changed


def refined(**changed: Any) -> Any:
    return refine(candidate(**changed), random.Random(0))


def parameters(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def test_a_sound_tool_comes_through_unchanged() -> None:
    made = refined()
    assert made.changes == ()
    assert made.tool.parameters == candidate()["parameters"]


def test_outputs_that_repeat_inputs_are_removed() -> None:
    results = {
        "type": "object",
        "properties": {"client_number": TEXT, "file_number": TEXT},
        "required": ["client_number", "file_number"],
    }
    made = refined(results=results)
    assert list(made.tool.results["properties"]) == ["file_number"]
    assert made.tool.results["required"] == ["file_number"]
    assert "client_number" in made.changes[0]


def test_an_output_of_another_type_is_no_echo() -> None:
    listed = {"type": "array", "items": TEXT, "description": "All of them."}
    results = {"type": "object", "properties": {"client_number": listed}}
    assert refined(results=results).changes == ()


def test_names_become_snake_case() -> None:
    made = refined(name="openFile", parameters=parameters(clientNumber=TEXT) | {"required": []})
    assert made.tool.name == "open_file"
    assert list(made.tool.parameters["properties"]) == ["client_number"]


def test_required_names_follow_renamed_properties() -> None:
    made = refined(parameters=parameters(clientNumber=TEXT) | {"required": ["clientNumber"]})
    assert made.tool.parameters["required"] == ["client_number"]


@pytest.mark.parametrize(
    ("told", "values"),
    [
        ("One of: low, normal, high.", ["low", "normal", "high"]),
        ("Either 'draft' or 'final'", ["draft", "final"]),
        ("Allowed values: a|b|c", ["a", "b", "c"]),
        ("Level of urgency.", None),
        ("One of the customers of the bank.", None),
    ],
)
def test_choices_are_read_from_descriptions(told: str, values: list[str] | None) -> None:
    made = refined(parameters=parameters(level={"type": "string", "description": told}))
    assert made.tool.parameters["properties"]["level"].get("enum") == values


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer", "description": "Defaults to 10."}, 10),
        ({"type": "boolean", "description": "By default false"}, False),
        ({"type": "string", "description": "Defaults to 'en'"}, "en"),
        ({"type": "integer", "description": "Defaults to all"}, None),
        ({"type": "string", "enum": ["x"], "description": "Defaults to y"}, None),
    ],
)
def test_defaults_are_read_from_descriptions(schema: dict[str, Any], value: object) -> None:
    made = refined(parameters=parameters(level=schema))
    assert made.tool.parameters["properties"]["level"].get("default") == value


def test_required_is_inferred_only_where_nothing_says_it() -> None:
    optional = {"type": "string", "description": "Optional remark."}
    made = refined(parameters=parameters(client_number=TEXT, remark=optional))
    assert made.tool.parameters["required"] == ["client_number"]
    said = refined(parameters=parameters(client_number=TEXT, remark=optional) | {"required": []})
    assert said.tool.parameters["required"] == []


def test_a_condition_in_words_becomes_a_rule() -> None:
    days = {"type": "integer", "description": "Interval; required when recurring is true."}
    held = parameters(recurring={"type": "boolean", "description": "Repeat."}, interval_days=days)
    made = refined(parameters=held | {"required": []})
    rule = made.tool.parameters
    assert rule["if"]["properties"] == {"recurring": {"const": True}}
    assert rule["then"] == {"required": ["interval_days"]}
    check_schema(rule)


def test_effect_and_errors_are_added_where_they_are_missing() -> None:
    made = refined(effect=None, errors=[], name="cancel_file")
    assert made.tool.effect is not None and made.tool.effect.kind == "delete"
    assert made.tool.errors[0].code.endswith("_NOT_FOUND")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"name": ""}, "needs a name"),
        ({"description": ""}, "no description"),
        ({"results": None}, "nothing about its results"),
        ({"results": {"type": "object", "properties": {}}}, "no properties"),
        ({"results": {"type": "array"}}, "not a JSON Schema object"),
        ({"parameters": {"type": "object", "properties": {"a": {"type": "text"}}}}, "no valid"),
        (
            {"parameters": {"type": "object", "properties": {"a": {"$ref": "https://x.example"}}}},
            "no valid",
        ),
        (
            {"results": {"type": "object", "properties": {"client_number": TEXT}}},
            "nothing but what it was given",
        ),
        ({"effect": {"kind": "burn", "entity": "file"}}, "effect"),
        ({"errors": [{"code": "A", "message": "x"}, {"code": "A", "message": "y"}]}, "twice"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(
    changed: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RefusedTool, match=reason):
        refined(**changed)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "name": JSON | st.just("open_file"),
            "description": JSON | st.just("Opens it."),
            "parameters": JSON | st.builds(lambda held: parameters(a=held), JSON),
            "results": JSON | st.builds(lambda held: parameters(b=held), JSON),
            "errors": JSON,
            "effect": JSON,
        }
    )
)
def test_whatever_is_proposed_is_a_valid_tool_or_refused(proposed: dict[str, Any]) -> None:
    try:
        made = refine(proposed, random.Random(0))
    except RefusedTool as refusal:
        assert refusal.reason
        return
    check_schema(made.tool.parameters)
    check_schema(made.tool.results)


def test_descriptions_vary_with_the_stream_and_stay_english() -> None:
    told = {
        refine(
            candidate(description="Lists the rooms of a house."), random.Random(seed)
        ).tool.description
        for seed in range(20)
    }
    assert told == {"Lists the rooms of a house.", "List the rooms of a house."}
    two = {
        refine(
            candidate(description="Finds a room and says what it costs."), random.Random(seed)
        ).tool.description
        for seed in range(20)
    }
    assert two == {"Finds a room and says what it costs."}
