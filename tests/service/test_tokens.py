"""Context tokens: short, signed, versioned, and worth nothing when they are not ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolweave.memory.tokens import LONGEST, Place, TokenError, Tokens, fresh_id

PLACE = Place(fresh_id(), fresh_id())
KEYS = ("an old secret of some length", "a new secret of some length")


def test_a_token_names_its_checkpoint_and_is_short() -> None:
    tokens = Tokens(KEYS, lifetime=3600)
    token = tokens.write(PLACE)
    assert tokens.read(token) == PLACE
    assert len(token) < LONGEST / 1.5
    assert token.isascii()


@given(at=st.integers(0, 200), char=st.sampled_from("AZaz09_-."))
def test_a_token_with_another_character_anywhere_is_refused(at: int, char: str) -> None:
    token = Tokens(KEYS).write(PLACE)
    at %= len(token)
    forged = token[:at] + char + token[at + 1 :]
    if forged != token:
        with pytest.raises(TokenError):
            Tokens(KEYS).read(forged)


@given(st.text(max_size=300))
def test_no_text_at_all_is_taken_for_a_token(text: str) -> None:
    with pytest.raises(TokenError):
        Tokens(KEYS).read(text)


def test_a_cut_off_token_is_refused() -> None:
    token = Tokens(KEYS).write(PLACE)
    for end in range(len(token)):
        with pytest.raises(TokenError):
            Tokens(KEYS).read(token[:end])


def test_a_token_signed_with_another_secret_is_refused() -> None:
    with pytest.raises(TokenError) as refused:
        Tokens(KEYS).read(Tokens(["some other secret altogether"]).write(PLACE))
    assert refused.value.reason == "invalid"


def test_a_token_signed_before_the_secret_changed_is_still_good() -> None:
    assert Tokens(KEYS).read(Tokens(KEYS[:1]).write(PLACE)) == PLACE


def test_a_token_ends_when_its_time_is_over() -> None:
    now = 1_000_000.0
    tokens = Tokens(KEYS, lifetime=60, now=lambda: now)
    token = tokens.write(PLACE)
    now += 59
    assert tokens.read(token) == PLACE
    now += 1
    with pytest.raises(TokenError) as refused:
        tokens.read(token)
    assert refused.value.reason == "expired"


def test_a_token_of_another_version_says_so() -> None:
    token = Tokens(KEYS).write(PLACE).replace("tw1.", "tw2.", 1)
    with pytest.raises(TokenError) as refused:
        Tokens(KEYS).read(token)
    assert refused.value.reason == "version"


def test_later_ids_sort_behind_earlier_ones() -> None:
    times = [1_700_000_000.0 + step for step in range(50)]
    made = [fresh_id(lambda at=at: at) for at in times]  # type: ignore[misc]
    assert made == sorted(made)
    assert {len(one) for one in made} == {32}
