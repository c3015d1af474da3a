"""What an argument of a query does to its answer: equals a field, bounds it, or limits the list."""

from typing import Literal, NamedTuple

from toolweave.checks.naming import words
from toolweave.schema.types import Schema, as_mapping, type_names

RoleKind = Literal["value", "query", "limit", "minimum", "maximum", "start", "end", "other"]

_QUERY = frozenset({"query", "keyword", "keywords", "q", "search", "term", "terms"})
_LIMITS = frozenset(
    {"limit", "max results", "page size", "top k", "num results", "per page", "max items",
     "number of results", "result limit", "results limit", "max count", "top n"}
)  # fmt: skip
_OTHER = frozenset(
    {
        *("page", "offset", "sort", "cursor", "fields", "format", "units", "verbose", "order"),
        *("language", "locale", "include", "radius", "distance", "sorted", "sorting", "tolerance"),
    }
)
_FIRST: dict[str, RoleKind] = {
    **dict.fromkeys(("start", "from", "since", "after", "begin", "earliest"), "start"),
    **dict.fromkeys(("end", "to", "until", "before", "till", "latest"), "end"),
    **dict.fromkeys(("min", "minimum", "lowest"), "minimum"),
    **dict.fromkeys(("max", "maximum", "highest"), "maximum"),
}
_TIME_WORDS = frozenset({"date", "time", "datetime", "day", "timestamp", "at", "range", "period"})


class Role(NamedTuple):
    """The part of an argument; ``bounds`` names the field that a range bounds, ``""`` the date."""

    kind: RoleKind
    bounds: str = ""


VALUE = Role("value")


def role_of(name: str, schema: Schema) -> Role:
    """The role that an argument's name and type suggest."""
    found = list(words(name))
    text = " ".join(found)
    if not found or text in _LIMITS:
        return Role("limit") if found else VALUE
    if found[-1] in _QUERY:
        return Role("query")
    if found[0] in _OTHER or found[-1] in ("by", "order", "page", "unit", "units"):
        return Role("other")
    for word, rest in ((found[0], found[1:]), (found[-1], found[:-1])):
        kind = _FIRST.get(word)
        if kind in ("start", "end") and _timely(rest, schema):
            return Role(kind, _rest(rest))
        if kind in ("minimum", "maximum") and rest and _numeric(schema):
            return Role(kind, "_".join(rest))
    return VALUE


def _timely(rest: list[str], schema: Schema) -> bool:
    return as_mapping(schema).get("format") in ("date", "date-time") or bool(
        rest and rest[-1] in _TIME_WORDS
    )


def _rest(rest: list[str]) -> str:
    return "_".join(word for word in rest if word not in _TIME_WORDS)


def _numeric(schema: Schema) -> bool:
    return bool({"integer", "number"} & set(type_names(as_mapping(schema))))
