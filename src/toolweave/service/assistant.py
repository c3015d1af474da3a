"""The free assistant: a model that sees tools and a conversation, and chooses its own calls.

It serves those who want to watch a model at work. What it does has no plan behind it, so none of
it becomes a proven dialogue.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from toolweave.checks.leaks import leaks
from toolweave.core.tool import Tool
from toolweave.llm.contexts import Answer, Line
from toolweave.llm.generator import Generator
from toolweave.llm.prompting import Prompts
from toolweave.llm.task import Prompt, Task, Unacceptable

LONGEST: Final = 4000
MOST_CALLS: Final = 8
PROMPTS: Final = Prompts(Path(__file__).parent / "prompts")


class MadeCall(Answer):
    """A call that the model makes."""

    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class AssistantMove(Answer):
    """What the assistant does next: it says something, or it makes calls."""

    say: str = ""
    calls: list[MadeCall] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MoveContext:
    """What the assistant sees."""

    tools: Sequence[Tool]
    history: tuple[Line, ...]
    clock: datetime


async def next_move(
    context: MoveContext, generator: Generator, key: tuple[object, ...]
) -> AssistantMove:
    """What the model does next.

    Bad arguments are let through, as a real assistant's are: the tool answers them with an error.

    Raises:
        GenerationError: the model gave no acceptable answer.
        ServerError: it could not be reached.
    """
    return await generator.generate(
        Task(
            name="assistant_move",
            context=context,
            result=AssistantMove,
            render=prompt,
            accept=lambda answer: accept(answer, context.tools),
            key=key,
            schema=_schema([tool.name for tool in context.tools]),
        )
    )


def prompt(context: MoveContext) -> Prompt:
    """The request to a model."""
    return PROMPTS.render("assistant_move", c=context)


def accept(answer: AssistantMove, tools: Sequence[Tool]) -> AssistantMove:
    """The move, or what a writer must mend."""
    problems = list(_problems(answer, tools))
    if problems:
        raise Unacceptable(*problems)
    return answer.model_copy(update={"say": answer.say.strip()})


def _problems(answer: AssistantMove, tools: Sequence[Tool]) -> Iterator[str]:
    names = [tool.name for tool in tools]
    if not answer.calls and not answer.say.strip():
        yield 'say something in "say", or make a call'
    if len(answer.say) > LONGEST:
        yield f"the message is longer than {LONGEST} characters"
    if len(answer.calls) > MOST_CALLS:
        yield f"at most {MOST_CALLS} calls at once"
    for call in answer.calls:
        if call.name not in names:
            yield f"there is no tool {call.name!r:.80}"
    for leak in leaks(answer.say, tool_names=names, parameter_names=()):
        yield f"say {leak.text!r} in plain words ({leak.kind})"


def _schema(names: Sequence[str]) -> Mapping[str, Any]:
    call = {
        "type": "object",
        "properties": {"name": {"enum": list(names)}, "arguments": {"type": "object"}},
        "required": ["name", "arguments"],
    }
    return {
        "type": "object",
        "properties": {"say": {"type": "string"}, "calls": {"type": "array", "items": call}},
        "required": ["say", "calls"],
    }
