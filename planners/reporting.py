"""Choosing what an answer reports: the outputs that somebody who asked would want to hear."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from toolweave.checks.effects import effect_of, identified
from toolweave.checks.kinds import kind_of
from toolweave.checks.naming import SYNONYMS, words
from toolweave.core.tool import Tool
from toolweave.planners.idle import only_signs
from toolweave.planners.inputs import CREDENTIALS
from toolweave.schema.paths import leaves

_MOST: Final = 3
_LAST: Final = 6
_MOST_IN_LIST: Final = 3
# Kinds of fields, the most wanted first.
_WANTED: Final[dict[str, int]] = {
    "status": 0, "amount": 1, "date": 1, "datetime": 1, "place_name": 1, "thing_name": 1,
    "title": 1, "person": 2, "company": 2, "count": 4, "temperature": 1, "percent": 2,
    "rating": 2, "distance": 2, "minutes": 2, "category": 3, "city": 2,
    "airport_code": 2, "enum": 3, "address": 3,
}  # fmt: skip
_NEVER: Final = frozenset({"url", "uuid", "latitude", "longitude", "timezone", "ip", "language"})


# When a record was written down; the event itself is told by its state.
_RECORDED: Final = frozenset({"created", "updated", "ended"})
_PLAIN_SUCCESS: Final = frozenset({"success", "ok", "succeeded", "successful", "is_success"})


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
    kind_of_deed = effect_of(tool).kind
    makes, signs = kind_of_deed == "create", only_signs((tool.name,))
    flat: list[_Ranked] = []
    listed: list[_Ranked] = []
    for place, leaf in enumerate(leaves(tool.results)):
        name = leaf.path.split(".")[-1].removesuffix("[]")
        schema = leaf.schema if isinstance(leaf.schema, Mapping) else {}
        kind = kind_of(name, schema)
        if kind in _NEVER or not leaf.required or leaf.path in fed or _goes_unsaid(name, signs):
            continue
        rank = _WANTED.get(kind, 4)
        if kind == "status" and kind_of_deed in ("create", "update"):
            # What was done says what state it is in.
            rank = _LAST
        if SYNONYMS.get(" ".join(words(name))) in _RECORDED or words(name)[-1:] == ("at",):
            rank = _LAST
        if identified(name) is not None:
            rank = 0 if makes and "[]" not in leaf.path else 5
        (listed if "[]" in leaf.path else flat).append(_Ranked(rank, place, leaf.path))
    if listed and not flat:
        return [one.path for one in sorted(listed)[:_MOST_IN_LIST]]
    if kind_of_deed != "read" and min(flat, default=_Ranked(0, 0, "")).rank < _LAST:
        # That it is done says when: now.
        flat = [one for one in flat if one.rank < _LAST]
    return [one.path for one in sorted(flat)[: _MOST if last else 1]]


def _goes_unsaid(name: str, signs: bool) -> bool:
    """Whether a field is a secret, or only says of a deed that it was done."""
    if signs and words(name)[0] in ("expires", "expiry", "expiration"):
        return True
    return bool(CREDENTIALS & set(words(name))) or "_".join(words(name)) in _PLAIN_SUCCESS
