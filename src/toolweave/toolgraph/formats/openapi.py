"""OpenAPI 3.0 and 3.1 documents: every operation becomes a tool, or is listed with a reason.

References are followed by ``referencing`` without a retriever, so nothing is ever fetched. The few
objects of the format are read here rather than by a parser that takes or refuses a document as a
whole: one operation without a response description must not cost the others.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from toolweave.checks.effects import identified
from toolweave.core.errors import ToolweaveError
from toolweave.schema.dialects import Modernizer
from toolweave.schema.text import one_line
from toolweave.toolgraph.formats.candidate import Candidate, Item, Read, Refused, Remark
from toolweave.toolgraph.formats.openapi_body import body_slots
from toolweave.toolgraph.formats.openapi_effects import effect, errors
from toolweave.toolgraph.formats.openapi_operation import Document, Operation
from toolweave.toolgraph.formats.openapi_parameters import merged, parameter_slots
from toolweave.toolgraph.formats.openapi_results import results
from toolweave.toolgraph.formats.references import References

METHODS: Final = ("get", "head", "options", "trace", "post", "put", "patch", "delete")


def fits(item: Item) -> bool:
    """Whether the item is a whole OpenAPI or Swagger document."""
    return any(isinstance(item.get(key), str | int | float) for key in ("openapi", "swagger"))


def read(item: Item, place: str) -> Iterator[Read]:
    """Every operation of the document."""
    version = str(item.get("openapi") or f"Swagger {item.get('swagger')}")
    if not version.startswith("3."):
        mend = "convert it to OpenAPI 3"
        yield Refused(place, "", f"{version[:20]} documents are not read, OpenAPI 3 is ({mend})")
        return
    paths = item.get("paths")
    if isinstance(item.get("webhooks"), Mapping) and item["webhooks"]:
        yield Remark(f"webhooks were ignored: {len(item['webhooks'])}")
    if not isinstance(paths, Mapping) or not paths:
        yield Refused(place, "", "the document has no paths")
        return
    document = Document(
        References(item), Modernizer(References(item).find, "readOnly"),
        Modernizer(References(item).find, "writeOnly"), _credentials(item),
    )  # fmt: skip
    for path, held in paths.items():
        if not str(path).startswith("x-"):
            yield from _of_path(str(path), held, document)


def _of_path(path: str, held: object, document: Document) -> Iterator[Read]:
    try:
        shared = document.references.resolved(held)
    except ToolweaveError as error:
        yield Refused(path, "", str(error))
        return
    for method in METHODS:
        if method not in shared:
            continue
        place = f"{method.upper()} {path}"
        raw = shared[method]
        if not isinstance(raw, Mapping):
            yield Refused(place, "", "the operation is not an object")
            continue
        try:
            yield _tool(Operation(method, path, raw, shared, document))
        except ToolweaveError as error:
            yield Refused(place, str(raw.get("operationId") or ""), str(error))


def _tool(operation: Operation) -> Candidate:
    operation.document.begin()
    notes: list[str] = []
    slots = list(parameter_slots(operation, notes))
    named = any(slot.where == "path" or identified(slot.name) is not None for slot in slots)
    slots += body_slots(operation, notes, named=named)
    parameters = merged(operation, slots, notes)
    name = _name(operation)
    if not operation.raw.get("operationId"):
        notes.append("named for its method and path: the operation has no id")
    if operation.raw.get("callbacks"):
        notes.append("callbacks were left out")
    if operation.raw.get("deprecated") is True:
        notes.append("deprecated")
    returned = results(operation, notes)
    return Candidate(
        form="openapi",
        place=operation.place,
        name=name,
        description=_description(operation),
        parameters=parameters,
        results=returned,
        errors=errors(operation),
        effect=effect(operation, name),
        notes=(*notes, *operation.document.notes()),
        ready=True,
    )


def _name(operation: Operation) -> str:
    given = operation.raw.get("operationId")
    if isinstance(given, str) and given.strip():
        return given
    parts = [part.strip("{}") for part in operation.path.split("/") if part]
    return "_".join([operation.method, *parts]).lower().replace("-", "_")


def _description(operation: Operation) -> str:
    told = [
        text.strip()
        for text in (operation.raw.get("summary"), operation.raw.get("description"))
        if isinstance(text, str) and text.strip()
    ] or [str(operation.shared.get("description") or operation.shared.get("summary") or "")]
    first, *rest = told
    if not rest or one_line(first) in one_line(rest[0]):
        return rest[0] if rest else first
    return f"{first.rstrip('.')}. {rest[0]}"


def _credentials(item: Item) -> frozenset[tuple[str, str]]:
    """Place and name of every parameter that only carries a key."""
    components = item.get("components")
    schemes: Any = components.get("securitySchemes") if isinstance(components, Mapping) else None
    found = set()
    for scheme in schemes.values() if isinstance(schemes, Mapping) else ():
        if isinstance(scheme, Mapping) and scheme.get("type") == "apiKey":
            found.add((str(scheme.get("in")), str(scheme.get("name")).casefold()))
    return frozenset(found)
