"""Leaks of the inside are found, and plain talk is left alone."""

import pytest

from toolweave.checks.leaks import leaks

TOOLS = ("create_support_ticket", "getOrderStatus", "search", "crm.find_customer", "Refund")
PARAMETERS = ("requester_id", "issueDescription", "email", "date")


def _kinds(text: str) -> list[tuple[str, str]]:
    found = leaks(
        text,
        tool_names=TOOLS,
        parameter_names=PARAMETERS,
        enum_values=("in_progress", "high", "NextDay"),
        hidden_ids=("TCK-4482",),
    )
    for leak in found:
        assert text[leak.start : leak.end] == leak.text
    return [(leak.kind, leak.text) for leak in found]


@pytest.mark.parametrize(
    ("text", "kind", "leaked"),
    [
        ("Please run create_support_ticket now", "tool_name", "create_support_ticket"),
        ("I'd use Create_Support_Ticket", "tool_name", "Create_Support_Ticket"),
        ("call getOrderStatus for me", "tool_name", "getOrderStatus"),
        ("ask crm.find_customer", "tool_name", "crm.find_customer"),
        ("my requester_id is 5", "parameter_name", "requester_id"),
        ("the issueDescription says so", "parameter_name", "issueDescription"),
        ("it is in_progress", "enum_spelling", "in_progress"),
        ("send it NextDay", "enum_spelling", "NextDay"),
        ("about tck-4482, please", "hidden_id", "tck-4482"),
        ("use $order.id there", "reference", "$order.id"),
        ("from ${ticket_id}", "reference", "${ticket_id}"),
        ("run func_01", "reference", "func_01"),
        ("my name is {value}", "placeholder", "{value}"),
        ("dear {{ customer name }}", "placeholder", "{{ customer name }}"),
        ("I am <name>", "placeholder", "<name>"),
        ("I live at [insert address here]", "placeholder", "[insert address here]"),
        ("my e-mail is N/A", "placeholder", "N/A"),
        ("the city is null", "placeholder", "null"),
        ("the date is None.", "placeholder", "None"),
        ("User: hello", "role_label", "User:"),
        ("Fine.\n**Assistant**: sure", "role_label", "**Assistant**:"),
        ("<|im_end|>", "role_label", "<|im_end|>"),
    ],
)
def test_what_no_user_says_is_found(text: str, kind: str, leaked: str) -> None:
    assert (kind, leaked) in _kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        'with "city": "Leeds"',
        "[{...}]",
        "```json",
        "['a', 'b']",
        "lookup_order(id=3)",
        "a {} b",
    ],
)
def test_json_fragments_are_found(text: str) -> None:
    assert "json" in {kind for kind, _ in _kinds(text)}


@pytest.mark.parametrize(
    "text",
    [
        "Please search my email for the date, it is high time.",
        "I want a refund. Refund it all!",
        "It cost $201.40, or US$5 (that's $5k in all) - none of them, None taken by the user.",
        "The user manual: page 3. I told the assistant: stop.",
        "My order number is TCK-44821 and it's in progress, next day if you can.",
        "We went (all of us) to McDonald's at 3 < 4 o'clock; a [sic] remark, A/B and n/a-like.",
        "He said \"no\", then 'yes': fine.",
        "",
    ],
)
def test_plain_talk_is_no_leak(text: str) -> None:
    assert _kinds(text) == []


def test_overlapping_leaks_are_told_once_in_order() -> None:
    found = _kinds("in_progress: {requester_id} via create_support_ticket(requester_id=1)")
    assert [kind for kind, _ in found] == ["enum_spelling", "placeholder", "json"]
