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
_SHOWN_WHOLE: Final = 12


class ProposedTool(BaseModel):
    """A tool as a model writes it; what it says is checked by refinement, not here."""

    model_config = ConfigDict(extra="ignore")

    name: str
    description: str = ""
    parameters: dict[str, Any] = Field(default_factory=dict)
    results: dict[str, Any] = Field(default_factory=dict)
    errors: list[dict[str, Any]] = Field(default_factory=list)
    effect: dict[str, Any] | None = None


class ProposedTools(BaseModel):
    """A model's answer."""

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
            shown=tuple(tool.dump() for tool in _simplest(pool)) if _deepens(stage) else (),
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
    """A tool in one line: ``get_order(order_id) -> order_status, shipment_id``."""
    required = tool.parameters.get("required", [])
    taken = [
        name if name in required else f"{name}?" for name in tool.parameters.get("properties", {})
    ]
    return f"{tool.name}({', '.join(taken)}) -> {', '.join(_outputs(tool.results))}"


def _outputs(results: JsonObject) -> list[str]:
    shown = []
    for name, held in results.get("properties", {}).items():
        items = held.get("items") if isinstance(held, dict) else None
        inner = items.get("properties") if isinstance(items, dict) else None
        shown.append(f"{name}[{', '.join(inner)}]" if inner else name)
    return shown


def _deepens(stage: StageName) -> bool:
    return stage == "schema_enrichment"


def _simplest(pool: Sequence[Tool]) -> list[Tool]:
    """The tools with the flattest parameters, which have most to gain."""

    def nested(tool: Tool) -> int:
        held = tool.parameters.get("properties", {}).values()
        return sum(isinstance(one, dict) and one.get("type") in ("object", "array") for one in held)

    return sorted(pool, key=lambda tool: (nested(tool), tool.name))[:_SHOWN_WHOLE]
