"""The standard errors that any tool may answer with, beside those it declares."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from toolweave.core.model import JsonValue
from toolweave.core.plan import Fault
from toolweave.core.tool import Tool
from toolweave.schema.paths import schema_at, values_at
from toolweave.schema.types import as_mapping, type_names

STANDARD_ERRORS: Final[Mapping[str, str]] = {
    "missing_parameter": "A required parameter is missing.",
    "invalid_type": "A parameter has the wrong type.",
    "invalid_enum": "A parameter has a value that is not allowed.",
    "prerequisite_missing": "A step that this one depends on has not been completed.",
    "not_found": "Nothing was found for the given identifier.",
    "timeout": "The request timed out. Try again.",
    "rate_limited": "Too many requests. Try again in a moment.",
    "unknown_tool": "There is no such tool.",
}
_LISTED: Final = 12
_JSON_TYPES: Final[Mapping[type, str]] = {
    bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object",
}  # fmt: skip


def error_message(
    tool: Tool,
    code: str,
    fault: Fault | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> str:
    """The text that goes with the code: the tool's own, else the standard one.

    Where the mistake is known, the standard one names the parameter and what would be right.
    """
    own = next((error.message for error in tool.errors if error.code == code), None)
    if own:
        return own
    detail = _DETAILS.get(code)
    told = detail(tool, fault, arguments or {}) if detail is not None and fault is not None else ""
    return told or STANDARD_ERRORS.get(code, "The call failed.")


def lacking(tool: Tool, fault: Fault, arguments: Mapping[str, Any]) -> list[str]:
    """The required parameters that are not there, the one left out on purpose first."""
    required = _texts(tool.parameters.get("required"))
    found = [name for name in required if name not in arguments]
    if fault.path and not values_at(dict(arguments), fault.path):
        found = [fault.path, *found]
    return list(dict.fromkeys(found))


def _missing(tool: Tool, fault: Fault, arguments: Mapping[str, Any]) -> str:
    names = lacking(tool, fault, arguments)
    if not names:
        return ""
    many = "parameters" if len(names) > 1 else "parameter"
    return f"Missing required {many}: {_quoted(names)}."


def _early(tool: Tool, fault: Fault, arguments: Mapping[str, Any]) -> str:
    names = lacking(tool, fault, arguments)
    if not names:
        return ""
    done = "The step that provides it has not been completed."
    return (
        f"Missing input: {_quoted(names)}. {done if len(names) == 1 else STANDARD_ERRORS[_EARLY]}"
    )


def _type(tool: Tool, fault: Fault, arguments: Mapping[str, Any]) -> str:
    schema = as_mapping(schema_at(tool.parameters, fault.path) or True)
    wanted = sorted(_texts(list(type_names(schema))))
    if not wanted or not fault.path:
        return ""
    return f"{fault.path!r} must be of type {' or '.join(wanted)}, not {_type_of(fault.value)}."


def _choice(tool: Tool, fault: Fault, arguments: Mapping[str, Any]) -> str:
    options = as_mapping(schema_at(tool.parameters, fault.path) or True).get("enum")
    if not isinstance(options, list) or not options or not fault.path:
        return ""
    more = ", ..." if len(options) > _LISTED else ""
    listed = f"{_quoted(options[:_LISTED])}{more}"
    return f"{fault.value!r} is not a valid value for {fault.path!r}. Allowed: {listed}."


def _texts(value: Any) -> list[str]:
    """The texts in a list, where it is one: a record's tools may have schemas that are none."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _quoted(values: Sequence[JsonValue]) -> str:
    return ", ".join(repr(value) for value in values)


def _type_of(value: JsonValue) -> str:
    return _JSON_TYPES.get(type(value), "null")


_EARLY: Final = "prerequisite_missing"
_DETAILS: Final[Mapping[str, Callable[[Tool, Fault, Mapping[str, Any]], str]]] = {
    "missing_parameter": _missing,
    _EARLY: _early,
    "invalid_type": _type,
    "invalid_enum": _choice,
}
