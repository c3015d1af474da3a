"""Answers of both sides that name no more than they need, and new days for days taken back."""

from datetime import date

import pytest

import toolweave
from toolweave.agents.stage import set_stage
from toolweave.configs.wording import words_for
from toolweave.core.dialogue import Dialogue
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.graph.setting import set_scene
from toolweave.llm.offline.facts import side_matter
from toolweave.llm.offline.generator import OfflineGenerator

TEXT = {"type": "string"}
TOOLS = Toolset.model_validate(
    {
        "version": 1,
        "tools": [
            {
                "name": "find_trains",
                "parameters": {
                    "type": "object",
                    "properties": {
                        "username": TEXT,
                        "city": TEXT,
                        "travel_date": {"type": "string", "format": "date"},
                    },
                    "required": ["username", "city"],
                },
                "results": {
                    "type": "object",
                    "properties": {"ticket_price": {"type": "number", "minimum": 1}},
                    "required": ["ticket_price"],
                },
                "effect": {"kind": "read", "entity": "train"},
            }
        ],
    }
)


def called(name: str, slots: dict[str, str]) -> dict[str, object]:
    bound = {path: {"source": "user", "slot": slot} for path, slot in slots.items()}
    return {
        "act": "tool_invocation",
        "calls": [{"id": name, "tool": "find_trains", "arguments": bound}],
    }


def dialogue(segments: list[dict[str, object]], seed: int) -> Dialogue:
    plan = Plan.model_validate(
        {"version": 1, "id": "trains", "goal": "Find trains.", "segments": segments}
    )
    stage = set_stage(plan, TOOLS, words_for(TOOLS.tools, ""))
    return toolweave.simulate(set_scene(stage, seed, OfflineGenerator()).stage, seed=seed)


@pytest.mark.parametrize("seed", range(6))
def test_what_the_question_named_is_not_named_again(seed: int) -> None:
    slots = ["c1.username", "c1.city"]
    said = dialogue(
        [
            {
                "steps": [
                    {"act": "user_request"},
                    {"act": "assistant_clarification", "asks": slots},
                    {
                        "act": "user_clarification_response",
                        "provides": [{"slot": one} for one in slots],
                    },
                    called("c1", {"username": "c1.username", "city": "c1.city"}),
                    {"act": "assistant_response", "summarizes": ["c1"]},
                ]
            }
        ],
        seed,
    )
    answer = [one.content for one in said.messages if one.role == "user"][1]
    given = next(one for one in said.messages if one.tool_calls).tool_calls[0].arguments
    assert "username" not in answer and "city" not in answer
    assert str(given["username"]) in answer and str(given["city"]) in answer


@pytest.mark.parametrize("seed", range(6))
def test_a_day_taken_back_gives_way_to_another_day_to_come(seed: int) -> None:
    said = dialogue(
        [
            {
                "steps": [
                    {
                        "act": "user_request",
                        "provides": [
                            {"slot": f"c1.{one}"} for one in ("username", "city", "travel_date")
                        ],
                    },
                    called("c1", {one: f"c1.{one}" for one in ("username", "city", "travel_date")}),
                    {"act": "assistant_response", "summarizes": ["c1"]},
                ]
            },
            {
                "kind": "correction",
                "steps": [
                    {
                        "act": "user_request",
                        "provides": [{"slot": "c2.travel_date", "replaces": "c1.travel_date"}],
                    },
                    called(
                        "c2",
                        {"username": "c1.username", "city": "c1.city",
                         "travel_date": "c2.travel_date"},
                    ),
                    {"act": "assistant_response", "summarizes": ["c2"]},
                ],
            },
        ],
        seed,
    )  # fmt: skip
    days = [
        date.fromisoformat(str(one.tool_calls[0].arguments["travel_date"]))
        for one in said.messages
        if one.tool_calls
    ]
    now = date.fromisoformat(said.messages[0].content.split()[2])
    assert days[0] != days[1]
    assert all(0 < (day - now).days < 60 for day in days)


def test_what_was_put_in_and_what_decides_nothing_are_side_matters() -> None:
    paths = ["source.datetime", "target.datetime", "target.day_of_week", "is_dst", "valid"]
    assert [path for path in paths if side_matter(path, path == "is_dst" or "x", paths)] == [
        "source.datetime",
        "target.day_of_week",
        "is_dst",
    ]
    assert not side_matter("valid", value=False, beside=paths)
    assert not side_matter("is_dst", value=True, beside=["is_dst"])
