"""What the rest of a plan needs of one result."""

from toolweave.core.binding import Selector
from toolweave.core.plan import Decision, Plan
from toolweave.core.tool import Tool, Toolset
from toolweave.memory.needs import needs


def test_later_parameters_selectors_and_decisions_are_gathered_per_call(
    support_tools: tuple[Tool, ...], support_plan: Plan
) -> None:
    decision = Decision(call="c3", path="tickets", operator="not_empty")
    plan = support_plan.model_copy(update={"decisions": (decision,)})
    found = needs(plan, Toolset(version=1, tools=support_tools))
    assert found.keys() == {"c1", "c2", "c3", "c4", "c5"}
    assert found["c1"].demands["ticket_id"] == {"type": "string"}
    assert found["c1"].demands["status"]["enum"][0] == "open"  # type: ignore[index]
    assert ("status", Selector(kind="first")) in found["c1"].picks
    assert found["c3"].decisions == (decision,)
    assert found["c5"] == ({}, (), ())


def test_a_parameter_that_takes_all_elements_asks_something_of_each() -> None:
    give = Tool(name="give")
    takes = {"type": "array", "items": {"type": "string", "minLength": 3}}
    take = Tool(name="take", parameters={"type": "object", "properties": {"ids": takes}})
    binding = {
        "source": "tool_output", "call": "c1", "path": "found[].id", "select": {"kind": "all"}
    }  # fmt: skip
    calls = [
        {"id": "c1", "tool": "give"},
        {"id": "c2", "tool": "take", "arguments": {"ids": binding}},
    ]
    steps = [{"act": "tool_invocation", "calls": [call]} for call in calls]
    plan = Plan.model_validate(
        {"version": 1, "id": "p", "goal": "g", "segments": [{"steps": steps}]}
    )
    found = needs(plan, Toolset(version=1, tools=(give, take)))
    assert found["c1"].demands == {"found[].id": {"type": "string", "minLength": 3}}
