"""What texts are read to say: numbers, amounts, dates, times, lengths of time."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolweave.checks.durations_en import parse_iso_duration
from toolweave.checks.matching import find
from toolweave.checks.numbers_en import spell, word_numbers
from toolweave.checks.readings import Reading, readings

NOW = datetime(2026, 11, 20, 18, 30)  # noqa: DTZ001 - the wall clock of a dialogue
UTTERANCE = (
    "Hi, I'm planning a trip for 3 people from 12 June to the 20th and my budget is about $1,200; "
    "my customer number is PX-204 and we would like to leave at 9 in the morning, please make it "
    "urgent if you can"
)


def _only(text: str) -> Reading:
    longest = max(readings(text, NOW), key=lambda reading: reading.end - reading.start)
    assert text[longest.start : longest.end] == text
    return longest


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("1,200", "number", "1200"),
        ("two hundred and one", "number", "201"),
        ("one million two hundred thousand and five", "number", "1200005"),
        ("half a dozen", "number", "6"),
        ("twenty-first", "ordinal", "21"),
        ("3rd", "ordinal", "3"),
        ("$201.40", "amount", "201.4"),
        ("two hundred and one dollars forty", "amount", "201.4"),
        ("-$5", "amount", "-5"),
        ("5 grand", "number", "5000"),
        ("USD 40", "amount", "40"),
        ("50 cents", "amount", "0.5"),
        ("fifteen percent", "percent", "15"),
        ("2.5 %", "percent", "2.5"),
    ],
)
def test_numbers_amounts_and_percentages_are_read(text: str, kind: str, value: str) -> None:
    reading = _only(text)
    assert (reading.kind, reading.values[0]) == (kind, Decimal(value))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("12 June", {"2027-06-12", "2026-06-12"}),
        ("June 12th, 2026", {"2026-06-12"}),
        ("12/06/2026", {"2026-06-12", "2026-12-06"}),
        ("the day after tomorrow", {"2026-11-22"}),
        ("in three days", {"2026-11-23"}),
        ("two weeks ago", {"2026-11-06"}),
        ("a week from Monday", {"2026-11-30"}),
        ("next Tuesday", {"2026-11-24"}),
        ("this Friday", {"2026-11-20", "2026-11-27"}),
        ("last Friday", {"2026-11-13"}),
        ("Friday next week", {"2026-11-27"}),
        ("Monday week", {"2026-11-30"}),
        ("the end of next month", {"2026-12-31"}),
        ("end of February", {"2027-02-28", "2026-02-28"}),
        ("the 3rd of next month", {"2026-12-03"}),
        ("the 3rd", {"2026-12-03", "2026-11-03"}),
        ("Friday the 4th", {"2026-12-04", "2026-09-04", "2027-06-04"}),
        ("in a month", {"2026-12-20"}),
        ("29 February", {"2028-02-29", "2024-02-29"}),
    ],
)
def test_dates_are_read_against_the_clock(text: str, days: set[str]) -> None:
    reading = _only(text)
    assert reading.kind == "date"
    assert set(reading.values) == {date.fromisoformat(day) for day in days}


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("3pm", ["15:00"]),
        ("3:05:07 p.m.", ["15:05:07"]),
        ("half past nine", ["09:30", "21:30"]),
        ("quarter to three", ["02:45", "14:45"]),
        ("ten past noon", ["12:10"]),
        ("nine thirty am", ["09:30"]),
        ("12am", ["00:00"]),
        ("midnight", ["00:00"]),
        ("eight o'clock in the evening", ["20:00"]),
        ("24:00", ["00:00"]),
    ],
)
def test_times_of_day_are_read(text: str, times: list[str]) -> None:
    reading = _only(text)
    assert (reading.kind, list(reading.values)) == ("time", [time.fromisoformat(t) for t in times])


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("two weeks", "P14D"),
        ("an hour and a half", "PT90M"),
        ("two hours and a half", "PT150M"),
        ("1h30m", "PT90M"),
        ("2 h 15 min", "PT2H15M"),
        ("three quarters of an hour", "PT45M"),
        ("a year and a half", "P18M"),
        ("2 years and 3 months", "P27M"),
        ("45-minute", "PT45M"),
    ],
)
def test_lengths_of_time_are_read(text: str, iso: str) -> None:
    reading = _only(text)
    assert reading.kind == "duration"
    assert reading.values[0] == parse_iso_duration(iso)


@pytest.mark.parametrize(
    "text",
    [
        "PX-204",
        "v1.2.3",
        "10.0.0.1",
        "a1b2c3",
        "room_12",
        "https://shop.example/12?id=34",
        "ann12@mail.example",
        "+44 20 7946 0958",
        "555-0134",
        "4111 1111 1111 1111",
        "the cheaper one, not that one",
        "someone may march",
        "I sat in the sun",
        "often, weight, honest, tent",
    ],
)
def test_ids_addresses_and_lookalikes_are_not_read(text: str) -> None:
    assert readings(text, NOW) == ()


def test_a_date_time_is_read_besides_its_parts() -> None:
    kinds = {r.kind: r.values for r in readings("See you tomorrow at 3.", NOW)}
    assert kinds["date"] == (date(2026, 11, 21),)
    assert kinds["datetime"] == (
        datetime(2026, 11, 21, 3),  # noqa: DTZ001
        datetime(2026, 11, 21, 15),  # noqa: DTZ001
    )


@pytest.mark.parametrize("text", ["20 dollars 30 minutes ago", "20 dollars and 40 tickets"])
def test_a_number_after_an_amount_is_not_its_cents(text: str) -> None:
    assert find(text, 20, {}, now=NOW) is not None
    assert find(text, 20.3, {}, now=NOW) is None
    assert find(text, 20.4, {}, now=NOW) is None


@settings(max_examples=200, deadline=None)
@given(st.integers(-999_999, 999_999))
def test_spelled_numbers_read_back(number: int) -> None:
    found = list(word_numbers(spell(number)))
    assert [n.value for n in found] == [number]
    assert (found[0].start, found[0].end) == (0, len(spell(number)))


@settings(max_examples=200, deadline=None)
@given(st.text() | st.text(alphabet="0123456789.,:/-$% aefhimnoprstuw'’", max_size=60))
def test_any_text_is_read_without_error_and_within_its_bounds(text: str) -> None:
    for reading in readings(text, NOW):
        assert 0 <= reading.start < reading.end <= len(text)
        assert reading.values


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_do_no_harm(day: date) -> None:
    now = datetime.combine(day, time(12))
    text = "next Friday, last Friday, yesterday, tomorrow, in 99 years, the 31st, end of next month"
    assert readings(text + ", 12 June, Friday the 13th, 900 weeks ago, end of last week", now)


@pytest.mark.parametrize(
    "piece", ["one ", "a", "1", "1,", "12:", "and ", "the 3 ", "$", "in a ", "-1", "_a"]
)
@pytest.mark.timeout(60)
def test_long_hostile_texts_do_not_hang_the_readings(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    readings(text, NOW)
    find(text, "PX-204", {}, now=NOW)
    find(text, "in progress now", {"enum": ["in progress now"]}, now=NOW)
