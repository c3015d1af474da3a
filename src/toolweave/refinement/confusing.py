"""A wrong tool: one that reads like the right one is called first, and answers what it can."""

import random
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, Protocol

from rapidfuzz.distance import Levenshtein

from toolweave.checks.effects import effect_of, looks_up
from toolweave.checks.naming import words
from toolweave.core.binding import Binding, ToolOutputBinding
from toolweave.core.model import JsonValue
from toolweave.core.plan import AssistantResponse, Expectation, Fault, Plan, PlannedCall
from toolweave.core.tool import Tool
from toolweave.llm.embedding import Embedder
from toolweave.refinement.edit import Source, Unfit
from toolweave.refinement.failure import Failing
from toolweave.refinement.replanning import Site, sites, with_attempts
from toolweave.refinement.sent import Sent, sent
from toolweave.schema.declared import leaves
from toolweave.schema.paths import put, schema_at
from toolweave.schema.validators import validator

# Names and meanings count alike.
_MEANING: Final = 0.5
_DIGITS: Final = 3


class Likeness(Protocol):
    """How easily one tool is taken for another."""

    def __call__(self, one: Tool, other: Tool) -> float: ...


class HybridLikeness:
    """Meaning by embeddings of names and descriptions, and spelling by Levenshtein distance.

    ``ToolWeave``, App. F.1: SentenceBERT and Levenshtein distance. Each pair is compared once.
    """

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self._known: dict[tuple[str, str], float] = {}

    def __call__(self, one: Tool, other: Tool) -> float:
        first, second = sorted((_text(one), _text(other)))
        if (first, second) not in self._known:
            left, right = self.embedder.encode([first, second])
            meaning = max(0.0, float(left @ right))
            spelling = Levenshtein.normalized_similarity(one.name, other.name)
            alike = _MEANING * meaning + (1 - _MEANING) * spelling
            self._known[first, second] = alike
        return self._known[first, second]


class _Confusion(NamedTuple):
    """A call, the tool taken for its own, the arguments it gets, and whether that is enough."""

    site: Site
    tool: Tool
    arguments: dict[str, Binding]
    enough: bool
    alike: float


class WrongTool:
    """The failure that calls a confusable tool. Only tools that change nothing are called so.

    Args:
        likeness: compares tools.
        threshold: the least likeness of tools that are confused.
    """

    def __init__(self, likeness: Likeness, threshold: float) -> None:
        self.likeness, self.threshold = likeness, threshold

    def __call__(self, source: Source, stream: random.Random) -> Failing | Unfit:
        """Before one of the calls, a confusable tool is called."""
        known = sent(source.dialogue)
        options = [found for site in sites(source.plan) for found in self._of(source, site, known)]
        if not options:
            return Unfit("no tool shown could be taken for another")
        site, tool, arguments, enough, alike = stream.choice(options)
        wrong = site.call.model_copy(
            update={
                "tool": tool.name,
                "arguments": arguments,
                "fault": Fault(kind="wrong_tool"),
                "expect": Expectation()
                if enough else Expectation(outcome="error", code="missing_parameter"),
            }
        )  # fmt: skip
        plan = with_attempts(source.plan, site.segment, site.place, [wrong])
        # A tool that was shown beside the plan's own is called now.
        left = tuple(name for name in plan.distractors if name != tool.name)
        plan = plan.model_copy(update={"distractors": left})
        detail = {
            "call": site.call.id, "tool": site.call.tool, "instead": tool.name,
            "likeness": round(alike, _DIGITS), "returns": enough,
        }  # fmt: skip
        values = known[site.call.id].values if enough else {}
        return Failing(plan, detail, {f"{site.call.id}.{path}": values[path] for path in values})

    def _of(self, source: Source, site: Site, known: Mapping[str, Sent]) -> Iterator[_Confusion]:
        meant = source.toolset.get(site.call.tool)
        made = known.get(site.call.id)
        if meant is None or made is None:
            return
        called = {call.tool for call in source.plan.calls()}
        for tool in source.toolset.tools:
            # What is called for its own sake too would be no mistake, or be asked twice.
            if tool.name in called or not looks_up(tool):
                continue
            alike = self.likeness(meant, tool)
            if alike < self.threshold:
                continue
            arguments = _shared(site.call, tool)
            required = tool.parameters.get("required", ())
            if not arguments and required:
                continue
            enough = all(path in arguments for path in required)
            if enough and not _unhelpful(source.plan, site, meant, tool, arguments, made):
                continue
            yield _Confusion(site, tool, arguments, enough, alike)


def _text(tool: Tool) -> str:
    return f"{tool.name.replace('_', ' ')}: {tool.description}"


def _shared(call: PlannedCall, tool: Tool) -> dict[str, Binding]:
    """The arguments of a call that the other tool takes too, by the same names."""
    return {
        path: binding
        for path, binding in call.arguments.items()
        if "[]" not in path and schema_at(tool.parameters, path) is not None
    }


def _unhelpful(
    plan: Plan, site: Site, meant: Tool, tool: Tool, arguments: Mapping[str, Binding], made: Sent
) -> bool:
    """Whether the other tool returns something, nothing false, and not what is needed."""
    return (
        _fits(tool, arguments, made)
        and not _helps(plan, site, tool)
        and not _contradicts(meant, tool, arguments)
    )


def _contradicts(meant: Tool, tool: Tool, arguments: Mapping[str, Binding]) -> bool:
    """Whether what the other tool returns could not hold beside what the right one does.

    All bills would hold those that are overdue; a review that is only asked for now has no result.
    """
    effect = effect_of(meant)
    if any("[]" in leaf.path for leaf in leaves(tool.results)):
        same = effect.kind == "read" and effect.entity == effect_of(tool).entity
        return same and len(words(tool.name)) <= len(words(meant.name))
    known = {word for path in arguments for word in words(path)}
    about = ({*words(meant.name)[1:]} & {*words(tool.name)[1:]}) - known
    return effect.kind == "create" and bool(about)


def _fits(tool: Tool, arguments: Mapping[str, Binding], made: Sent) -> bool:
    """Whether the other tool accepts the values that the right one got."""
    given: dict[str, JsonValue] = {}
    for path in arguments:
        if path not in made.values:
            return False
        put(given, path, made.values[path])
    return not validator(tool.parameters).violations(given)


def _helps(plan: Plan, site: Site, tool: Tool) -> bool:
    """Whether the other tool returns all that is needed of the right one."""
    wanted = {
        binding.path
        for call in plan.calls()
        for binding in call.arguments.values()
        if isinstance(binding, ToolOutputBinding) and binding.call == site.call.id
    }
    wanted |= {
        report.partition(".")[2]
        for placed in plan.steps()
        if isinstance(placed.step, AssistantResponse)
        for report in placed.step.reports
        if report.partition(".")[0] == site.call.id
    }
    return bool(wanted) and all(schema_at(tool.results, path) is not None for path in wanted)
