"""An assistant's claims are found, supported by what is known and by nothing else."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from toolweave.checks.claims import Claim, claims
from toolweave.checks.evidence import Evidence

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
TICKET: dict[str, JsonValue] = {
    "ticket_id": "TCK-4482",
    "status": "in_progress",
    "priority": "high",
    "total": 201.4,
    "ratio": 12.35,
    "discount": 0.15,
    "refund": -50,
    "fee_cents": 1999,
    "budget": 1234567,
    "created_at": "2026-11-18T10:30:00Z",
    "due": "2026-12-04",
    "call_minutes": 90,
    "stay": "P2W",
    "card": "4111111111117731",
    "contact": {"name": "Ann Lee", "email": "ann@mail.example", "phone": "+44 20 7946 0958"},
    "city": "Leeds",
    "page": "https://help.example/t/4482",
    "note": "The screen won't turn on. Flickers 3 times.",
    "notes": [1, 2, 3, 4, 5, 6, 7],
}
EVIDENCE = Evidence([TICKET], ["I am Bob Marsh from York, order AB-77, and I pay $12."], NOW)


def _claims(text: str) -> list[tuple[str, str]]:
    found = claims(text, NOW)
    for claim in found:
        if claim.kind not in ("email", "url", "name"):
            assert text[claim.start : claim.end] == claim.text
    return [(claim.kind, claim.text) for claim in found]


def _unsupported(text: str) -> list[str]:
    return [claim.text for claim in claims(text, NOW) if not EVIDENCE.supports(claim)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ticket TCK-4482 is open.", [("id", "TCK-4482")]),
        ("It is $201.40, 15% off.", [("amount", "$201.40"), ("percent", "15%")]),
        (
            "I found two results and four more.",
            [("count", "two"), ("remaining_count", "four more")],
        ),
        (
            "Due tomorrow at 3pm for 45 minutes.",
            [("datetime", "tomorrow at 3pm"), ("duration", "45 minutes")],
        ),
        (
            "Mail ann@mail.example, or see https://a.example/x.",
            [("email", "ann@mail.example"), ("url", "https://a.example/x")],
        ),
        ("It says “all fine” now.", [("quote", "all fine")]),
        ("The card ending in 7731 works.", [("id_end", "7731")]),
        ("Please ask Ann Lee of Leeds.", [("name", "Ann Lee of Leeds")]),
        ("Dr. Smith called. J. Doe did not.", [("name", "Smith"), ("name", "J. Doe")]),
        ("Acme confirmed it.", [("name", "Acme")]),
        ("The High Street branch is open.", [("name", "High Street")]),
        ("Fly with BA from LHR.", [("name", "BA"), ("name", "LHR")]),
    ],
)
def test_claims_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert _claims(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sure! Unfortunately, I can't. OK, what's the reason?",
        "First, one of them is yours; give me a second. Thanks for today.",
        "- Status: Open\n- Priority: High\nYour ticket is ready. Is it urgent?",
        "I've updated it. You're welcome! May I help with anything else this Afternoon?",
        "Checking now… Currently it's fine; the second one isn't.",
        "Please send the PDF by SMS, ASAP.",
    ],
)
def test_talk_that_claims_nothing_gives_no_claims(text: str) -> None:
    assert _claims(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Ticket TCK-4482 (tck 4482) was opened on 18 November, 10:30; it's “in progress”.",
        "It was created on Wednesday, two days ago, at half past ten; today is 20 November 2026.",
        "The total is $201.40, about $201, with 15% off, a $50 refund and a $19.99 fee.",
        "Roughly 12.4, or 12.35; the budget is 1.2 million.",
        "The call took an hour and a half, 90 minutes; the stay is two weeks.",
        "It is due on 4 December, next month, a Friday.",
        "Seven notes: here are four, and three more.",
        "Ann Lee's mail is ann@mail.example and her number +44 20 7946 0958; she lives in Leeds.",
        "The card ending in 7731 and the ticket ending in 4482 are fine.",
        'You wrote "the screen won\'t turn on". See https://help.example/t/4482.',
        "Bob Marsh, your order AB-77 from York costs $12.",
    ],
)
def test_what_is_known_is_supported(text: str) -> None:
    assert claims(text, NOW)
    assert _unsupported(text) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Ticket TCK-4483 is open.", "TCK-4483"),
        ("The total is $201.50.", "$201.50"),
        ("The total is $213.40.", "$213.40"),
        ("Both cost $213.40 together.", "$213.40"),
        ("There are 14% left.", "14%"),
        ("About 12.3 remain.", "12.3"),
        ("It was opened on 19 November.", "19 November"),
        ("It was opened on 18 November 2025.", "18 November 2025"),
        ("It was opened at 10:45.", "10:45"),
        ("It was opened on 18 November at 9:15.", "18 November at 9:15"),
        ("It is due tomorrow.", "tomorrow"),
        ("It is due on Monday.", "Monday"),
        ("It took 80 minutes.", "80 minutes"),
        ("You have eight notes.", "eight"),
        ("There are nine more.", "nine more"),
        ("The card ending in 7732 works.", "7732"),
        ("Ask Ann Bee.", "Ann Bee"),
        ("She lives in Luton.", "Luton"),
        ("Mail anna@mail.example.", "anna@mail.example"),
        ("See https://help.example/t/4483.", "https://help.example/t/4483"),
        ('You wrote "the screen flickers all day".', "the screen flickers all day"),
        ("Call +44 20 7946 0959.", "7946 0959"),
    ],
)
def test_what_nobody_said_is_not_supported(text: str, wrong: str) -> None:
    assert any(wrong in claim or claim in wrong for claim in _unsupported(text))


@pytest.mark.parametrize("piece", ["A ", "1-", "A-", '"', "a@", "http://", "I. ", "3 of ", "‘a "])
@pytest.mark.timeout(60)
def test_long_hostile_texts_do_not_hang_the_claims(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    evidence = Evidence([text], [text], NOW)
    for claim in claims(text, NOW)[:20]:
        evidence.supports(claim)


def test_without_evidence_only_the_clock_is_known() -> None:
    nothing = Evidence([], [], NOW)
    texts = ["It's 20 November 2026.", "It's Friday.", "It's 18:30."]
    for text in texts:
        assert all(nothing.supports(claim) for claim in claims(text, NOW))
    assert not nothing.supports(Claim(0, 1, "number", "7", ()))


@settings(max_examples=150, deadline=None)
@given(st.text() | st.text(alphabet="AbC 12-_.,:'\"“”@/$%\n", max_size=60))
def test_any_text_yields_claims_in_order_within_bounds(text: str) -> None:
    found = claims(text, NOW)
    ends = [0] + [claim.end for claim in found]
    for before, claim in zip(ends, found, strict=False):
        assert before <= claim.start < claim.end <= len(text)
        assert EVIDENCE.supports(claim) in (True, False)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.integers() | st.floats() | st.text(max_size=20) | st.booleans() | st.none(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
        ),
        max_leaves=6,
    )
)
def test_any_value_may_be_evidence(value: object) -> None:
    evidence = Evidence([value], [], NOW)  # type: ignore[list-item]
    assert evidence.supports(Claim(0, 10, "date", "20 November", (NOW.date(),)))
