"""What fields hold and what they are called, by name and description, in tools nobody prepared."""

import random
from datetime import datetime
from typing import Any

import pytest

from toolweave.checks.kinds import kind_of
from toolweave.checks.saying import say
from toolweave.checks.words import UNSIGNED, Words, in_units, label_of, tool_noun
from toolweave.configs.wording import load_lexicon

NOW = datetime(2026, 1, 1)  # noqa: DTZ001
TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("password", "secret"), ("client_secret", "secret"), ("refresh_token", "token"),
        ("apiKey", "token"), ("card_number", "card_number"), ("passport_number", "identifier"),
        ("flightNumber", "identifier"), ("phone_number", "phone"), ("file_path", "file_path"),
        ("output_dir", "folder_path"), ("filename", "file_name"), ("photoUrl", "url"),
        ("target_currency", "currency"), ("currency_code", "currency"), ("username", "username"),
        ("message", "text"), ("ip_address", "ip"), ("birthdate", "date"), ("body", "text"),
        ("wallet_address", "token"), ("iata_code", "airport_code"), ("file_name1", "file_name"),
    ],
)  # fmt: skip
def test_text_is_told_by_the_end_of_its_name(name: str, kind: str) -> None:
    assert kind_of(name, TEXT) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("limit", "count"), ("budget_limit", "amount"), ("max_results", "count"),
        ("ticket_id", "identifier"), ("number", "number"), ("value", "number"),
        ("max_price_per_night", "amount"), ("rating_min", "rating"), ("replicas", "count"),
    ],
)  # fmt: skip
def test_numbers_are_money_only_where_they_are(name: str, kind: str) -> None:
    assert kind_of(name, WHOLE) == kind


@pytest.mark.parametrize(
    ("name", "description", "kind"),
    [
        ("from", "The currency to convert from", "currency"),
        ("from", "The distance unit to convert from", "unit"),
        ("travel_from", "The 3 letter code of the departing airport", "airport_code"),
        ("travel_from", "Where the travel starts", "city"),
        ("expiration_date", "in the format MM/YYYY", "month_year"),
        ("start", "Start in ISO 8601 format", "datetime"),
        ("includeRemoved", "If true, all are returned", "flag"),
        ("market", "An ISO 3166-1 alpha-2 country code", "country_code"),
    ],
)
def test_the_description_tells_what_a_name_does_not(name: str, description: str, kind: str) -> None:
    assert kind_of(name, {**TEXT, "description": description}) == kind


@pytest.mark.parametrize(
    ("tool", "noun"),
    [
        ("addPet", "pet"), ("list_directory", "directory"), ("get-user-details", "user"),
        ("get_nearest_airport_by_city", "airport"), ("email.forward", "email"),
        ("calendar.createEvent", "event"),
    ],
)  # fmt: skip
def test_a_tool_is_about_the_noun_of_its_name(tool: str, noun: str) -> None:
    assert tool_noun(tool) == noun


def test_a_bare_name_is_that_of_the_tools_noun() -> None:
    words = Words(None, load_lexicon("general"))
    assert words.field("create_user", "name", TEXT).kind == "person"
    assert words.field("list_directory", "path", TEXT).kind == "folder_path"
    assert "Bella" in words.field("addPet", "name", TEXT).words.values
    assert "Blackbird" in words.field("find_song", "title", TEXT).words.values


def test_the_longest_common_noun_wins_and_its_unit_counts() -> None:
    words = Words(None, load_lexicon("general"))
    assert "economy" in words.field("book_flight", "travel_class", TEXT).words.values
    tall = words.field("bmi", "height", {"type": "number", "description": "height in meters"})
    assert max(value for value in tall.words.values if isinstance(value, float)) < 2.5
    assert words.field("set_budget", "budget_limit", {"type": "number"}).kind == "amount"


@pytest.mark.parametrize(
    ("name", "kind", "label"),
    [
        ("travel_from", "city", "place of departure"), ("travel_to", "city", "destination"),
        ("travel_from", "airport_code", "departure airport"),
        ("user_first_name", "first_name", "first name"), ("user_id", "identifier", "user ID"),
        ("photoUrls", "group", "photo links"), ("includeRemoved", "flag", "removed"),
        ("lastModifiedAfter", "date", "earliest last modified date"),
        ("my_list", "word", "list"), ("db_name", "name", "database name"),
        ("num2", "number", "second number"), ("to", "email", "recipient"),
        ("exchanged_value", "amount", "exchanged value"), ("max_results", "count",
        "maximum results"),
    ],
)  # fmt: skip
def test_labels_are_what_people_say(name: str, kind: str, label: str) -> None:
    assert label_of(name, kind, {}) == label


@pytest.mark.parametrize(("currency", "unit"), [(None, "USD"), ("EUR", "EUR"), ("", UNSIGNED)])
def test_an_amount_has_the_unit_its_toolset_names(currency: str | None, unit: str) -> None:
    amount = load_lexicon("general").fields["amount"]
    schema = in_units({"type": "number"}, amount, currency)
    assert schema["x-unit"] == unit
    said = say(30, schema, random.Random(1), now=NOW, field="amount")
    assert (said == "30") == (unit == UNSIGNED)


def test_a_least_rating_is_no_length_of_time() -> None:
    assert say(4.5, {"type": "number"}, random.Random(1), now=NOW, field="rating_min") == "4.5"
