"""A value is woven into the wish that it serves, and into no other."""

import pytest

import toolweave
from toolweave.agents.stage import set_stage
from toolweave.configs.wording import words_for
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.graph.setting import set_scene
from toolweave.llm.offline.generator import OfflineGenerator

PATH = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
TOOLS = Toolset.model_validate(
    {
        "version": 1,
        "tools": [
            {"name": "read_file", "parameters": PATH, "effect": {"kind": "read", "entity": "file"}},
            {"name": "list_directory", "parameters": PATH,
             "effect": {"kind": "read", "entity": "directory"}},
        ],
    }
)  # fmt: skip


def call(name: str, tool: str) -> dict[str, object]:
    bound = {"path": {"source": "user", "slot": f"{name}.path"}}
    return {"act": "tool_invocation", "calls": [{"id": name, "tool": tool, "arguments": bound}]}


def plan(seed: int) -> Plan:
    """Both paths are told at once, though the directory is asked for in the second segment."""
    told = [{"slot": "c2.path"}, {"slot": "c1.path"}]
    return Plan.model_validate(
        {
            "version": 1,
            "id": f"paths-{seed}",
            "goal": "Read a file and list a directory.",
            "segments": [
                {
                    "steps": [
                        {"act": "user_request", "provides": told},
                        call("c1", "read_file"),
                        {"act": "assistant_response", "summarizes": ["c1"]},
                    ]
                },
                {
                    "steps": [
                        {"act": "user_request"},
                        call("c2", "list_directory"),
                        {"act": "assistant_response", "summarizes": ["c2"]},
                    ]
                },
            ],
        }
    )


@pytest.mark.parametrize("seed", range(8))
def test_a_path_for_later_is_not_read_now(seed: int) -> None:
    dialogue = toolweave.simulate(plan(seed), TOOLS, seed=seed)
    first, later = (call.arguments["path"] for m in dialogue.messages for call in m.tool_calls)
    said = next(m.content for m in dialogue.messages if m.role == "user")
    assert f"open {later}" not in said
    assert f"read {later}" not in said
    assert f"file {later}" not in said
    assert first in said


def test_a_drafted_reason_is_that_of_the_deed_and_not_of_its_look_up() -> None:
    number = {"type": "object", "properties": {"ticket_id": {"type": "string"}},
              "required": ["ticket_id"]}  # fmt: skip
    desk = Toolset.model_validate(
        {
            "version": 1,
            "tools": [
                {"name": "get_ticket", "parameters": number, "results": number},
                {"name": "close_ticket", "parameters": number},
            ],
        }
    )
    steps = [
        {"act": "user_request", "provides": [{"slot": "c1.ticket_id"}]},
        {"act": "tool_invocation", "calls": [
            {"id": "c1", "tool": "get_ticket",
             "arguments": {"ticket_id": {"source": "user", "slot": "c1.ticket_id"}}}]},
        {"act": "tool_invocation", "calls": [
            {"id": "c2", "tool": "close_ticket",
             "arguments": {"ticket_id": {"source": "tool_output", "call": "c1",
                                         "path": "ticket_id"}}}]},
        {"act": "assistant_response", "summarizes": ["c1", "c2"]},
    ]  # fmt: skip
    close = Plan.model_validate(
        {"version": 1, "id": "close", "goal": "Close it.", "segments": [{"steps": steps}]}
    )
    stage = set_stage(close, desk, words_for(desk.tools, ""))
    for seed in range(6):
        situation = set_scene(stage, seed, OfflineGenerator()).cast.situation
        assert situation is not None
        assert situation.tools == ("close_ticket",)
