"""Parameter maps as NESTFUL and RapidAPI collections write them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from toolweave.toolgraph.formats.candidate import Candidate, Item, Read, first_of, unknown
from toolweave.toolgraph.formats.property_maps import object_schema

_MAPS: Final = ("path_parameters", "query_parameters", "body_parameters")
_LISTS: Final = ("required_parameters", "optional_parameters")
_KNOWN: Final = frozenset(
    {
        *("name", "description", "output_parameters", "template_response", "url", "method", "host"),
        *(
            "header_parameters",
            "parameters",
            "tool_name",
            "api_name",
            "api_description",
            "category_name",
            "category",
            "endpoint",
        ),
        *_MAPS,
        *_LISTS,
    }
)


def fits(item: Item) -> bool:
    """Whether the item has one of these forms' parameter maps or lists."""
    return any(key in item for key in (*_MAPS, *_LISTS, "header_parameters", "output_parameters"))


def read(item: Item, place: str) -> Iterator[Read]:
    """One API."""
    declared = object_schema(item.get("parameters"))
    declared = declared if isinstance(declared, Mapping) else {}
    properties: dict[str, Any] = dict(_entries(declared.get("properties")))
    notes: list[str] = []
    for key in (*_MAPS, *_LISTS):
        for name, held in _entries(item.get(key)):
            if key == "required_parameters":
                held = {**held, "required": True}
            if name in properties:
                name = f"{key.partition('_')[0]}_{name}"
                notes.append(f"{name!r} was named for its place: the name stood twice")
            properties[name] = _typed(held)
    if item.get("header_parameters"):
        notes.append("header parameters were left out")
    yield Candidate(
        form="nestful" if "output_parameters" in item or "query_parameters" in item else "rapidapi",
        place=place,
        name=first_of(item, "name", "api_name", "tool_name"),
        description=first_of(item, "description", "api_description"),
        parameters={**declared, "type": "object", "properties": properties},
        results=_results(item),
        notes=(*notes, *unknown(item, _KNOWN)),
    )


def _results(item: Item) -> Any:
    given = item.get("output_parameters")
    if isinstance(given, Mapping) and "properties" not in given:
        # What an API may leave out of its answer is not marked in this form.
        fields = {name: _plain(_typed(held)) for name, held in given.items()}
        return {"type": "object", "properties": fields} if fields else None
    return given


def _plain(held: Any) -> Any:
    return {k: v for k, v in held.items() if k != "required"} if isinstance(held, Mapping) else held


def _entries(given: object) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(given, Mapping):
        for name, held in given.items():
            yield str(name), dict(held) if isinstance(held, Mapping) else {"type": held}
    elif isinstance(given, list):
        for held in given:
            if isinstance(held, Mapping) and held.get("name"):
                yield str(held["name"]), {key: v for key, v in held.items() if key != "name"}


def _typed(held: Any) -> Any:
    """RapidAPI writes types in capitals and gives every default, empty or not."""
    if not isinstance(held, Mapping):
        return held
    made = dict(held)
    if made.get("default") in ("", None):
        made.pop("default", None)
    return made
