"""Memory as pages show it, and how much of it there is room for."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from tests.studio.conftest import Json
from toolweave.core.dialogue import Dialogue
from toolweave.evaluation.loading import LoadedDialogue
from toolweave.studio.memories import TOO_LONG, memories_of


def made(calls: int, fields: int) -> LoadedDialogue:
    """A dialogue from elsewhere that makes so many calls, each of which returns so much."""

    def told() -> Iterator[Json]:
        for number in range(calls):
            function = {"name": "look", "arguments": json.dumps({"at": number})}
            call = {"id": f"c{number}", "type": "function", "function": function}
            yield {"role": "assistant", "content": "", "tool_calls": [call]}
            result = json.dumps({f"f{one}": one for one in range(fields)})
            yield {"role": "tool", "tool_call_id": call["id"], "content": result}

    return LoadedDialogue("", messages=({"role": "user", "content": "Look!"}, *told()))


def test_every_step_of_a_plan_has_its_memory(records: Sequence[Any]) -> None:
    dialogue = Dialogue.model_validate(records[0])
    found = memories_of(LoadedDialogue("", dialogue=dialogue))
    assert list(found.by_step) == [one.number for one in dialogue.plan.steps()]
    assert not found.doubts


def test_memory_ends_where_a_page_has_no_room_for_more() -> None:
    found = memories_of(made(calls=100, fields=500))
    # 500 facts after the first call, 1,000 after the second: 27 calls know 189,000 in all.
    assert len(found.by_message) == 27
    assert found.doubts[-1] == "not shown after step 28, for so much is known by then"


def test_a_dialogue_too_long_to_be_remembered_step_by_step_says_so() -> None:
    assert memories_of(made(calls=30_000, fields=1)) == ({}, {}, (TOO_LONG,))
