"""One operation of an OpenAPI document, and the document around it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from toolweave.schema.dialects import Modernizer
from toolweave.toolgraph.formats.references import References

_SUCCESS_WORDS: Final = frozenset(
    {"success", "successful", "successfully", "ok", "created", "accepted"}
)
_FAILURE_WORDS: Final = frozenset(
    {"error", "errors", "not", "fail", "failed", "failure", "unexpected"}
)


@dataclass(frozen=True, slots=True)
class Document:
    """What operations share: references, the converters of both directions, the keys' names."""

    references: References
    sent: Modernizer
    received: Modernizer
    credentials: frozenset[tuple[str, str]]

    def begin(self) -> None:
        """Another operation begins."""
        self.sent.begin()
        self.received.begin()

    def notes(self) -> list[str]:
        """What was changed in the schemas of this operation."""
        return list(dict.fromkeys([*self.sent.notes(), *self.received.notes()]))


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    method: str
    path: str
    raw: Mapping[str, Any]
    shared: Mapping[str, Any]
    document: Document

    @property
    def place(self) -> str:
        """Where it stands, as people say it."""
        return f"{self.method.upper()} {self.path}"

    def resolved(self, value: object) -> Mapping[str, Any]:
        """An object of the format with its references followed."""
        return self.document.references.resolved(value)


@dataclass(frozen=True, slots=True)
class Slot:
    """One value that a caller may give: its name, where it travels, its converted schema."""

    name: str
    where: str
    schema: Any
    required: bool


def media(content: object) -> tuple[str, Mapping[str, Any]]:
    """The best media type of a ``content`` map and what it says: JSON, else a form, else any."""
    held = content if isinstance(content, Mapping) else {}
    ranked = sorted((kind for kind in held if isinstance(kind, str)), key=_rank)
    for kind in ranked:
        if isinstance(held[kind], Mapping):
            return kind, held[kind]
    return "", {}


def is_json(kind: str) -> bool:
    """Whether a media type is JSON."""
    bare = kind.partition(";")[0].strip().casefold()
    return bare.endswith(("/json", "+json")) or bare in ("*/*", "application/*")


def is_form(kind: str) -> bool:
    """Whether a media type is a form."""
    return kind.partition(";")[0].strip().casefold() in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    )


def _rank(kind: str) -> int:
    return 0 if is_json(kind) else 1 if is_form(kind) else 2


def ref_name(schema: object) -> str:
    """The name of what a schema refers to, if it does."""
    ref = schema.get("$ref") if isinstance(schema, Mapping) else None
    return ref.rpartition("/")[2] if isinstance(ref, str) else ""


def success(operation: Operation) -> tuple[str, Mapping[str, Any]] | None:
    """The status and response that mean success: the first 2xx, or a default that says so."""
    declared = operation.raw.get("responses")
    responses = declared if isinstance(declared, Mapping) else {}
    statuses = sorted(str(status) for status in responses)
    good = [status for status in statuses if status.startswith("2")]
    # A document may hold several; the first that says what it returns is the answer.
    held = [(status, operation.resolved(_at(responses, status))) for status in good]
    for status, response in held:
        if media(response.get("content"))[1].get("schema") is not None:
            return status, response
    if held:
        return held[0]
    if "default" in responses and not any(status.startswith("3") for status in statuses):
        response = operation.resolved(responses["default"])
        if says_success(response):
            return "default", response
    return None


def says_success(response: Mapping[str, Any]) -> bool:
    """Whether a response's description speaks of success."""
    told = set(re.findall(r"[a-z]+", str(response.get("description", "")).casefold()))
    return bool(told & _SUCCESS_WORDS) and not told & _FAILURE_WORDS


def _at(responses: Mapping[Any, Any], status: str) -> object:
    return responses.get(status, responses.get(int(status)) if status.isdecimal() else None)
