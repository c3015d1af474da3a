"""Path, query and header parameters of an operation, and all of its values in one object."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from toolweave.core.errors import SchemaError
from toolweave.toolgraph.formats.openapi_operation import Operation, Slot, media

PLACES: Final = ("path", "query", "header", "body")
# Set by whoever carries out the call, never by whoever asks for it.
_CARRIED: Final = frozenset(
    {
        *("authorization", "accept", "content-type", "x-api-key", "api-key", "api_key", "cookie"),
        *("proxy-authorization", "user-agent", "x-auth-token", "x-csrf-token", "host"),
    }
)
_EXAMPLES: Final = 5


def parameter_slots(operation: Operation, notes: list[str]) -> Iterator[Slot]:
    """What the operation's parameters ask for; those of the path hold unless it has its own."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for owner in (operation.shared, operation.raw):
        declared = owner.get("parameters")
        for raw in declared if isinstance(declared, list) else ():
            parameter = operation.resolved(raw)
            name, where = parameter.get("name"), parameter.get("in")
            if not isinstance(name, str) or not name.strip():
                notes.append("a parameter without a name was left out")
            elif where not in PLACES[:3]:
                notes.append(f"the {str(where)[:20]} parameter {name[:40]!r} was left out")
            else:
                found[name, str(where)] = parameter
    for (name, where), parameter in found.items():
        if (where, name.casefold()) in operation.document.credentials or (
            where == "header" and name.casefold() in _CARRIED
        ):
            notes.append(f"the {where} parameter {name[:40]!r} was left out: it carries credentials"
                         " or is set by the client")  # fmt: skip
            continue
        yield Slot(name, where, _schema(operation, parameter),
                   where == "path" or parameter.get("required") is True)  # fmt: skip


def _schema(operation: Operation, parameter: Mapping[str, Any]) -> dict[str, Any]:
    raw = parameter.get("schema")
    if raw is None:
        raw = media(parameter.get("content"))[1].get("schema", {})
    converted = operation.document.sent.convert(raw)
    made = {} if isinstance(converted, bool) else dict(converted)
    told = {
        "description": parameter.get("description"),
        "deprecated": True if parameter.get("deprecated") is True else None,
        "examples": _examples(parameter),
    }
    extra = {key: value for key, value in told.items() if value and key not in made}
    if not extra:
        return made
    checked = operation.document.sent.convert(extra)
    return {**made, **(checked if isinstance(checked, dict) else {})}


def _examples(parameter: Mapping[str, Any]) -> list[Any]:
    if "example" in parameter:
        return [parameter["example"]]
    given = parameter.get("examples")
    values = [
        held["value"]
        for held in (given.values() if isinstance(given, Mapping) else ())
        if isinstance(held, Mapping) and "value" in held
    ]
    distinct = [value for index, value in enumerate(values) if value not in values[:index]]
    return distinct[:_EXAMPLES]


def merged(operation: Operation, slots: list[Slot], notes: list[str]) -> dict[str, Any]:
    """One object of all values. A name that stands in several places is prefixed in all but one.

    Raises:
        SchemaError: the schema cannot be used.
    """
    ordered = sorted(slots, key=lambda slot: PLACES.index(slot.where))
    names = Counter(_usable(slot.name) for slot in ordered)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for slot in ordered:
        name = usable = _usable(slot.name)
        if name in properties:
            name = _free(f"{slot.where}_{usable}", {*properties, *names})
            notes.append(
                f"{slot.name[:40]!r} of the {slot.where} is {name!r}: the name stands twice"
            )
        elif usable != slot.name:
            notes.append(f"the parameter {slot.name[:40]!r} is {name!r}")
        properties[name] = slot.schema
        required += [name] if slot.required else []
    made: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        made["required"] = required
    whole = operation.document.sent.whole(made)
    if not isinstance(whole, dict):
        raise SchemaError("the parameters are no object")
    return whole


def _usable(name: str) -> str:
    """A name in the letters that servers of models take: ``filter[a]`` → ``filter_a``."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_")[:64] or "value"


def _free(name: str, taken: set[str]) -> str:
    number, base = 1, name
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name
