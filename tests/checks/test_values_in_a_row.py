"""Values that stand in a row are told apart: lengths of time, and a phone number with a figure."""

from datetime import datetime

import pytest

from toolweave.checks.claims import claims
from toolweave.checks.matching import find

NOW = datetime(2026, 11, 20, 18, 30)  # noqa: DTZ001 - the wall clock of a dialogue
LENGTH = {"type": "string", "format": "duration"}


@pytest.mark.parametrize(
    "text",
    [
        "45 minutes, 30 minutes and 15 minutes",
        "1 hour 30 minutes, 15 minutes and one hour",
        "two days, one hour and 20 minutes, 10 minutes",
    ],
)
def test_lengths_in_a_row_are_not_added_up(text: str) -> None:
    said = {claim.text for claim in claims(f"It took {text}.", NOW)}
    assert text not in said


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("PT30M", "45 minutes, 30 minutes and 15 minutes"),
        ("PT1H30M", "1 hour and 30 minutes"),
        ("P1DT2H30M", "1 day, 2 hours and 30 minutes"),
        ("PT1H", "1 hour 30 minutes, 15 minutes and one hour"),
    ],
)
def test_each_length_is_still_found(value: str, text: str) -> None:
    assert find(text, value, LENGTH, now=NOW) is not None


def test_a_figure_in_brackets_behind_a_phone_number_is_none_of_its_groups() -> None:
    said = [claim.text for claim in claims("I found +324 333096336 (59).", NOW)]
    assert "+324 333096336" in said
    assert not any("(" in text for text in said)


@pytest.mark.parametrize(
    "text",
    [
        "The size is M. The order is booked.",
        "You get L. I've booked it.",
        "It's zone B. It's done.",
    ],
)
def test_a_letter_at_the_end_of_a_sentence_is_no_initial(text: str) -> None:
    assert [claim.text for claim in claims(text, NOW) if " " in claim.text] == []


def test_an_initial_still_belongs_to_its_name() -> None:
    assert [claim.text for claim in claims("Please ask J. Storm about it.", NOW)] == ["J. Storm"]
