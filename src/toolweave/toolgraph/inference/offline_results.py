"""What a tool plausibly returns, worked out from its name, description, effect and siblings."""

from collections.abc import Callable
from typing import Final

from toolweave.core.model import JsonObject
from toolweave.core.tool import EffectKind, Tool
from toolweave.toolgraph.inference.act_shapes import (
    created,
    deleted,
    signed_in,
    signed_out,
    updated,
)
from toolweave.toolgraph.inference.dissected import STATUS, Asked, Fields, taken_apart, text
from toolweave.toolgraph.inference.lore import Lore
from toolweave.toolgraph.inference.read_shapes import (
    MOST_FIELDS,
    computed,
    found_out,
    read_fields,
    tested,
    turned,
    written,
)
from toolweave.toolgraph.inference.result_words import (
    FINDING_OUT,
    MAKING_TEXT,
    NUMBERS,
    SIGNING_IN,
    SIGNING_OUT,
    TESTING,
    TURNING,
)

Shape = Callable[[Asked], Fields]
_BY_VERB: Final[tuple[tuple[object, Shape], ...]] = (
    (SIGNING_IN, signed_in),
    (SIGNING_OUT, signed_out),
    (TURNING, turned),
    (TESTING, tested),
    (FINDING_OUT, found_out),
    (NUMBERS, computed),
    (frozenset({"count"}), computed),
)
_BY_EFFECT: Final[dict[EffectKind, Shape]] = {
    "read": read_fields, "create": created, "update": updated, "delete": deleted,
}  # fmt: skip


def plausible_results(tool: Tool, lore: Lore) -> JsonObject:
    """An object schema of what the tool may return; never empty."""
    asked = taken_apart(tool, lore)
    fields = _shape(asked)(asked)
    for name, schema in lore.asked_of.get(tool.name, {}).items():
        fields.setdefault(name, {**schema, "description": asked.field(name)["description"]})
    fields = dict(list(fields.items())[:MOST_FIELDS]) or {STATUS: text("How the call went.")}
    return {"type": "object", "properties": fields, "required": list(fields)}


def _shape(asked: Asked) -> Shape:
    """Which kind of answer the tool gives."""
    for verbs, shape in _BY_VERB:
        if asked.verb in verbs:  # type: ignore[operator]
            return shape
    if asked.verb in MAKING_TEXT and not asked.is_record:
        return written
    return _BY_EFFECT[asked.kind]
