"""Offline dialogues recorded task by task, so that their answers can be given again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from toolweave.agents.stage import Stage
from toolweave.graph.setting import set_scene
from toolweave.graph.walking import walk
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.task import C, R, Task


@dataclass
class Recorder:
    """The offline generator, keeping every task with its answer."""

    name: str = "offline"
    kept: list[tuple[Task[Any, Any], BaseModel]] = field(default_factory=list)
    offline: OfflineGenerator = field(default_factory=OfflineGenerator)

    async def generate(self, task: Task[C, R]) -> R:
        """The offline generator's answer."""
        answer = self.offline.answer(task)
        self.kept.append((task, answer))
        return answer


def recorded(stage: Stage, seeds: Iterable[int]) -> list[tuple[Task[Any, Any], BaseModel]]:
    """Every task of the plan's dialogues with these seeds, in order, with its answer."""
    recorder = Recorder()
    for seed in seeds:
        walk(set_scene(stage, seed, recorder))
    return recorder.kept


def replaying(kept: Iterable[tuple[Task[Any, Any], BaseModel]]) -> ScriptedGenerator:
    """A generator that gives the recorded answers and checks none of them again."""
    answers: Mapping[Any, BaseModel] = {task.key: answer for task, answer in kept}
    return ScriptedGenerator(answers, accepting=False)
