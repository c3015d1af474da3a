"""Turns, calls and multi-step turns, counted by hand beside what is computed."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolweave.core.dialogue import Dialogue
from toolweave.evaluation.conversation import Conversation, of_dialogue, of_messages
from toolweave.evaluation.structure import Structure, StructureFigures
from toolweave.runs.simulation import simulate

Message = dict[str, Any]
SHARED = Path(__file__).resolve().parents[2].parent / "shared"
AIRLINE = SHARED / "data" / "dialogues" / "airline_gpt4o_10.jsonl"


def user(text: str) -> Message:
    return {"role": "user", "content": text}


def calls(*made: tuple[str, dict[str, Any]], key: str = "a") -> Message:
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": f"{key}{place}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments)},
            }
            for place, (name, arguments) in enumerate(made)
        ],
    }


def answer(result: object, call_id: str = "a0") -> Message:
    text = result if isinstance(result, str) else json.dumps(result)
    return {"role": "tool", "tool_call_id": call_id, "content": text}


def told(text: str) -> Message:
    return {"role": "assistant", "content": text}


def figures(*held: Conversation) -> StructureFigures:
    structure = Structure()
    for one in held:
        structure.add(one)
    return structure.figures("x", ["find", "book", "never"])


def chain(request: str, result: object, sent: dict[str, Any]) -> Conversation:
    return of_messages(
        [
            {"role": "system", "content": "The current time is 2024-05-15 15:00:00 EST."},
            user(request),
            calls(("find", {"kind": "room"})),
            answer(result),
            calls(("book", sent), key="b"),
            answer("done", "b0"),
            told("Booked."),
        ]
    )


def openai_form(dialogue: Dialogue) -> list[Message]:
    plain: list[Message] = []
    for message in dialogue.messages:
        item: Message = {"role": message.role, "content": message.content}
        if message.tool_calls:
            item["tool_calls"] = [
                {"id": c.id, "function": {"name": c.name, "arguments": json.dumps(c.arguments)}}
                for c in message.tool_calls
            ]
        if message.role == "tool":
            item["tool_call_id"] = message.tool_call_id
        plain.append(item)
    return plain


def test_a_table_row_counted_by_hand() -> None:
    one = of_messages(
        [
            told("Welcome!"),
            user("A room, please."),
            calls(("find", {"city": "Porto"})),
            answer({"room": "r_771"}),
            calls(("book", {"room": "r_771"}), key="b"),
            answer("done", "b0"),
            told("Booked."),
            user("Thank you."),
        ]
    )
    two = of_messages([user("Hello."), told("Hello."), user("What can you do?"), told("Rooms.")])
    three = of_messages([user("Two rooms."), calls(("find", {"n": 1}), ("find", {"n": 2}))])
    held = figures(one, two, three)
    assert held.dialogues == 3
    assert (held.row.turns.least, held.row.turns.most) == (1, 2)
    assert held.row.turns.mean == pytest.approx(5 / 3)
    assert (held.row.calls.least, held.row.calls.most) == (0, 2)
    assert held.row.calls.mean == pytest.approx(4 / 3)
    assert held.row.multi_step == pytest.approx(2 / 5)
    assert held.row.true_multi_step == pytest.approx(1 / 5)
    assert (held.tools, held.uncalled) == (2, ("never",))
    assert held.motifs == held.patterns == held.domains == ()


def test_calls_before_the_first_user_belong_to_no_turn() -> None:
    held = of_messages([calls(("find", {"n": 1})), answer("[]"), user("Hello.")])
    assert (held.calls, [turn.calls for turn in held.turns]) == (1, [()])


def test_one_tool_called_twice_is_two_calls_even_without_ids() -> None:
    call = {"role": "assistant", "tool_calls": [{"function": {"name": "find", "arguments": "{}"}}]}
    held = of_messages([user("Look twice."), call, answer("[]", ""), call, answer("[]", "")])
    assert held.calls == 2
    assert held.turns[0].multi_step
    assert not held.turns[0].chained


@pytest.mark.parametrize(
    ("request_text", "result", "sent"),
    [
        ("A room, please.", {"rooms": [{"id": "r_771"}]}, {"room": "r_771"}),
        ("A room, please.", {"guest": {"name": "John Doe"}}, {"for": ["john doe"]}),
        ("A room, please.", {"price": 305}, {"amount": 305.0}),
        ("A room, please.", {"price": 305}, {"amount": "305"}),
        ("A room, please.", "Error: the total is 305, not 255", {"amount": 305}),
        ("A room, please.", {"note": "ask for the Blue Room"}, {"room": "blue room"}),
    ],
)
def test_a_value_that_first_appears_in_a_result_of_the_turn_is_consumed(
    request_text: str, result: object, sent: dict[str, Any]
) -> None:
    assert chain(request_text, result, sent).turns[0].chained


@pytest.mark.parametrize(
    ("request_text", "result", "sent"),
    [
        ("Room R-771, please.", {"id": "r-771"}, {"room": "r-771"}),
        ("A room on May 20th, please.", {"date": "2024-05-20"}, {"day": "2024-05-20"}),
        ("A room at the 2024-05-15 rate.", {"id": "r_771"}, {"room": "r_772"}),
        ("A room, please.", {"kind": "room"}, {"kind": "room"}),
        ("A room, please.", {"beds": 2, "sea": True}, {"beds": 2, "sea": True}),
        ("A room, please.", {"beds": "2", "x": "y", "n": None}, {"a": "2", "b": "y", "n": None}),
        ("A room, please.", {"rate_305": "cheap one"}, {"amount": 305}),
    ],
)
def test_values_known_before_or_equal_by_chance_are_not(
    request_text: str, result: object, sent: dict[str, Any]
) -> None:
    assert not chain(request_text, result, sent).turns[0].chained


def test_what_an_earlier_turn_returned_is_not_consumed_from_this_one() -> None:
    found = answer({"room": "r_771"})
    first = [user("A room."), calls(("find", {"q": "sea"})), found, told("There is one.")]
    later = [user("Take it."), calls(("see", {"q": "now"}), key="b"), answer('["r_771"]', "b0")]
    held = of_messages([*first, *later, calls(("book", {"room": "r_771"}), key="c")])
    assert [turn.chained for turn in held.turns] == [False, False]
    assert held.turns[1].multi_step


def test_calls_of_one_message_do_not_feed_each_other() -> None:
    both = calls(("find", {"q": "sea"}), ("book", {"room": "r_771"}))
    held = of_messages([user("A room."), both, answer('["r_771"]'), answer("done", "a1")])
    assert held.turns[0].multi_step
    assert not held.turns[0].chained


def test_our_records_are_chained_by_their_bindings(data: dict[str, Any]) -> None:
    held = of_dialogue(Dialogue.model_validate(data))
    assert [turn.calls for turn in held.turns] == [(), ("c1", "c2", "c3")]
    assert [turn.chained for turn in held.turns] == [False, True]
    assert [turn.kind for turn in held.turns] == ["task", "task"]
    second = data["messages"][6]["tool_calls"]
    for call in second:
        for source in call["sources"].values():
            source["binding"] = {"source": "context", "key": "now"}
    assert not of_dialogue(Dialogue.model_validate(data)).turns[1].chained


def test_several_attempts_at_one_call_are_one_call(data: dict[str, Any]) -> None:
    messages = data["messages"]
    again = [json.loads(json.dumps(message)) for message in messages[4:6]]
    again[0]["tool_calls"][0].update(id="call_0", attempt=1)
    again[1].update(
        tool_call_id="call_0",
        content='{"error": {"code": "BUSY", "message": "Try again."}}',
    )
    messages[4]["tool_calls"][0]["attempt"] = 2
    data["messages"] = [*messages[:4], *again, *messages[4:]]
    held = of_dialogue(Dialogue.model_validate(data))
    assert (held.calls, held.turns[1].calls) == (3, ("c1", "c2", "c3"))
    assert held.failures == ("BUSY",)
    assert figures(held).failures[0].model_dump() == {
        "kind": "BUSY", "dialogues": 1, "attempts": 1,
    }  # fmt: skip


def test_failures_in_words() -> None:
    held = chain("A room.", "Error: no such city", {"x": 1})
    assert held.failures == ("error",)
    assert chain("A room.", {"error": "no such city"}, {"x": 1}).failures == ("error",)
    assert not chain("A room.", {"error": None, "rooms": 1}, {"x": 1}).failures


@pytest.mark.parametrize("plan", ["tourism_city_break", "ecommerce_reorder"])
def test_shipped_plans_and_their_dialogues_agree(plan: str) -> None:
    dialogue = simulate(plan, seed=3)
    held = of_dialogue(dialogue)
    assert held.calls == len({call.id for call in dialogue.plan.calls()})
    assert len(held.turns) == sum(message.role == "user" for message in dialogue.messages)
    got = figures(held)
    assert [group.name for group in got.motifs] == [dialogue.plan.motif]
    assert {group.name for group in got.patterns} == {s.kind for s in dialogue.plan.segments}
    assert sum(group.turns for group in got.patterns) == len(held.turns)
    assert sum(group.calls for group in got.patterns) == sum(len(t.calls) for t in held.turns)


def test_our_messages_read_as_foreign_ones_have_the_same_turns_and_calls() -> None:
    dialogue = simulate("tourism_city_break", seed=3)
    ours, theirs = of_dialogue(dialogue), of_messages(openai_form(dialogue))
    assert [len(turn.calls) for turn in ours.turns] == [len(turn.calls) for turn in theirs.turns]
    assert [said.text for said in ours.said] == [said.text for said in theirs.said]


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "user"}],
        [{"role": "tool", "content": "NaN"}, {"role": "assistant", "tool_calls": "x"}],
        [user("x"), {"role": "assistant", "tool_calls": [{"function": {"name": "f"}}, 3]}],
        [user("x"), calls(("f", {"n": 10**400, "e": 1e308})), answer("[1e308, NaN, Infinity]")],
    ],
)
def test_broken_messages_are_counted_as_far_as_they_go(messages: list[Message]) -> None:
    assert figures(of_messages(messages)).dialogues == 1


@pytest.mark.skipif(not AIRLINE.exists(), reason="the airline dialogues are not at hand")
def test_the_ten_airline_dialogues() -> None:
    lines = AIRLINE.read_text().splitlines()
    held = figures(*(of_messages(json.loads(line)["messages"]) for line in lines))
    assert held.dialogues == 10
    assert held.row.turns.mean == pytest.approx(9.3)
    assert held.row.calls.mean == pytest.approx(5.8)
    # In four turns a looked-up reservation or airport feeds the next call; in two a calculation is
    # asked for of prices that the call before returned.
    assert held.row.true_multi_step == pytest.approx(6 / 93)


@pytest.mark.parametrize("plan", ["insurance_payout", "customer_support_case", "logistics_export"])
def test_values_tell_what_bindings_say(plan: str) -> None:
    for seed in range(3):
        dialogue = simulate(plan, seed=seed)
        ours, theirs = of_dialogue(dialogue), of_messages(openai_form(dialogue))
        assert [turn.chained for turn in ours.turns] == [turn.chained for turn in theirs.turns]
