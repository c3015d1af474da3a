"""Asking a model for the words, the rating and the parts of goals, several at a time."""

import asyncio
from collections.abc import Sequence

from toolweave.core.errors import GenerationError
from toolweave.core.goal import Goal
from toolweave.llm.generator import Generator
from toolweave.planners.asking import grouped, worded
from toolweave.planners.flow import Flow
from toolweave.planners.planning import Refusal


async def asked_goals(
    flow: Flow,
    goals: Sequence[Goal],
    generator: Generator,
    *,
    seed: int,
    threshold: float,
    concurrency: int,
    parting: bool = True,
) -> tuple[list[Goal], list[Refusal]]:
    """The goals as a model words, rates and parts them, and those it gave nothing usable for.

    Linear ones are parted where there is a planner (``parting``) that takes parts.

    Goals that it rates so low that their score falls below the threshold are refused too.

    Raises:
        ServerError: the model server cannot be reached.
    """
    places = asyncio.Semaphore(concurrency)
    refused: list[Refusal] = []

    async def one(goal: Goal) -> Goal | None:
        async with places:
            try:
                said = await worded(flow, goal, generator, seed)
                if said.scores.total < threshold:
                    told = f"its score {said.scores.total} is below {threshold}"
                    refused.append(Refusal(goal=goal.id, reason=told))
                    return None
                if not parting or said.workflow.motif != "linear":
                    return said
                parts = await grouped(flow, said, generator, seed)
                return said.model_copy(update={"parts": parts})
            except GenerationError as error:
                refused.append(Refusal(goal=goal.id, reason=str(error)))
                return None

    made = await asyncio.gather(*(one(goal) for goal in goals))
    refused.sort(key=lambda refusal: refusal.goal)
    return [goal for goal in made if goal is not None], refused
