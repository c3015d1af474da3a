"""Policies held against dialogues: order, consent, bans, sign-in, limits and personal data."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from toolweave.cli.main import run
from toolweave.configs.policy import PersonalData, Policy, Shape, load_policy
from toolweave.configs.shipping import shipped_names
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError
from toolweave.core.finding import Finding
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.tool import Effect, Tool
from toolweave.evaluation.agreeing import agrees
from toolweave.evaluation.auditing import audit, messages_of
from toolweave.evaluation.personal import occurrences
from toolweave.schema.records import build


def policy(**rules: JsonValue) -> Policy:
    return build(Policy, {"version": 1, **rules})


def user(text: str) -> JsonObject:
    return {"role": "user", "content": text}


def told(text: str) -> JsonObject:
    return {"role": "assistant", "content": text}


def called(name: str, result: JsonValue = None, **arguments: JsonValue) -> list[JsonObject]:
    call = {"id": "a", "function": {"name": name, "arguments": json.dumps(arguments)}}
    answer = {"role": "tool", "tool_call_id": "a", "content": json.dumps(result or {"ok": True})}
    return [{"role": "assistant", "content": None, "tool_calls": [call]}, answer]


def found(rules: Policy, *messages: JsonObject, tools: tuple[Tool, ...] = ()) -> list[Finding]:
    return audit(messages, rules, tools)


def where(findings: list[Finding]) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.message) for finding in findings]


ORDER = policy(order=[{"name": "o", "first": ["get_*"], "then": ["refund"], "same": ["id", "of"]}])
FAILED = {"error": {"code": "NOT_FOUND", "message": "no"}}


def test_what_must_come_first_must_have_succeeded_for_the_same_thing() -> None:
    look = called("get_order", id="A1")
    assert not found(ORDER, *look, *called("refund", of="A1"))
    assert not found(ORDER, *called("get_order", {"id": "A1"}), *called("refund", of="A1"))
    assert where(found(ORDER, *called("refund", of="A1"), *look)) == [("policy_order", 0)]
    failed = called("get_order", FAILED, id="A1")
    assert where(found(ORDER, *failed, *called("refund", of="A1"))) == [("policy_order", 2)]
    (other,) = found(ORDER, *look, *called("refund", of="B2"))
    assert (other.message, other.at) == (2, "o")
    assert "'B2'" in other.problem


CONSENT = policy(confirm=[{"name": "c", "acts": ["delete", "pay"], "parameter": "confirmed"}])


def test_deleting_and_paying_need_an_announcement_and_then_an_agreement() -> None:
    ask = told("I would cancel your booking for Porto. Shall I?")
    cancel = called("cancel_booking", city="Porto")
    assert not found(CONSENT, ask, user("Yes, go ahead."), *cancel)
    assert where(found(CONSENT, user("Cancel Porto."), *cancel)) == [("policy_confirmation", 1)]
    for answer in ("No, don't do that.", "How much is it?", "I'm not sure."):
        (finding,) = found(CONSENT, ask, user(answer), *cancel)
        assert finding.problem.endswith("the user's message 1 does not agree to it")
    (finding,) = found(CONSENT, told("Anything else?"), user("Yes."), *cancel)
    assert "did not announce" in finding.problem
    assert not found(CONSENT, user("Cancel."), *called("cancel_booking", confirmed=True))
    assert found(CONSENT, user("Cancel."), *called("cancel_booking", confirmed=False))


def test_what_a_tool_does_is_read_from_its_document_or_its_name() -> None:
    wipe = Tool(name="wipe", effect=Effect(kind="delete", entity="disk"))
    sized = Tool(name="transfer", parameters={"type": "object", "properties": {"amount": {}}})
    for name in ("pay_bill", "purchase_ticket", "delete_file"):
        assert found(CONSENT, user("Hm."), *called(name))
    for name in ("get_payment_methods", "transfer_to_agent", "wipe", "list_purchases"):
        assert not found(CONSENT, user("Hm."), *called(name))
    for tool in (wipe, sized):
        assert found(CONSENT, user("Hm."), *called(tool.name), tools=(tool,))


@pytest.mark.parametrize(
    ("text", "agreed"),
    [
        ("Yes, please proceed. I don't have anything else.", True),
        ("That works for me.", True),
        ("OK, do it!", True),
        ("No problem, go ahead.", True),
        ("I don't agree.", False),
        ("No. Yes I said no.", False),
        ("Not yet, okay?", False),
        ("Use the gift card.", False),
    ],
)
def test_agreement_in_words(text: str, agreed: bool) -> None:
    assert agrees(text) is agreed


def test_a_forbidden_tool_may_be_called_where_every_condition_holds() -> None:
    never = policy(forbid=[{"name": "f", "tools": ["*_sql"]}])
    assert where(found(never, *called("run_sql"))) == [("policy_forbidden", 0)]
    assert not found(never, *called("run"))
    limits = [
        {"at": "amount", "operator": "<=", "value": 500},
        {"at": "order.state", "result_of": "get_order", "value": "late"},
    ]
    small = policy(forbid=[{"name": "f", "tools": ["refund"], "unless": limits}])
    late = called("get_order", {"order": {"state": "late"}})
    assert not found(small, *late, *called("refund", amount=500))
    (finding,) = found(small, *late, *called("refund", amount=501))
    assert finding.problem.endswith("unless amount <= 500")
    assert found(small, *late, *called("refund", amount="500"))
    assert found(small, *called("refund", amount=1))


def test_tools_behind_a_sign_in_and_limits() -> None:
    sign = policy(sign_in=[{"name": "s", "by": ["log_in"], "free": ["help"]}])
    assert not found(sign, *called("help"), *called("log_in"), *called("see"))
    assert where(found(sign, *called("log_in", FAILED), *called("see"))) == [("policy_sign_in", 2)]
    turn = policy(limits=[{"name": "l", "tools": ["see"], "at_most": 1, "per": "turn"}])
    whole = policy(limits=[{"name": "l", "tools": ["s*"], "at_most": 1}])
    talk = [user("a"), *called("see"), user("b"), *called("see")]
    assert not found(turn, *talk)
    assert where(found(whole, *talk)) == [("policy_limit", 4)]
    assert where(found(turn, *talk, *called("see"))) == [("policy_limit", 6)]


@pytest.mark.parametrize(
    ("shape", "text", "pieces"),
    [
        ("email", "Mail jo.doe@shop.example.org. Or a@b.", ["jo.doe@shop.example.org"]),
        ("phone", "+49 30 1234567 or 555-123-4567", ["+49 30 1234567", "555-123-4567"]),
        ("phone", "order 4455667788 of 2024-05-15 10:00", []),
        ("card", "4111 1111 1111 1111, not 4111 1111 1111 1112", ["4111 1111 1111 1111"]),
        ("iban", "DE89 3704 0044 0532 0130 00 IS MINE", ["DE89 3704 0044 0532 0130 00"]),
        ("iban", "DE88 3704 0044 0532 0130 00", []),
        ("ssn", "123-45-6789 but not 000-45-6789", ["123-45-6789"]),
        ("ipv4", "10.0.0.1. And 1.2.3.4.5, 300.1.1.1", ["10.0.0.1"]),
    ],
)
def test_shapes_of_personal_data(shape: Shape, text: str, pieces: list[str]) -> None:
    assert list(occurrences(PersonalData(name="p", shape=shape), text)) == pieces


def test_a_pattern_of_ones_own_a_form_that_it_must_have_and_exceptions() -> None:
    code = PersonalData(name="p", pattern=r"\b[A-Z]{3}\d{3}\b")
    assert list(occurrences(code, "HAT123 and\nABC4567, XYZ999")) == ["HAT123", "XYZ999"]
    form = PersonalData(name="p", shape="phone", must_match=r"\+[0-9 ]+")
    assert list(occurrences(form, "+49 30 1234567 or 555-123-4567")) == ["555-123-4567"]
    fine = PersonalData(name="p", shape="email", allowed=(r".*@example\.org",))
    assert list(occurrences(fine, "a@example.org b@example.org.uk")) == ["b@example.org.uk"]


def test_personal_data_is_sought_where_the_rule_says_and_not_repeated() -> None:
    rule: JsonObject = {"name": "p", "shape": "ssn"}
    talk = [
        user("123-45-6789"),
        told("123-45-6789"),
        *called("see", "123-45-6789", n="123-45-6789"),
    ]
    assert where(found(policy(personal_data=[rule]), *talk)) == [("policy_personal_data", 1)]
    everywhere = rule | {"places": ["user", "assistant", "tool", "arguments"]}
    findings = found(policy(personal_data=[everywhere]), *talk)
    assert [finding.message for finding in findings] == [0, 1, 2, 3]
    assert not any("45-67" in finding.line() for finding in findings)


@pytest.mark.parametrize("text", ["a@" * 50_000, "1 " * 50_000, "A1" * 50_000, "a" * 100_000])
def test_no_text_keeps_the_search_busy(text: str) -> None:
    started = time.monotonic()
    shapes: tuple[Shape, ...] = ("email", "phone", "card", "iban", "ssn", "ipv4")
    for shape in shapes:
        list(occurrences(PersonalData(name="p", shape=shape), text))
    list(occurrences(PersonalData(name="p", pattern=r"(a+)+1|(1 ?)+x"), text))
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 1", "the policy has no rules"),
        ("version: 1\nforbid: [{name: a, tool: [x]}]", "did you mean 'tools'?"),
        ("version: 1\nforbid: [{name: a}]", "no tools are named"),
        ("version: 1\npersonal_data: [{name: a}]", "give either a shape or a pattern"),
        ("version: 1\npersonal_data: [{name: a, pattern: '(a'}]", "personal_data[0].pattern"),
        ("version: 1\npersonal_data: [{name: a, pattern: '(a)\\1'}]", "references"),
        ("[]", ""),
    ],
)
def test_a_bad_policy_is_one_line(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, talk = tmp_path / "p.yaml", tmp_path / "d.json"
    path.write_text(text)
    talk.write_text(json.dumps([user("Hi.")]))
    assert run(["check", str(talk), "--policy", str(path)]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert str(path) in err
    assert said in err


def test_the_command_audits_line_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "d.jsonl"
    bad = {"messages": [user("Go."), *called("run_sql")]}
    path.write_text("\n".join([json.dumps({"messages": [user("Hi.")]}), "{", json.dumps(bad)]))
    assert run(["check", str(path), "--policy", "service_desk"]) == 1
    out = capsys.readouterr().out
    assert f"error: {path}, line 3, message 1, no-raw-queries: run_sql must not be called" in out
    assert out.endswith("3 dialogues checked: 2 errors, 0 warnings\n")


def test_shipped_policies_load_and_an_unknown_one_is_refused() -> None:
    assert [load_policy(name).name for name in shipped_names("policies")] == ["service_desk"]
    with pytest.raises(InputError, match="shipped policies: service_desk"):
        load_policy("none")


def test_dialogues_of_ours_are_audited_too(data: dict[str, Any]) -> None:
    dialogue = build(Dialogue, data)
    rules = policy(forbid=[{"name": "f", "tools": ["assign_ticket"]}])
    (finding,) = audit(messages_of(dialogue), rules, ())
    calls = dialogue.messages[finding.message or 0].tool_calls
    assert "assign_ticket" in [call.name for call in calls]
