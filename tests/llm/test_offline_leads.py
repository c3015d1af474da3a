"""Leads: what comes before a request, an answer or a question, and says nothing by itself."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import pytest

from toolweave.checks.claims import claims
from toolweave.checks.matching import find
from toolweave.configs.shipping import shipped_names
from toolweave.configs.wording import load_lexicon, words
from toolweave.core.model import JsonValue
from toolweave.llm.offline import frames
from toolweave.llm.offline.belonging import whose
from toolweave.llm.offline.phrases import Part, plain, text_of
from toolweave.llm.offline.prose import lowered
from toolweave.llm.offline.speech import named_clause

NOW = datetime(2026, 11, 20, 18, 30)  # noqa: DTZ001
TONES = tuple(frames.GREETINGS)
DRAWS = 400
ENDS = (".", "!", "?", "\u2026")
STOCKS = (frames.GREETINGS, frames.FOLLOWING, frames.TURNING, frames.REPLYING)


def users_leads() -> Iterator[str]:
    for stock in STOCKS:
        yield from (phrase for phrases in stock.values() for phrase in phrases)
    yield from (*frames.AFTER_FAILURE, *frames.TELLING)


def worded(phrases: Iterator[str] | tuple[str, ...]) -> set[str]:
    return {plain(phrase, random.Random(seed)) for phrase in phrases for seed in range(30)}


def spoken_values() -> Iterator[JsonValue]:
    """What users of the shipped domains say for a choice, and yes, no and small numbers."""
    yield from (True, False, *range(32))
    for name in shipped_names("lexicons"):
        for field in load_lexicon(name).fields.values():
            yield from (word for said in field.words.values() for word in said)


def test_no_lead_of_a_user_could_be_taken_for_a_value() -> None:
    values = sorted({repr(value): value for value in spoken_values()}.items())
    assert len(values) > 500
    text = "\n".join(sorted(worded(users_leads())))
    assert [name for name, value in values if find(text, value, {}, now=NOW) is not None] == []


def test_no_lead_claims_anything() -> None:
    leads = worded(users_leads()) | worded((*frames.ASSENTING, *frames.SORRY))
    assert len(leads) > 300
    assert [claim.text for lead in sorted(leads) for claim in claims(lead, NOW)] == []


def test_questions_run_on_from_a_yes() -> None:
    assert all(lead.endswith(",") for lead in frames.ASSENTING)


def test_what_is_missing_is_asked_for_in_the_sentence_that_lists_it() -> None:
    for phrase in frames.NEEDING:
        asked = plain(phrase, random.Random(0))
        assert "list" in asked
        assert not any(f"{mark} " in asked for mark in ENDS)


@pytest.mark.parametrize("stock", [frames.GREETINGS, frames.FOLLOWING])
def test_a_lead_that_stands_alone_is_rare(stock: dict[str, tuple[str, ...]]) -> None:
    stream = random.Random(5)
    drawn = [plain(stream.choice(stock[tone]), stream) for tone in TONES for _ in range(DRAWS)]
    alone = Counter(lead for lead in drawn if lead.endswith(ENDS))
    assert 0 < sum(alone.values()) < len(drawn) / 4
    assert max(alone.values()) < 0.02 * len(drawn)


def test_a_label_that_is_a_clause_takes_no_article() -> None:
    view = words("legal_services").field("open_case", "case_summary", {"type": "string"})
    assert view.label.startswith("what ")
    assert whose(view, "your") == ""


def test_a_label_that_is_a_noun_takes_an_article() -> None:
    general = words("")
    assert whose(general.field("open", "customer_name", {"type": "string"}), "your") == "your"
    assert whose(general.field("book", "start_date", {"type": "string"}), "your") == "the"


def test_a_clause_that_opens_with_a_name_keeps_its_capital() -> None:
    named = named_clause([Part("Riverside is closest")], "depot", ["Riverside"])
    assert text_of(lowered(named)) == "Riverside is closest"
    plain_one = named_clause([Part("It's the closest")], "depot", ["Riverside"])
    assert text_of(lowered(plain_one)) == "it's the closest"
