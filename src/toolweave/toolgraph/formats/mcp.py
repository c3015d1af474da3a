"""Tools as Model Context Protocol servers list them."""

from collections.abc import Iterator, Mapping
from typing import Final

from toolweave.checks.effects import effect_of
from toolweave.core.tool import Effect, EffectKind, Tool
from toolweave.toolgraph.formats.candidate import Candidate, Item, Read, first_of, unknown

_KNOWN: Final = frozenset(
    {"name", "title", "description", "inputSchema", "outputSchema", "annotations"}
)
# What a server says of itself rather than of what the tool does.
_PASSED: Final = frozenset({"_meta", "icons", "execution"})


def fits(item: Item) -> bool:
    """Whether the item is a tool of a ``tools/list`` answer."""
    return "inputSchema" in item or "outputSchema" in item


def read(item: Item, place: str) -> Iterator[Read]:
    """One listed tool."""
    hints = item.get("annotations")
    hints = hints if isinstance(hints, Mapping) else {}
    yield Candidate(
        form="mcp",
        place=place,
        name=item.get("name"),
        description=first_of(item, "description", "title") or hints.get("title"),
        parameters=item.get("inputSchema"),
        results=item.get("outputSchema"),
        effect=_effect(str(item.get("name")), hints),
        notes=unknown(item, _KNOWN | _PASSED),
    )


def _effect(name: str, hints: Mapping[str, object]) -> Effect | None:
    """The effect that the server's hints and the name give; None where there are no hints."""
    reads = hints.get("readOnlyHint")
    if not isinstance(reads, bool):
        return None
    named = effect_of(Tool(name=name))
    kind: EffectKind = named.kind
    if reads:
        kind = "read"
    elif kind == "read":
        kind = "update"
    return Effect(kind=kind, entity=named.entity)
