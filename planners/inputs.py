"""The parameters of a tool as planners see them: whole values, and whether people can say them."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from toolweave.checks.effects import effect_of, identified
from toolweave.checks.naming import PERSON, words
from toolweave.core.tool import Tool
from toolweave.schema.paths import schema_at
from toolweave.schema.types import Schema, type_names

# What no person has in mind, whatever it belongs to.
_MACHINE_WORDS: Final = frozenset(
    {
        *("uuid", "guid", "token", "hash", "cursor", "etag", "checksum", "signature", "nonce"),
        *("latitude", "longitude", "lat", "lon", "lng", "coordinates", "geohash", "secret"),
        *("callback", "webhook", "base64", "blob", "payload", "session"),
    }
)
_MACHINE_FORMATS: Final = frozenset({"uuid", "byte", "binary", "regex", "json-pointer"})
# Things whose number stands on a card, a letter or a label in front of whoever asks.
_ON_PAPER: Final = frozenset(
    {
        *("order", "ticket", "case", "booking", "reservation", "invoice", "policy", "claim"),
        *("contract", "account", "shipment", "tracking", "parcel", "package", "meter", "card"),
        *("membership", "subscription", "confirmation", "phone", "reference", "vehicle", "flight"),
        *("device", "serial", "customer", "employee", "student", "patient", "license", "passport"),
        *("permit", "docket", "matter", "badge", "asset", "lease", "receipt", "project", "course"),
    }
)


CREDENTIALS: Final = frozenset({"token", "secret", "password", "key", "signature"})
"""What a person hands over where no tool returns it; better nobody is asked."""


# What callers' programs set and nobody states.
_PLUMBING: Final = frozenset(
    {
        *(
            "page",
            "offset",
            "cursor",
            "page_size",
            "per_page",
            "limit",
            "page_token",
            "max_results",
        ),
        *("page_number", "next_token", "skip", "top", "fields", "expand", "order_by", "direction"),
        *("dry_run", "verbose", "debug", "format", "output_format", "response_format", "callback"),
        *("callback_url", "webhook_url", "locale", "api_version", "version", "user_agent", "etag"),
        *("idempotency_key", "request_id", "correlation_id", "trace_id", "timeout", "metadata"),
        *("if_match", "raw", "pretty", "prettify", "num_results", "send_updates"),
    }
)
_STATES: Final = [
    [word]
    for word in (
        *("complete", "completed", "done", "active", "enabled", "archived", "deleted", "verified"),
        *("closed", "processed", "locked", "default", "ambiguous", "successful", "valid"),
    )
]
_PLUMBING_HEADS: Final = frozenset({"sort", "sorting", "order"})
_READ_HEADS: Final = frozenset({"include", "exclude", "show", "with"})


class Input(NamedTuple):
    """One parameter: its path, schema, whether the tool demands it, and whether to ask for it.

    ``askable`` is whether a person could say the value, ``plumbing`` whether it is none that
    anybody has in mind: how a list is cut into pages, say.
    """

    path: str
    schema: Schema
    required: bool
    askable: bool
    plumbing: bool = False

    @property
    def preset(self) -> bool:
        """Whether the tool's own default serves, as nobody has another value in mind."""
        held = self.schema if isinstance(self.schema, Mapping) else {}
        return self.plumbing and "default" in held


def inputs_of(tool: Tool) -> tuple[Input, ...]:
    """The top-level parameters of a tool; objects and arrays are stated or derived whole."""
    properties = tool.parameters.get("properties", {})
    required = frozenset(tool.parameters.get("required", ()))
    deed, imported = effect_of(tool).kind, tool.origin is not None
    reads, makes = deed == "read", deed == "create"
    found = []
    for name in properties:
        schema = schema_at(tool.parameters, name)
        if schema is None or schema is False:
            continue
        askable = can_be_said(name, schema)
        plumbing = is_plumbing(name, schema, reads=reads) or (
            name not in required and _is_switch(name, schema, steers=reads and imported)
        )
        if (
            imported
            and makes
            and name not in required
            and words(name)[-1:] in (("status",), ("state",))
        ):
            # Whoever makes a thing does not say how far it has come.
            plumbing = True
        found.append(Input(name, schema, name in required, askable, plumbing))
    return tuple(found)


def is_plumbing(name: str, schema: Schema, *, reads: bool) -> bool:
    """Whether a parameter steers the call and is nothing that a person states.

    A schema says otherwise with ``x-known``. ``reads`` is whether the tool looks something up: what
    to include in a booking is the guest's to say, what to include in a list the program's.
    """
    node: Mapping[str, Any] = schema if isinstance(schema, Mapping) else {}
    if node.get("x-known") is True:
        return False
    said = words(name)
    if "_".join(said) in _PLUMBING:
        return True
    flag = type_names(node) == ("boolean",)
    steers = (said[:1] and said[0] in _PLUMBING_HEADS) or (
        flag and said[:1] and said[0] in _READ_HEADS
    )
    return bool(reads and steers)


def _is_switch(name: str, schema: Schema, *, steers: bool) -> bool:
    """Whether a yes or no is none that a person has in mind: it steers what is looked up, or it
    records how far a thing has come (``complete``, ``archived``).
    """
    node: Mapping[str, Any] = schema if isinstance(schema, Mapping) else {}
    if type_names(node) != ("boolean",) or node.get("x-known") is True:
        return False
    return steers or [word for word in words(name) if word not in ("is", "has")] in _STATES


def can_be_said(name: str, schema: Schema) -> bool:
    """Whether a person could state such a value.

    A schema says so itself with ``x-known``; else identifiers of things that come without paper,
    coordinates and what only machines write cannot be said.
    """
    node: Mapping[str, Any] = schema if isinstance(schema, Mapping) else {}
    if isinstance(known := node.get("x-known"), bool):
        return known
    said = words(name)
    if node.get("format") in _MACHINE_FORMATS or _MACHINE_WORDS & set(said):
        return False
    if set(type_names(node)) <= {"null"}:
        return False
    whose = identified(name)
    if whose is None or whose == PERSON:
        return True
    if said and said[-1] in ("number", "numbers", "no", "code", "codes", "reference", "ref"):
        return True
    return bool(_ON_PAPER & set(said))
