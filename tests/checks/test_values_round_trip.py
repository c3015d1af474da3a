"""Whatever ``say`` says, ``find`` finds, for every JSON value and kind of schema."""

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from toolweave.checks.matching import find
from toolweave.checks.saying import plainly, say
from toolweave.checks.spans import NOTHING_TO_SAY

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
STYLES = ("neutral", "terse", "formal")
FIELDS = (
    "",
    "amount",
    "total_price",
    "discount_percent",
    "duration_minutes",
    "nights",
    "year",
    "customerId",
    "zip",
    "fee_cents",
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(0, 10000, places=2).map(float)
    | st.text()
    | st.text(alphabet="ab1 .-_,;:$%/\n\t'\"ÉİßéA\u200b\u0301½", max_size=12)
    | st.sampled_from(["", " ", "...", "\x00", "\u0301", "one", "12", "1-2", "3pm", "a_b", "no"])
)
json_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(FIELDS), inner, max_size=4)
    ),
    max_leaves=8,
)
far_dates = st.dates()
near_dates = st.integers(-60, 400).map(lambda days: NOW.date() + timedelta(days=days))
moments: st.SearchStrategy[tuple[Any, dict[str, Any]]] = st.one_of(
    (near_dates | far_dates).map(lambda day: (day.isoformat(), {"format": "date"})),
    st.times().map(lambda at: (at.isoformat(), {"format": "time"})),
    st.times().map(lambda at: (at.isoformat()[:5], {"format": "time"})),
    st.builds(
        lambda day, at, zone: (
            datetime.combine(day, at).isoformat() + zone,
            {"format": "date-time"},
        ),
        near_dates | far_dates,
        st.times() | st.sampled_from([time(0), time(9), time(12), time(15, 30)]),
        st.sampled_from(["", "Z", "+02:00"]),
    ),
    st.builds(
        lambda w, d, h, m: (f"P{w}W" if not d else f"P{d}DT{h}H{m}M", {"format": "duration"}),
        st.integers(0, 60),
        st.integers(0, 400),
        st.integers(0, 30),
        st.integers(0, 90),
    ),
)
enums = st.lists(
    st.sampled_from(
        [
            "open",
            "re-open",
            "in_progress",
            "IN_PROGRESS",
            "NextDay",
            "paid",
            "not_paid",
            "paying",
            "USD",
            "3",
            "1_2",
            "A",
            "a-b",
            "é_é",
            "+",
            "shipped",
            "shipping",
            "very_high",
            "high",
        ]
    )
    | st.text(min_size=1, max_size=6),
    min_size=1,
    max_size=5,
    unique=True,
).flatmap(lambda members: st.tuples(st.sampled_from(members), st.just({"enum": members})))
units = st.sampled_from(["", "USD", "EUR", "cents", "percent", "minutes", "CHF", "kg", "JPY"])
numbers = st.tuples(
    st.integers(-(10**12), 10**12)
    | st.floats(-1e7, 1e7)
    | st.decimals(-999, 999, places=2).map(float),
    units.map(lambda unit: {"type": "number", "x-unit": unit}),
)


def _said(value: Any, schema: dict[str, Any], seed: int, style: Any, field: str) -> str:
    return say(value, schema, random.Random(seed), now=NOW, style=style, field=field)


@settings(max_examples=250, deadline=None)
@given(json_values, st.integers(0, 99), st.sampled_from(STYLES), st.sampled_from(FIELDS))
@example([100, 1], 0, "neutral", "")
@example({"d": "2026-06-12", "n": 2027}, 1, "neutral", "")
@example(["5", "dollars", 20], 2, "neutral", "")
@example([-1, "-", 5], 2, "neutral", "")
@example(1e300, 0, "formal", "amount")
@example(-0.0, 0, "neutral", "discount_percent")
def test_every_json_value_is_found_in_what_is_said(
    value: Any, seed: int, style: str, field: str
) -> None:
    said = _said(value, {}, seed, style, field)
    assert find(said, value, {}, now=NOW) is not None


@settings(max_examples=250, deadline=None)
@given(
    moments | enums | numbers, st.integers(0, 99), st.sampled_from(STYLES), st.sampled_from(FIELDS)
)
def test_values_of_a_schema_are_found_in_what_is_said(
    pair: tuple[Any, dict[str, Any]], seed: int, style: str, field: str
) -> None:
    value, schema = pair
    said = _said(value, schema, seed, style, field)
    assert find(said, value, schema, now=NOW) is not None


@settings(max_examples=250, deadline=None)
@given(moments | numbers, st.integers(0, 99), st.sampled_from(STYLES), st.sampled_from(FIELDS))
def test_values_are_found_within_a_sentence(
    pair: tuple[Any, dict[str, Any]], seed: int, style: str, field: str
) -> None:
    value, schema = pair
    sentence = f"Well, make it {_said(value, schema, seed, style, field)}, thanks."
    found = find(sentence, value, schema, now=NOW)
    assert found is not None
    assert found.start >= 14
    assert found.end <= len(sentence) - 8


@settings(max_examples=100, deadline=None)
@given(st.lists(moments | enums | numbers, min_size=1, max_size=4), st.integers(0, 9))
def test_objects_and_lists_of_schemas_are_found(
    pairs: list[tuple[Any, dict[str, Any]]], seed: int
) -> None:
    value = {f"field_{place}": pair[0] for place, pair in enumerate(pairs)}
    schema = {"properties": {f"field_{place}": pair[1] for place, pair in enumerate(pairs)}}
    assert find(_said(value, schema, seed, "neutral", ""), value, schema, now=NOW) is not None
    rows = {"type": "array", "items": schema}
    assert (
        find(_said([value, value], rows, seed, "neutral", ""), [value], rows, now=NOW) is not None
    )


@settings(max_examples=150, deadline=None)
@given(json_values)
def test_the_plain_form_always_holds(value: Any) -> None:
    assert find(plainly(value, {}), value, {}, now=NOW) is not None


@pytest.mark.parametrize("value", [None, "", "  \n", [], {}, [[], {}, None, ""]])
def test_what_needs_no_words_is_the_zero_span(value: Any) -> None:
    assert say(value, {}, random.Random(1), now=NOW) == ""
    assert find("", value, {}, now=NOW) == NOTHING_TO_SAY
    assert find("any text", value, {}, now=NOW) == NOTHING_TO_SAY


def test_extra_words_are_used_and_found() -> None:
    words = {"high": ["urgent", "as soon as possible"], "true": ["with breakfast"]}
    schema = {"enum": ["high", "low"]}
    said = {say("high", schema, random.Random(i), now=NOW, words=words) for i in range(30)}
    assert said == {"urgent", "as soon as possible", "high"}
    assert say(True, {}, random.Random(3), now=NOW, words=words) == "with breakfast"
    assert find("a room with breakfast", True, {}, now=NOW, words=words) == (7, 21)


def test_forms_vary_with_the_seed_and_repeat_with_it() -> None:
    kinds: list[tuple[Any, dict[str, Any], str]] = [
        (201.4, {}, "price"),
        (3, {}, "guests"),
        ("2026-11-27", {"format": "date"}, ""),
        ("15:00", {"format": "time"}, ""),
        ("2027-03-05T15:30:00", {"format": "date-time"}, ""),
        (15, {}, "discount_percent"),
    ]
    for value, schema, field in kinds:
        said = [_said(value, schema, seed, "neutral", field) for seed in range(30)]
        assert len(set(said)) >= 2, value
        assert said == [_said(value, schema, seed, "neutral", field) for seed in range(30)]


@pytest.mark.parametrize(
    ("value", "schema", "field", "style", "expected"),
    [
        (201.4, {}, "amount", "formal", "$201.40"),
        (1250, {"x-unit": "EUR"}, "price", "formal", "€1,250"),
        (-5, {}, "fee", "formal", "-$5"),
        (40, {"x-unit": "SEK"}, "fee", "formal", "SEK 40"),
        (20000, {}, "quantity", "terse", "20,000"),
        (20000, {}, "customer_id", "terse", "20000"),
        (2026, {}, "year", "neutral", "2026"),
        (0.15, {"maximum": 1, "description": "Discount percentage"}, "", "formal", "15%"),
        (0.2, {}, "tax_rate", "formal", "20%"),
        (45, {}, "duration_minutes", "terse", "45 minutes"),
        ("in_progress", {"enum": ["in_progress"]}, "", "neutral", "in progress"),
        ("2031-06-12", {"format": "date"}, "", "terse", ("12 Jun 2031", "Jun 12, 2031")),
        ("PX-204", {}, "", "neutral", "PX-204"),
        ([1, 2, 3], {}, "", "neutral", "1, 2 and 3"),
        (
            {"house_number": 12, "street": "High Street", "city": "Leeds", "postcode": "LS1 4AB"},
            {},
            "",
            "neutral",
            "12 High Street, Leeds, LS1 4AB",
        ),
        ({"first_name": "Ann", "last_name": "Lee"}, {}, "", "neutral", "Ann Lee"),
        (
            [{"sku": "PX-1", "quantity": 2}, {"sku": "B-2", "quantity": 1}],
            {},
            "",
            "neutral",
            "2 x PX-1 and 1 x B-2",
        ),
        ({"age": 30, "vip": True, "name": "Bo"}, {}, "", "neutral", "age 30, vip yes, Bo"),
    ],
)
def test_the_form_suits_the_field(
    value: Any, schema: dict[str, Any], field: str, style: str, expected: str | tuple[str, ...]
) -> None:
    said = _said(value, schema, 4, style, field)
    assert said in ((expected,) if isinstance(expected, str) else expected)


def test_days_near_the_clock_are_said_relative_to_it() -> None:
    forms = {_said("2026-11-21", {"format": "date"}, seed, "neutral", "") for seed in range(40)}
    assert "tomorrow" in forms
    later = {_said("2026-11-27", {"format": "date"}, seed, "neutral", "") for seed in range(40)}
    assert "next Friday" in later
    assert "Friday" not in later
    assert date(2026, 11, 20).weekday() == 4
