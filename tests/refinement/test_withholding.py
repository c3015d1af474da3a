"""A needed tool that is lacking: brought by the user, or never."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from toolweave.agents.prompting import PROMPTS
from toolweave.checks.definitions import definition
from toolweave.checks.plan_check import check_plan
from toolweave.core.dialogue import Dialogue, Message
from toolweave.core.plan import AssistantResponse, Plan, Segment, UserRequest
from toolweave.core.seeding import rng
from toolweave.core.tool import Toolset
from toolweave.export.conversation import Conversation, converse, training_refusal
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.task import Task
from toolweave.refinement.edit import Edited, Source, Unfit
from toolweave.refinement.withholding import BROUGHT, NEVER, MissingFunction
from toolweave.runs.simulation import simulate

Sourcing = Callable[[Dialogue], Source]
Data = dict[str, Any]
Proving = Callable[[Dialogue], list[str]]


def played(source: Source, never: float, name: str = "x") -> tuple[Dialogue, str, str]:
    """A copy, the tool that is withheld, and how."""
    edited = MissingFunction(never).edited(source, rng(1, name))
    assert isinstance(edited, Edited)
    made = simulate(
        edited.plan, edited.toolset, seed=source.dialogue.seed, name=f"{source.dialogue.id}-r1"
    )
    return made, str(edited.detail["tool"]), edited.kind


@pytest.fixture(scope="module")
def brought(finished: Sequence[Dialogue], source_of: Sourcing) -> list[tuple[Dialogue, str]]:
    """Copies in which the user brings the tool."""
    return [played(source_of(dialogue), 0.0)[:2] for dialogue in finished]


def bringing(dialogue: Dialogue) -> int:
    """The index of the message that brings a tool."""
    return next(at for at, message in enumerate(dialogue.messages) if message.supplies)


def changed(dialogue: Dialogue, index: int, **changes: object) -> Dialogue:
    messages: list[Message] = list(dialogue.messages)
    messages[index] = messages[index].model_copy(update=changes)
    return dialogue.model_copy(update={"messages": tuple(messages)})


def test_the_tool_is_absent_until_a_message_brings_it(
    brought: list[tuple[Dialogue, str]],
) -> None:
    for dialogue, name in brought:
        assert dialogue.checks.proof == "passed", dialogue.checks.findings
        at = bringing(dialogue)
        (shown,) = [item for item in dialogue.tools if item.tool.name == name]
        assert shown.available_from == at
        assert [i.tool.name for i in dialogue.tools if i.available_from is not None] == [name]
        called = [
            index
            for index, message in enumerate(dialogue.messages)
            for call in message.tool_calls
            if call.name == name
        ]
        assert called
        assert min(called) > at
        assert definition(shown.tool) in dialogue.messages[at].content


def test_the_answer_before_it_is_an_honest_refusal_that_is_learnt(
    brought: list[tuple[Dialogue, str]],
) -> None:
    for dialogue, _ in brought:
        refusal = dialogue.messages[bringing(dialogue) - 1]
        assert refusal.role == "assistant"
        assert refusal.train
        assert not refusal.tool_calls


def test_what_was_asked_for_is_done_all_the_same(
    brought: list[tuple[Dialogue, str]], finished: Sequence[Dialogue]
) -> None:
    def calls(dialogue: Dialogue) -> list[tuple[str, str]]:
        return [(c.call, c.name) for m in dialogue.messages for c in m.tool_calls]

    assert [calls(copy) for copy, _ in brought] == [calls(original) for original in finished]


def test_the_exporters_hold_the_late_tool_back(brought: list[tuple[Dialogue, str]]) -> None:
    for dialogue, name in brought:
        found = converse(dialogue)
        assert isinstance(found, Conversation)
        assert name not in {tool.name for tool in found.tools}
        assert [shown.tool.name for shown in found.late] == [name]
        assert training_refusal(found) is None


def test_a_call_before_the_tool_comes_is_caught(
    brought: list[tuple[Dialogue, str]], errors: Proving
) -> None:
    dialogue, name = brought[0]
    tools = tuple(
        item.model_copy(update={"available_from": len(dialogue.messages) - 1})
        if item.tool.name == name
        else item
        for item in dialogue.tools
    )
    found = errors(dialogue.model_copy(update={"tools": tools}))
    assert "tool_not_available" in found
    assert "wrong_availability" in found


def test_a_tool_that_is_shown_from_the_start_is_not_lacking(
    brought: list[tuple[Dialogue, str]], errors: Proving
) -> None:
    dialogue, _ = brought[0]
    tools = tuple(item.model_copy(update={"available_from": None}) for item in dialogue.tools)
    assert errors(dialogue.model_copy(update={"tools": tools})) == ["wrong_availability"]


def test_a_message_that_does_not_spell_the_tool_out_is_caught(
    brought: list[tuple[Dialogue, str]], errors: Proving
) -> None:
    dialogue, _ = brought[0]
    at = bringing(dialogue)
    content = dialogue.messages[at].content
    assert "missing_definition" in errors(changed(dialogue, at, content=content[:-20]))
    assert "wrong_supply" in errors(changed(dialogue, at, supplies=()))


def test_only_the_definition_is_exempt_from_the_leak_check(
    brought: list[tuple[Dialogue, str]], errors: Proving
) -> None:
    dialogue, name = brought[0]
    at = bringing(dialogue)
    content = dialogue.messages[at].content
    assert errors(changed(dialogue, at, content=f"Call {name} now. {content}")) == ["leak"]


def test_an_answer_that_promises_instead_of_refusing_is_caught(
    brought: list[tuple[Dialogue, str]], errors: Proving
) -> None:
    dialogue, _ = brought[0]
    said = changed(dialogue, bringing(dialogue) - 1, content="Sure, it will be done at once.")
    assert errors(said) == ["no_refusal"]


def test_the_twin_ends_in_a_refusal_without_the_tool(
    finished: Sequence[Dialogue], source_of: Sourcing
) -> None:
    twins = [
        made
        for dialogue in finished
        for made, tool, kind in [played(source_of(dialogue), 1.0)]
        if kind == NEVER
        and tool not in {item.tool.name for item in made.tools}
        and not any(call.name == tool for m in made.messages for call in m.tool_calls)
    ]
    assert len(twins) >= len(finished) // 2
    for twin in twins:
        assert twin.checks.proof == "passed", twin.checks.findings
        last = [placed for placed in twin.plan.steps()][-1].step
        assert isinstance(last, AssistantResponse)
        assert last.lacks or twin.plan.segments[-1].kind == "chat"


def test_nothing_that_later_calls_need_is_refused_for_good(
    finished: Sequence[Dialogue], source_of: Sourcing
) -> None:
    for dialogue in finished:
        edited = MissingFunction(1.0).edited(source_of(dialogue), rng(2, dialogue.id))
        assert isinstance(edited, Edited)
        assert not [f for f in check_plan(edited.plan, edited.toolset) if f.severity == "error"]


def test_a_dialogue_without_calls_has_no_tool_to_withhold(
    finished: Sequence[Dialogue], source_of: Sourcing
) -> None:
    chat = Segment.model_validate(
        {"kind": "chat", "steps": [{"act": "user_request"}, {"act": "assistant_response"}]}
    )
    plan = finished[0].plan.model_copy(update={"segments": (chat,)})
    small = source_of(finished[0].model_copy(update={"plan": plan}))
    assert isinstance(MissingFunction().edited(small, rng(0)), Unfit)
    assert MissingFunction().kind == BROUGHT


def plan_of(*segments: Data) -> Plan:
    return Plan.model_validate(
        {"version": 1, "id": "p", "goal": "look at it", "segments": list(segments)}
    )


@pytest.fixture
def one_tool() -> Toolset:
    return Toolset.model_validate({"version": 1, "tools": [{"name": "get_it"}]})


CALL: Data = {"act": "tool_invocation", "calls": [{"id": "c1", "tool": "get_it"}]}
TELL: Data = {"act": "assistant_response", "summarizes": ["c1"]}
LACK: Data = {
    "kind": "refusal",
    "steps": [{"act": "user_request"}, {"act": "assistant_response", "lacks": ["get_it"]}],
}
SUPPLY: Data = {"act": "user_request", "supplies": ["get_it"]}


def codes(plan: Plan, tools: Toolset) -> list[str]:
    return [f.code for f in check_plan(plan, tools) if f.severity == "error"]


def test_the_plan_check_knows_lacks_and_supplies(one_tool: Toolset) -> None:
    asking: Data = {"act": "user_request"}
    assert codes(plan_of(LACK, {"steps": [SUPPLY, CALL, TELL]}), one_tool) == []
    assert codes(plan_of(LACK), one_tool) == []
    shown = codes(plan_of(LACK, {"steps": [asking, CALL, TELL]}), one_tool)
    assert shown == ["lacking_shown"]
    late: Data = {"steps": [SUPPLY, {"act": "assistant_response"}], "kind": "chat"}
    found = codes(plan_of({"steps": [asking, CALL, TELL]}, late), one_tool)
    assert found == ["called_before_supply"]
    assert codes(plan_of(late), one_tool) == ["supplied_unused"]
    stated: Data = {**SUPPLY, "provides": [{"slot": "c1.x", "value": 1, "fixed": True}]}
    assert "supply_with_values" in codes(plan_of({"steps": [stated, CALL, TELL]}), one_tool)


def test_a_request_asks_for_the_calls_that_come_with_its_tools(one_tool: Toolset) -> None:
    plan = plan_of(LACK, {"steps": [SUPPLY, CALL, TELL]})
    assert [plan.wanted(0), plan.wanted(1)] == [1, 1]
    assert plan_of(LACK).wanted(0) == 0
    assert isinstance(plan.segments[1].steps[0], UserRequest)


def test_a_model_is_told_what_is_lacking_and_writes_only_the_words(
    finished: Sequence[Dialogue], source_of: Sourcing
) -> None:
    edited = MissingFunction(0.0).edited(source_of(finished[0]), rng(1, "x"))
    assert isinstance(edited, Edited)
    offline = OfflineGenerator()
    read: dict[str, str] = {}

    def answer(task: Task[Any, Any]) -> Any:
        context = task.context
        for name in ("supplies", "lacks"):
            if getattr(context, name, ()):
                read[name] = "\n".join(task.render(context))
        return offline.answer(task)

    made = simulate(
        edited.plan,
        edited.toolset,
        seed=finished[0].seed,
        generator=ScriptedGenerator(answer),
    )
    assert made.checks.proof == "passed"
    assert "you have no tool for it" in read["lacks"]
    assert '"parameters"' not in read["supplies"].split("=== user")[0]
    assert "user_supply" in PROMPTS.names()
