"""Function documents of the Berkeley Function-Calling Leaderboard."""

from collections.abc import Iterator, Mapping
from typing import Final

from toolweave.toolgraph.formats.candidate import Candidate, Item, Read, unknown
from toolweave.toolgraph.formats.property_maps import object_schema

_KNOWN: Final = frozenset({"name", "description", "parameters", "response", "required"})
_PREAMBLE: Final = "Tool description:"


def fits(item: Item) -> bool:
    """Whether the item is such a document: a response, or types of Python."""
    parameters = item.get("parameters")
    typed = isinstance(parameters, Mapping) and parameters.get("type") in (
        "dict",
        "Dict",
        "HashMap",
    )
    return "name" in item and ("response" in item or typed)


def read(item: Item, place: str) -> Iterator[Read]:
    """One document."""
    description = item.get("description")
    notes = list(unknown(item, _KNOWN))
    if isinstance(description, str) and _PREAMBLE in description:
        # Every document of one system opens with the same sentences about the system.
        description = description.partition(_PREAMBLE)[2].strip()
        notes.append("the sentences about the whole system were left out of the description")
    yield Candidate(
        form="bfcl",
        place=place,
        name=item.get("name"),
        description=description,
        parameters=object_schema(item.get("parameters")),
        results=object_schema(item.get("response")),
        notes=tuple(notes),
    )
