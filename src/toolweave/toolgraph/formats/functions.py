"""Function lists as model servers take them: OpenAI's two spellings and ``input_schema``."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from toolweave.toolgraph.formats.candidate import Candidate, Item, Read, Refused, first_of, unknown
from toolweave.toolgraph.formats.property_maps import object_schema

# Keys that say how a model must call, not what the tool is.
CALLING: Final = frozenset({"strict", "type", "cache_control"})
_KNOWN: Final = frozenset(
    {
        *("name", "description", "parameters", "input_schema", "function", "returns", "response"),
        *("type", "output_schema", "return_parameter", "title"),
    }
)


def fits(item: Item) -> bool:
    """Whether the item is a function in one of these spellings."""
    return (
        isinstance(item.get("function"), Mapping)
        or item.get("type") == "function"
        or "input_schema" in item
        or ("name" in item and not item.keys() - _KNOWN - CALLING)
    )


def unwrapped(item: Item) -> tuple[Any, bool]:
    """The function itself, and whether it stood under ``function``."""
    return (item["function"], True) if "function" in item else (item, False)


def read(item: Item, place: str) -> Iterator[Read]:
    """One function."""
    inner, wrapped = unwrapped(item)
    place = f"{place}.function" if wrapped and place else place
    if not isinstance(inner, Mapping):
        yield Refused(place, "", "the function is not an object")
        return
    if (
        "input_schema" not in inner
        and "name" in inner
        and inner.get("type") not in (None, "function")
        and not inner.get("parameters")
    ):
        # A server's own tool (web search, code execution) is named, not described.
        yield Refused(place, str(inner["name"]), f"a built-in tool of type {inner['type']!r:.40}")
        return
    notes = tuple(f"{key} was left out" for key in ("strict",) if inner.get(key))
    yield Candidate(
        form="openai",
        place=place,
        name=inner.get("name"),
        description=first_of(inner, "description", "title"),
        parameters=object_schema(first_of(inner, "parameters", "input_schema")),
        results=first_of(inner, "returns", "response", "output_schema", "return_parameter"),
        notes=(*notes, *unknown(inner, _KNOWN | CALLING)),
    )
