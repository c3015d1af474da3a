"""The dialogue of the ToolWeave paper (App. J.4) against its plan (J.3) and tools (J.1)."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolweave.cli.main import run
from toolweave.core.finding import Finding
from toolweave.core.model import JsonValue
from toolweave.evaluation.checking import check
from toolweave.planners.reading import LoadedPlan, load_plan

PAPER = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "paper"
pytestmark = pytest.mark.skipif(not PAPER.is_dir(), reason="the paper's data is not here")

NOW = "2025-08-27T21:24:05Z"
TICKET, CUSTOMER, ESCALATION = "tkt987654321", "cust123456789", "esc987654321"
ISSUE = (
    "I keep getting an error message saying ’Invalid credentials’ even though I’m sure I’m entering"
    " the correct username and password. I’ve tried resetting my password multiple times, but the"
    " issue persists. I need this resolved as soon as possible because I can’t access any of my"
    " account features."
)
NOTES = (
    "I’ve been experiencing this issue for the past three days, and it’s preventing me from"
    " accessing critical account features. I’ve tried all the standard troubleshooting steps,"
    " including clearing my browser cache and trying different devices, but nothing has worked. I"
    " suspect there might be an issue with the account authentication system itself."
)
CREATED = (
    "I’ve created a support ticket for your account login issue. Your ticket ID is tkt987654321,"
    " created on August 27, 2025, and it is currently open. The ticket details confirm that the"
    " issue is related to receiving an ’Invalid credentials’ error message despite entering the"
    " correct username and password, and that you’ve attempted to reset your password multiple"
    " times without success. The ticket is categorized as ’general’ with high priority. The ticket"
    " status remains open, and it was last updated on August 27, 2025. Our support team will"
    " address this as soon as possible."
)
FOUND = (
    "I found your open support ticket with ID tkt987654321. It was created on August 27, 2025,"
    " regarding the ’Invalid credentials’ error you’re experiencing despite entering the correct"
    " username and password. The issue description mentions that you’ve tried resetting your"
    " password multiple times without success. This ticket was last updated on August 27, 2025, and"
    " our support team is working to resolve it as quickly as possible."
)
ESCALATED = (
    "Your ticket has been successfully escalated to the technical team. The escalation ID is"
    ' esc987654321, created on August 27, 2025, with a status of "in_progress". This escalation'
    " was last updated on August 27, 2025. The technical team will now prioritize resolving your"
    " account login issue, considering the additional details you’ve provided about the problem’s"
    " duration and your troubleshooting attempts."
)


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def told(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def called(name: str, arguments: JsonValue, result: JsonValue) -> list[dict[str, Any]]:
    function = {"name": name, "arguments": json.dumps(arguments)}
    call = {"id": name, "type": "function", "function": function}
    answer = {"role": "tool", "tool_call_id": name, "content": json.dumps(result)}
    return [{"role": "assistant", "content": None, "tool_calls": [call]}, answer]


def dialogue() -> list[dict[str, Any]]:
    """The messages of App. J.4: 0 system, 1–8 create and read, 9–12 search, 13–20 escalate."""
    dates = {"creation_date": NOW, "last_updated": NOW}
    return [
        {"role": "system", "content": "Current time: 2025-08-27 21:24:05."},
        user(f"I need to create a support ticket for an issue I’m having with my account login."
             f" {ISSUE}"),
        told("Could you please provide your requester ID so I can create a support ticket for your"
             " account login issue?"),
        user(f"My requester ID is {CUSTOMER}."),
        *called("create_support_ticket",
                {"issue_description": ISSUE, "requester_id": CUSTOMER, "urgency_level": "high",
                 "category": "general"},
                {"ticket_id": TICKET, "creation_date": NOW, "status": "open"}),
        *called("get_ticket_details", {"support_ticket_identifier": TICKET},
                {"customer_id": CUSTOMER, "issue_description": ISSUE, "priority": "high",
                 "category": "general", "status": "open", **dates}),
        told(CREATED),
        user("Can you search for the ticket I just created?"),
        *called("search_tickets",
                {"user_account_id": CUSTOMER, "issue_type": "general", "ticket_state": "open",
                 "urgency_level": "medium"},
                {"tickets": [{"ticket_id": TICKET, "issue_description": ISSUE, **dates}]}),
        told(FOUND),
        user("Please escalate my ticket to a specialist team for urgent resolution. Here are some"
             f" additional details: {NOTES}"),
        told("To which specialist team would you like me to escalate your ticket for urgent"
             " resolution?"),
        user("Please escalate my ticket to the technical team and set the escalation status to"
             " in_progress."),
        *called("escalate_ticket_to_specialist",
                {"specialist_team": "technical", "support_case_id": TICKET,
                 "specialist_notes": NOTES, "attachments": [], "urgency_level": "high"},
                {"escalation_id": ESCALATION, "escalation_date": NOW, "status": "in_progress"}),
        *called("update_escalation_status",
                {"status": "in_progress", "ticket_escalation_id": ESCALATION},
                {"last_updated": NOW}),
        told(ESCALATED),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> LoadedPlan:
    return load_plan(PAPER / "support_plan.json")


def findings(messages: list[dict[str, Any]], plan: LoadedPlan, folder: Path) -> tuple[Finding, ...]:
    path = folder / "dialogue.json"
    path.write_text(json.dumps({"messages": messages}))
    (checked,) = check(path, plan.toolset, plan=plan.plan)
    return checked.findings


def faithful() -> list[dict[str, Any]]:
    """The same dialogue, asking for what is planned and sending nothing else."""
    messages = dialogue()
    messages[1] = user("I need to create a support ticket and get all the details about it. My"
                       f" requester ID is {CUSTOMER}.")  # fmt: skip
    messages[2] = told("What exactly is the issue that you are having?")
    messages[3] = user(ISSUE)
    messages[13] = user("Now, please escalate this ticket to the technical team for urgent"
                        " resolution and update the escalation status.")  # fmt: skip
    messages[14] = told("What should I note for the specialist, and which status should I set?")
    messages[15] = user(f"{NOTES} Set it to in_progress.")
    for index, names in ((4, ("urgency_level", "category")), (10, ("urgency_level",)),
                         (16, ("attachments", "urgency_level"))):  # fmt: skip
        change(messages, index, **dict.fromkeys(names))
    return messages


def change(messages: list[dict[str, Any]], index: int, **changes: JsonValue) -> None:
    """Sends other arguments in a call; None leaves one out."""
    function = messages[index]["tool_calls"][0]["function"]
    sent = {**json.loads(function["arguments"]), **changes}
    kept = {name: value for name, value in sent.items() if value is not None}
    function["arguments"] = json.dumps(kept)


def test_the_papers_dialogue_departs_from_its_plan_in_these_places_and_no_others(
    plan: LoadedPlan, tmp_path: Path
) -> None:
    found = findings(dialogue(), plan, tmp_path)
    assert [(finding.message, finding.code, finding.at) for finding in found] == [
        (2, "unasked_slot", "c1.issue_description"),
        (4, "unplanned_argument", "c1.urgency_level"),
        (4, "unplanned_argument", "c1.category"),
        (10, "unplanned_argument", "c3.urgency_level"),
        (14, "unasked_slot", "c4.specialist_notes"),
        (14, "unasked_slot", "c5.status"),
        (16, "unplanned_argument", "c4.attachments"),
        (16, "unplanned_argument", "c4.urgency_level"),
    ]
    problems = {finding.at: finding.problem for finding in found}
    assert problems["c1.issue_description"].endswith("it asks for c1.requester_id")
    assert problems["c4.specialist_notes"].endswith("it asks for c4.specialist_team")
    assert problems["c5.status"].endswith("it asks for c4.specialist_team")


def test_which_unplanned_arguments_equal_a_default_is_said(
    plan: LoadedPlan, tmp_path: Path
) -> None:
    found = findings(dialogue(), plan, tmp_path)
    said = {finding.at: finding.problem.partition("; ")[2] for finding in found
            if finding.code == "unplanned_argument"}  # fmt: skip
    assert said == {
        "c1.urgency_level": "the default is 'medium'",
        "c1.category": "it equals the default 'general'",
        "c3.urgency_level": "it equals the default 'medium'",
        "c4.attachments": "",
        "c4.urgency_level": "the default is 'medium'",
    }


def test_a_dialogue_that_follows_the_plan_is_clean(plan: LoadedPlan, tmp_path: Path) -> None:
    assert findings(faithful(), plan, tmp_path) == ()


def test_arguments_come_from_where_the_plan_takes_them(plan: LoadedPlan, tmp_path: Path) -> None:
    messages = faithful()
    change(messages, 6, support_ticket_identifier=CUSTOMER)
    change(messages, 10, issue_type=None)
    change(messages, 16, specialist_team="legal")
    found = findings(messages, plan, tmp_path)
    assert [(finding.message, finding.code, finding.at) for finding in found] == [
        (6, "ungrounded_argument", "c2.support_ticket_identifier"),
        (10, "missing_argument", "c3.issue_type"),
        (16, "ungrounded_argument", "c4.specialist_team"),
    ]
    assert TICKET in found[0].problem


def test_steps_that_are_missing_and_messages_that_are_too_many_are_named(
    plan: LoadedPlan, tmp_path: Path
) -> None:
    messages = faithful()
    extra = called("search_tickets", {"user_account_id": CUSTOMER}, {"tickets": []})
    found = findings([*messages[:18], *messages[20:]], plan, tmp_path)
    assert ("missing_step", 14, "c5") in {(f.code, f.step, f.at) for f in found}
    found = findings([*messages[:8], *extra, *messages[8:]], plan, tmp_path)
    assert [(finding.message, finding.code) for finding in found] == [(8, "unplanned_call")]


def test_further_system_messages_are_no_departure(plan: LoadedPlan, tmp_path: Path) -> None:
    messages = faithful()
    messages.insert(13, {"role": "developer", "content": "Be brief."})
    assert findings(messages, plan, tmp_path) == ()


def test_a_call_of_another_tool_is_not_the_planned_one(plan: LoadedPlan, tmp_path: Path) -> None:
    messages = faithful()
    messages[6]["tool_calls"][0]["function"]["name"] = "fetch_ticket"
    found = {(finding.message, finding.code) for finding in findings(messages, plan, tmp_path)}
    assert {(6, "unknown_tool"), (6, "missing_call"), (6, "unplanned_call")} <= found


def test_the_command_joins_a_dialogue_with_a_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, named = tmp_path / "dialogue.json", str(PAPER / "support_plan.json")
    path.write_text(json.dumps(dialogue()))
    assert run(["check", str(path), "--plan", named]) == 1
    assert capsys.readouterr().out.endswith("1 dialogue checked: 8 errors, 0 warnings\n")
    path.write_text(json.dumps(faithful()))
    assert run(["check", str(path), "--plan", named]) == 0
    assert run(["check", str(path), "--plan", str(tmp_path / "none.yaml")]) == 2
    assert "there is no such file" in capsys.readouterr().err
