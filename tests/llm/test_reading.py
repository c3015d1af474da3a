"""Reading hostile text ends, soon and without surprise; waiting and limiting keep their bounds."""

import asyncio
import random
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolweave.llm.answers import candidates, reply_of, tidied
from toolweave.llm.limits import Pace
from toolweave.llm.retries import Backoff, Fault, quoted, retry_after, trouble_of

HOSTILE = [
    "{" * 100_000,
    '{"a":' * 100_000,
    "[" * 100_000,
    "```" * 50_000,
    "<think>" * 50_000,
    '{"a": "' + "\\" * 100_000,
    '"' * 100_000,
    "{[" * 50_000 + "]}" * 50_000,
    '{"a": ' + "9" * 10_000 + "}",
    "x" * 3_000_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.timeout(60)
def test_hostile_text_does_not_hang_the_reader(text: str) -> None:
    assert all(isinstance(value, dict | list) for value in candidates(text))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='{}[]",:\\`<>/think \n01aé\ud800', max_size=60))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    assert all(isinstance(value, dict | list) for value in candidates(text))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["choices", "usage", "error"]), values))
def test_any_body_is_read_without_a_crash(body: object) -> None:
    reply = reply_of(body)
    assert reply is None or isinstance(reply.text, str)


@given(values)
def test_tidying_changes_nothing_that_can_be_written(value: object) -> None:
    assert tidied(value) == value


NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Thu, 01 Jan 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Thu, 01 Jan 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_the_wish_to_wait_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_waiting_grows_within_bounds_and_repeats_with_the_seed() -> None:
    backoff = Backoff(first=0.5, longest=8.0)
    pauses = [backoff.pause(attempt, None, random.Random(1)) for attempt in range(1, 60)]
    assert pauses == [backoff.pause(attempt, None, random.Random(1)) for attempt in range(1, 60)]
    assert 0.25 <= pauses[0] <= 0.5
    assert max(pauses) <= 8.0
    assert 8.0 <= backoff.pause(1, 3600.0, random.Random(1)) <= 8.5


def test_what_looks_like_a_key_is_left_out() -> None:
    said = quoted("key sk-abcdef123456 and Bearer xyz and hush\n" + "z" * 999, secret="hush")
    assert "abcdef" not in said
    assert "xyz" not in said
    assert "hush" not in said
    assert len(said) <= 201


def test_a_server_that_wishes_to_be_left_alone_is_busy() -> None:
    assert trouble_of(503, "", "", 2.0, "it").fault is Fault.BUSY
    assert trouble_of(503, "", "", None, "it").fault is Fault.BROKEN
    assert trouble_of(413, "", "", None, "it").fault is Fault.CONTEXT


def test_a_hold_stops_everybody() -> None:
    async def scene() -> float:
        pace = Pace(None)
        pace.hold(0.1)
        started = time.monotonic()
        await asyncio.gather(*(pace.turn() for _ in range(3)))
        return time.monotonic() - started

    assert asyncio.run(scene()) >= 0.1
