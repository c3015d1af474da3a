"""What is said for one value does not pass for another: the matcher objects to changes."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from toolweave.checks.matching import find, find_all
from toolweave.checks.saying import say
from toolweave.checks.spans import Span

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
SEEDS = st.integers(0, 99)
FIELDS = st.sampled_from(["", "amount", "nights", "customer_id", "duration_minutes"])
numbers = st.integers(-20, 3000) | st.integers(0, 10**9) | st.decimals(0, 5000, places=2).map(float)


def _said(value: Any, schema: dict[str, Any], seed: int, field: str = "") -> str:
    return say(value, schema, random.Random(seed), now=NOW, field=field)


@settings(max_examples=300, deadline=None)
@given(numbers, numbers, SEEDS, FIELDS)
def test_another_number_is_not_found(value: float, other: float, seed: int, field: str) -> None:
    assume(value != other)
    assert find(f"I need {_said(value, {}, seed, field)} of it", other, {}, now=NOW) is None


@settings(max_examples=300, deadline=None)
@given(st.integers(-40, 300), st.integers(1, 180), SEEDS)
def test_another_day_is_not_found(ahead: int, shift: int, seed: int) -> None:
    schema = {"format": "date"}
    day = NOW.date() + timedelta(days=ahead)
    said = _said(day.isoformat(), schema, seed)
    for other in (day + timedelta(days=shift), day - timedelta(days=shift)):
        assert find(f"on {said} please", other.isoformat(), schema, now=NOW) is None


@settings(max_examples=200, deadline=None)
@given(st.times(), st.integers(1, 11 * 60), SEEDS)
def test_another_time_is_not_found(at: Any, shift: int, seed: int) -> None:
    schema = {"format": "time"}
    at = at.replace(second=0, microsecond=0)
    other = (datetime.combine(NOW.date(), at) + timedelta(minutes=shift)).time()
    assert find(_said(at.isoformat(), schema, seed), other.isoformat(), schema, now=NOW) is None


@settings(max_examples=200, deadline=None)
@given(st.from_regex(r"[A-Z]{2,3}-[0-9]{3,6}", fullmatch=True), st.integers(0, 5), SEEDS)
def test_another_id_is_not_found(code: str, place: int, seed: int) -> None:
    place %= len(code)
    changed = chr(ord(code[place]) + (-1 if code[place] in "9Z" else 1))
    assume(code[place] != "-")
    other = code[:place] + changed + code[place + 1 :]
    said = f"my order is {_said(code, {}, seed)}, thanks"
    assert find(said, code, {}, now=NOW) is not None
    assert find(said, other, {}, now=NOW) is None
    assert find(said, code[:-1], {}, now=NOW) is None
    assert find(said, code[1:], {}, now=NOW) is None


@pytest.mark.parametrize(
    ("text", "value", "schema", "span"),
    [
        ("It was $201.40.", 201.4, {}, Span(7, 14)),
        ("José  said “hi”", "jose", {}, Span(0, 4)),
        ("Straße 12", "STRASSE", {}, Span(0, 6)),
        ("e\u0301tage trois", "étage", {}, Span(0, 6)),
        ("see px 204!", "PX-204", {}, Span(4, 10)),
        ("from York to Leeds", ["Leeds", "York"], {}, Span(5, 18)),
    ],
)
def test_the_range_is_that_of_the_original_text(
    text: str, value: Any, schema: dict[str, Any], span: Span
) -> None:
    assert find(text, value, schema, now=NOW) == span


def test_all_places_are_told_in_order() -> None:
    text = "two, then 2 more, never 22 or 2.5, and two again"
    places = find_all(text, 2, {}, now=NOW)
    assert [text[place.start : place.end] for place in places] == ["two", "2", "two"]


def test_an_aware_date_time_matches_the_clock_s_own_zone() -> None:
    now = datetime.fromisoformat("2026-11-20T18:30:00+02:00")
    schema = {"format": "date-time"}
    assert find("tomorrow at 5pm", "2026-11-21T15:00:00Z", schema, now=now) is not None
    assert find("tomorrow at 4pm", "2026-11-21T15:00:00Z", schema, now=now) is None


def test_hints_are_read_through_local_references_and_branches_even_cyclic_ones() -> None:
    schema = {
        "$ref": "#/$defs/level",
        "$defs": {"level": {"anyOf": [{"enum": ["very_high"]}, {"$ref": "#/$defs/level"}]}},
    }
    assert find("a very high one", "very_high", schema, now=NOW) == Span(2, 11)
    rows = {"items": {"$ref": "#/$defs/level"}, "$defs": schema["$defs"]}
    assert find("a very high one", ["very_high"], rows, now=NOW) == Span(2, 11)


def test_deep_values_need_no_deep_stack() -> None:
    value: Any = "PX-204"
    for _ in range(5000):
        value = [value]
    assert find("px 204", value, {}, now=NOW) == Span(0, 6)
