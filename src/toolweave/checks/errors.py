"""The standard errors that any tool may answer with, beside those it declares."""

from collections.abc import Mapping
from typing import Final

from toolweave.core.tool import Tool

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


def error_message(tool: Tool, code: str) -> str:
    """The text that goes with the code: the tool's own, else the standard one."""
    own = next((error.message for error in tool.errors if error.code == code), None)
    return own or STANDARD_ERRORS.get(code, "The call failed.")
