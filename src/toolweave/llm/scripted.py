"""A generator whose answers were written beforehand: for tests, demonstrations and measurements."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel

from toolweave.core.errors import GenerationError
from toolweave.llm.task import C, R, Task, Unacceptable, validated
from toolweave.llm.usage import Spent, note

Answer: TypeAlias = Mapping[str, Any] | BaseModel
Script: TypeAlias = Mapping[Any, Answer] | Callable[[Task[Any, Any]], Answer]


class ScriptedGenerator:
    """Gives the answers of a script.

    Args:
        script: answers by task key (a tuple) or task name (the key wins), or a callable that is
            given the task. An answer is a dict or an instance of the task's result type.
        accepting: whether the task's acceptance check is run.

    ``calls`` counts the tasks answered, by name.
    """

    def __init__(self, script: Script, *, accepting: bool = True, name: str = "scripted") -> None:
        self.name = name
        self.calls: Counter[str] = Counter()
        self._script = script
        self._accepting = accepting

    async def generate(self, task: Task[C, R]) -> R:
        """The scripted answer to ``task``.

        Raises:
            GenerationError: the script holds no answer, or not an acceptable one.
        """
        self.calls[task.name] += 1
        note(task.name, Spent(calls=1))
        try:
            result = validated(task, self._answer(task))
            return task.accept(result) if self._accepting else result
        except Unacceptable as refusal:
            raise GenerationError(
                f"the scripted answer to {task.name!r} with key {task.key!r} is refused: {refusal}"
            ) from refusal

    def _answer(self, task: Task[C, R]) -> Answer:
        if callable(self._script):
            return self._script(task)
        for name in (task.key, task.name):
            if name in self._script:
                return self._script[name]
        raise GenerationError(
            f"no scripted answer to {task.name!r} with key {task.key!r} "
            "(add one under the key or the name)"
        )
