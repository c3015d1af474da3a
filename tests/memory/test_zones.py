"""Clocks in results agree with the session's clock, the zones asked about and each other."""

import random
from datetime import UTC, datetime

import pytest

from toolweave.core.model import JsonObject
from toolweave.core.tool import Effect, Tool
from toolweave.memory.identity import Identity
from toolweave.memory.world import narrow, new_world
from toolweave.schema.sampling import sample

NOW = datetime(2025, 7, 28, 19, 17, 40, tzinfo=UTC)
CLOCK: JsonObject = {
    "type": "object",
    "properties": {
        "timezone": {"type": "string"},
        "datetime": {"type": "string"},
        "day_of_week": {"type": "string"},
        "is_dst": {"type": "boolean"},
    },
    "required": ["timezone", "datetime", "day_of_week", "is_dst"],
}
TEXT: JsonObject = {"type": "string"}


def told(tool: Tool, arguments: JsonObject) -> JsonObject:
    identity = Identity.of((tool,), None)
    stream = random.Random(3)
    schema = narrow(tool, arguments, new_world(NOW), identity, rng=stream)
    result = sample(schema, stream)
    assert isinstance(result, dict)
    return result


def test_the_current_time_is_the_session_s_in_the_zone_asked_about() -> None:
    tool = Tool(
        name="get_current_time",
        parameters={"type": "object", "properties": {"timezone": TEXT}},
        results=CLOCK,
        effect=Effect(kind="read", entity="time"),
    )
    assert told(tool, {"timezone": "Europe/Berlin"}) == {
        "timezone": "Europe/Berlin", "datetime": "2025-07-28T21:17:00+02:00",
        "day_of_week": "Monday", "is_dst": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "target", "moment", "difference"),
    [
        ("Europe/London", "UTC", "2025-07-28T22:30:00Z", "-1.0h"),
        ("Africa/Abidjan", "Asia/Kolkata", "2025-07-29T05:00:00+05:30", "+5.5h"),
    ],
)
def test_a_converted_time_is_the_same_moment_elsewhere(
    source: str, target: str, moment: str, difference: str
) -> None:
    tool = Tool(
        name="convert_time",
        parameters={
            "type": "object",
            "properties": {"source_timezone": TEXT, "time": TEXT, "target_timezone": TEXT},
        },
        results={
            "type": "object",
            "properties": {
                "source": {"$ref": "#/$defs/clock"},
                "target": {"$ref": "#/$defs/clock"},
                "time_difference": TEXT,
            },
            "required": ["source", "target", "time_difference"],
            "$defs": {"clock": CLOCK},
        },
        effect=Effect(kind="read", entity="time"),
    )
    sent = {"source_timezone": source, "time": "23:30", "target_timezone": target}
    result = told(tool, sent)
    assert result["source"]["timezone"] == source
    assert "T23:30" in result["source"]["datetime"]
    assert (result["target"]["timezone"], result["target"]["datetime"]) == (target, moment)
    assert result["time_difference"] == difference


def test_a_zone_that_nobody_knows_settles_nothing() -> None:
    tool = Tool(
        name="get_current_time",
        parameters={"type": "object", "properties": {"timezone": TEXT}},
        results=CLOCK,
        effect=Effect(kind="read", entity="time"),
    )
    assert told(tool, {"timezone": "../../etc/passwd"})["timezone"] == "../../etc/passwd"
