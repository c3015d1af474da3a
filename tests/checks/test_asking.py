"""Clarifications: natural questions pass, questions for something else do not."""

import pytest

from toolweave.checks.asking import AskTarget, asked, asked_for

SUPPORT = {
    "create.issue_description": AskTarget(
        "issue_description", "A detailed description of the issue."
    ),
    "create.category": AskTarget("category", words=("technical", "billing", "general")),
    "create.requester_id": AskTarget(
        "requester_id", "The unique identifier for the customer requesting support."
    ),
    "create.urgency_level": AskTarget("urgency_level", words=("low", "medium", "high")),
    "search.start_date": AskTarget("start_date"),
    "search.end_date": AskTarget("end_date"),
    "search.user_account_id": AskTarget("user_account_id"),
    "escalate.specialist_team": AskTarget(
        "specialist_team", words=("technical", "billing", "legal", "management")
    ),
    "escalate.specialist_notes": AskTarget("specialist_notes"),
    "escalate.support_case_id": AskTarget("support_case_id"),
    "update.status": AskTarget("status", words=("pending", "in progress", "resolved", "rejected")),
    "update.ticket_escalation_id": AskTarget("ticket_escalation_id"),
}


def ask(text: str, *slots: str) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    verdict = asked(text, {slot: SUPPORT[slot] for slot in slots}, SUPPORT)
    return verdict.missing, verdict.instead, verdict.question


def test_the_papers_first_clarification_asks_for_something_else() -> None:
    question = (
        "Could you please provide your requester ID so I can create a support ticket for your"
        " account login issue?"
    )
    missing, instead, _ = ask(question, "create.issue_description")
    assert missing == ("create.issue_description",)
    assert instead == ("create.requester_id",)


def test_the_papers_second_clarification_asks_for_something_else() -> None:
    question = (
        "To which specialist team would you like me to escalate your ticket for urgent resolution?"
    )
    missing, instead, _ = ask(question, "escalate.specialist_notes", "update.status")
    assert missing == ("escalate.specialist_notes", "update.status")
    assert instead == ("escalate.specialist_team",)


@pytest.mark.parametrize(
    ("question", "slots"),
    [
        ("What's going on?", ["create.issue_description"]),
        ("Sorry to hear that. What seems to be the trouble?", ["create.issue_description"]),
        ("Can you tell me a bit more about it?", ["create.issue_description"]),
        (
            "Happy to open one for customer 4411. What exactly is happening?",
            ["create.issue_description"],
        ),
        ("Sure. What went wrong with your account?", ["create.issue_description"]),
        ("What's your customer number?", ["create.requester_id"]),
        ("And which account is it?", ["search.user_account_id"]),
        ("Is that a technical, billing or general matter?", ["create.category"]),
        ("How urgent is it?", ["create.urgency_level"]),
        ("When should the search start?", ["search.start_date"]),
        ("Which dates should I look at?", ["search.start_date", "search.end_date"]),
        ("From when until when?", ["search.start_date", "search.end_date"]),
        (
            "Which team should take it: technical, billing, legal or management?",
            ["escalate.specialist_team"],
        ),
        (
            "What should I tell the technical team, and how should I mark the escalation:"
            " pending, in progress, resolved or rejected?",
            ["escalate.specialist_notes", "update.status"],
        ),
        (
            "Anything the specialists should know? And what status should I set?",
            ["escalate.specialist_notes", "update.status"],
        ),
        ("Please describe the problem.", ["create.issue_description"]),
        ("I'll just need your customer number to go on.", ["create.requester_id"]),
    ],
)
def test_natural_questions_pass(question: str, slots: list[str]) -> None:
    assert ask(question, *slots) == ((), (), True)


def test_a_text_that_asks_nothing_misses_every_slot() -> None:
    missing, _, question = ask("Your ticket is open and a specialist is on it.", "update.status")
    assert missing == ("update.status",)
    assert not question


def test_a_second_question_for_something_known_is_named() -> None:
    missing, instead, _ = ask(
        "What's going wrong, and what's your requester ID?", "create.issue_description"
    )
    assert missing == ()
    assert instead == ("create.requester_id",)


def test_a_known_thing_named_in_passing_is_not_asked() -> None:
    question = "For requester ID 4411, what's going wrong with the support case?"
    assert ask(question, "create.issue_description") == ((), (), True)


def test_one_plain_question_cannot_hold_a_second_slot() -> None:
    missing, instead, _ = ask("Which status?", "update.status", "escalate.specialist_notes")
    assert missing == ("escalate.specialist_notes",)
    assert instead == ()


@pytest.mark.parametrize(
    "text",
    [
        "Casa Verde is $20, where breakfast is extra, and there's the Old Mint, which has a pool.",
        "It can be refunded. You'll get it back when the parcel is here.",
    ],
)
def test_question_words_inside_a_statement_ask_nothing(text: str) -> None:
    assert not asked(text, {"c1.name": AskTarget("name")}).question


def test_a_question_mark_may_be_forgotten() -> None:
    assert ask("Sure, and what seems to be the trouble", "create.issue_description")[2]


def test_known_wordings_of_a_question_count() -> None:
    target = AskTarget("frobnicity", asks=("Shall the wobble be [soft|hard]?",))
    other = AskTarget("wobble", "")
    assert asked("Should the wobble be hard?", {"c1.frobnicity": target}, {"c1.wobble": other}).fine


def test_hostile_lengths_end() -> None:
    assert asked("what " * 200_000, {"c1.x": AskTarget("x" * 10_000)}).missing == ("c1.x",)


def test_words_that_have_nothing_to_do_with_what_is_missing_ask_for_nothing() -> None:
    target = {"c1.requester_id": AskTarget("requester_id", label="customer number")}
    assert asked("One moment please.", target).missing == ("c1.requester_id",)
    assert asked("Your customer number, please.", target).fine


@pytest.mark.parametrize(
    ("text", "due", "slots"),
    [
        ("What's the category?", (), ("create.category",)),
        (
            "Please tell me your requester id, and how urgent is it? Low, medium or high?",
            ("create.requester_id", "create.urgency_level"),
            ("create.requester_id", "create.urgency_level"),
        ),
        ("From when to when? I need the start date and the end date.", (),
         ("search.start_date", "search.end_date")),
        ("What is your shoe size?", (), ()),
        ("Your case is open, its status is pending.", (), ()),
        ("", (), ()),
    ],
)  # fmt: skip
def test_whoever_is_asked_knows_what_for(
    text: str, due: tuple[str, ...], slots: tuple[str, ...]
) -> None:
    assert asked_for(text, SUPPORT, due) == slots


def test_of_what_a_question_has_to_do_with_the_due_is_meant() -> None:
    text = "Which team is it for, technical or billing?"
    assert asked_for(text, SUPPORT, ("create.category",)) == ("create.category",)
    assert asked_for(text, SUPPORT, ("escalate.specialist_team",)) == ("escalate.specialist_team",)
