"""Which form each part of a document has, and the items that a document holds."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from toolweave.core.errors import InputError
from toolweave.schema.records import joined, suggestion
from toolweave.toolgraph.formats import bfcl, functions, maps, mcp, openapi, own
from toolweave.toolgraph.formats.candidate import Item, Read, Reader, Refused

AUTO: Final = "auto"
_DEEPEST: Final = 6
# Keys under which a document holds its tools, and those that stand beside them.
_HOLDERS: Final = ("tools", "functions", "function", "result", "api_list", "apis", "data")


class Form(NamedTuple):
    """One form: whether an item has it, and how it is read."""

    fits: Callable[[Item], bool]
    read: Reader


# The order matters: what only one form has is looked for first.
FORMS: Final[Mapping[str, Form]] = {
    "openapi": Form(openapi.fits, openapi.read),
    "mcp": Form(mcp.fits, mcp.read),
    "toolweave": Form(own.fits, own.read),
    "nestful": Form(maps.fits, maps.read),
    "bfcl": Form(bfcl.fits, bfcl.read),
    "openai": Form(functions.fits, functions.read),
}
_ALIASES: Final = {
    "anthropic": "openai",
    "rapidapi": "nestful",
    "paper": "toolweave",
    "own": "toolweave",
}


def form_named(name: str) -> str:
    """The form of that name. Raises InputError for an unknown one."""
    known = _ALIASES.get(name.casefold(), name.casefold())
    if known != AUTO and known not in FORMS:
        names = [AUTO, *FORMS, *_ALIASES]
        raise InputError(f"unknown format {name!r:.40}", mend=suggestion(name, names))
    return known


def candidates(data: object, form: str = AUTO) -> Iterator[Read]:
    """Every candidate in a document, whatever forms it mixes; one refusal where there is none."""
    chosen = form_named(form)
    found = False
    for place, item in items(data):
        found = True
        yield from _read(item, place, chosen)
    if not found:
        mend = "give a list of tools, a tools/list answer or an OpenAPI document"
        yield Refused("", "", f"no tools here, but {_kind(data)} ({mend})")


def items(data: object, place: str = "", depth: int = 0) -> Iterator[tuple[str, object]]:
    """What may be a tool each, with its place; a whole OpenAPI document counts as one."""
    if isinstance(data, list | tuple) and depth < _DEEPEST:
        for index, inner in enumerate(data):
            if isinstance(inner, list | tuple) or _holds(inner):
                yield from items(inner, joined(place, index), depth + 1)
            else:
                yield joined(place, index), inner
    elif isinstance(data, Mapping):
        yield from _of_mapping(data, place, depth)


def _of_mapping(data: Item, place: str, depth: int) -> Iterator[tuple[str, object]]:
    if openapi.fits(data) or not _holds(data):
        if openapi.fits(data) or _any_form(data):
            yield place, data
        return
    for key in _HOLDERS:
        held = data.get(key)
        here = joined(place, key)
        if isinstance(held, list | tuple) and depth < _DEEPEST:
            yield from items(held, here, depth + 1)
        elif isinstance(held, Mapping) and _named_map(held):
            for name, inner in held.items():
                yield joined(here, str(name)), {"name": name, **inner}
        elif isinstance(held, Mapping) and key != "function" and depth < _DEEPEST:
            yield from items(held, here, depth + 1)


def _holds(data: object) -> bool:
    """Whether the mapping is a holder of tools rather than a tool."""
    if not isinstance(data, Mapping):
        return False
    held = [data[key] for key in _HOLDERS if key in data and key != "function"]
    function = data.get("function")
    if isinstance(function, list | tuple):
        return True
    return any(isinstance(each, list | tuple | Mapping) for each in held)


def _named_map(held: Item) -> bool:
    """Whether the mapping is one of tool names to tools without their names."""
    return bool(held) and all(
        isinstance(inner, Mapping) and {"description", "parameters"} & inner.keys()
        for inner in held.values()
    )


def _any_form(item: Item) -> bool:
    return any(form.fits(item) for form in FORMS.values()) or "name" in item


def _read(item: object, place: str, chosen: str) -> Iterator[Read]:
    if not isinstance(item, Mapping):
        yield Refused(place, "", f"not a tool but {_kind(item)}")
        return
    if chosen != AUTO:
        form: Form | None = FORMS[chosen]
    else:
        form = next((each for each in FORMS.values() if each.fits(item)), None)
    if form is None and "name" in item:
        form = FORMS["openai"]
    if form is None:
        known = ", ".join(sorted(str(key) for key in item)[:6])
        yield Refused(place, "", f"no known form of tool (its keys: {known or 'none'})")
        return
    yield from form.read(item, place)


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        keys = ", ".join(sorted(str(key) for key in value)[:5])
        return f"an object with the keys {keys}" if keys else "an empty object"
    if isinstance(value, list | tuple):
        return "an empty list" if not value else "a list"
    return f"{value!r:.60}"
