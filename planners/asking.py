"""What planners ask a model: the words of a goal, its rating, how a workflow parts, subgoals."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, Field

from toolweave.core.goal import Goal, GoalPart
from toolweave.core.workflow import Workflow
from toolweave.llm.generator import Generator
from toolweave.llm.prompting import Prompts
from toolweave.llm.task import Prompt, Task, Unacceptable
from toolweave.planners.flow import Flow
from toolweave.planners.partition import LARGEST
from toolweave.planners.rating import dataflow, scores
from toolweave.planners.wording import condition_text

PROMPTS: Final = Prompts(Path(__file__).parent / "prompts")
_LONGEST_GOAL: Final = 70
_SHORTEST_GOAL: Final = 4
_LONGEST_SUBGOAL: Final = 25
_MACHINE: Final = re.compile(r"[{}<>`]|\w_\w|\bJSON\b")

Answer = TypeVar("Answer", bound=BaseModel)
Rating = Annotated[int, Field(ge=-2, le=2)]


class GoalText(BaseModel):
    """A model's words for a goal."""

    goal: str


class GoalRating(BaseModel):
    """A model's rating of a goal."""

    coherence: Rating
    relevance: Rating


class Part(BaseModel):
    """One part of a conversation as a model lays it out."""

    tools: list[str] = Field(min_length=1)
    subgoal: str


class Parts(BaseModel):
    """A model's partition."""

    parts: list[Part] = Field(min_length=1)


@dataclass(frozen=True)
class Sketch:
    """What the prompts tell of a workflow."""

    domain: str
    motif: str
    goal: str
    situation: str
    tools: tuple[str, ...]
    names: tuple[str, ...]
    links: tuple[str, ...]
    condition: str = ""
    chosen: str = ""
    other: str = ""


def sketch(flow: Flow, goal: Goal) -> Sketch:
    """A goal's workflow in the words of its tools' descriptions."""
    workflow = goal.workflow
    drawn = Sketch(
        domain=goal.domain,
        motif=workflow.motif,
        goal=goal.text,
        situation=goal.situation,
        tools=tuple(_described(flow, name) for name in workflow.tools),
        names=workflow.tools,
        links=tuple(
            f"{link.source} gives {link.output}, which {link.target} takes as {link.parameter}"
            for link in workflow.links
        ),
    )
    if workflow.branch is None:
        return drawn
    return replace(
        drawn,
        condition=condition_text(workflow.branch),
        chosen=workflow.branch.chosen,
        other=_described(flow, workflow.branch.other),
    )


async def worded(flow: Flow, goal: Goal, generator: Generator, seed: int) -> Goal:
    """The goal in a model's words and with its rating (ToolWeave, Algorithm 5 and App. C.2).

    Raises:
        GenerationError: the model gives no acceptable answer.
    """
    told = await generator.generate(
        _task(
            "goal_text", "goal", sketch(flow, goal), GoalText,
            lambda answer: accept_goal(answer, goal.workflow), (seed, "goal", goal.id),
        )
    )  # fmt: skip
    said = goal.model_copy(update={"text": told.goal})
    rating = await generator.generate(
        _task(
            "goal_rating", "goal_rating", sketch(flow, said), GoalRating,
            lambda answer: answer, (seed, "rating", goal.id),
        )
    )  # fmt: skip
    rated = scores(
        rating.coherence,
        rating.relevance,
        dataflow(goal.workflow),
        len(goal.workflow.tools),
        generator.name,
    )
    return said.model_copy(update={"scores": rated})


async def grouped(flow: Flow, goal: Goal, generator: Generator, seed: int) -> tuple[GoalPart, ...]:
    """How a model parts a linear workflow, and what it calls the parts (App. D.2, D.3).

    Raises:
        GenerationError: the model gives no acceptable answer.
    """
    answer = await generator.generate(
        _task(
            "partition", "partition", sketch(flow, goal), Parts,
            lambda answer: accept_parts(answer, goal.workflow), (seed, "partition", goal.id),
        )
    )  # fmt: skip
    return tuple(
        GoalPart(tools=tuple(part.tools), subgoal=part.subgoal.strip().rstrip("."))
        for part in answer.parts
    )


def _task(
    name: str,
    template: str,
    context: Sketch,
    result: type[Answer],
    accept: Callable[[Answer], Answer],
    key: tuple[object, ...],
) -> Task[Sketch, Answer]:
    """What is asked of a workflow, in the words of the prompt of that ``template``."""
    return Task(
        name=name,
        context=context,
        result=result,
        render=lambda held: prompt(template, held),
        accept=accept,
        key=key,
    )


def prompt(name: str, context: Sketch) -> Prompt:
    """The request that a task of that name makes."""
    return PROMPTS.render(name, c=context)


def accept_goal(answer: GoalText, workflow: Workflow) -> GoalText:
    """A goal that a person could have, in plain words."""
    text = " ".join(answer.goal.split())
    problems = _plain(text, workflow.tools)
    size = len(text.split())
    if not _SHORTEST_GOAL <= size <= _LONGEST_GOAL:
        problems.append(f"the goal has {size} words: write one or two sentences")
    if problems:
        raise Unacceptable(*problems)
    return GoalText(goal=text)


def accept_parts(answer: Parts, workflow: Workflow) -> Parts:
    """Parts that hold every tool once, in order, each with a subgoal of its own."""
    named = [name for part in answer.parts for name in part.tools]
    problems = []
    if tuple(named) != workflow.tools:
        order = ", ".join(workflow.tools)
        problems.append(f"the parts must hold exactly these tools in this order: {order}")
    if any(len(part.tools) > LARGEST for part in answer.parts):
        problems.append(f"a part holds at most {LARGEST} tools")
    subgoals = [part.subgoal.casefold().strip() for part in answer.parts]
    if len(set(subgoals)) < len(subgoals):
        problems.append("two parts have the same subgoal")
    for part in answer.parts:
        problems.extend(_plain(part.subgoal, workflow.tools))
        if not 1 < len(part.subgoal.split()) <= _LONGEST_SUBGOAL:
            problems.append(f"the subgoal {part.subgoal[:60]!r} is no short phrase")
    if problems:
        raise Unacceptable(*problems)
    return answer


def _plain(text: str, names: tuple[str, ...]) -> list[str]:
    """What no person would say in it."""
    problems = []
    leaked = [name for name in names if name.casefold() in text.casefold() and "_" in name]
    if leaked:
        problems.append(f"it names the tool {leaked[0]!r}: say what is done in plain words")
    elif found := _MACHINE.search(text):
        problems.append(f"it holds {found.group()!r}: write plain words")
    return problems


def _described(flow: Flow, name: str) -> str:
    tool = flow.tools[name]
    taken = ", ".join(tool.parameters.get("properties", {})) or "nothing"
    given = ", ".join(tool.results.get("properties", {})) or "nothing"
    about = " ".join(tool.description.split())[:300]
    return f"{name}: {about} Takes {taken}; returns {given}."
