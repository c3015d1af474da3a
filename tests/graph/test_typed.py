"""What a person types, read as values of a schema."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolweave.graph.typed import Unfit, expected, read_typed

NOW = datetime.fromisoformat("2025-07-15T12:00:00")
DAY = {"type": "string", "format": "date"}


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("twelve", {"type": "integer"}, 12),
        ("two people", {"type": "integer"}, 2),
        ("$1,200.50", {"type": "number"}, 1200.5),
        ("15%", {"type": "number", "maximum": 1}, 0.15),
        ("15%", {"type": "number"}, 15),
        ("2 hours", {"type": "integer", "description": "Length in minutes"}, 120),
        ("2 hours", {"type": "integer", "description": "Length in hours"}, 2),
        ("yep", {"type": "boolean"}, True),
        ("n", {"type": "boolean"}, False),
        ("no thanks", {"type": "boolean"}, False),
        ("In Progress", {"enum": ["open", "in_progress"]}, "in_progress"),
        ("2", {"enum": [1, 2]}, 2),
        ("3 August", DAY, "2025-08-03"),
        ("tomorrow", DAY, "2025-07-16"),
        ("2025-08-03", DAY, "2025-08-03"),
        ("half past nine", {"type": "string", "format": "time"}, "09:30:00Z"),
        ("2 hours", {"type": "string", "format": "duration"}, "PT2H"),
        ("a, b and c", {"type": "array", "items": {"type": "string"}}, ["a", "b", "c"]),
        ("1; 2", {"type": "array", "items": {"type": "integer"}}, [1, 2]),
        ('["x, y"]', {"type": "array", "items": {"type": "string"}}, ["x, y"]),
        ("boat trips and food", {"type": "array", "items": {"enum": ["boat_trips", "food"]}},
         ["boat_trips", "food"]),
        ('{"city": "Porto"}', {"type": "object", "properties": {"city": {"type": "string"}}},
         {"city": "Porto"}),
        ("12", {"type": "string"}, "12"),
        ("12", {"anyOf": [{"type": "integer"}, {"type": "null"}]}, 12),
        ("  a\tlong   note ", {"type": "string"}, "a long note"),
    ],
)  # fmt: skip
def test_human_forms_become_the_schemas_values(
    text: str, schema: dict[str, Any], value: object
) -> None:
    read = read_typed(text, schema, now=NOW)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "schema", "reason"),
    [
        ("", {"type": "string"}, "nothing was typed"),
        ("lots", {"type": "integer"}, "'lots' is not a whole number"),
        ("2.5", {"type": "integer"}, "2.5 is not of type"),
        ("nine", {"type": "integer", "minimum": 1, "maximum": 8}, "from 1 up to 8"),
        ("maybe", {"type": "boolean"}, "not yes or no"),
        ("soon", DAY, "not a date"),
        ("purple", {"enum": ["red", "green"]}, "one of red, green"),
        ("red, purple", {"type": "array", "items": {"enum": ["red"]}}, "[1]"),
        ("{city", {"type": "object"}, "not valid JSON"),
        ("Porto", {"type": "object", "properties": {"city": {}}}, "a JSON object with city"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(
    text: str, schema: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Unfit) as caught:
        read_typed(text, schema, now=NOW)
    assert reason in str(caught.value)


def test_the_lexicons_words_count_for_a_value() -> None:
    words = {"high": ["urgent", "as soon as possible"]}
    assert read_typed("urgent", {"enum": ["low", "high"]}, now=NOW, words=words) == "high"
    typed = "please, as soon as possible"
    assert read_typed(typed, {"enum": ["low", "high"]}, now=NOW, words=words) == "high"


def test_a_field_known_to_be_a_date_is_read_as_one() -> None:
    assert read_typed("next Monday", {"type": "string"}, now=NOW, kind="date") == "2025-07-21"
    assert read_typed("whenever", {"type": "string"}, now=NOW, kind="date") == "whenever"


def test_what_may_be_typed_is_said_in_words() -> None:
    assert expected({"type": "boolean"}) == "yes or no"
    assert expected({"type": "integer", "minimum": 1}) == "a whole number from 1"
    assert expected({"enum": list("abcdefghijklmnop")}).endswith("and 4 more")
    assert "each one of x" in expected({"type": "array", "items": {"enum": ["x"]}})


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.sampled_from(["string", "integer", "boolean", "array", "object"]))
def test_nothing_typed_raises_anything_else(text: str, kind: str) -> None:
    try:
        value = read_typed(text, {"type": kind}, now=NOW)
    except Unfit as reason:
        assert str(reason)
    else:
        assert isinstance(value, str | int | bool | list | dict)
