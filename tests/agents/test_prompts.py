"""Every prompt renders in every situation the shipped plans lead to, with nothing left to fill."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from toolweave.agents.prompting import PROMPTS
from toolweave.agents.scene import Scene
from toolweave.agents.user import UserAgent
from toolweave.configs.shipping import shipped_names
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.graph.preparing import prepare
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.task import Prompt, Task
from toolweave.runs.simulation import simulate

UNFILLED = re.compile(r"\{\{|\{%|%\}|\{#|\bNone\b(?! of)|Undefined|<[\w.]+ object at|\bnan\b")
LONGEST = 20_000


class Reader:
    """Renders the prompt of every task, and lets the offline generator answer."""

    def __init__(self) -> None:
        self.read: list[tuple[str, Prompt]] = []
        self._offline = OfflineGenerator()

    def __call__(self, task: Task[Any, Any]) -> Any:
        self.read.append((task.name, task.render(task.context)))
        return self._offline.answer(task)


@pytest.fixture(scope="module")
def prompts() -> list[tuple[str, str, Prompt]]:
    """Plan, task and prompt of every step of the shipped plans under two seeds."""
    found: list[tuple[str, str, Prompt]] = []
    for name in shipped_names("plans"):
        stage = prepare(name)
        for seed in range(2):
            reader = Reader()
            simulate(stage, seed=seed, generator=ScriptedGenerator(reader), proof=False)
            found += [(name, task, prompt) for task, prompt in reader.read]
    return found


def test_no_prompt_has_anything_left_to_fill(prompts: list[tuple[str, str, Prompt]]) -> None:
    for plan, task, prompt in prompts:
        for text in prompt:
            assert text.strip(), (plan, task)
            assert len(text) < LONGEST, (plan, task)
            assert UNFILLED.search(text) is None, (plan, task, UNFILLED.search(text))


def test_every_prompt_file_is_used(prompts: list[tuple[str, str, Prompt]]) -> None:
    constant = {prompt.system for _, _, prompt in prompts}
    texts = {path.stem: path.read_text("utf-8") for path in PROMPTS.folder.glob("*.txt")}
    used = {name for name, text in texts.items() if any(text.startswith(s[:200]) for s in constant)}
    # These two only come up in refinement, whose tests read them.
    assert used == set(PROMPTS.names()) - {"user_paraphrase", "user_supply"}


def test_the_constant_part_of_a_prompt_is_the_same_everywhere(
    prompts: list[tuple[str, str, Prompt]],
) -> None:
    for name in {task for _, task, _ in prompts}:
        assert len({prompt.system for _, task, prompt in prompts if task == name}) == 1


def test_a_prompt_names_every_value_to_state_and_the_ones_that_are_fixed(
    at_step: Callable[..., Scene],
) -> None:
    task = UserAgent().task(at_step(6))
    text = task.render(task.context).user
    assert '"c3.helpers"' in text
    assert "must be 2" in text
    assert '"c3.problem_description"' in text


def test_a_correction_names_what_is_taken_back(at_step: Callable[..., Scene]) -> None:
    scene = at_step(11)
    task = UserAgent().task(scene)
    old = scene.memory["slots"]["c1.device"]["value"]
    assert f'instead of "{old}"' in task.render(task.context).user


def test_hostile_descriptions_are_text_and_not_templates(
    repair_plan: Plan, repair_tools: Toolset
) -> None:
    attack = "{{ 7 * 191 }} {% for x in () %}{{ x.__class__ }}"
    tools = repair_tools.model_copy(
        update={"tools": tuple(
            tool.model_copy(update={"description": attack}) for tool in repair_tools.tools
        )}
    )  # fmt: skip
    reader = Reader()
    simulate(repair_plan, tools, generator=ScriptedGenerator(reader), proof=False, seed=1)
    texts = [prompt.user for _, prompt in reader.read]
    assert any(attack in text for text in texts)
    assert not any("1337" in text for text in texts)
