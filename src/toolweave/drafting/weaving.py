"""Which of a tool's parameters a request weaves in, and with what word: " from {origin}"."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from toolweave.checks.effects import identified
from toolweave.checks.inflection import singular
from toolweave.checks.kinds import FREE_TEXT, kind_of
from toolweave.checks.words import split_name
from toolweave.core.tool import Tool
from toolweave.drafting.deed import Deed
from toolweave.drafting.nouns import head

HOLE: Final = re.compile(r"[A-Za-z_][\w-]{0,60}", re.ASCII)
_ORIGIN: Final = frozenset({"from", "source", "origin", "departure", "base", "src"})
_TARGET: Final = frozenset({"to", "target", "destination", "arrival", "dest", "dst"})
_ROUTED: Final = frozenset(
    {
        "city",
        "airport_code",
        "country",
        "country_code",
        "region",
        "currency",
        "timezone",
        "language",
        "language_code",
        "unit",
        "address",
    }
)
_MOVED: Final = frozenset({"move", "copy", "rename"})
_DAY: Final = frozenset(
    {"date", "day", "travel", "departure", "booking", "appointment", "event", "visit", "pickup",
     "delivery", "reservation", "meeting", "preferred", "flight", "game", "match", "show"}
)  # fmt: skip
_PLACES: Final = frozenset({"city", "country", "region", "timezone"})
_NAMES: Final = frozenset({"name", "title", "subject", "summary", "username", "handle"})
_FILES: Final = frozenset({"file", "directory", "folder", "document"})
_PATHS: Final = frozenset({"path", "file", "filename", "filepath", "directory", "folder", "dir"})
_QUERIES: Final = frozenset({"query", "q", "search", "keyword", "keywords", "term", "text"})
_SUBJECTS: Final = frozenset({"symbol", "ticker", "stock"})
_ALTERED: Final = frozenset(
    {"set", "update", "change", "modify", "edit", "adjust", "rename", "move", "reschedule", "turn",
     "extend", "increase", "decrease", "raise", "lower", "put", "patch"}
)  # fmt: skip
_TURNED: Final = frozenset({"convert", "translate"})


class Weave(NamedTuple):
    """What a request can hold besides its deed.

    Attributes:
        tails: phrases that follow the object, fullest first, each with its parameters.
        instead: phrases that stand in place of the object: "booking {booking_id}".
    """

    tails: tuple[str, ...]
    instead: tuple[str, ...]


class _Field(NamedTuple):
    name: str
    words: frozenset[str]
    kind: str
    schema: Mapping[str, Any]


def weave(tool: Tool, deed: Deed) -> Weave:
    """The parameters that read well inside the request itself."""
    fields = list(_fields(tool))
    route = [] if deed.goal else _route(fields)
    tails = list(_places(fields, deed))
    instead = [*_named(fields, deed), *_turned(fields, deed), *_bare_object(fields, deed)]
    if deed.verb in _ALTERED:
        tails.extend(_values(fields, deed))
    tails = tails[:2]
    both = ["".join(tails)] if len(tails) > 1 else []
    ways = [*both, *tails]
    return Weave((*(way + tail for way in route for tail in ways), *route, *ways), tuple(instead))


def _fields(tool: Tool) -> Iterator[_Field]:
    properties = tool.parameters.get("properties")
    for name, schema in (properties if isinstance(properties, Mapping) else {}).items():
        scalar = isinstance(schema, Mapping) and schema.get("type") in (
            "string", "number", "integer",
        )  # fmt: skip
        if scalar and HOLE.fullmatch(name):
            yield _Field(name, frozenset(split_name(name)), kind_of(name, schema), schema)


def _route(fields: list[_Field]) -> list[str]:
    """Where from and where to, of places, currencies and the like."""
    start = next((f for f in fields if f.words & _ORIGIN and f.kind in _ROUTED), None)
    end = next((f for f in fields if f.words & _TARGET and f.kind in _ROUTED), None)
    if start is None or end is None or start.name == end.name:
        return []
    return [
        f" from {{{start.name}}} to {{{end.name}}}",
        f" from {{{start.name}}}",
        f" to {{{end.name}}}",
    ]


def _places(fields: list[_Field], deed: Deed) -> Iterator[str]:
    """A day, a place, an amount, a name: what follows the object."""
    for field in fields:
        if field.kind == "date" and field.words <= _DAY:
            yield f" for {{{field.name}}}"
        elif field.kind in _PLACES and not field.words & (_ORIGIN | _TARGET):
            near = set(deed.noun.lower().split()) & {"nearest", "nearby", "closest"}
            yield f" {'near' if near else 'in'} {{{field.name}}}"
        elif deed.family == "search" and field.words & _PATHS:
            yield f" in {{{field.name}}}"
        elif field.words & _SUBJECTS and deed.family != "make":
            yield f" [of|for] {{{field.name}}}"
        elif field.words <= _NAMES and "enum" not in field.schema and deed.family == "make":
            yield f" called {{{field.name}}}"
        elif field.kind == "amount" and deed.family == "pay" and field.words <= {"amount", "sum"}:
            yield f" of {{{field.name}}}"
    numbers = [f.name for f in fields if f.schema.get("type") in ("number", "integer")]
    if deed.family == "compute" and len(numbers) == len(fields) == 2 and all(map(_bare, numbers)):
        yield f" of {{{numbers[0]}}} and {{{numbers[1]}}}"


def _bare(name: str) -> bool:
    """Whether a parameter is called as in a formula: ``a``, ``x1``, ``num2``, ``first_number``."""
    return re.fullmatch(r"[a-z]\d?|num(ber)?_?\d|(first|second)_num(ber)?", name) is not None


def _values(fields: list[_Field], deed: Deed) -> Iterator[str]:
    """The new value of what is set: " to {budget_limit}"."""
    about = {singular(word) for word in deed.noun.lower().split()}
    for field in fields:
        named = {singular(word) for word in field.words - {"new", "updated"}}
        if (
            named
            and named <= about
            and identified(field.name) is None
            and field.kind not in FREE_TEXT
        ):
            yield f" to {{{field.name}}}"


def _named(fields: list[_Field], deed: Deed) -> Iterator[str]:
    """The thing by its own number, name or path: "booking {booking_id}"."""
    filed = deed.family == "make" and head(deed.noun) in _FILES
    if not deed.noun or (deed.family in ("make", "compute", "sign_in", "sign_out") and not filed):
        return
    kind = singular(head(deed.noun)).lower()
    first = singular(deed.noun.split()[0].lower()) if deed.noun else ""
    facet = deed.noun.split(" ", 1)[1] if " " in deed.noun and " of " not in deed.noun else ""
    for field in fields:
        whose = identified(field.name)
        if whose is not None and whose in (kind, first) and field.kind == "identifier":
            if whose == kind:
                yield f"{kind} {{{field.name}}}"
            elif facet:
                yield f"the {facet} of {first} {{{field.name}}}"
        elif field.words & _PATHS and kind in _FILES and len(field.words) < 3:
            if deed.family != "search":
                yield f"[the {kind} |]{{{field.name}}}"
        elif deed.family == "search" and field.words <= _QUERIES:
            yield f"{{{field.name}}}"


def _bare_object(fields: list[_Field], deed: Deed) -> Iterator[str]:
    """What a verb without an object of its own is about: "translate {text}", "add {a} and {b}"."""
    numbers = [f.name for f in fields if f.schema.get("type") in ("number", "integer")]
    if not deed.noun and len(fields) == len(numbers) == 2:
        yield f"{{{numbers[0]}}} and {{{numbers[1]}}}"
        return
    alone = (not deed.noun or deed.towards) and deed.verb not in _TURNED
    if alone and 0 < len(fields) < 3 and fields[0].kind != "identifier":
        yield f"{{{fields[0].name}}}"


def _turned(fields: list[_Field], deed: Deed) -> Iterator[str]:
    """What is converted or moved, in place of its kind: "{time}", "{source} to {destination}"."""
    if deed.verb in _MOVED:
        start = next((f.name for f in fields if f.words & _ORIGIN), "")
        end = next((f.name for f in fields if f.words & _TARGET), "")
        if start and end:
            yield f"{{{start}}} to {{{end}}}"
    if deed.verb in _TURNED:
        about = set(deed.noun.lower().split())
        chosen = next((f for f in fields if f.words <= (about or f.words)), None)
        if chosen is not None and len(chosen.words) < 3:
            yield f"{{{chosen.name}}}"
