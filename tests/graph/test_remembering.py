"""Memory worked out from a finished record is what the machine held after every step."""

import asyncio
import copy
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import ValidationError

from toolweave.agents.memory import MemoryAgent
from toolweave.agents.scene import Turn
from toolweave.agents.stage import Stage
from toolweave.checks.renaming import unmasked
from toolweave.configs.pipeline import load_pipeline
from toolweave.configs.refining import RefineConfig
from toolweave.configs.shipping import shipped_names
from toolweave.core.dialogue import Dialogue
from toolweave.core.plan import PlacedStep
from toolweave.graph.finishing import finish
from toolweave.graph.playing import worded
from toolweave.graph.preparing import prepare
from toolweave.graph.recollection import Recollection
from toolweave.graph.remembering import NO_WORLD, NOISY, recollected
from toolweave.graph.remembering_elsewhere import NO_PLAN, recollected_elsewhere
from toolweave.graph.sessions import Session
from toolweave.graph.setting import set_scene
from toolweave.graph.walking import watch
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.memory.state import MemoryState, facts, new_facts
from toolweave.runs.pipeline import generate
from toolweave.runs.refining import refine
from toolweave.runs.simulation import simulate
from toolweave.schema.types import json_bytes

PLANS = shipped_names("plans")
PLAN = "ecommerce_return"
Record = dict[str, Any]


class Played(NamedTuple):
    """One walk of the machine: its stage, and the memory after every step."""

    stage: Stage
    memories: list[MemoryState]


class Made(NamedTuple):
    """Finished dialogues, and every walk that was made for them."""

    dialogues: list[Dialogue]
    walks: dict[str, list[Played]]

    def walked(self, dialogue: Dialogue, memories: Sequence[MemoryState]) -> Played:
        """The walk of the dialogue's plan after whose every step memory held just that."""
        for one in self.walks[dialogue.plan.id]:
            if without_world(one.memories) == without_world(memories):
                return one
        raise AssertionError(f"no walk of {dialogue.id} had that in memory")


def read(path: Path) -> list[Dialogue]:
    lines = path.read_bytes().splitlines()
    return [Dialogue.model_validate_json(line, strict=True) for line in lines]


def reread(dialogue: Dialogue) -> Dialogue:
    return Dialogue.model_validate_json(json_bytes(dialogue.dump()), strict=True)


def memories(found: Recollection) -> list[MemoryState]:
    return [one.memory for one in found.steps]


def without_world(held: Sequence[MemoryState]) -> list[Record]:
    return [{"slots": one["slots"], "calls": one["calls"]} for one in held]


def kinds(dialogue: Dialogue) -> set[str]:
    return {edit.kind for edit in dialogue.modifications}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Generated dialogues and their refined copies, with every kind of edit among them."""
    walks: dict[str, list[Played]] = {}
    remember = MemoryAgent.remember

    def watched(
        agent: MemoryAgent, stage: Stage, placed: PlacedStep, memory: MemoryState, turn: Turn
    ) -> MemoryState:
        after = remember(agent, stage, placed, memory, turn)
        held = walks.setdefault(stage.plan.id, [])
        if placed.number == 1:
            held.append(Played(stage, []))
        held[-1].memories.append(after)
        return after

    folder = tmp_path_factory.mktemp("remembering")
    pipeline, base = load_pipeline("smoke")
    pipeline = pipeline.model_copy(
        update={"plans": pipeline.plans.model_copy(update={"count": 60})}
    )
    always = {"probability": 1.0}
    config = RefineConfig.model_validate(
        {
            "version": 1, "kind": "refine", "name": "all", "seed": 3,
            "failures": {
                "probability": 1.0, "complex": 0.7, "similarity": 0.3, "embedder": "lexical",
            },
            "missing_function": {"probability": 0.3, "never": 0.4},
            "variation": {"probability": 0.5}, "distractors": always, "tool_order": always,
            "noise": {"probability": 0.2}, "result_form": always,
            "masking": {"probability": 0.4, "parameters": 0.6},
        }
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MemoryAgent, "remember", watched)
        generate(pipeline, base, folder / "run")
        refine(config, folder / "run" / "dialogues.jsonl", folder / "refined")
    yield Made(read(folder / "refined" / "dialogues.jsonl"), walks)


@pytest.mark.parametrize("name", PLANS)
def test_memory_is_what_the_walk_had_after_every_step(name: str) -> None:
    stage = prepare(name)
    for seed in range(2):
        setting = set_scene(stage, seed, OfflineGenerator())
        walked = list(watch(setting))
        held = [state["memory"] for state in walked]
        found = recollected(reread(finish(setting, walked[-1])), stage.toolset)
        assert found.doubts == ()
        assert memories(found) == held
        assert [facts(one) for one in memories(found)] == [facts(one) for one in held]
        before: MemoryState = {**held[0], "slots": {}, "calls": {}}
        for one, state in zip(found.steps, walked, strict=True):
            assert one.step == state["cursor"]
            said = [m["content"] for m in state["messages"] if m.get("step") == one.step]
            assert [state["messages"][at]["content"] for at in one.messages] == said
            assert list(one.learnt) == new_facts(before, state["memory"])
            before = state["memory"]
            assert found.after(one.step) == before
        assert {key for one in found.steps for key in one.things} == {*before["world"]["records"]}
        shown = recollected(finish(setting, walked[-1]))
        assert without_world(memories(shown)) == without_world(held)


def test_memory_is_exact_for_generated_plans_and_their_edited_copies(made: Made) -> None:
    seen: set[str] = set()
    plain = 0
    for dialogue in made.dialogues:
        if kinds(dialogue) & {"schema_masking", "noisy_results"}:
            continue
        found = recollected(dialogue)
        walk = made.walked(dialogue, memories(found))
        assert memories(recollected(dialogue, walk.stage.toolset)) == walk.memories
        assert found.doubts == ()
        seen |= kinds(dialogue)
        plain += not dialogue.modifications
        calls = list(dialogue.plan.calls())
        seen |= {call.fault.kind for call in calls if call.fault is not None}
        seen |= {"again"} if any(call.attempt > 1 for call in calls) else set()
        steps = (getattr(placed.step, "calls", ()) for placed in dialogue.plan.steps())
        seen |= {"parallel"} if any(len(step) > 1 for step in steps) else set()
    assert plain == 60
    assert seen >= {
        "again", "parallel", "wrong_tool", "missing_parameter", "out_of_order", "result_form",
        "missing_function", "linguistic_variation", "distractors", "tool_order",
    }  # fmt: skip


def test_a_masked_record_keeps_the_names_it_shows_and_its_real_world(made: Made) -> None:
    masked = [one for one in made.dialogues if "schema_masking" in kinds(one)]
    masked = [one for one in masked if "noisy_results" not in kinds(one)]
    assert len(masked) > 5
    deep = 0
    for dialogue in masked:
        found, plain = recollected(dialogue), recollected(unmasked(dialogue))
        walk = made.walked(dialogue, memories(plain))
        assert [one["world"] for one in memories(found)] == [one["world"] for one in walk.memories]
        assert found.doubts == ()
        named = {call["tool"] for call in found.steps[-1].memory["calls"].values()}
        assert all(name.startswith("func_") for name in named)
        slots = {said.ref for message in dialogue.messages for said in message.states
                 if message.role == "user"}  # fmt: skip
        assert set(found.steps[-1].memory["slots"]) == slots
        deep += slots != set(plain.steps[-1].memory["slots"])
    assert deep


def test_noise_is_told_and_hides_nothing(made: Made) -> None:
    noisy = [one for one in made.dialogues if "noisy_results" in kinds(one)]
    assert len(noisy) > 5
    for dialogue in noisy:
        found = recollected(unmasked(dialogue))
        assert found.doubts == (NOISY,)
        told = {fact[:3] for fact in map(hashable, facts(found.steps[-1].memory))}
        last = [one.memories[-1] for one in made.walks[dialogue.plan.id]]
        held = [{fact[:3] for fact in map(hashable, facts(one))} for one in last]
        assert any(one <= told for one in held)


def hashable(fact: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(json.dumps(part) for part in fact)


def test_a_session_of_a_person_who_rewords_is_remembered_as_it_was() -> None:
    stage = prepare("tourism_city_break")
    like = simulate(stage, seed=9)
    known = {said.ref: said.value for message in like.messages for said in message.states}

    async def played() -> tuple[list[MemoryState], Dialogue]:
        session = await Session.open(set_scene(stage, 7, OfflineGenerator(), human=True))
        held: list[MemoryState] = []
        while not session.finished:
            if not await session.advance() and session.pending is not None:
                values = {
                    slot.name: slot.fixed[0] if slot.fixed else known[slot.name]
                    for slot in session.pending.slots
                }
                await session.resume(worded(session.scene(), values), values)
                if not held:
                    words = session.state["messages"][-1]["content"]
                    await session.edit(f"Good morning! {words}")
            held.append(session.state["memory"])
        return held, session.dialogue()

    held, dialogue = asyncio.run(played())
    found = recollected(reread(dialogue), stage.toolset)
    assert dialogue.messages[1].content.startswith("Good morning!")
    assert len(held) == len(stage.steps)
    assert memories(found) == held and found.doubts == ()


def test_what_departs_from_its_plan_is_told_as_far_as_it_goes() -> None:
    whole = simulate(PLAN, seed=1).dump()
    steps = len(recollected(Dialogue.model_validate(whole)).steps)

    def with_(change: str) -> Recollection:
        record = copy.deepcopy(whole)
        messages = record["messages"]
        if change == "cut":
            del messages[-1]
        elif change == "silent clock":
            messages[0]["content"] = "You are helpful."
        elif change == "late clock":
            messages[0]["content"] = "Current time: 9999-12-31 23:59:59 (Friday)."
        elif change == "added":
            messages.append({"role": "user", "content": "Bye!", "train": False})
        elif change == "hidden tool":
            record["tools"] = record["tools"][:1]
        elif change == "no schema":
            record["tools"][0]["tool"]["parameters"]["required"] = [["x"]]
        elif change == "nothing":
            record["messages"] = []
        return recollected(Dialogue.model_validate(record))

    cut = with_("cut")
    assert len(cut.steps) == steps - 1 and cut.doubts == (f"no message realises step {steps}",)
    for clock in ("silent clock", "late clock"):
        found = with_(clock)
        assert found.doubts == (f"{NO_WORLD}the system message names no time",)
        assert any(one.learnt for one in found.steps)
        assert not any(one.memory["world"]["records"] for one in found.steps)
    added = with_("added")
    assert added.doubts == (
        f"the plan has no step for what messages {len(whole['messages'])} bring",
    )
    hidden = with_("hidden tool")
    assert hidden.doubts and all("does not show the tool" in one for one in hidden.doubts)
    assert without_world(memories(hidden)) == without_world(
        memories(recollected(Dialogue.model_validate(whole)))
    )
    (problem,) = with_("no schema").doubts
    assert problem.startswith(NO_WORLD)
    nothing = with_("nothing")
    assert nothing.steps == () and len(nothing.doubts) > steps


def test_a_dialogue_from_elsewhere_tells_its_calls_and_results() -> None:
    def calling(*calls: tuple[str, str]) -> Record:
        made = [
            {"id": name, "function": {"name": tool, "arguments": '{"q": 1}'}}
            for name, tool in calls
        ]
        return {"role": "assistant", "content": None, "tool_calls": made}

    messages: list[Record] = [
        {"role": "system", "content": "It is 2026-01-01."},
        {"role": "user", "content": "Two beds?"},
        calling(("a", "find"), ("b", "count")),
        {"role": "tool", "tool_call_id": "b", "content": '{"n": [1, 2]}'},
        {"role": "tool", "tool_call_id": "a", "content": '{"error": "none"}'},
        calling(("a", "find"), ("", "open")),
        {"role": "tool", "tool_call_id": "a", "content": "free text"},
        {"role": "assistant", "content": "There."},
    ]
    found = recollected_elsewhere(messages)
    assert found.doubts == (NO_PLAN,)
    assert [(one.step, one.messages) for one in found.steps] == [
        (1, (1,)), (2, (2, 3, 4)), (3, (5, 6)), (4, (7,)),
    ]  # fmt: skip
    learnt = [[(fact.ref, fact.value, fact.source) for fact in one.learnt] for one in found.steps]
    assert learnt == [
        [],
        [("b.n[0]", 1, "count"), ("b.n[1]", 2, "count"), ("a.error", "none", "find")],
        [("call 3", "free text", "find")],
        [],
    ]
    calls = found.steps[-1].memory["calls"]
    assert {name: call["ok"] for name, call in calls.items()} == {
        "a": False, "b": True, "call 3": True,
    }  # fmt: skip
    assert not found.steps[-1].memory["slots"] and not found.steps[-1].things
    assert recollected_elsewhere([]).steps == ()
    stray: list[Record] = [{"role": "tool", "content": "x"}, {"role": "poet", "content": 3}, {}]
    assert not any(one.learnt for one in recollected_elsewhere(stray).steps)


ODD: list[Any] = [
    None, True, -1, 10**30, 1e308, "", "\x00", [], {}, [[]], {"a": 1}, "9999-12-31T23:59:59",
    "tickets[].id", "c1", {"$ref": "#"}, {"type": "object", "properties": []}, [1, None],
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def damaged(record: Record, rng: random.Random) -> Record:
    record = copy.deepcopy(record)
    part = record[rng.choice(("messages", "messages", "tools", "plan"))]
    path = rng.choice(list(places(part)))
    holder = part
    for key in path[:-1]:
        holder = holder[key]
    if rng.random() < 0.3:
        del holder[path[-1]]
    elif isinstance(holder, list) and rng.random() < 0.4:
        holder.insert(path[-1], copy.deepcopy(rng.choice(holder)))
    else:
        holder[path[-1]] = copy.deepcopy(rng.choice(ODD))
    return record


def test_no_damaged_record_raises(made: Made) -> None:
    rng = random.Random(5)
    records = [one.dump() for one in made.dialogues if one.modifications]
    read = doubted = 0
    for _ in range(300):
        record = damaged(rng.choice(records), rng)
        recollected_elsewhere([one for one in record["messages"] if isinstance(one, dict)])
        try:
            dialogue = Dialogue.model_validate_json(json.dumps(record), strict=True)
        except ValidationError:
            continue
        found = recollected(dialogue)
        read += 1
        doubted += bool(found.doubts)
        assert all(isinstance(facts(one.memory), list) for one in found.steps)
    assert read > 60 and doubted > 12
