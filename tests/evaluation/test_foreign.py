"""Dialogues made elsewhere: what is wrong is named, what may be right is not called an error."""

import json
import time
from typing import Any

import pytest

from toolweave.core.finding import Finding
from toolweave.core.tool import Tool
from toolweave.evaluation.foreign import prove_foreign

Message = dict[str, Any]
TOOLS = [
    Tool(
        name="search_rooms",
        parameters={
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "date": {"type": "string"},
                "beds": {"type": "integer"},
                "view": {"type": "string", "enum": ["sea", "garden"]},
                "sort": {"type": "string", "default": "price"},
                "filter": {"type": "object", "properties": {"pets": {"type": "boolean"}}},
            },
            "required": ["city"],
        },
    ),
    Tool(
        name="book_room",
        parameters={
            "type": "object",
            "properties": {
                "room_id": {"type": "string"},
                "amount": {"type": "number"},
                "guest": {"type": "string"},
            },
        },
    ),
    Tool(
        name="calculate",
        parameters={"type": "object", "properties": {"expression": {"type": "string"}}},
    ),
]
SYSTEM = {"role": "system", "content": "The current time is 2024-05-15 15:00:00 EST. Be brief."}
REQUEST = {"role": "user", "content": "A room in Porto next Friday, please, for two people."}
ROOMS = json.dumps(
    {"rooms": [{"room_id": "r_771", "price": 120.5}, {"room_id": "r_772", "price": 95}]}
)


def calling(name: str, arguments: object, call_id: str = "a1") -> Message:
    function = {"name": name, "arguments": arguments}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": call_id, "type": "function", "function": function}],
    }


def answering(content: str, name: str = "search_rooms", call_id: str = "a1") -> Message:
    return {"role": "tool", "content": content, "name": name, "tool_call_id": call_id}


def said(text: str) -> Message:
    return {"role": "assistant", "content": text}


SEARCH = calling("search_rooms", '{"city": "Porto", "date": "2024-05-17"}')


def found(*messages: Message, tools: list[Tool] | None = TOOLS) -> list[Finding]:
    return prove_foreign(list(messages), tools)


def codes(*messages: Message) -> list[tuple[str, str, int | None]]:
    return [(item.code, item.severity, item.message) for item in found(*messages)]


def test_a_grounded_dialogue_has_no_findings() -> None:
    booking = calling("book_room", {"room_id": "r_772", "amount": 95}, "a2")
    assert not found(
        SYSTEM,
        REQUEST,
        SEARCH,
        answering(ROOMS),
        said("Two rooms are free; r_772 is $95."),
        {"role": "user", "content": "Take the cheaper one."},
        booking,
        answering("Booked.", "book_room", "a2"),
        said("Room r_772 is yours on May 17."),
    )


def test_an_id_may_come_again_in_a_later_turn() -> None:
    more = {"role": "user", "content": "And with 2 beds?"}
    again = calling("search_rooms", '{"city": "Porto", "beds": 2}')
    assert not found(SYSTEM, REQUEST, SEARCH, answering("[]"), more, again, answering("[]"))


def test_missing_ids_pair_in_order() -> None:
    call = calling("search_rooms", {"city": "Porto"}, "")
    assert not found(REQUEST, call, {"role": "tool", "content": "[]"})


def test_the_old_function_form() -> None:
    call = {
        "role": "assistant",
        "content": "",
        "function_call": {"name": "search_rooms", "arguments": '{"city": "Porto"}'},
    }
    assert not found(REQUEST, call, {"role": "function", "name": "search_rooms", "content": "[]"})


def test_content_in_parts() -> None:
    parts = {"role": "user", "content": [{"type": "text", "text": "A room in Porto."}]}
    assert not found(parts, calling("search_rooms", {"city": "Porto"}), answering("[]"))


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (
            [REQUEST, calling("search_rooms", {"city": "Porto"}), said("Sorry.")],
            ("unanswered_call", "error", 1),
        ),
        ([REQUEST, SEARCH, answering("[]")], ("unknown_correspondence", "warning", 1)),
        ([REQUEST, calling("search_rooms", {"city": "Porto"})], ("unanswered_call", "warning", 1)),
        ([REQUEST, answering("[]")], ("answer_without_call", "error", 1)),
        ([{"role": "robot", "content": "x"}], ("unknown_role", "error", 0)),
        ([{"role": "user", "content": 7}], ("malformed_message", "error", 0)),
        (
            [REQUEST, calling("search_rooms", {"city": "Porto"}), answering("[]", "book_room")],
            ("wrong_answer_name", "error", 2),
        ),
        (
            [REQUEST, calling("search_rooms", "{city"), answering("[]")],
            ("unreadable_arguments", "error", 1),
        ),
        (
            [REQUEST, calling("find_rooms", {"city": "Porto"}), answering("[]", "find_rooms")],
            ("unknown_tool", "error", 1),
        ),
        (
            [REQUEST, calling("search_rooms", {"city": "Porto", "town": "Porto"}), answering("[]")],
            ("unknown_argument", "error", 1),
        ),
        (
            [REQUEST, calling("search_rooms", {"sort": "price"}), answering("[]")],
            ("argument_schema", "error", 1),
        ),
        (
            [REQUEST, calling("search_rooms", {"city": "Lisbon"}), answering("[]")],
            ("ungrounded_argument", "error", 1),
        ),
        (
            [REQUEST, calling("search_rooms", {"city": "Porto", "beds": 47}), answering("[]")],
            ("ungrounded_argument", "error", 1),
        ),
        (
            [REQUEST, calling("search_rooms", {"city": "Porto", "view": "sea"}), answering("[]")],
            ("unstated_choice", "warning", 1),
        ),
        (
            [
                REQUEST,
                calling("search_rooms", {"city": "Porto", "filter": {"pets": True}}),
                answering("[]"),
            ],
            ("unstated_choice", "warning", 1),
        ),
        (
            [REQUEST, calling("search_rooms", {"city": "OPO"}), answering("[]")],
            ("unknown_correspondence", "warning", 1),
        ),
    ],
)
def test_each_objection(messages: list[Message], expected: tuple[str, str, int]) -> None:
    assert codes(*messages) == [expected]


def test_two_calls_of_one_message_with_one_id() -> None:
    twice = calling("search_rooms", {"city": "Porto"})
    twice["tool_calls"] = twice["tool_calls"] * 2
    assert ("duplicate_call_id", "error", 1) in codes(
        REQUEST, twice, answering("[]"), answering("[]")
    )


def test_without_tools_names_and_schemas_are_not_judged() -> None:
    call = calling("find_rooms", {"town": "Porto"})
    assert not found(REQUEST, call, answering("[]", "find_rooms"), tools=None)


def test_a_schema_that_cannot_be_used() -> None:
    broken = Tool(name="x", parameters={"$ref": "#/$defs/none"})
    assert [item.code for item in found(REQUEST, tools=[broken])] == ["unusable_schema"]


def test_a_relative_date_counts_through_the_clock() -> None:
    off = calling("search_rooms", '{"city": "Porto", "date": "2024-07-19"}')
    assert codes(SYSTEM, REQUEST, off, answering("[]")) == [("ungrounded_argument", "error", 2)]


def test_a_day_counted_from_a_known_one_is_a_warning() -> None:
    later = calling("search_rooms", '{"city": "Porto", "date": "2024-05-18"}')
    assert codes(SYSTEM, REQUEST, later, answering("[]")) == [("derived_argument", "warning", 2)]


def test_sums_are_worked_out_not_invented() -> None:
    total = calling("calculate", {"expression": "120.5 + 95"}, "a2")
    messages = [SYSTEM, REQUEST, SEARCH, answering(ROOMS)]
    assert not found(*messages, total, answering("215.5", "calculate", "a2"))
    booking = calling("book_room", {"room_id": "r_771", "amount": 215.5}, "a2")
    assert codes(*messages, booking, answering("{}", "book_room", "a2")) == [
        ("derived_argument", "warning", 4)
    ]
    invented = calling("calculate", {"expression": "120.5 + 9311"}, "a2")
    assert codes(*messages, invented, answering("1", "calculate", "a2"))[0][0] == (
        "ungrounded_argument"
    )


def test_what_only_the_assistant_proposed_is_a_warning() -> None:
    messages = [SYSTEM, REQUEST, said("Shall I book it for Marlene Otto?")]
    booking = calling("book_room", {"guest": "Marlene Otto"})
    proposed = found(
        *messages, {"role": "user", "content": "Yes."}, booking, answering("ok", "book_room")
    )
    assert "proposed_argument" in [item.code for item in proposed]
    assert "ungrounded_argument" not in [item.code for item in proposed]


def test_claims_of_the_assistant() -> None:
    messages = [SYSTEM, REQUEST, SEARCH, answering(ROOMS)]
    assert not found(*messages, said("Rooms found:\n\n1. r_771\n2. r_772\n3. Nothing else"))
    assert not found(*messages, said("Free on May 17:\n\n1. r_771"))
    assert codes(*messages, said("It costs $214 a night.")) == [("unsupported_claim", "error", 4)]
    assert codes(*messages, said("Both cost $215.50.")) == [("derived_claim", "warning", 4)]
    assert codes(*messages, said("Ask for Bertrand there.")) == [("unknown_name", "warning", 4)]
    assert codes(*messages, said("Use code ZX-9134.")) == [("unsupported_claim", "error", 4)]
    assert not found(*messages, said("Room 771 has a number in it that was returned."))


def test_a_claim_is_objected_to_once() -> None:
    messages = [SYSTEM, REQUEST, said("It costs $214."), said("As I said, it costs $214.")]
    assert codes(*messages) == [("unsupported_claim", "error", 2)]


@pytest.mark.parametrize(
    "result",
    [
        "[" * 900 + "]" * 900,
        '{"a": NaN, "b": Infinity, "c": 1e999}',
        '{"n": ' + "9" * 400 + "}",
        "9" * 5_000,
    ],
)
def test_absurd_results_are_survived(result: str) -> None:
    odd = calling("book_room", {"amount": 10**40, "guest": "x" * 50_000}, "a2")
    huge = calling("calculate", {"expression": "9" * 300 + " + 1"}, "a3")
    found(SYSTEM, REQUEST, SEARCH, answering(result), odd, huge, said("It is $12,345,678,901,234."))


def test_arguments_nested_absurdly_are_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(300):
        deep = {"a": deep}
    call = calling("search_rooms", deep)
    assert ("unreadable_arguments", "error", 1) in codes(REQUEST, call, answering("[]"))


def test_what_a_long_argument_claims_is_judged_like_text() -> None:
    invented = calling("book_room", {"guest": "Account 99881234 of the guest in Porto"})
    (finding,) = found(SYSTEM, REQUEST, invented, answering("Booked.", "book_room"))
    assert (finding.code, finding.at, finding.message) == (
        "unsupported_claim", "book_room.guest", 2,
    )  # fmt: skip
    assert finding.value == "99881234"
    own_words = calling("book_room", {"guest": "somebody who wants a room in Porto"})
    assert not found(SYSTEM, REQUEST, own_words, answering("Booked.", "book_room"))


BAGS = [
    Tool(
        name="book_trip",
        parameters={
            "type": "object",
            "properties": {
                "total_bags": {"type": "integer"},
                "passengers": {"type": "integer"},
                "month": {"type": "integer"},
            },
        },
    ),
    Tool(name="update_trip_baggage", parameters={"type": "object", "properties": {}}),
    Tool(name="change_trip_dates", parameters={"type": "object", "properties": {}}),
]
RULES = {"role": "system", "content": "It is 2024-05-15. Gold members take 3 bags for free."}


def booked(said: str, arguments: dict[str, Any], *before: Message) -> list[tuple[str, str]]:
    talk = [RULES, {"role": "user", "content": said}, *before, calling("book_trip", arguments)]
    return [(f.code, f.at) for f in prove_foreign(talk, BAGS) if f.code != "unanswered_call"]


def looked_up(result: object) -> list[Message]:
    found = {"role": "tool", "tool_call_id": "b1", "content": json.dumps(result)}
    return [calling("change_trip_dates", {}, "b1"), found]


@pytest.mark.parametrize("said", ["Three bags.", "With 3 of them.", "We are 3."])
def test_a_small_number_that_a_user_says_is_given(said: str) -> None:
    assert booked(said, {"total_bags": 3}) == []


def test_a_small_number_of_other_things_is_no_evidence() -> None:
    doubt = [("unrelated_number", "book_trip.total_bags")]
    # The third point of a list, the rules, and three seats left are no three bags.
    assert booked("1. One way\n2. Economy\n3. Just me", {"total_bags": 3}) == doubt
    assert booked("Porto.", {"total_bags": 3}, *looked_up([{"seats_left": 3}])) == doubt
    assert booked("Porto.", {"total_bags": 3}, *looked_up({"bag_limit": 3})) == []
    assert booked("Porto.", {"total_bags": 3}, *looked_up(3.0)) == []
    assert booked("Porto.", {"passengers": 2}, *looked_up({"passengers": ["A", "B"]})) == []
    assert booked("Porto on 2024-07-09.", {"month": 7}) == []


def test_a_refund_is_told_without_its_sign() -> None:
    talk = [
        RULES, {"role": "user", "content": "Move it."}, *looked_up({"payments": [-6594, -3925]}),
        calling("book_trip", {"total": "6594 + 3925"}),
    ]  # fmt: skip
    assert not [f for f in prove_foreign(talk) if f.at.endswith("total")]


@pytest.mark.parametrize(
    ("said", "undone"),
    [
        ("One checked bag has been added to your trip.", True),
        ("Your bags have now been successfully updated.", True),
        # A call that was made may have done it, a look-up or a wish has no such deed.
        ("Your dates have been changed.", False),
        ("The trip has been changed.", False),
        ("Your bags have been lost.", False),
        ("The bags will be added.", False),
        ("Your visa has been added.", False),
    ],
)
def test_a_deed_that_no_call_did_is_named(said: str, undone: bool) -> None:
    talk = [
        RULES, {"role": "user", "content": "Later, and a bag."}, *looked_up({"ok": True}),
        {"role": "assistant", "content": said},
    ]  # fmt: skip
    found = [f for f in prove_foreign(talk, BAGS) if f.code == "undone_deed"]
    assert bool(found) is undone
    assert all(f.severity == "warning" and "update_trip_baggage" in f.problem for f in found)


def test_a_failed_call_does_no_deed_and_a_told_one_is_not_the_assistants() -> None:
    claim = {"role": "assistant", "content": "Your dates have been changed."}
    failed = [*looked_up({"error": "no seats"}), claim]
    told = [{"role": "user", "content": "I read: your dates have been changed."}, claim]
    for talk, expected in ((failed, 1), (told, 0)):
        found = [f for f in prove_foreign([RULES, *talk], BAGS) if f.code == "undone_deed"]
        assert len(found) == expected


def test_a_word_without_end_is_read_at_once() -> None:
    began = time.monotonic()
    prove_foreign([{"role": "assistant", "content": "n" * 100_000}])
    assert time.monotonic() - began < 5
