"""Picking one of a list: by its place, by what is cheapest or soonest, or the only one there is."""

import random
from collections.abc import Mapping
from typing import Any, Final

from toolweave.checks.effects import identified
from toolweave.checks.kinds import kind_of
from toolweave.core.binding import Selector
from toolweave.core.tool import Tool
from toolweave.schema.paths import leaves, schema_at

# What people rank by, and which end they want.
_RANKED: Final[dict[str, str]] = {
    "amount": "min", "date": "min", "datetime": "min", "minutes": "min", "distance": "min",
    "days": "min", "rating": "max",
}  # fmt: skip
_PLACES: Final = (0, 0, 1, 1, 2)


def list_of(path: str) -> str:
    """The list that a path leads through last: ``a[].b[].c`` → ``a[].b``; empty if none."""
    head, sep, _ = path.rpartition("[]")
    return head if sep else ""


def select(tool: Tool, path: str, stream: random.Random, *, later: bool, point: float) -> Selector:
    """How an element is picked from the list that ``path`` leads through.

    Args:
        tool: the tool that returned it.
        path: the output, with ``[]``.
        stream: chooses.
        later: whether the user has seen the list; only then can it be "the second one".
        point: how often it is picked by what it is rather than by its place.
    """
    if not later:
        # Nobody has seen the list: only a list of one leaves no choice.
        return Selector(kind="only")
    ranks = _ranks(tool, list_of(path))
    if ranks and stream.random() < point:
        by, kind = stream.choice(ranks)
        return Selector(kind="min" if kind == "min" else "max", by=by)
    place = stream.choice(_PLACES)
    return Selector(kind="first") if place == 0 else Selector(kind="index", index=place)


def another(old: Selector) -> Selector | None:
    """Another element than ``old`` picks, or None: who moves a visit wants a new time."""
    if old.kind == "only":
        return None
    if old.kind in ("min", "max"):
        return old.model_copy(update={"kind": "max" if old.kind == "min" else "min"})
    return Selector(kind="index", index=1) if old.kind == "first" else Selector(kind="first")


def _ranks(tool: Tool, listed: str) -> list[tuple[str, str]]:
    """The fields of an element by which people rank, with the end they want."""
    element = schema_at(tool.results, f"{listed}[]")
    if not isinstance(element, Mapping):
        return []
    found = []
    for leaf in leaves({**element, **_definitions(tool)}):
        if "[]" in leaf.path or not isinstance(leaf.schema, Mapping) or not leaf.required:
            continue
        name = leaf.path.split(".")[-1]
        kind = kind_of(name, leaf.schema)
        if kind in _RANKED and identified(name) is None:
            found.append((leaf.path, _RANKED[kind]))
    return found


def _definitions(tool: Tool) -> Mapping[str, Any]:
    return {"$defs": tool.results["$defs"]} if "$defs" in tool.results else {}
