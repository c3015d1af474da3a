"""Links judged by a model: batches of pairs about one tool, answered yes or no with a reason."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from pydantic import BaseModel, Field

from toolweave.core.errors import SchemaError
from toolweave.core.tool import Tool, Toolset
from toolweave.llm.generator import Generator
from toolweave.llm.task import Prompt, Task, Unacceptable
from toolweave.llm.together import together
from toolweave.schema.declared import schema_at
from toolweave.schema.types import Schema
from toolweave.toolgraph.linking.links import Candidate, Judging, Verdict
from toolweave.toolgraph.prompting import PROMPTS

# Pairs put to a model at a time; more of them make it forget some.
BATCH: Final = 20
_ABOUT: Final = 200


class PairVerdict(BaseModel):
    """What the model says of one pair, counted from 1."""

    pair: int
    link: bool
    reason: str = Field(default="", max_length=400)


class Verdicts(BaseModel):
    """What the model says of a batch."""

    verdicts: list[PairVerdict]


class Pair(NamedTuple):
    """A candidate with what its two schemas say of themselves."""

    source: str
    output: str
    output_about: str
    target: str
    parameter: str
    parameter_about: str


class Question(NamedTuple):
    """A batch of pairs, and the tools that they are about."""

    tools: tuple[Tool, ...]
    pairs: tuple[Pair, ...]


def judged_by(generator: Generator, batch: int = BATCH) -> Judging:
    """A way to judge candidates with a generator, ``batch`` pairs of one target tool at a time.

    The judging raises GenerationError where no usable answer is given, and ServerError where the
    model cannot be reached.
    """

    async def judge(toolset: Toolset, candidates: Sequence[Candidate]) -> list[Verdict]:
        tasks = [
            task(toolset, part, number) for number, part in enumerate(_batches(candidates, batch))
        ]
        async with together() as group:
            asked = [group.create_task(generator.generate(one)) for one in tasks]
        return [
            Verdict(one.link, one.reason, "model")
            for answer in (done.result() for done in asked)
            for one in answer.verdicts
        ]

    return judge


def task(
    toolset: Toolset, candidates: Sequence[Candidate], number: int
) -> Task[Question, Verdicts]:
    """What a model is asked about one batch."""
    question = _question(toolset, candidates)
    return Task(
        name="link_judgement",
        context=question,
        result=Verdicts,
        render=prompt,
        accept=lambda answer: accept(answer, len(question.pairs)),
        key=("link_judgement", number),
    )


def prompt(question: Question) -> Prompt:
    """The request to a model."""
    return PROMPTS.render("link_judgement", q=question)


def accept(answer: Verdicts, count: int) -> Verdicts:
    """One verdict per pair, in order, or what is missing."""
    found = {one.pair: one for one in answer.verdicts}
    missing = [str(number) for number in range(1, count + 1) if number not in found]
    if missing:
        raise Unacceptable(f"verdicts: no entry for pair {', '.join(missing)}")
    if len(found) > count:
        raise Unacceptable(f"verdicts: there are only {count} pairs")
    if len(answer.verdicts) > len(found):
        raise Unacceptable("verdicts: name every pair once")
    return Verdicts(verdicts=[found[number] for number in range(1, count + 1)])


def _batches(candidates: Sequence[Candidate], batch: int) -> Iterator[list[Candidate]]:
    """The candidates in order, so that no batch is about two target tools."""
    for _, group in groupby(candidates, key=lambda one: one.target):
        held = list(group)
        for start in range(0, len(held), batch):
            yield held[start : start + batch]


def _question(toolset: Toolset, candidates: Sequence[Candidate]) -> Question:
    tools = {tool.name: tool for tool in toolset.tools}
    named = dict.fromkeys([candidates[0].target, *(one.source for one in candidates)])
    pairs = tuple(
        Pair(
            one.source, one.output, _about(tools[one.source].results, one.output),
            one.target, one.parameter, _about(tools[one.target].parameters, one.parameter),
        )
        for one in candidates
    )  # fmt: skip
    return Question(tuple(tools[name] for name in named), pairs)


def _about(schema: Schema, path: str) -> str:
    try:
        found = schema_at(schema, path)
    except SchemaError:
        return ""
    said = found.get("description") if found and not isinstance(found, bool) else ""
    return said[:_ABOUT] if isinstance(said, str) else ""
