"""New identifiers: one shape per kind of thing, kept for the whole dialogue."""

import random
import re
import string
import uuid
from collections.abc import Iterator, Mapping

from toolweave.core.model import JsonValue
from toolweave.memory.identity import Place
from toolweave.memory.records import WorldState, found_key
from toolweave.schema.types import as_mapping, type_names
from toolweave.schema.validators import validator

PREFIXES = {
    "ticket": "TKT", "order": "ORD", "booking": "BK", "reservation": "RES", "escalation": "ESC",
    "person": "CUST", "product": "PRD", "invoice": "INV", "payment": "PAY", "transaction": "TXN",
    "appointment": "APT", "account": "ACC", "shipment": "SHP", "hotel": "HTL", "refund": "RFD",
    "event": "EVT", "case": "CASE", "message": "MSG", "document": "DOC", "contract": "CTR",
    "subscription": "SUB", "vehicle": "VEH", "property": "PROP", "claim": "CLM", "policy": "POL",
    "prescription": "RX", "delivery": "DLV", "package": "PKG", "tracking": "TRK", "trip": "TRP",
    "employee": "EMP", "doctor": "DR", "restaurant": "RST", "course": "CRS", "device": "DEV",
}  # fmt: skip
USUAL = {"flight": "@@###", "confirmation": "@#@@#@", "record": "@#@@#@", "locator": "@#@@#@"}
STYLES = ("{P}-#####", "{P}-######", "{P}-####", "{P}#####", "{p}_######", "{P}-20####")
_PLAIN = re.compile(r"([A-Za-z]{1,6})([-_]?)(\d{3,12})")
_TRIES = 20


def new_id(
    place: Place, world: WorldState, shape: str, rng: random.Random, taken: set[str]
) -> JsonValue:
    """An identifier that names nothing yet, or None where the schema wants a form of its own.

    ``taken`` holds the ones given out in the same result, and is added to.
    """
    schema = as_mapping(place.schema)
    types = type_names(schema)
    for _ in range(_TRIES):
        value: JsonValue
        if schema.get("format") == "uuid":
            value = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        elif "string" in types:
            value = filled(shape, rng)
        else:
            value = _number(place.owner, world, rng)
        if not validator(place.schema).valid(value):
            return None
        if str(value) not in taken and found_key(world, place.owner, value) is None:
            taken.add(str(value))
            return value
    return None


def shape_for(
    place: Place, world: WorldState, shapes: Mapping[str, str], rng: random.Random
) -> str:
    """The shape asked for, else the one that known ids have, else one in the style of other ids."""
    for name in (place.key, place.path, place.steps[-1], place.owner):
        if name in shapes:
            return shapes[name]
    for value in _known(world, place.owner):
        if shape := shape_of(value):
            return shape
    if place.owner in USUAL and not place.steps[-1].lower().endswith("id"):
        return USUAL[place.owner]
    prefix = PREFIXES.get(place.owner) or _prefix(place.owner)
    for record in world["records"].values():
        for known in record["ids"].values():
            found = _PLAIN.fullmatch(known) if isinstance(known, str) else None
            if found and found[1].upper() == PREFIXES.get(record["entity"], found[1].upper()):
                cased = prefix.lower() if found[1].islower() else prefix
                return f"{cased}{found[2]}{'#' * len(found[3])}"
    return rng.choice(STYLES).replace("{P}", prefix).replace("{p}", prefix.lower())


def shape_of(value: str) -> str:
    """The shape of an id: its digits open, its letters kept; ``""`` with too few digits to vary."""
    shape = "".join("#" if char.isdigit() else char for char in value)
    return shape if shape.count("#") >= 3 and len(shape) <= 40 and "@" not in shape else ""


def filled(shape: str, rng: random.Random) -> str:
    """A value of a shape: ``#`` a digit, the first of a run not 0, ``@`` an upper-case letter."""
    text = ""
    for char in shape:
        if char == "#":
            text += rng.choice(string.digits if text[-1:].isdigit() else string.digits[1:])
        else:
            text += rng.choice(string.ascii_uppercase) if char == "@" else char
    return text


def _known(world: WorldState, entity: str) -> Iterator[str]:
    for record in world["records"].values():
        if record["entity"] == entity:
            yield from (value for value in record["ids"].values() if isinstance(value, str))


def _prefix(entity: str) -> str:
    letters = "".join(char for char in entity if char.isascii() and char.isalpha()).upper()
    return letters[:3] or "ID"


def _number(entity: str, world: WorldState, rng: random.Random) -> int:
    """An integer with as many digits as the known ones of its kind."""
    for record in world["records"].values():
        for value in record["ids"].values() if record["entity"] == entity else ():
            if isinstance(value, int) and value > 99:
                digits = min(len(str(value)), 15)
                return rng.randrange(10 ** (digits - 1), 10**digits)
    return rng.randrange(10_000, 100_000)
