"""The curriculum: stages that grow a pool of tools, with a reason for every candidate's fate."""

from collections.abc import Sequence
from typing import Final, Protocol

from toolweave.core.model import FORMAT_VERSION, Record
from toolweave.core.seeding import rng
from toolweave.core.tool import Origin, Tool, Toolset
from toolweave.schema.paths import leaves
from toolweave.toolgraph.synthesis.duplicates import Similarity, duplicate_of
from toolweave.toolgraph.synthesis.reasons import (
    COINED,
    PAPER,
    Decision,
    RefusedTool,
    Stage,
    StageName,
)
from toolweave.toolgraph.synthesis.refining import Refined, refine

PATIENCE: Final = 2
"""How many proposals in a row may bring nothing before a stage ends short of its target."""


class Proposer(Protocol):
    """Whoever proposes candidate tools: a domain pack or a model."""

    @property
    def name(self) -> str: ...

    async def propose(
        self, stage: StageName, count: int, pool: Sequence[Tool], refused: Sequence[Decision]
    ) -> Sequence[object]:
        """Up to ``count`` candidates for a stage, given what the pool holds.

        ``refused`` are this stage's refusals so far. An empty answer ends the stage. In the stage
        ``schema_enrichment`` a candidate bears the name of the tool that it deepens.

        Raises:
            GenerationError: a model gave no acceptable answer.
        """
        ...


class Synthesis(Record):
    """A grown toolset and what became of every candidate."""

    toolset: Toolset
    decisions: tuple[Decision, ...]


class Pool:
    """The tools accepted so far.

    Args:
        domain: the domain they belong to.
        similarity: compares two descriptions.
        seed: decides the wording of descriptions.
        source: what ``origin`` says of them.
    """

    def __init__(self, domain: str, similarity: Similarity, seed: int, source: str) -> None:
        self.domain, self.similarity, self.seed, self.source = domain, similarity, seed, source
        self.tools: list[Tool] = []

    def consider(self, candidate: object, stage: StageName) -> Decision:
        """Take a candidate into the pool, or say why not."""
        name = str(candidate.get("name", ""))[:64] if isinstance(candidate, dict) else ""
        try:
            refined = refine(candidate, rng(self.seed, "describe", self.domain, name))
            deepening = stage == "schema_enrichment"
            reason = self._deepen(refined) if deepening else self._add(refined, stage)
        except RefusedTool as refusal:
            told = refusal.name or name or "(no name)"
            return Decision(stage=stage, tool=told, verdict="rejected", reason=refusal.reason)
        return Decision(
            stage=stage,
            tool=refined.tool.name,
            verdict="deepened" if deepening else "accepted",
            reason=reason,
            changes=refined.changes,
        )

    def _add(self, refined: Refined, stage: StageName) -> str:
        tool = refined.tool
        if why := duplicate_of(tool, self.tools, self.similarity):
            raise RefusedTool(why, tool.name)
        shared = self._shared(tool)
        if stage == "connection_discovery" and not shared:
            raise RefusedTool("it shares no parameter or result with any tool", tool.name)
        self.tools.append(self._signed(refined))
        return f"shares {', '.join(shared[:4])}" if shared else "new"

    def _deepen(self, refined: Refined) -> str:
        tool = refined.tool
        place = next((i for i, held in enumerate(self.tools) if held.name == tool.name), None)
        if place is None:
            raise RefusedTool("there is no tool of that name to deepen", tool.name)
        before = self.tools[place]
        gone = sorted(_required(before) - _names(tool.parameters))
        if gone:
            raise RefusedTool(f"it drops the required parameter {gone[0]!r}", tool.name)
        lost = sorted(_names(before.results) - _names(tool.results))
        if lost:
            raise RefusedTool(f"it drops the output {lost[0]!r}", tool.name)
        if _depth(tool) <= _depth(before):
            raise RefusedTool("it is no deeper than before", tool.name)
        others = [held for held in self.tools if held.name != tool.name]
        if why := duplicate_of(tool, others, self.similarity):
            raise RefusedTool(why, tool.name)
        self.tools[place] = self._signed(refined)
        fresh = sorted(_names(tool.parameters) - _names(before.parameters))
        return f"adds {', '.join(fresh)}" if fresh else "adds rules or nested values"

    def _shared(self, tool: Tool) -> list[str]:
        """The names under which the tool can exchange values with the pool, either way."""
        taken, given = _names(tool.parameters), _names(tool.results)
        others = [(_names(held.parameters), _names(held.results)) for held in self.tools]
        return sorted(
            {name for inputs, outputs in others for name in (taken & outputs) | (given & inputs)}
        )

    def _signed(self, refined: Refined) -> Tool:
        origin = Origin(source=self.source, notes=refined.changes)
        return refined.tool.model_copy(update={"origin": origin})


async def synthesize(
    domain: str,
    proposer: Proposer,
    similarity: Similarity,
    *,
    stages: Sequence[Stage] = PAPER,
    seed: int = 0,
    lexicon: str = "",
) -> Synthesis:
    """Grow the tools of a domain (ToolWeave, Algorithm 1, without the graph).

    Raises:
        GenerationError: a model gave no acceptable answer.
    """
    pool = Pool(domain, similarity, seed, f"{COINED}{proposer.name}")
    decisions: list[Decision] = []
    for stage in stages:
        decisions.extend(await _run(stage, proposer, pool))
    toolset = Toolset(
        version=FORMAT_VERSION, name=domain, domain=domain, lexicon=lexicon, tools=tuple(pool.tools)
    )
    return Synthesis(toolset=toolset, decisions=tuple(decisions))


async def _run(stage: Stage, proposer: Proposer, pool: Pool) -> list[Decision]:
    made: list[Decision] = []
    missing, idle = stage.count, 0
    while missing > 0 and idle < PATIENCE:
        refused = [one for one in made if one.verdict == "rejected"]
        proposed = await proposer.propose(stage.name, missing, pool.tools, refused)
        if not proposed:
            break
        fresh = [pool.consider(candidate, stage.name) for candidate in proposed[:missing]]
        gained = sum(one.verdict != "rejected" for one in fresh)
        missing, idle = missing - gained, 0 if gained else idle + 1
        made.extend(fresh)
    return made


def _names(schema: object) -> frozenset[str]:
    """The names of all properties at any depth."""
    if not isinstance(schema, dict):
        return frozenset()
    return frozenset(
        part for leaf in leaves(schema) for part in leaf.path.replace("[]", "").split(".") if part
    )


def _required(tool: Tool) -> frozenset[str]:
    return frozenset(tool.parameters.get("required", ()))


def _depth(tool: Tool) -> int:
    """How rich the parameters are: leaves, choices, defaults and rules."""
    held = leaves(tool.parameters)
    rich = sum(
        isinstance(leaf.schema, dict) and bool({"enum", "default"} & leaf.schema.keys())
        for leaf in held
    )
    rules = {"if", "allOf", "dependentRequired"} & tool.parameters.keys()
    return len(held) + rich + 2 * len(rules)
