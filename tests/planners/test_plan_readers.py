"""Plan files of both forms load with their tools, or end in one clear line."""

import contextlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolweave.core.errors import InputError
from toolweave.core.plan import Plan
from toolweave.planners import reading
from toolweave.planners.reading import load_plan, load_plans, read_plan, tools_of
from toolweave.toolgraph.readers import read_tools

_TOOLS = [
    {
        "name": "open_ticket",
        "parameters": {"type": "object", "properties": {"issue": {"type": "string"}}},
        "results": {"type": "object", "properties": {"ticket_id": {"type": "string"}}},
    }
]
_PLAN = """
version: 1
id: p1
goal: Open a ticket
tools: tools.json
segments:
  - steps:
      - act: user_request
        provides: [{slot: c1.issue}]
      - act: tool_invocation
        calls: [{id: c1, tool: open_ticket, arguments: {issue: {source: user, slot: c1.issue}}}]
      - act: assistant_response
        summarizes: [c1]
"""


def _user(name: str) -> str:
    return f"$user_provided_${name}"


def _paper(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"goal": "g", "tools": "tools.json", "steps": list(steps)}


def _call(tool: str, **parameters: str) -> dict[str, Any]:
    named = {f"{tool}.{key}": value for key, value in parameters.items()}
    return {"act": "CALL_TOOL", "tool": tool, "parameters": named}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tools.json").write_text(json.dumps(_TOOLS), encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(_PLAN, encoding="utf-8")
    return tmp_path


def test_a_plan_finds_its_tools_beside_itself(folder: Path) -> None:
    loaded = load_plan(folder / "plan.yaml")
    assert loaded.plan.id == "p1"
    assert [tool.name for tool in loaded.toolset.tools] == ["open_ticket"]
    assert loaded.path == folder / "plan.yaml"


def test_tools_given_beside_the_plan_win(folder: Path) -> None:
    other = read_tools([{"name": "other"}])
    assert load_plan(folder / "plan.yaml", other).toolset is other


def test_tools_may_be_a_shipped_toolset(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def shipped(kind: str, name: str) -> Path | None:
        asked.append((kind, name))
        return folder / "tools.json" if name == "support" else None

    monkeypatch.setattr(reading, "shipped", shipped)
    path = folder / "other.yaml"
    path.write_text(_PLAN.replace("tools.json", "support"), encoding="utf-8")
    assert load_plan(path).toolset.tools[0].name == "open_ticket"
    path.write_text(_PLAN.replace("tools.json", "x" * 5000), encoding="utf-8")
    with pytest.raises(InputError, match="neither a file beside the plan nor a shipped toolset"):
        load_plan(path)
    assert asked[0] == ("tools", "support")


def test_a_plan_without_tools_says_what_to_add(folder: Path) -> None:
    path = folder / "bare.yaml"
    path.write_text(_PLAN.replace("tools: tools.json\n", ""), encoding="utf-8")
    with pytest.raises(InputError, match=r"names no tools.*add tools: FILE"):
        load_plan(path)


@pytest.mark.parametrize("data", [[], "x", None, 5])
def test_what_is_no_plan_is_refused(data: object) -> None:
    with pytest.raises(InputError, match="no plan here"):
        read_plan(data, file="p.yaml")


def test_plans_come_one_per_line_with_their_line_in_errors(folder: Path) -> None:
    plan = load_plan(folder / "plan.yaml").plan
    path = folder / "many.jsonl"
    lines = [json.dumps({**plan.dump(), "id": name}) for name in ("a", "b")]
    path.write_text("\n".join([*lines, '{"version": 2}']), encoding="utf-8")
    plans = load_plans(path)
    assert [next(plans).plan.id, next(plans).plan.id] == ["a", "b"]
    with pytest.raises(InputError, match=r"many\.jsonl, line 3"):
        next(plans)
    assert [loaded.plan.id for loaded in load_plans(folder / "plan.yaml")] == ["p1"]


def test_the_papers_notation_becomes_segments_slots_and_calls() -> None:
    plan = read_plan(
        _paper(
            {
                "step": 1,
                "act": "USER_UTTERANCE",
                "utterance": "Open a ticket.",
                "provided_params": {"create.user": _user("create.user")},
            },
            {"step": 2, "act": "ASSISTANT_CLARIFICATION", "parameter_names": ["create.issue"]},
            {
                "step": 3,
                "act": "USER_RESPONSE_TO_CLARIFICATION",
                "provides_params": {"create.issue": _user("create.issue")},
            },
            _call("create", issue=_user("create.issue"), user=_user("create.user")),
            _call("find", owner=_user("create.user"), first="$create.tickets[].id"),
            {
                "act": "ASSISTANT_RESPONSE_TOOL",
                "summarizes_tools": ["create", "find"],
                "outputs": ["create.id", "find.rows[].id"],
            },
            {"act": "USER_UTTERANCE", "utterance": "And again."},
            _call("find", owner="$find.owner"),
            {
                "act": "ASSISTANT_RESPONSE_TOOL",
                "summarizes_tools": ["find"],
                "outputs": ["find.id"],
            },
        ),
        name="support_plan",
    )
    dump = plan.dump()
    first, second = dump["segments"]
    assert (plan.id, plan.goal, plan.tools) == ("support_plan", "g", "tools.json")
    assert first["subgoal"] == first["steps"][0]["intent"] == "Open a ticket."
    assert first["steps"][0]["provides"] == [{"slot": "c1.user"}]
    assert first["steps"][1]["asks"] == ["c1.issue"]
    assert first["steps"][2]["provides"] == [{"slot": "c1.issue"}]
    assert first["steps"][4]["calls"] == [
        {
            "id": "c2",
            "tool": "find",
            "arguments": {
                "owner": {"source": "user", "slot": "c1.user"},
                "first": {"source": "tool_output", "call": "c1", "path": "tickets[].id"},
            },
        }
    ]
    assert first["steps"][5]["summarizes"] == ["c1", "c2"]
    assert first["steps"][5]["reports"] == ["c1.id", "c2.rows[].id"]
    again = second["steps"][1]["calls"][0]
    assert again["id"] == "c3"
    assert again["arguments"]["owner"] == {"source": "tool_output", "call": "c2", "path": "owner"}
    assert second["steps"][2]["summarizes"] == ["c3"]


def test_a_value_stated_again_serves_the_next_call() -> None:
    say = {"act": "USER_UTTERANCE", "provided_params": {"find.q": _user("find.q")}}
    reply = {"act": "ASSISTANT_RESPONSE_TOOL", "summarizes_tools": ["find"]}
    call = _call("find", q=_user("find.q"))
    plan = read_plan(_paper(say, call, reply, say, call, reply))
    assert [provision.slot for _, provision in plan.provisions()] == ["c1.q", "c2.q"]
    assert [call.arguments["q"].dump() for call in plan.calls()] == [
        {"source": "user", "slot": "c1.q"},
        {"source": "user", "slot": "c2.q"},
    ]


def test_a_slot_is_named_for_the_argument_it_first_serves() -> None:
    say = {"act": "USER_UTTERANCE", "provided_params": {"other.user": _user("other.user")}}
    plan = read_plan(_paper(say, _call("find", owner=_user("other.user"))))
    assert [provision.slot for _, provision in plan.provisions()] == ["c1.owner"]


def test_the_keys_of_the_papers_text_are_understood() -> None:
    plan = read_plan(
        _paper(
            {"act": "USER_UTTERANCE", "Provided params": {"find.q": _user("find.q")}},
            {"act": "CALL_TOOL: find", "Parameters": {"find.q": _user("find.q")}},
            {"act": "ASSISTANT_RESPONSE_TOOL", "Summarizes tools": ["find"], "Outputs": []},
        )
    )
    assert [call.tool for call in plan.calls()] == ["find"]


_SAY = {"act": "USER_UTTERANCE", "utterance": "x"}


@pytest.mark.parametrize(
    ("steps", "place", "said"),
    [
        ([], "steps", "no steps"),
        ([1], "steps[0]", "not a step"),
        ([{"act": "USER_UTTERENCE"}], "steps[0]", "did you mean 'USER_UTTERANCE'?"),
        ([_call("find")], "steps[0]", "before any USER_UTTERANCE"),
        ([{**_SAY, "uterance": "x"}], "steps[0].uterance", "did you mean 'utterance'?"),
        ([_SAY, {"act": "CALL_TOOL"}], "steps[1].tool", "should be text"),
        (
            [_SAY, {"act": "CALL_TOOL", "tool": "find", "parameters": {"get.q": "$find.q"}}],
            "steps[1].parameters.'get.q'",
            "no parameter of the tool",
        ),
        ([_SAY, _call("find", q="$get.id")], "steps[1].parameters.'find.q'", "not been called"),
        ([_SAY, _call("find", q="$find.id")], "steps[1].parameters.'find.q'", "called before"),
        ([_SAY, _call("find", q="7")], "steps[1].parameters.'find.q'", "not a reference"),
        (
            [_SAY, {"act": "CALL_TOOL", "tool": "find", "parameters": {"find.q": 7}}],
            "steps[1].parameters.'find.q'",
            "not a reference",
        ),
        (
            [{**_SAY, "provided_params": ["find.q"]}],
            "steps[0].provided_params",
            "map names to references",
        ),
        (
            [{**_SAY, "provided_params": {"find.q": "$find.q"}}],
            "steps[0].provided_params.'find.q'",
            "not what a user provides",
        ),
        (
            [_SAY, {"act": "ASSISTANT_CLARIFICATION", "parameter_names": "find.q"}],
            "steps[1].parameter_names",
            "a list of names",
        ),
        (
            [_SAY, {"act": "ASSISTANT_RESPONSE_TOOL", "summarizes_tools": ["find"]}],
            "steps[1].summarizes_tools[0]",
            "not been called",
        ),
    ],
)
def test_mistakes_in_the_papers_notation_are_placed(
    steps: list[Any], place: str, said: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_plan(_paper(*steps), file="p.json")
    assert caught.value.place == place
    assert said in str(caught.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["steps", "act", "tool", "parameters", "segments", "outputs", "version"]
            )
            | st.text(max_size=3),
            inner | st.sampled_from(["USER_UTTERANCE", "CALL_TOOL", "ASSISTANT_RESPONSE_TOOL"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_JSON)
def test_any_data_is_a_plan_or_one_clear_line(data: object) -> None:
    with contextlib.suppress(InputError):
        assert isinstance(read_plan(data), Plan)


def test_a_plan_that_names_a_pipe_for_its_tools_is_refused_without_reading(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    plan = read_plan(
        {"version": 1, "id": "p", "goal": "g", "tools": "pipe.yaml",
         "segments": [{"steps": [{"act": "user_request"}]}]}
    )  # fmt: skip
    with pytest.raises(InputError, match="neither a file"):
        tools_of(plan, folder / "plan.yaml")
