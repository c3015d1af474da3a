"""Proposing with a model: one prompt per stage, and a check of what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from toolweave.core.model import JsonObject
from toolweave.core.seeding import rng
from toolweave.core.tool import Tool
from toolweave.llm.generator import Generator
from toolweave.llm.task import PROBLEMS_NAMED, Prompt, Task, Unacceptable
from toolweave.toolgraph.prompting import PROMPTS
from toolweave.toolgraph.synthesis.context import DomainContext
from toolweave.toolgraph.synthesis.reasons import Decision, RefusedTool, StageName
from toolweave.toolgraph.synthesis.refining import refine

# Longer lists of tools in one answer get cut off or careless.
MOST_AT_ONCE: Final = 4
_SHOWN_WHOLE: Final = 6
_CHOICES_SHOWN: Final = 8


class ProposedTool(BaseModel):
    """One tool."""

    model_config = ConfigDict(extra="ignore")

    name: str
    description: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict)
    results: dict[str, Any] = Field(default_factory=dict)
    errors: list[dict[str, Any]] = Field(default_factory=list)
    effect: dict[str, Any] | None = None


class ProposedTools(BaseModel):
    """The tools asked for."""

    tools: list[ProposedTool] = Field(min_length=1)


@dataclass(frozen=True)
class StageContext:
    """What a stage's prompt tells: the field, the pool in short, and how many tools are wanted."""

    stage: StageName
    count: int
    domain: DomainContext
    pool: tuple[str, ...]
    shown: tuple[JsonObject, ...]
    refused: tuple[str, ...]


class ModelProposer:
    """Asks a generator for candidates.

    Args:
        generator: a model behind the seam.
        domain: what is known of the field.
        seed: names the random streams.
    """

    def __init__(self, generator: Generator, domain: DomainContext, seed: int) -> None:
        self.generator, self.domain, self.seed = generator, domain, seed
        self.name = generator.name
        self._asked = 0

    async def propose(
        self, stage: StageName, count: int, pool: Sequence[Tool], refused: Sequence[Decision]
    ) -> Sequence[JsonObject]:
        """Up to ``count`` candidates, at most four.

        Raises:
            GenerationError: the model gave no acceptable answer.
        """
        context = StageContext(
            stage=stage,
            count=min(count, MOST_AT_ONCE),
            domain=self.domain,
            pool=tuple(signature(tool) for tool in pool),
            shown=tuple(_bare(tool) for tool in _simplest(pool)) if _deepens(stage) else (),
            refused=tuple(f"{one.tool}: {one.reason}" for one in refused),
        )
        if _deepens(stage) and not pool:
            return []
        self._asked += 1
        answer = await self.generator.generate(
            Task(
                name="tool_candidates",
                context=context,
                result=ProposedTools,
                render=prompt,
                accept=accept,
                key=(self.seed, "tools", self.domain.title, stage, self._asked),
            )
        )
        return [tool.model_dump(exclude_none=True) for tool in answer.tools[: context.count]]


def prompt(context: StageContext) -> Prompt:
    """The request to a model."""
    return PROMPTS.render(context.stage, c=context)


def accept(answer: ProposedTools) -> ProposedTools:
    """The answer itself, if at least half of its tools can be used."""
    problems = []
    for tool in answer.tools:
        try:
            refine(tool.model_dump(exclude_none=True), rng(0, "accept"))
        except RefusedTool as refusal:
            problems.append(f"{tool.name[:60]}: {refusal.reason}")
    if 2 * len(problems) > len(answer.tools):
        raise Unacceptable(*problems[:PROBLEMS_NAMED])
    return answer


def signature(tool: Tool) -> str:
    """A tool in one line: ``get_order(order_id) -> order_status{open|paid}, lines[item_code]``."""
    return f"{tool.name}({_listed(tool.parameters)}) -> {_listed(tool.results)}"


def _listed(schema: JsonObject, depth: int = 0) -> str:
    """The properties of an object with what is optional, their choices and what they hold."""
    required = schema.get("required", [])
    shown = []
    for name, held in schema.get("properties", {}).items():
        node = held if isinstance(held, dict) else {}
        mark = "" if name in required else "?"
        shown.append(f"{name}{mark}{_choices(node)}{_inside(node, depth)}")
    return ", ".join(shown)


def _choices(node: JsonObject) -> str:
    values = [str(value) for value in node.get("enum", [])]
    if not values:
        return ""
    more = "|…" if len(values) > _CHOICES_SHOWN else ""
    return "{" + "|".join(values[:_CHOICES_SHOWN]) + more + "}"


def _inside(node: JsonObject, depth: int) -> str:
    inner = node.get("items") if node.get("type") == "array" else node
    if not isinstance(inner, dict) or not inner.get("properties") or depth:
        return ""
    return f"[{_listed(inner, depth + 1)}]"


def _bare(tool: Tool) -> JsonObject:
    """The tool as a model is to write it back."""
    return tool.model_copy(update={"origin": None}).dump()


def _deepens(stage: StageName) -> bool:
    return stage == "schema_enrichment"


def _simplest(pool: Sequence[Tool]) -> list[Tool]:
    """The tools with the flattest parameters, which have most to gain."""

    def nested(tool: Tool) -> int:
        held = tool.parameters.get("properties", {}).values()
        return sum(isinstance(one, dict) and one.get("type") in ("object", "array") for one in held)

    return sorted(pool, key=lambda tool: (nested(tool), tool.name))[:_SHOWN_WHOLE]
