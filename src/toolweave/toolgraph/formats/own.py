"""Our own tools, and the paper's objects: name, description, parameters, results."""

from collections.abc import Iterator, Mapping
from typing import Final

from toolweave.core.errors import InputError
from toolweave.core.tool import Effect, Origin, Tool, ToolError
from toolweave.schema.records import build
from toolweave.toolgraph.formats.candidate import Candidate, Item, Read, unknown
from toolweave.toolgraph.formats.property_maps import object_schema

_KNOWN: Final = frozenset(Tool.model_fields)
_OURS: Final = frozenset({"results", "errors", "effect", "origin"})


def fits(item: Item) -> bool:
    """Whether the item has what only our own tools have."""
    return bool(_OURS & item.keys()) and "name" in item


def read(item: Item, place: str) -> Iterator[Read]:
    """One tool; a mistake in what it declares of errors, effect or origin costs only that."""
    notes: list[str] = []
    errors = []
    declared = item.get("errors")
    for index, entry in enumerate(declared if isinstance(declared, list) else []):
        try:
            errors.append(build(ToolError, entry))
        except InputError as error:
            notes.append(f"error {index} was left out: {error.problem}")
    effect = origin = None
    try:
        effect = build(Effect, item["effect"]) if item.get("effect") is not None else None
    except InputError as error:
        notes.append(f"the effect was left out: {error.problem}")
    if isinstance(item.get("origin"), Mapping):
        try:
            origin = build(Origin, item["origin"])
        except InputError as error:
            notes.append(f"the origin was left out: {error.problem}")
    yield Candidate(
        form=origin.source if origin else "toolweave",
        place=place,
        name=item.get("name"),
        description=item.get("description"),
        parameters=object_schema(item.get("parameters")),
        results=object_schema(item.get("results")),
        errors=tuple(errors),
        effect=effect,
        notes=(*(origin.notes if origin else ()), *notes, *unknown(item, _KNOWN)),
        inferred=origin.inferred if origin else (),
    )
