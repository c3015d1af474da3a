"""Choosing what an answer reports: the outputs that somebody who asked would want to hear."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from toolweave.checks.effects import effect_of, identified
from toolweave.checks.kinds import kind_of
from toolweave.core.tool import Tool
from toolweave.schema.paths import leaves

_MOST: Final = 3
_MOST_IN_LIST: Final = 3
# Kinds of fields, the most wanted first.
_WANTED: Final[dict[str, int]] = {
    "status": 0, "amount": 1, "date": 1, "datetime": 1, "place_name": 1, "thing_name": 1,
    "title": 1, "person": 2, "company": 2, "count": 2, "temperature": 1, "percent": 2,
    "rating": 2, "distance": 2, "minutes": 2, "category": 3, "city": 3, "address": 3,
}  # fmt: skip
_NEVER: Final = frozenset({"url", "uuid", "latitude", "longitude", "timezone", "ip", "language"})


class _Ranked(NamedTuple):
    rank: int
    place: int
    path: str


def reports(tool: Tool, fed: Sequence[str], *, last: bool) -> list[str]:
    """The outputs of one call that its summary is planned to give.

    Args:
        tool: what was called.
        fed: outputs that later calls of the same turn consume.
        last: whether nothing later in the turn rests on it; what only led elsewhere is told less.
    """
    makes = effect_of(tool).kind == "create"
    flat: list[_Ranked] = []
    listed: list[_Ranked] = []
    for place, leaf in enumerate(leaves(tool.results)):
        name = leaf.path.split(".")[-1].removesuffix("[]")
        schema = leaf.schema if isinstance(leaf.schema, Mapping) else {}
        kind = kind_of(name, schema)
        if kind in _NEVER or not leaf.required or leaf.path in fed:
            continue
        rank = _WANTED.get(kind, 4)
        if identified(name) is not None:
            rank = 0 if makes and "[]" not in leaf.path else 5
        (listed if "[]" in leaf.path else flat).append(_Ranked(rank, place, leaf.path))
    if listed and not flat:
        return [one.path for one in sorted(listed)[:_MOST_IN_LIST]]
    return [one.path for one in sorted(flat)[: _MOST if last else 1]]
