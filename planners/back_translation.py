"""Back-translation: a reader who sees only the requests and the tools writes the calls again.

DiGiT-TC keeps a request only where those calls agree with the planned ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, Field

from toolweave.core.dialogue import Dialogue
from toolweave.core.plan import UserRequest
from toolweave.core.tool import Tool
from toolweave.llm.generator import Generator
from toolweave.llm.task import Task, Unacceptable
from toolweave.planners.agreement import Made, differences, plain, reference
from toolweave.planners.asking import PROMPTS
from toolweave.schema.parts import joined
from toolweave.schema.paths import leaf_values, leaves, schema_at
from toolweave.schema.validators import validator

_MOST_OUTPUTS: Final = 40


class MadeCalls(BaseModel):
    """All calls that the reader finds in the requests."""

    calls: list[Made] = Field(min_length=1)


@dataclass(frozen=True)
class Reading:
    """What the reader sees."""

    clock: str
    requests: tuple[str, ...]
    tools: tuple[Tool, ...]
    outputs: tuple[str, ...]


def reading(dialogue: Dialogue) -> Reading:
    """The requests and tools of a dialogue, without anything that the assistant did."""
    starts = {
        placed.number for placed in dialogue.plan.steps() if isinstance(placed.step, UserRequest)
    }
    tools = tuple(shown.tool for shown in dialogue.tools)
    return Reading(
        clock=dialogue.messages[0].content,
        requests=tuple(one.content for one in dialogue.messages if one.step in starts),
        tools=tools,
        outputs=tuple(
            ", ".join([leaf.path for leaf in leaves(tool.results)][:_MOST_OUTPUTS]) or "none"
            for tool in tools
        ),
    )


async def back_translated(dialogue: Dialogue, generator: Generator) -> list[str]:
    """Where the calls of a fresh reader differ from those of the dialogue; empty if they agree.

    Raises:
        GenerationError: the reader gives no acceptable answer.
    """
    seen = reading(dialogue)
    answer = await generator.generate(
        Task(
            name="back_translation",
            context=seen,
            result=MadeCalls,
            render=lambda context: PROMPTS.render("back_translation", c=context),
            accept=lambda answer: accept(answer, seen),
            key=(dialogue.seed, "back_translation", dialogue.id),
        )
    )
    return list(differences(dialogue, answer.calls))


def accept(answer: MadeCalls, seen: Reading) -> MadeCalls:
    """Calls of tools that are there, references that lead somewhere, values in their schema's form.

    What a call leaves out is no objection here: nobody may have said it.
    """
    problems = [
        problem
        for number, made in enumerate(answer.calls, 1)
        for problem in _problems(number, made, answer.calls, {one.name: one for one in seen.tools})
    ]
    if problems:
        raise Unacceptable(*problems)
    return answer


def _problems(
    number: int, made: Made, calls: Sequence[Made], tools: Mapping[str, Tool]
) -> Iterator[str]:
    tool = tools.get(made.tool)
    if tool is None:
        yield f"call {number}: there is no tool {made.tool[:60]!r}"
        return
    for name, value in made.arguments.items():
        schema = schema_at(tool.parameters, joined("", name))
        if schema is None:
            yield f"call {number}: {made.tool} has no parameter {name[:60]!r}"
            continue
        references = [one for _, one in leaf_values(value) if reference(one) is not None]
        for one in references:
            yield from _nowhere(number, one, calls, tools)
        if not references:
            for violation in validator(schema, tool.parameters).violations(value)[:2]:
                yield f"call {number}: {made.tool}.{name}: {violation.message}"


def _nowhere(
    number: int, given: object, calls: Sequence[Made], tools: Mapping[str, Tool]
) -> Iterator[str]:
    """Why a reference leads nowhere."""
    source, path = reference(given) or (0, "")
    named = tools.get(calls[source - 1].tool) if 0 < source < number else None
    if named is None:
        yield f"call {number}: {given!r:.60} refers to no earlier call"
    elif path not in {plain(leaf.path) for leaf in leaves(named.results)}:
        yield f"call {number}: {given!r:.60} is no output of {named.name}"
