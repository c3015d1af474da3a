"""The assistant decides at run time: whatever it chooses, the plan follows and the proof holds."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from toolweave.configs.knobs import Knobs
from toolweave.configs.shipping import shipped
from toolweave.configs.wording import words
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import GenerationError
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.graph.machine import build
from toolweave.llm.lexical import LexicalEmbedder
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.task import Task
from toolweave.planners.desk import Desk
from toolweave.planners.flow import Flow
from toolweave.planners.planning import Commission
from toolweave.planners.toolflow import Toolflow
from toolweave.runs.simulation import asimulate, simulate
from toolweave.toolgraph.linking.links import link_tools
from toolweave.toolgraph.readers import load_tools


@pytest.fixture(scope="module")
def toolset() -> Toolset:
    path = shipped("tools", "tourism")
    assert path is not None
    return load_tools(path)


@pytest.fixture(scope="module")
def plans(toolset: Toolset) -> list[Plan]:
    graph = link_tools(toolset, LexicalEmbedder()).graph
    desk = Desk(Flow(graph), words(toolset.lexicon), Knobs(clarify=0.5))
    commission = Commission(
        desk=desk, tools="tourism", seed=3, embedder=LexicalEmbedder(), offline=False
    )
    made = [one for one in Toolflow(commission).plans(40) if isinstance(one, Plan)]
    # Whoever looks at every plan has seen some.
    assert len(made) == 40
    return made


class Assistant:
    """Chooses one act wherever it may, or by a stream of its own; all else is worded offline."""

    def __init__(self, seed: int, act: str = "") -> None:
        self.stream, self.act = random.Random(seed), act
        self.chosen: Counter[str] = Counter()
        self._offline = OfflineGenerator()

    def __call__(self, task: Task[Any, Any]) -> Any:
        if task.name != "next_act":
            return self._offline.answer(task)
        assert "{{" not in "".join(task.render(task.context))
        offered = task.context.acts
        assert task.schema is not None
        assert task.schema["properties"]["act"]["enum"] == list(offered)
        act = self.act if self.act in offered else offered[0]
        if not self.act:
            act = self.stream.choice(offered)
        self.chosen[act] += 1
        return {"act": act}


def played(plans: list[Plan], toolset: Toolset, act: str = "") -> Iterator[tuple[Plan, Dialogue]]:
    for seed, plan in enumerate(plans):
        generator = ScriptedGenerator(Assistant(seed, act))
        yield plan, simulate(plan, toolset, seed=seed, generator=generator, deciding=True)


@pytest.mark.parametrize("act", ["", "clarify", "call", "answer"])
def test_whatever_is_chosen_is_proved(plans: list[Plan], toolset: Toolset, act: str) -> None:
    for _, dialogue in played(plans, toolset, act):
        assert dialogue.checks.proof == "passed", dialogue.checks.findings


def test_who_keeps_to_the_plan_gets_the_planned_dialogue(
    plans: list[Plan], toolset: Toolset
) -> None:
    def dutiful(task: Task[Any, Any]) -> Any:
        if task.name == "next_act":
            return {"act": task.context.acts[0]}
        return OfflineGenerator().answer(task)

    for seed, plan in enumerate(plans[:10]):
        free = simulate(
            plan, toolset, seed=seed, generator=ScriptedGenerator(dutiful), deciding=True
        )
        bound = simulate(plan, toolset, seed=seed)
        assert free.plan == bound.plan
        assert free.messages == bound.messages


def test_a_call_made_too_early_fails_and_is_made_again(plans: list[Plan], toolset: Toolset) -> None:
    failed = 0
    for plan, dialogue in played(plans, toolset, "call"):
        for call in dialogue.plan.calls():
            if call.expect.outcome == "error":
                failed += 1
                again = dialogue.plan.call(call.id)
                assert again is not None and again.expect.outcome == "ok"
        assert [call.id for call in plan.calls()] == list(
            dict.fromkeys(call.id for call in dialogue.plan.calls())
        )
    assert failed


def test_an_assistant_that_only_answers_makes_fewer_calls(
    plans: list[Plan], toolset: Toolset
) -> None:
    before = after = 0
    for plan, dialogue in played(plans, toolset, "answer"):
        before += len(list(plan.calls()))
        after += sum(len(message.tool_calls) for message in dialogue.messages)
        shown = {one.tool.name for one in dialogue.tools}
        assert {call.tool for call in plan.calls()} <= shown
    assert after < before / 2


def test_waiting_or_not_comes_to_the_same(plans: list[Plan], toolset: Toolset) -> None:
    for seed, plan in enumerate(plans[:5]):
        now = simulate(
            plan, toolset, seed=seed, generator=ScriptedGenerator(Assistant(seed)), deciding=True
        )
        later = asyncio.run(
            asimulate(
                plan,
                toolset,
                seed=seed,
                generator=ScriptedGenerator(Assistant(seed)),
                deciding=True,
            )
        )
        assert now == later


def test_an_act_that_is_not_offered_is_refused(plans: list[Plan], toolset: Toolset) -> None:
    def stubborn(task: Task[Any, Any]) -> Any:
        if task.name != "next_act":
            return OfflineGenerator().answer(task)
        return {"act": "call" if "call" not in task.context.acts else "clarify"}

    with pytest.raises(GenerationError, match="not offered"):
        for seed, plan in enumerate(plans):
            generator = ScriptedGenerator(stubborn)
            simulate(plan, toolset, seed=seed, generator=generator, deciding=True)


def test_only_a_deciding_machine_has_the_node() -> None:
    assert "decide" not in build().get_graph().nodes
    assert "decide" in build(deciding=True).get_graph().nodes
