"""Prompts begin with what is the same in many calls, so that servers can keep it ready."""

import re
from pathlib import Path

import pytest

import toolweave
from toolweave.graph.preparing import prepare
from toolweave.graph.setting import set_scene
from toolweave.graph.walking import walk
from toolweave.llm.demand import demand_of
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.task import C, R, Task

SPLIT = "=== user ===\n"
FOLDERS = ("agents", "planners", "toolgraph")
INCLUDE = re.compile(r'{% include "([a-z_/]+\.txt)" %}')
# What may choose among a few constant texts: the motif of a goal.
CHOICE = re.compile(r'{% (?:(?:if|elif) c\.motif == "[a-z]+"|else|endif) %}')


def prompts() -> list[Path]:
    root = Path(toolweave.__file__).parent
    found = [path for name in FOLDERS for path in sorted((root / name / "prompts").glob("*.txt"))]
    assert len(found) > 15
    return found


def whole(path: Path) -> str:
    """A template with what it includes."""
    text = path.read_text("utf-8")
    return INCLUDE.sub(lambda match: whole(path.parent / match[1]), text)


@pytest.mark.parametrize("path", prompts(), ids=lambda path: path.stem)
def test_the_constant_part_of_a_prompt_names_nothing_of_its_context(path: Path) -> None:
    constant, split, _ = whole(path).partition(SPLIT)
    assert split, "everything would be taken for constant"
    constant = CHOICE.sub("", constant)
    assert "{{" not in constant and "{%" not in constant
    assert len(constant) > 200


class Beginnings:
    """The offline generator, keeping what requests begin with: rules and schema."""

    name = "offline"

    def __init__(self) -> None:
        self.found: list[str] = []
        self.prompts: list[tuple[str, str]] = []
        self.offline = OfflineGenerator()

    async def generate(self, task: Task[C, R]) -> R:
        prompt = task.render(task.context)
        # What a result must hold of what was said before stands in its schema.
        demanded = demand_of(task).text if task.name != "tool_result" else ""
        self.found.append(f"{task.name}\n{prompt.system}\n{demanded}")
        self.prompts.append(prompt)
        return self.offline.answer(task)


def test_all_dialogues_of_a_plan_begin_their_requests_alike() -> None:
    stage = prepare("customer_support_case")
    heard = [Beginnings() for _ in range(3)]
    for seed, generator in enumerate(heard):
        walk(set_scene(stage, seed, generator))
    assert heard[0].found == heard[1].found == heard[2].found
    assert heard[0].prompts != heard[1].prompts
