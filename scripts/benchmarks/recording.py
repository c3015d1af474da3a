"""Offline dialogues recorded task by task, so that their answers can be given again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from toolweave.agents.stage import Stage
from toolweave.core.errors import GenerationError, ToolweaveError
from toolweave.graph.setting import set_scene
from toolweave.graph.walking import walk
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.task import C, R, Task

Answered = tuple[Task[Any, Any], BaseModel]


@dataclass
class Recorder:
    """The offline generator, keeping every task with its answer."""

    name: str = "offline"
    kept: list[Answered] = field(default_factory=list)
    offline: OfflineGenerator = field(default_factory=OfflineGenerator)

    async def generate(self, task: Task[C, R]) -> R:
        """The offline generator's answer."""
        answer = self.offline.answer(task)
        self.kept.append((task, answer))
        return answer


def recorded(stage: Stage, count: int) -> dict[int, list[Answered]]:
    """The tasks of the plan's dialogues with their answers, by seed; seeds that fail are left out.

    Raises:
        GenerationError: far too many seeds fail.
    """
    found: dict[int, list[Answered]] = {}
    for seed in range(4 * count):
        recorder = Recorder()
        try:
            walk(set_scene(stage, seed, recorder))
        except ToolweaveError:
            continue
        found[seed] = recorder.kept
        if len(found) == count:
            return found
    raise GenerationError(f"only {len(found)} of {4 * count} dialogues of {stage.plan.id} succeed")


def replaying(kept: Iterable[Answered]) -> ScriptedGenerator:
    """A generator that gives the recorded answers and checks none of them again."""
    answers: Mapping[Any, BaseModel] = {task.key: answer for task, answer in kept}
    return ScriptedGenerator(answers, accepting=False)
