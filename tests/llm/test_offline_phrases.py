"""The choice grammar: every phrase that keeps to it expands, and nothing else is let through."""

import random
import re
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolweave.core.errors import InputError
from toolweave.llm.offline.phrases import Part, expand, holes, parse, plain, text_of


class Hole(NamedTuple):
    """A place to fill in."""

    name: str


class Choice(NamedTuple):
    """Alternatives."""

    options: list["Phrase"]


Phrase = list["str | Hole | Choice"]
NAMES = ("value", "label", "c1.ticket_id", "items")
texts = st.text("ab c.,'?é0", min_size=1, max_size=6)
nodes = st.recursive(
    texts | st.sampled_from(NAMES).map(Hole),
    lambda inner: st.lists(st.lists(inner, max_size=3), min_size=1, max_size=3).map(
        lambda options: Choice(options)
    ),
    max_leaves=8,
)
phrases: st.SearchStrategy[Phrase] = st.lists(nodes, max_size=4)


def written(phrase: Phrase) -> str:
    """The phrase as a lexicon holds it."""
    return "".join(
        node if isinstance(node, str)
        else f"{{{node.name}}}" if isinstance(node, Hole)
        else f"[{'|'.join(map(written, node.options))}]"
        for node in phrase
    )  # fmt: skip


def matcher(phrase: Phrase) -> str:
    """A pattern of everything the phrase may become."""
    return "".join(
        re.escape(node) if isinstance(node, str)
        else re.escape(f"<{node.name}>") if isinstance(node, Hole)
        else f"(?:{'|'.join(map(matcher, node.options))})"
        for node in phrase
    )  # fmt: skip


def named(phrase: Phrase) -> set[str]:
    found = {node.name for node in phrase if isinstance(node, Hole)}
    for node in phrase:
        if isinstance(node, Choice):
            found |= {name for option in node.options for name in named(option)}
    return found


@given(phrase=phrases, seed=st.integers(0, 99))
def test_every_phrase_of_the_grammar_expands_to_one_of_its_choices(
    phrase: Phrase, seed: int
) -> None:
    parts = expand(written(phrase), random.Random(seed), lambda name: [Part(f"<{name}>", name)])
    assert parts is not None
    assert re.fullmatch(matcher(phrase), text_of(parts))
    assert all(part.text == f"<{part.ref}>" for part in parts if part.ref)
    assert holes(written(phrase)) == named(phrase)


@given(phrase=phrases)
def test_a_seed_always_makes_the_same_choices(phrase: Phrase) -> None:
    text = written(phrase)
    assert plain(text, random.Random(5)) == plain(text, random.Random(5))


@given(phrase=phrases, place=st.integers(0, 200), bracket=st.sampled_from("[]"))
def test_a_bracket_too_many_is_refused(phrase: Phrase, place: int, bracket: str) -> None:
    text = re.sub(r"\{.*?\}", "x", written(phrase))
    place = min(place, len(text))
    with pytest.raises(InputError, match="phrase"):
        parse(text[:place] + bracket + text[place:])


@pytest.mark.parametrize(
    "phrase", ["[a|b", "a]", "a|b", "[a]|[b]", "[[a|b]", "[" * 13 + "a" + "]" * 13, "[", "|"]
)
def test_what_breaks_the_grammar_is_one_line_that_quotes_it(phrase: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(phrase)
    assert phrase[:20] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_deep_nesting_ends_in_an_error_and_not_in_a_crash() -> None:
    with pytest.raises(InputError, match="too deeply"):
        parse("[" * 50_000)


def test_a_hole_that_cannot_be_filled_leaves_nothing() -> None:
    assert expand("it is {value}", random.Random(0), lambda name: None) is None


def test_every_choice_is_taken_by_some_seed() -> None:
    made = {plain("[a|b|[c|d]] [very |]good", random.Random(seed)) for seed in range(200)}
    assert made == {f"{a} {v}good" for a in "abcd" for v in ("", "very ")}
