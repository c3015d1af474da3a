"""Options are recognised in people's words: inflected, with a few words between, never denied."""

from datetime import UTC, datetime

import pytest

from toolweave.checks.matching import find
from toolweave.schema.types import Schema

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CARE: Schema = {"type": "string", "enum": ["keep_upright", "fragile", "keep_cool"]}
PACK: Schema = {"type": "string", "enum": ["box_torn", "box_wet", "intact"]}
NEWS: Schema = {"type": "string", "enum": ["power_back", "power_out", "crew_sent"]}


@pytest.mark.parametrize(
    ("text", "value", "schema"),
    [
        ("They tell me the box is torn.", "box_torn", PACK),
        ("Please keep it upright on the way.", "keep_upright", CARE),
        ("I only want to hear when the power is back.", "power_back", NEWS),
        ("Keep upright, please.", "keep_upright", CARE),
    ],
)
def test_an_option_is_found_with_a_few_words_between_its_own(
    text: str, value: str, schema: Schema
) -> None:
    assert find(text, value, schema, now=NOW) is not None


@pytest.mark.parametrize(
    ("text", "value", "schema"),
    [
        ("The box is not torn.", "box_torn", PACK),
        ("The box came on Monday. My coat is torn.", "box_torn", PACK),
        ("The box is wet, not torn.", "box_torn", PACK),
        ("The power went out and then it came back.", "power_back", NEWS),
        ("Keep it cool.", "keep_upright", CARE),
    ],
)
def test_another_option_or_a_denied_one_is_not_found(text: str, value: str, schema: Schema) -> None:
    assert find(text, value, schema, now=NOW) is None
