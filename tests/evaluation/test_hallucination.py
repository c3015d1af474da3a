"""Hallucination counted by hand beside what the proof says."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from toolweave.core.dialogue import Dialogue
from toolweave.core.tool import Tool
from toolweave.evaluation.figures import Measuring, Source, figures
from toolweave.evaluation.hallucination import Hallucination, Verdict, verdict
from toolweave.evaluation.loading import LoadedDialogue
from toolweave.evaluation.lots import Lots
from toolweave.runs.simulation import simulate

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
AIRLINE = SHARED / "data" / "dialogues" / "airline_gpt4o_10.jsonl"
FIND = Tool.model_validate(
    {
        "name": "find_room",
        "description": "Find a room.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    }
)


def foreign(name: str, arguments: Mapping[str, object], said: str = "Done.") -> LoadedDialogue:
    call = {"id": "a", "function": {"name": name, "arguments": json.dumps(arguments)}}
    messages: tuple[dict[str, Any], ...] = (
        {"role": "user", "content": "A room in Porto, please."},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a", "content": '{"room": "r_12"}'},
        {"role": "assistant", "content": said},
    )
    return LoadedDialogue("line 1", messages=messages)


def judged(loaded: LoadedDialogue, tools: list[Tool] | None = None) -> Verdict:
    found = verdict(loaded, tools)
    assert found is not None
    return found


def made_up(found: Verdict) -> tuple[int, ...]:
    return tuple(found.made_up[kind] for kind in ("tool", "parameter", "value", "text"))


@pytest.mark.parametrize(
    ("loaded", "counts"),
    [
        (foreign("find_room", {"city": "Porto"}), (0, 0, 0, 0)),
        (foreign("find_rooms", {"city": "Porto"}), (1, 0, 0, 0)),
        (foreign("find_room", {"city": "Porto", "town": "Porto"}), (0, 1, 0, 0)),
        (foreign("find_room", {"city": "Lisbon-77"}), (0, 0, 1, 0)),
        (foreign("find_room", {"city": "Porto"}, "It costs $8,431.50."), (0, 0, 0, 1)),
    ],
)
def test_each_kind_is_told_apart(loaded: LoadedDialogue, counts: tuple[int, ...]) -> None:
    found = judged(loaded, [FIND])
    assert made_up(found) == counts
    assert found.closed


def test_without_tools_names_are_unknown_and_clean_is_a_bound() -> None:
    held = Hallucination()
    held.add(1, "a", judged(foreign("anything", {"city": "Porto", "x": "Lisbon-77"})))
    got = held.figures("theirs", 1)
    assert (got.closed, got.row.tool, got.row.parameter) == (0, None, None)
    assert (got.row.value, got.row.clean, got.row.clean_at_most) == (1.0, 0.0, True)
    assert (got.arguments.invented_tools, got.arguments.unnamed) == (None, None)
    assert (got.arguments.arguments, got.arguments.grounded, got.arguments.ungrounded) == (2, 1, 1)


def test_names_are_judged_among_the_dialogues_whose_tools_are_known() -> None:
    held = Hallucination()
    held.add(1, "a", judged(foreign("find_rooms", {"city": "Porto"}), [FIND]))
    held.add(2, "b", judged(foreign("find_rooms", {"city": "Porto"})))
    got = held.figures("theirs", 2)
    assert (got.closed, got.row.tool, got.row.clean, got.row.clean_at_most) == (1, 1.0, 0.5, True)
    assert (got.arguments.calls, got.arguments.named_calls) == (2, 1)
    assert (got.arguments.invented_tools, got.arguments.named_arguments) == (1, 1)


def test_a_simulated_dialogue_is_clean_and_a_changed_argument_is_not() -> None:
    dialogue = simulate("tourism_city_break", seed=3)
    clean = judged(LoadedDialogue("", dialogue=dialogue))
    assert made_up(clean) == (0, 0, 0, 0)
    assert clean.arguments == sum(
        len(call.sources) for message in dialogue.messages for call in message.tool_calls
    )
    data = json.loads(dialogue.model_dump_json())
    call = next(m for m in data["messages"] if m.get("tool_calls"))["tool_calls"][0]
    path = next(p for p, value in call["arguments"].items() if isinstance(value, str))
    call["arguments"][path] = "Zzyzx 99-13"
    changed = judged(LoadedDialogue("", dialogue=Dialogue.model_validate(data)))
    assert changed.made_up["value"] >= 1
    # One argument is one, however many findings object to it.
    assert changed.arguments == clean.arguments


def test_a_sample_is_drawn_by_seed_and_of_its_size() -> None:
    loaded = [foreign("find_room", {"city": "Porto"}) for _ in range(40)]
    how = [Measuring(seed=seed, proved=7) for seed in (1, 1, 2)]
    got = [figures([Source("x", loaded)], how=one).files[0].hallucination for one in how]
    assert [(one.measured, one.dialogues) for one in got] == [(7, 40)] * 3
    assert got[0] == got[1]


def test_lots_name_who_leaves() -> None:
    lots, held = Lots(1, "x", 5), set[int]()
    for number in range(200):
        drawn = lots.draw(number)
        if drawn.wanted:
            held.add(number)
        if drawn.leaves is not None:
            held.remove(drawn.leaves)
    assert len(held) == 5
    assert max(held) > 20
    assert all(Lots(1, "x", 0).draw(number).wanted for number in range(9))


@pytest.mark.skipif(not AIRLINE.exists(), reason="the airline dialogues are not at hand")
def test_the_ten_airline_dialogues_hallucinate_a_statement_and_no_argument() -> None:
    got = figures([AIRLINE]).files[0].hallucination
    assert (got.measured, got.closed) == (10, 0)
    assert got.row.value == 0.0
    assert got.row.text == pytest.approx(0.1)
    assert got.arguments.calls == 58
