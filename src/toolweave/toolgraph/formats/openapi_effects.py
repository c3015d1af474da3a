"""What an operation does to which kind of thing, and how it is documented to fail."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Final

from toolweave.checks.effects import VERBS
from toolweave.checks.inflection import singular
from toolweave.checks.naming import FACETS, NOUN_VERBS, PERSON, PERSON_WORDS, STOP_WORDS, words
from toolweave.core.tool import Effect, EffectKind, ToolError
from toolweave.schema.text import one_line
from toolweave.toolgraph.formats.openapi_operation import Operation, says_success, success

_BY_METHOD: Final[dict[str, EffectKind]] = {
    "get": "read", "head": "read", "options": "read", "trace": "read",
    "post": "create", "put": "update", "patch": "update", "delete": "delete",
}  # fmt: skip
# Path segments that name what is done rather than what it is done to.
_ACTIONS: Final = frozenset(
    {
        *("login", "logout", "signin", "signup", "auth", "oauth", "batch", "bulk", "api", "rest"),
        *("anything", "export", "import", "sync", "me", "self", "latest", "all", "public"),
    }
)
_LONGEST: Final = 300


def effect(operation: Operation, name: str) -> Effect:
    """The effect by method, unless a POST's name says otherwise; the entity by path."""
    kind = _BY_METHOD[operation.method]
    if operation.method == "post":
        last = operation.path.rstrip("/").rpartition("/")[2]
        said = [VERBS[word] for word in (*words(name), *words(last)) if word in VERBS]
        kind = said[0] if said else kind
        if kind == "create" and f"/{path_noun(operation)}/{{" in operation.path:
            # What stands behind a thing's own id is done to that thing.
            kind = "update"
    entity = _entity(words(path_noun(operation) or name))
    return Effect(kind=kind, entity=PERSON if entity in PERSON_WORDS else entity)


def _entity(segment: tuple[str, ...]) -> str:
    """The kind of thing of a path's segment: ``message`` of ``send-message-to-doctor``."""
    found = list(segment[1:] if segment[:1] and segment[0] in VERBS else segment) or list(segment)
    end = next((at for at, word in enumerate(found) if at and word in STOP_WORDS), len(found))
    found = found[:end]
    while len(found) > 1 and found[-1] in FACETS:
        found.pop()
    return singular(found[-1]) if found else "thing"


def path_noun(operation: Operation) -> str:
    """The last segment of the path that names a kind of thing."""
    parts = [part for part in operation.path.split("/") if part]
    for place in reversed(range(len(parts))):
        found = words(parts[place])
        version = len(found) == 1 and found[0][0] == "v" and found[0][1:].isdigit()
        behind = place > 0 and "{" in parts[place - 1]
        if "{" not in parts[place] and not version and not _action(found, behind=behind):
            return parts[place]
    return ""


def _action(found: tuple[str, ...], *, behind: bool) -> bool:
    """Whether a segment names a deed: ``/orders/{id}/ship``, but not ``/store/order/{id}``.

    ``behind`` is whether it stands behind a thing's own id.
    """
    if not found or set(found) <= FACETS | _ACTIONS:
        return True
    thing = len(found) == 1 and found[0] in NOUN_VERBS and not behind
    return found[0] in VERBS and not thing


def errors(operation: Operation) -> tuple[ToolError, ...]:
    """The documented responses that are no success, one per code."""
    good = success(operation)
    declared = operation.raw.get("responses")
    found: dict[str, ToolError] = {}
    for status, raw in declared.items() if isinstance(declared, Mapping) else ():
        response = operation.resolved(raw)
        if (good is not None and str(status) == good[0]) or (
            str(status) == "default" and says_success(response)
        ):
            continue
        for error in _error(str(status), response):
            found.setdefault(error.code, error)
    return tuple(found.values())


def _error(status: str, response: Mapping[str, object]) -> Iterator[ToolError]:
    told = one_line(str(response.get("description") or ""))[:_LONGEST]
    if status.isdecimal() and int(status) >= 400:
        try:
            known = HTTPStatus(int(status))
            code, phrase = known.name.casefold(), known.phrase
        except ValueError:
            code, phrase = f"status_{status}", f"Status {status}"
        yield ToolError(code=code, message=told or phrase, when=f"the server answers {status}")
    elif status.upper() in ("4XX", "5XX"):
        code = "client_error" if status.startswith("4") else "server_error"
        yield ToolError(code=code, message=told or "Error", when=f"the server answers {status}")
    elif status == "default":
        yield ToolError(code="error", message=told or "Error", when="anything else goes wrong")
