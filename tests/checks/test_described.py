"""What descriptions say of values: options, examples, bounds, written forms, measures."""

import time

import pytest

from toolweave.checks.described import bounds, examples, measure, options, written

TOLD = {
    "The class of the travel. Options are: economy, business, first.": (
        "economy",
        "business",
        "first",
    ),
    "The base currency. [Enum]: USD, RMB, EUR": ("USD", "RMB", "EUR"),
    "One of 'asc' or 'desc'": ("asc", "desc"),
    "Sort direction (asc|desc)": ("asc", "desc"),
    "asc or desc": ("asc", "desc"),
    "Status can be:\n- open: it waits\n- closed: it is done\n": ("open", "closed"),
    "Allowed values: low, medium, high (default: low)": ("low", "medium", "high"),
    "Either celsius or fahrenheit": ("celsius", "fahrenheit"),
    "Text, can be left empty": (),
    "Can be a name or email": (),
    "Username or email": (),
    "Must be positive or zero": (),
    "Search query (title or author)": (),
    "One of the cabin classes": (),
    "": (),
}


@pytest.mark.parametrize("description", TOLD)
def test_only_lists_of_short_choices_are_options(description: str) -> None:
    assert options(description) == TOLD[description]


def test_examples_are_told_from_options() -> None:
    described = "Mode of transportation (e.g. driving, walking, cycling)"
    assert options(described) == ()
    assert examples(described) == ("driving", "walking", "cycling")


@pytest.mark.parametrize(
    ("description", "low", "high"),
    [
        ("Priority, from 1 to 5", 1, 5),
        ("between 0.0 and 1.0", 0, 1),
        ("Brightness (0-100)", 0, 100),
        ("at most 50 results", None, 50),
        ("on 2020-01-01", None, None),
        ("ISO 3166-1 code", None, None),
        ("the numbers 1 and 2", None, None),
    ],
)
def test_a_range_in_words_is_a_range(
    description: str, low: float | None, high: float | None
) -> None:
    assert bounds(description) == (low, high)


@pytest.mark.parametrize(
    ("description", "form"),
    [
        ("in the format MM/YYYY", "%m/%Y"),
        ("YYYY-MM-DD HH:MM", "%Y-%m-%d %H:%M"),
        ("HH:mm format", "%H:%M"),
        ("DD/MM/YYYY", "%d/%m/%Y"),
        ("YYYY-MM-DDTHH:MM:SS", "%Y-%m-%dT%H:%M:%S"),
        ("comma separated", ""),
    ],
)
def test_the_written_form_of_a_day_or_time(description: str, form: str) -> None:
    assert written(description) == form


def test_the_measure_is_named_in_one_way() -> None:
    assert measure("The height in metres") == "meters"
    assert measure("the rate as a decimal") == "decimal"
    assert measure("the height of it") == ""


def test_hostile_descriptions_cost_no_time() -> None:
    hostile = ("one of " + "a, " * 40_000, "(" * 50_000, "'" * 50_000, "- x\n" * 20_000,
               "YYYY-" * 20_000, "1-" * 50_000, "{[|]}" * 20_000)  # fmt: skip
    begun = time.perf_counter()
    for text in hostile:
        for read in (options, examples, bounds, written, measure):
            read(text)
    assert time.perf_counter() - begun < 2
