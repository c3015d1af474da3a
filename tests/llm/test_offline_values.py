"""Values drawn for tools that nobody prepared: valid, sayable, and in agreement with each other."""

import random
import re
from typing import Any

import pytest

from toolweave.checks.matching import find
from toolweave.checks.saying import say
from toolweave.checks.words_en import listed
from toolweave.configs.wording import words
from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.core.plan import Persona
from toolweave.llm.contexts import Cast
from toolweave.llm.offline.people import cast
from toolweave.llm.offline.values import Drawer
from toolweave.schema.validators import validator

TEXT: dict[str, Any] = {"type": "string"}
NAMES = tuple(
    listed(
        "name title path id number code type message client_secret password card_number cvv tags "
        "photoUrls data url limit origin destination travel_class status base_currency to from cc "
        "start_time end_time min_price max_price email phone city country country_code airport "
        "iban file_name pattern query body description notes reason timezone language unit format "
        "sort_by priority age height weight radius temperature port hex_color symbol genre "
        "cuisine ingredients role department gender passport_number license_plate a b num1 x "
        "value amount tip rate years timeout_ms lat lon created_at date month_year token apiKey "
        "includeRemoved username handle userFirstName q 価格 [] {} $ref a|b [a"
    )
)
DESCRIPTIONS = (
    "", "One of red, green or blue", "e.g. 'ABC-123'", "between 1 and 5", "(0-1)", "MM/YYYY",
    "HH:MM", "DD/MM/YYYY HH:MM", "comma-separated list", "in lowercase", "in meters", "E.164",
    "If true, all of them", "[Enum]: [a|b], {c}", "like [x|", "ISO 8601 format", "alpha-2",
)  # fmt: skip
SCHEMAS: tuple[dict[str, Any], ...] = (
    TEXT,
    {"type": "string", "minLength": 3, "maxLength": 5},
    {"type": "string", "pattern": "^[A-Z]{2}[0-9]{4}$"},
    {"type": "string", "enum": ["[a|b]", "[c", "{d}"]},
    {"type": "integer"},
    {"type": "integer", "minimum": 3, "maximum": 9},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    {"type": "number", "multipleOf": 0.25},
    {"type": "boolean"},
    {"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": True},
    {"type": "array", "items": {"type": "number"}},
    {"type": "object", "properties": {"id": {"type": "integer"}, "name": TEXT}},
    {"type": ["string", "null"]},
    {},
)


def person(seed: int) -> Cast:
    return cast(seed, Persona(), (), [])


def drawn(tool: str, fields: dict[str, dict[str, Any]], seed: int = 0) -> dict[str, JsonValue]:
    """A value for each field, one after the other, as a request states them."""
    drawer = Drawer(words(""), person(seed), random.Random(seed), {}, tool)
    return {
        name: drawer.value(words("").field(tool, name, schema), schema)
        for name, schema in fields.items()
    }


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_whatever_the_name_and_the_description_a_value_is_valid(schema: dict[str, Any]) -> None:
    who, seen = person(3), 0
    for name in NAMES:
        for description in DESCRIPTIONS:
            described = {**schema, "description": description}
            stream = random.Random(f"{name}/{description}")
            drawer = Drawer(words(""), who, stream, {}, "add_thing")
            view = words("").field("add_thing", name, described)
            try:
                value = drawer.value(view, described)
            except SchemaError:
                continue
            seen += 1
            assert validator(described).valid(value), (name, description, value)
    assert seen > len(NAMES) * len(DESCRIPTIONS) * 0.95


def test_what_is_drawn_can_be_said_and_found_again() -> None:
    who = person(5)
    for name in NAMES:
        for schema in (TEXT, {"type": "integer"}, {"type": "number"}):
            value = drawn("add_thing", {name: schema}, 5)[name]
            text = say(value, schema, random.Random(1), now=who.now, field=name)
            said = f"It is {text}."
            assert find(said, value, schema, now=who.now) is not None, (name, value, text)


def test_a_seed_decides_every_value() -> None:
    fields = {name: TEXT for name in NAMES}
    assert drawn("add_thing", fields, 9) == drawn("add_thing", fields, 9)
    assert drawn("add_thing", fields, 9) != drawn("add_thing", fields, 10)


@pytest.mark.parametrize(
    ("tool", "name", "description", "shape"),
    [
        ("login", "password", "", r"[A-Z][a-z]+-[A-Z][a-z]+-\d\d"),
        ("auth", "client_secret", "", r"[a-z0-9]{16,24}"),
        ("pay", "card_number", "", r"\d{4}( \d{4}){3}"),
        ("pay", "cvv", "", r"\d{3}"),
        ("pay", "expiration_date", "in the format MM/YYYY", r"(0\d|1[0-2])/20\d\d"),
        ("fly", "passport_number", "", r"[A-Z]\d{8}"),
        ("fly", "origin", "IATA code", r"[A-Z]{3}"),
        ("find", "location", "The city and state, e.g. San Francisco, CA", r"[\w ]+, [A-Z]{2}"),
        ("list_directory", "path", "", r"\w+/[\w-]+"),
        ("sms", "phone", "in E.164 format", r"\+1\d{10}"),
        ("order", "order_id", "e.g. ORD-123", r"ORD-\d{3}"),
        ("plan", "day", "HH:MM", r"\d\d:\d\d"),
        ("pet", "photo_url", "", r"https://[\w.-]+/images/[\w-]+\.jpg"),
        ("set", "tag", "one of red, green", r"red|green"),
    ],
)
def test_text_has_the_shape_of_what_it_is(
    tool: str, name: str, description: str, shape: str
) -> None:
    for seed in range(20):
        value = drawn(tool, {name: {**TEXT, "description": description}}, seed)[name]
        assert re.fullmatch(shape, str(value)), value


@pytest.mark.parametrize(
    ("first", "second"),
    [("origin", "destination"), ("base_currency", "target_currency"), ("from_unit", "to_unit"),
     ("source_path", "target_path"), ("source_timezone", "target_timezone")],
)  # fmt: skip
def test_the_two_ends_differ(first: str, second: str) -> None:
    for seed in range(40):
        values = drawn("convert", {first: TEXT, second: TEXT}, seed)
        assert values[first] != values[second]


def test_a_least_lies_below_a_greatest_and_a_start_before_an_end() -> None:
    number = {"type": "number"}
    for seed in range(40):
        prices = drawn("search", {"min_price": number, "max_price": number}, seed)
        assert float(str(prices["min_price"])) < float(str(prices["max_price"]))
        day = drawn("plan", {"start_date": TEXT, "end_date": TEXT}, seed)
        assert str(day["start_date"]) < str(day["end_date"])
        clock = drawn("plan", {"start_time": TEXT, "end_time": TEXT}, seed)
        assert str(clock["start_time"]) < str(clock["end_time"])


def test_a_confirmed_password_is_the_password() -> None:
    values = drawn("create_user", {"password": TEXT, "confirm_password": TEXT})
    assert values["password"] == values["confirm_password"]


def test_the_country_is_that_of_the_city() -> None:
    pairs = [drawn("get_weather", {"city": TEXT, "country": TEXT}, seed) for seed in range(40)]
    assert any(pair["country"] != "United States" for pair in pairs)
    for pair in pairs:
        if pair["city"] in ("Paris", "Lyon"):
            assert pair["country"] == "France"


def test_a_contact_is_somebody_else_throughout() -> None:
    for seed in range(10):
        values = drawn("add_contact", {"name": TEXT, "email": TEXT, "phone": TEXT}, seed)
        first = str(values["name"]).split()[0].lower()
        assert str(values["email"]).startswith(first)
        assert values["email"] != person(seed).human.email


def test_unknown_text_is_a_proper_name() -> None:
    for seed in range(10):
        assert str(drawn("frob", {"wibble": TEXT}, seed)["wibble"])[0].isupper()


@pytest.mark.parametrize("seed", range(8))
def test_the_rows_of_a_list_are_not_one_row_repeated(seed: int) -> None:
    row = {
        "type": "object",
        "properties": {
            "state": {"enum": ["open", "paid"]},
            "amount_due": {"type": "number", "minimum": 1, "maximum": 900},
        },
        "required": ["state", "amount_due"],
    }
    schema = {"type": "array", "items": row, "minItems": 4, "maxItems": 4}
    who = person(seed)
    drawer = Drawer(words(""), who, random.Random(seed), {}, "list_bills", result_at=who.now)
    view = drawer.words.field("list_bills", "bills", schema)
    rows: Any = drawer.value(view, schema)
    assert len({one["amount_due"] for one in rows}) == 4
    assert {one["state"] for one in rows} == {"open", "paid"}
