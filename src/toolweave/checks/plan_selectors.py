"""Rules about selectors: which element of an array output an argument takes."""

from collections.abc import Iterator
from typing import NamedTuple

from toolweave.checks.plan_index import Argument, PlanIndex
from toolweave.core.binding import Selector, ToolOutputBinding
from toolweave.core.errors import SchemaError
from toolweave.core.finding import Finding
from toolweave.schema.declared import schema_at
from toolweave.schema.parts import Each, format_path, parse
from toolweave.schema.relations import relation
from toolweave.schema.types import Schema
from toolweave.schema.validators import validator

_COMPARING = ("min", "max", "match")
_ORDERED: Schema = {"type": ["number", "string"]}
_SCALAR: Schema = {"type": ["number", "string", "boolean", "null"]}


class _Compared(NamedTuple):
    """What a selector compares, and the results schema its references count from."""

    schema: Schema
    root: Schema


def selector_findings(
    index: PlanIndex, argument: Argument, bound: ToolOutputBinding
) -> Iterator[Finding]:
    """Objections to the selector of an argument whose output is declared."""
    select = bound.select
    if not any(isinstance(part, Each) for part in parse(bound.path)):
        if select != Selector(kind="first"):
            problem = f"the selector {select.kind!r} needs a list, and {bound.path!r} has no []"
            mend = "write [] behind the list in the path, or remove the selector"
            yield index.error_at(argument, "selector_without_array", problem, mend)
        return
    if select.kind not in _COMPARING:
        return
    compared = _compared(index, bound)
    if compared is None:
        problem = f"the elements of {bound.path!r} declare no {select.by!r}"
        mend = "name a value inside the element in by"
        yield index.error_at(argument, "selector_by", problem, mend)
        return
    yield from _comparable(index, argument, select, compared)


def _compared(index: PlanIndex, bound: ToolOutputBinding) -> _Compared | None:
    """The schema of the value inside each element that the selector looks at."""
    root = index.tools[index.done[bound.call].call.tool].results
    parts = parse(bound.path)
    last = max(place for place, part in enumerate(parts) if isinstance(part, Each))
    element = schema_at(root, format_path(parts[: last + 1]))
    if element is None:
        return None
    try:
        found = schema_at(element, bound.select.by, root)
    except SchemaError:
        return None
    return None if found is None else _Compared(found, root)


def _comparable(
    index: PlanIndex, argument: Argument, select: Selector, compared: _Compared
) -> Iterator[Finding]:
    demanded = _SCALAR if select.kind == "match" else _ORDERED
    if relation(compared.schema, demanded, compared.root) == "disjoint":
        what = f"the value at {select.by!r}" if select.by else "the element itself"
        problem = f"the selector {select.kind!r} cannot compare {what}"
        mend = "name a value in by that can be compared"
        yield index.error_at(argument, "selector_by", problem, mend)
    elif select.kind == "match" and not validator(*compared).valid(select.value):
        problem = f"no element can match {select.value!r:.60} at {select.by!r}"
        mend = "match a value that the schema allows"
        yield index.error_at(argument, "selector_value", problem, mend)
