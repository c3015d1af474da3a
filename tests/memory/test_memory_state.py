"""Memory keeps facts with their provenance, and is never changed in place."""

import copy
import json
from datetime import UTC, datetime

import pytest

from toolweave.core.errors import InputError
from toolweave.core.plan import Expectation, PlannedCall
from toolweave.core.tool import Tool
from toolweave.memory.identity import Identity
from toolweave.memory.state import (
    Fact,
    MemoryState,
    dump,
    empty,
    facts,
    new_facts,
    propose,
    record_call,
    restore,
    tell,
)
from toolweave.memory.views import Row, view

NOW = datetime(2025, 8, 27, 21, 24, 5, tzinfo=UTC)
RESULT = {"ticket_id": "TKT-1042", "creation_date": "2025-08-27T21:24:05Z", "status": "open"}


def _told() -> MemoryState:
    memory = empty(NOW)
    return tell(memory, "c1.requester_id", "cust1", step=1, message=1, start=6, end=11)


def _called(memory: MemoryState, tool: Tool, *, ok: bool, attempt: int = 1) -> MemoryState:
    call = PlannedCall(
        id="c1",
        tool=tool.name,
        attempt=attempt,
        expect=Expectation(outcome="ok" if ok else "error"),
    )
    result = RESULT if ok else {"error": "timeout"}
    identity = Identity.of([tool])
    return record_call(
        memory, identity, call, tool, {"requester_id": "cust1"}, result, ok=ok, step=4, message=3
    )


def test_facts_name_slots_and_every_leaf_of_a_result(support_tools: tuple[Tool, ...]) -> None:
    memory = _called(_told(), support_tools[0], ok=True)
    assert facts(memory) == [
        Fact("c1.requester_id", "cust1", "user", 1, 1),
        Fact("c1.ticket_id", "TKT-1042", "create_support_ticket", 4, 3),
        Fact("c1.creation_date", "2025-08-27T21:24:05Z", "create_support_ticket", 4, 3),
        Fact("c1.status", "open", "create_support_ticket", 4, 3),
    ]


def test_nothing_is_changed_in_place(support_tools: tuple[Tool, ...]) -> None:
    before = _told()
    kept = copy.deepcopy(before)
    after = _called(before, support_tools[0], ok=True)
    again = tell(after, "c1.requester_id", "cust2", step=5, message=5, start=0, end=5)
    assert before == kept
    assert after["slots"] is before["slots"]
    assert again["slots"]["c1.requester_id"]["value"] == "cust2"
    assert after["slots"]["c1.requester_id"]["value"] == "cust1"


def test_a_failed_attempt_changes_no_world_and_never_replaces_a_success(
    support_tools: tuple[Tool, ...],
) -> None:
    before = _told()
    failed = _called(before, support_tools[0], ok=False)
    assert failed["world"] == before["world"]
    assert failed["calls"]["c1"]["ok"] is False
    done = _called(failed, support_tools[0], ok=True, attempt=2)
    assert (done["calls"]["c1"]["ok"], done["calls"]["c1"]["attempt"]) == (True, 2)
    assert done["world"] != before["world"]
    assert _called(done, support_tools[0], ok=False, attempt=3) == done


def test_new_facts_are_those_of_the_last_step(support_tools: tuple[Tool, ...]) -> None:
    before = _told()
    after = _called(before, support_tools[0], ok=True)
    assert [fact.ref for fact in new_facts(before, after)] == [
        "c1.ticket_id",
        "c1.creation_date",
        "c1.status",
    ]
    assert new_facts(after, after) == []
    corrected = tell(after, "c1.requester_id", "cust2", step=5, message=5, start=0, end=5)
    assert [fact.value for fact in new_facts(after, corrected)] == ["cust2"]


def test_proposals_are_kept_apart_from_slots() -> None:
    guess = propose(_told(), {"name": "mood", "value": "annoyed", "step": 2, "message": 2})
    assert guess["slots"].keys() == {"c1.requester_id"}
    assert new_facts(_told(), guess) == [Fact("mood", "annoyed", "proposal", 2, 2)]


def test_a_dump_restores_the_same_state(support_tools: tuple[Tool, ...]) -> None:
    memory = _called(_told(), support_tools[0], ok=True)
    text = dump(memory)
    assert restore(text) == memory
    assert dump(restore(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", "{}", '{"version": 1}', "[" * 100_000,
        '{"version": 2, "memory": {}}', '{"version": 1, "memory": {"slots": {}}}',
    ],
)  # fmt: skip
def test_foreign_text_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError) as caught:
        restore(text)
    assert "\n" not in str(caught.value)


def test_a_changed_dump_is_refused_with_its_place() -> None:
    data = json.loads(dump(_told()))
    data["memory"]["slots"]["c1.requester_id"]["start"] = "six"
    with pytest.raises(InputError, match=r"memory\.slots\.c1\.requester_id\.start"):
        restore(json.dumps(data))
    data = json.loads(dump(_told()))
    data["memory"]["world"]["clock"] = "yesterday"
    with pytest.raises(InputError, match="yesterday"):
        restore(json.dumps(data))


def test_a_view_says_in_words_where_things_come_from(support_tools: tuple[Tool, ...]) -> None:
    memory = _called(_told(), support_tools[0], ok=True)
    memory = tell(memory, "c2.note", "a\nb" + "c" * 500, step=5, message=5, start=0, end=5)
    rows = view(memory)
    assert rows[0] == Row("c1.requester_id", "cust1", "you said, message 1")
    assert rows[1].source == "create_support_ticket returned, message 3"
    assert rows[-1].value.startswith("a bccc")
    assert len(rows[-1].value) == 60
