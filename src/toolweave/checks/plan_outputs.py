"""Rules about outputs that feed several arguments: one value, or one list, must suit them all."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from toolweave.checks.plan_index import Argument, PlanIndex
from toolweave.checks.plan_reports import decided
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.finding import Finding
from toolweave.schema.declared import schema_at
from toolweave.schema.relations import relation
from toolweave.schema.types import Schema

# An output that feeds more different parameters than this is compared over the first ones only.
_COMPARED = 20


def output_rules(index: PlanIndex) -> Iterator[Finding]:
    """Objections to outputs whose uses contradict each other."""
    values: dict[tuple[str, str], list[Argument]] = {}
    lists: dict[tuple[str, str], list[Argument]] = {}
    for argument in index.arguments:
        bound = argument.binding
        if not isinstance(bound, ToolOutputBinding) or bound.call not in index.done:
            continue
        values.setdefault((bound.call, bound.path), []).append(argument)
        for array in _arrays(bound):
            lists.setdefault((bound.call, array), []).append(argument)
    for uses in values.values():
        yield from _conflicts(index, uses)
        yield from _undecidable(index, uses)
    for (call, array), uses in lists.items():
        yield from _lengths(index, call, array, uses)


def _arrays(bound: ToolOutputBinding) -> list[str]:
    """The lists that a selector counts in: the last one, and for ``only`` those around it too."""
    pieces = bound.path.split("[]")
    around = ["[]".join(pieces[:length]) for length in range(1, len(pieces))]
    return around if bound.select.kind == "only" else around[-1:]


def _conflicts(index: PlanIndex, uses: list[Argument]) -> Iterator[Finding]:
    distinct = {(use.call.tool, use.path, _kind(use) == "all"): use for use in reversed(uses)}
    known = [use for use in distinct.values() if _taken(index, use) is not None]
    for one, other in combinations(known[:_COMPARED], 2):
        if _disjoint(index, one, other):
            problem = f"no value of {_source(other)} can be both {one.at} and {other.at}"
            mend = "bind one of them to something else"
            yield index.error_at(other, "output_conflict", problem, mend)
            return


def _taken(index: PlanIndex, use: Argument) -> Schema | None:
    """What one value of the output must be for this argument: an element where all are taken."""
    schema = index.parameter(use.call.tool, use.path)
    if schema is None or _kind(use) != "all":
        return schema
    return schema_at(schema, "[]", index.tools[use.call.tool].parameters)


def _disjoint(index: PlanIndex, one: Argument, other: Argument) -> bool:
    first, second = _taken(index, one), _taken(index, other)
    roots = [index.tools[use.call.tool].parameters for use in (one, other)]
    return (
        first is not None and second is not None and relation(first, second, *roots) == "disjoint"
    )


def _undecidable(index: PlanIndex, uses: list[Argument]) -> Iterator[Finding]:
    """What a decision makes of an output can be the arguments that take it."""
    for decision in index.plan.decisions:
        for use in uses:
            bound = use.binding
            if not isinstance(bound, ToolOutputBinding) or "[]" in bound.path:
                continue
            if (decision.call, decision.path) != (bound.call, bound.path):
                continue
            schema = decided(decision)
            if schema is not None and index.fit_schema(schema, use) == "disjoint":
                problem = f"what is decided on {_source(use)} cannot be {use.at}"
                mend = "change the decision, or bind it to something else"
                yield index.error_at(use, "decision_conflict", problem, mend)
                return


def _lengths(index: PlanIndex, call: str, array: str, uses: list[Argument]) -> Iterator[Finding]:
    """A list is long enough for every index, and no longer than ``only`` allows."""
    limits = index.output(index.done[call].call.tool, array) if array else None
    most = limits.get("maxItems") if isinstance(limits, Mapping) else None
    only = next((use for use in uses if _kind(use) == "only"), None)
    empty = any(
        decision.call == call and decision.operator == "empty"
        and decision.path.removesuffix("[]") == array
        for decision in index.plan.decisions
    )  # fmt: skip
    for use in uses:
        bound = use.binding
        assert isinstance(bound, ToolOutputBinding)
        least = bound.select.index + 1 if bound.select.kind == "index" else 1
        if empty:
            problem = f"{call}.{array} is decided to be empty"
            mend = "change the decision, or bind it to something else"
            yield index.error_at(use, "empty_list", problem, mend)
        elif most is not None and least > most:
            problem = f"{call}.{array} has {most} elements at most, and number {least} is meant"
            yield index.error_at(use, "selector_range", problem, "choose an earlier element")
        elif only is not None and least > 1:
            taken = f"{only.at} takes the only element of {call}.{array}"
            problem = f"{taken}, and {use.at} number {least}"
            yield index.error_at(use, "selector_conflict", problem, "let both take the same one")


def _kind(use: Argument) -> str:
    return use.binding.select.kind if isinstance(use.binding, ToolOutputBinding) else ""


def _source(use: Argument) -> str:
    bound = use.binding
    return f"{bound.call}.{bound.path}" if isinstance(bound, ToolOutputBinding) else ""
