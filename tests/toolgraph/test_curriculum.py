"""The curriculum: stages fill up, every candidate's fate has a reason, a model is asked in turn."""

import asyncio
from typing import Any

import pytest

from toolweave.configs.packs import load_pack
from toolweave.core.errors import InputError
from toolweave.core.tool import Tool
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.task import Task
from toolweave.toolgraph.readers import check_toolset
from toolweave.toolgraph.synthesis.asking import ModelProposer, StageContext, prompt, signature
from toolweave.toolgraph.synthesis.context import DomainContext, packed
from toolweave.toolgraph.synthesis.curriculum import Synthesis, synthesize
from toolweave.toolgraph.synthesis.domains import Growth, grow, staged
from toolweave.toolgraph.synthesis.growing import PackProposer
from toolweave.toolgraph.synthesis.reasons import PAPER, Stage


def never(left: str, right: str) -> float:
    return 0.0


def grown(domain: str = "logistics", seed: int = 0, **changed: Any) -> Synthesis:
    return asyncio.run(grow(Growth(domain=domain, similarity=never, seed=seed, **changed)))


def test_a_domain_grows_by_stages_and_every_candidate_has_a_fate() -> None:
    made = grown()
    check_toolset(made.toolset)
    stages = list(dict.fromkeys(one.stage for one in made.decisions))
    assert stages == [stage.name for stage in PAPER]
    accepted = [one for one in made.decisions if one.verdict == "accepted"]
    assert [one.tool for one in accepted] == [tool.name for tool in made.toolset.tools]
    assert all(one.reason for one in made.decisions)
    for stage in PAPER:
        kept = [one for one in made.decisions if one.stage == stage.name]
        assert sum(one.verdict != "rejected" for one in kept) <= stage.count


def test_the_same_seed_grows_the_same_tools() -> None:
    assert grown(seed=3) == grown(seed=3)


def test_enrichment_deepens_and_takes_nothing_away() -> None:
    bare = grown(stages=staged("8/8/0/0/0")).toolset
    rich = grown(stages=staged("8/8/5/0/0")).toolset
    assert [tool.name for tool in bare.tools] == [tool.name for tool in rich.tools]
    changed = 0
    for before, after in zip(bare.tools, rich.tools, strict=True):
        held = after.parameters["properties"]
        assert before.parameters["properties"].items() <= held.items()
        assert before.parameters["required"] == after.parameters["required"]
        changed += before.parameters != after.parameters
    assert 1 <= changed <= 5


def test_every_tool_has_results_errors_and_an_effect() -> None:
    for tool in grown().toolset.tools:
        assert tool.results["properties"] and tool.errors and tool.effect is not None
        echoes = tool.parameters["properties"].keys() & tool.results["properties"].keys()
        assert not echoes


@pytest.mark.parametrize("counts", ["8/8/5/8", "a/b/c/d/e", "0/0/0/0/0", "1/2/3/4/5/6", ""])
def test_stage_counts_that_make_no_sense_are_refused(counts: str) -> None:
    with pytest.raises(InputError):
        staged(counts)


def test_an_unknown_domain_names_the_nearest_one() -> None:
    with pytest.raises(InputError, match="logistics"):
        grown("logistik")


def written(name: str, takes: str, gives: str, **more: Any) -> dict[str, Any]:
    def schema(names: str) -> dict[str, Any]:
        held = {one: {"type": "string", "description": one} for one in names.split()}
        return {"type": "object", "properties": held, "required": list(held)}

    return {
        "name": name,
        "description": f"Does {name}.",
        "parameters": schema(takes),
        "results": schema(gives),
        **more,
    }


def with_model(script: Any, stages: tuple[Stage, ...]) -> tuple[Synthesis, list[StageContext]]:
    asked: list[StageContext] = []

    def answer(task: Task[Any, Any]) -> dict[str, Any]:
        asked.append(task.context)
        assert prompt(task.context).user
        return {"tools": script(task.context)}

    generator = ScriptedGenerator(answer)
    proposer = ModelProposer(generator, DomainContext(title="Beekeeping"), 0)
    made = asyncio.run(synthesize("beekeeping", proposer, never, stages=stages))
    return made, asked


def test_a_model_is_asked_again_for_what_is_missing_and_told_what_was_refused() -> None:
    answers = iter(
        [
            [
                written("open_hive", "apiary_id", "hive_id"),
                written("get_hive", "hive_id", "hive_state"),
                written("read_hive_details", "hive_id", "hive_state"),
                written("weigh_hive", "hive_id", "hive_weight"),
            ],
            [written("list_hives", "apiary_id", "hives")],
        ]
    )
    made, asked = with_model(lambda context: next(answers), (Stage(name=PAPER[0].name, count=4),))
    names = [tool.name for tool in made.toolset.tools]
    assert names == ["open_hive", "get_hive", "weigh_hive", "list_hives"]
    rejected = [one for one in made.decisions if one.verdict == "rejected"]
    assert [one.tool for one in rejected] == ["read_hive_details"]
    assert asked[1].count == 1
    assert "read_hive_details" in asked[1].refused[0]
    assert "get_hive(hive_id) -> hive_state" in asked[1].pool


def test_a_tool_in_one_line_shows_choices_and_what_is_inside() -> None:
    tool = Tool.model_validate(
        {
            "name": "list_hives",
            "parameters": {
                "type": "object",
                "properties": {"apiary_id": {"type": "string"}, "state": {"enum": ["a", "b"]}},
                "required": ["apiary_id"],
            },
            "results": written("x", "y", "z")["results"]
            | {
                "properties": {
                    "hives": {
                        "type": "array",
                        "items": {"type": "object", "properties": {"hive_id": {}}},
                    }
                },
                "required": ["hives"],
            },
        }
    )
    assert signature(tool) == "list_hives(apiary_id, state?{a|b}) -> hives[hive_id?]"


def test_a_connecting_tool_has_to_connect() -> None:
    answers = iter(
        [
            [written("open_hive", "apiary_id", "hive_id")],
            [written("bake_bread", "flour", "loaf"), written("sell_hive", "hive_id", "price")],
        ]
    )
    stages = (Stage(name=PAPER[0].name, count=1), Stage(name="connection_discovery", count=2))
    made, _ = with_model(lambda context: next(answers, []) or [written("x", "y", "z")], stages)
    fates = {one.tool: one.verdict for one in made.decisions}
    assert fates["sell_hive"] == "accepted"
    assert fates["bake_bread"] == "rejected"


def test_a_deepened_tool_may_not_lose_what_others_rely_on() -> None:
    richer = written("open_hive", "apiary_id", "hive_id")
    richer["parameters"]["properties"]["frames"] = {
        "type": "array",
        "items": {"type": "string"},
        "description": "Frames.",
    }
    poorer = written("open_hive", "hive_colour bees", "hive_id")
    answers = iter([[written("open_hive", "apiary_id", "hive_id")], [poorer], [richer]])
    stages = (Stage(name=PAPER[0].name, count=1), Stage(name="schema_enrichment", count=1))
    made, _ = with_model(lambda context: next(answers), stages)
    assert [one.verdict for one in made.decisions] == ["accepted", "rejected", "deepened"]
    assert "frames" in made.toolset.tools[0].parameters["properties"]


def test_a_stage_ends_when_nothing_new_comes() -> None:
    made, asked = with_model(
        lambda context: [written("open_hive", "apiary_id", "hive_id")],
        (Stage(name=PAPER[0].name, count=5),),
    )
    assert len(made.toolset.tools) == 1
    assert len(asked) == 3


def test_a_model_knows_what_the_pack_knows() -> None:
    context = packed(load_pack("logistics"))
    asked = StageContext(PAPER[0].name, 4, context, (), (), ())
    text = prompt(asked)
    assert "customs" in text.user and "There are no tools yet" in text.user
    assert "4 new tools" in text.user
    assert PackProposer(load_pack("logistics"), 0).name == "pack/logistics"
