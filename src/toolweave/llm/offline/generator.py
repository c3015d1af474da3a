"""The offline generator: answers every dialogue task from grammar, lexicon and schema."""

import random
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from pydantic import BaseModel

from toolweave.core.errors import GenerationError, SchemaError
from toolweave.core.seeding import digest
from toolweave.llm.offline.questions import question
from toolweave.llm.offline.reports import report
from toolweave.llm.offline.results import result
from toolweave.llm.offline.speech import utterance
from toolweave.llm.task import C, R, Task, Unacceptable

Writer = Callable[[Any, random.Random], BaseModel]

WRITERS: Final[Mapping[str, Writer]] = {
    "user_request": utterance,
    "user_clarification_response": utterance,
    "paraphrase": utterance,
    "assistant_clarification": question,
    "tool_result": result,
    "assistant_response": report,
}
_TRIES: Final = 12


class OfflineGenerator:
    """Deterministic in the task's key; needs no network, no key and no model."""

    name = "offline"

    async def generate(self, task: Task[C, R]) -> R:
        """The accepted answer to ``task``.

        Raises:
            GenerationError: no draw was acceptable, with the last objection.
        """
        return self.answer(task)

    def answer(self, task: Task[C, R]) -> R:
        """``generate`` without a loop: nothing here ever waits."""
        writer = WRITERS.get(task.name)
        if writer is None:
            raise GenerationError(f"{task.name}: needs a model (name one with --model)")
        problem = ""
        for attempt in range(_TRIES):
            stream = random.Random(digest(*task.key, attempt))
            try:
                return task.accept(cast(R, writer(task.context, stream)))
            except Unacceptable as refused:
                problem = "; ".join(refused.problems)
            except SchemaError as unmet:
                problem = str(unmet)
        raise GenerationError(f"{task.name}: no wording was acceptable: {problem}")
