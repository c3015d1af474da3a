"""Trials: every plan so many times against somebody's assistant, each kept once it is over."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from toolweave.agents.stage import Stage
from toolweave.core.errors import GenerationError
from toolweave.core.model import FORMAT_VERSION
from toolweave.core.score import Trial
from toolweave.evaluation.scoring import score
from toolweave.evaluation.verdict_file import TrialFile
from toolweave.graph.conversing import Assistant, Bounds, Conversation, converse
from toolweave.graph.plays import begun, frame_of
from toolweave.llm.generator import Generator
from toolweave.llm.together import together
from toolweave.schema.types import canonical


class NamedAssistant(Assistant, Protocol):
    """An assistant that says which it is."""

    name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an assistant.

    Attributes:
        trials: so many for each plan. They are all about the same wish in the same world.
        seed: what world and user are drawn from.
        bounds: how long a conversation may be.
        concurrency: conversations at a time.
        server: where the assistant is, so that another one's trials are not taken for its own.
    """

    trials: int = 1
    seed: int = 0
    bounds: Bounds = field(default_factory=Bounds)
    concurrency: int = 4
    server: str = ""


class _Due(NamedTuple):
    stage: Stage
    digest: str
    number: int


async def evaluate(
    stages: Sequence[Stage],
    assistant: NamedAssistant,
    generator: Generator,
    file: TrialFile,
    wanted: Wanted,
    told: Callable[[Trial], None] = lambda _: None,
) -> list[Trial]:
    """Carry out the trials that the file does not hold, and give all that were asked for.

    A trial that the server let down is recorded as failed, without a score; it is tried again
    when the file is gone on with.

    Raises:
        ServerError: the assistant cannot be reached; what was recorded stays.
        RunFolderError: the disk is full.
    """
    due = [
        _Due(stage, _digest(stage, assistant.name, wanted), number)
        for stage in stages
        for number in range(1, wanted.trials + 1)
    ]
    held = {_key(one): one for one in file.held}
    queue = iter(
        [one for one in due if (old := held.get(_place(one))) is None or old.outcome == "failed"]
    )
    async with together() as group:
        for _ in range(wanted.concurrency):
            group.create_task(_work(queue, assistant, generator, file, wanted, told))
    held = {_key(one): one for one in file.held}
    return [held[_place(one)] for one in due]


async def _work(
    queue: Iterable[_Due],
    assistant: NamedAssistant,
    generator: Generator,
    file: TrialFile,
    wanted: Wanted,
    told: Callable[[Trial], None],
) -> None:
    for due in queue:
        made = await _trial(due, assistant, generator, wanted)
        file.add(made)
        told(made)


async def _trial(
    due: _Due, assistant: NamedAssistant, generator: Generator, wanted: Wanted
) -> Trial:
    stage = due.stage
    play = begun(frame_of(stage, planned=True), wanted.seed, generator)
    try:
        talk = await converse(play, assistant, wanted.bounds)
    except GenerationError as error:
        # The user or a tool found no words: nothing that the assistant is to blame for.
        talk = Conversation("failed", (), {}, 0, 0, str(error))
    judged = talk.outcome != "failed"
    found = score(stage.plan, stage.toolset, talk.messages, talk.told) if judged else None
    if found is not None and talk.outcome in ("looped", "endless"):
        # Who never comes to an end has not done what was asked, whatever the calls were.
        found = found.model_copy(update={"passed": False, "value": min(found.value, 0.5)})
    return Trial(
        version=FORMAT_VERSION, trial=due.number, plan=stage.plan.id, digest=due.digest,
        seed=wanted.seed, assistant=assistant.name, outcome=talk.outcome, problem=talk.problem,
        score=found, turns=talk.turns, calls=talk.calls, messages=talk.messages,
    )  # fmt: skip


def _digest(stage: Stage, assistant: str, wanted: Wanted) -> str:
    frame = frame_of(stage, planned=True)
    bounds = (wanted.bounds.turns, wanted.bounds.rounds)
    named = canonical([frame.digest, wanted.seed, assistant, wanted.server, *bounds])
    return hashlib.blake2b(named.encode(), digest_size=8).hexdigest()


def _key(trial: Trial) -> tuple[str, str, int]:
    return trial.plan, trial.digest, trial.trial


def _place(due: _Due) -> tuple[str, str, int]:
    return due.stage.plan.id, due.digest, due.number
