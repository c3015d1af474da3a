"""Missing result schemas: inferred from everything known of a tool, and marked as inferred."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from toolweave.core.domain import DomainPack
from toolweave.core.errors import GenerationError, SchemaError
from toolweave.core.model import JsonObject
from toolweave.core.tool import Origin, Tool, Toolset
from toolweave.llm.generator import Generator
from toolweave.llm.task import Prompt, Task, Unacceptable
from toolweave.llm.together import together
from toolweave.schema.dialects import modern
from toolweave.schema.refs import check_schema
from toolweave.toolgraph.inference.lore import Lore
from toolweave.toolgraph.inference.offline_results import plausible_results
from toolweave.toolgraph.inference.pack_results import pack_results
from toolweave.toolgraph.prompting import PROMPTS

RESULTS: Final = "results"
_SIBLINGS: Final = 40


class Answered(BaseModel):
    """What a model says a tool returns: a JSON Schema of an object."""

    results: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What a model is told before it says what a tool returns."""

    tool: Tool
    siblings: tuple[Tool, ...]
    domain: str
    offline: JsonObject


def missing(tool: Tool) -> bool:
    """Whether nothing is declared of what the tool returns."""
    declared = {key for key in tool.results if key not in ("title", "description", "required")}
    return declared <= {"type", "properties", "additionalProperties"} and not (
        tool.results.get("properties") or isinstance(tool.results.get("additionalProperties"), dict)
    )


def infer_results(toolset: Toolset, pack: DomainPack | None = None) -> Toolset:
    """The toolset with a result for every tool that had none, without a model.

    A pack's word counts first, then the names, descriptions and effects of all tools together.
    What is inferred is marked in ``origin.inferred``.
    """
    lore = Lore(toolset)
    tools = tuple(
        _marked(tool, _offline(tool, lore, pack)) if missing(tool) else tool
        for tool in toolset.tools
    )
    return toolset.model_copy(update={"tools": tools})


async def infer_results_with(
    generator: Generator, toolset: Toolset, pack: DomainPack | None = None
) -> Toolset:
    """``infer_results`` with a model's answer where an acceptable one comes.

    Raises:
        ServerError: the model's server could not be reached.
    """
    lore = Lore(toolset)

    async def told(tool: Tool) -> Tool:
        if not missing(tool):
            return tool
        offline = _offline(tool, lore, pack)
        try:
            answer = await generator.generate(_task(tool, toolset, offline))
        except GenerationError:
            return _marked(tool, offline, "without a model: its answer was not acceptable")
        return _marked(tool, answer.results, "by a model")

    async with together() as group:
        tasks = [group.create_task(told(tool)) for tool in toolset.tools]
    return toolset.model_copy(update={"tools": tuple(task.result() for task in tasks)})


def prompt(question: Question) -> Prompt:
    """The request to a model."""
    return PROMPTS.render("infer_results", q=question)


def accept(answer: Answered) -> Answered:
    """The schema in 2020-12, or what the model must mend."""
    try:
        made, _ = modern(answer.results)
        check_schema(made)
    except SchemaError as error:
        raise Unacceptable(f"results: {error}") from error
    if not isinstance(made, Mapping) or made.get("type") != "object":
        raise Unacceptable('results: the schema must have "type": "object"')
    if not made.get("properties"):
        raise Unacceptable("results: name at least one property")
    return Answered(results=dict(made))


def _task(tool: Tool, toolset: Toolset, offline: JsonObject) -> Task[Question, Answered]:
    siblings = tuple(other for other in toolset.tools if other.name != tool.name)[:_SIBLINGS]
    question = Question(tool, siblings, toolset.domain or toolset.name, offline)
    return Task(
        name="infer_results",
        context=question,
        result=Answered,
        render=prompt,
        accept=accept,
        key=("infer_results", tool.name),
    )


def _offline(tool: Tool, lore: Lore, pack: DomainPack | None) -> JsonObject:
    told = pack_results(tool, pack, lore) if pack is not None else None
    return told or plausible_results(tool, lore)


def _marked(tool: Tool, results: JsonObject, how: str = "") -> Tool:
    origin = tool.origin or Origin(source="toolweave")
    notes = (*origin.notes, f"results inferred {how}") if how else origin.notes
    inferred = tuple(dict.fromkeys((*origin.inferred, RESULTS)))
    marked = origin.model_copy(update={"inferred": inferred, "notes": notes})
    return tool.model_copy(update={"results": results, "origin": marked})
