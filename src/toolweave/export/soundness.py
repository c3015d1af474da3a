"""Whether the schemas of shown tools are schemas at all; a tool set is looked at once."""

import json
from functools import lru_cache
from typing import Final

from toolweave.core.errors import SchemaError
from toolweave.core.tool import Tool
from toolweave.export.refusal import Refused
from toolweave.schema.refs import check_schema
from toolweave.schema.types import json_bytes

# The same tools come back in dialogue after dialogue.
_KEPT: Final = 4096


def unsound(tool: Tool) -> Refused | None:
    """Why nobody could use the tool's schemas, or None."""
    for schema in (tool.parameters, tool.results):
        if problem := _problem(json_bytes(schema)):
            return Refused("tool_schema", f"{tool.name}: {problem}")
    return None


@lru_cache(maxsize=_KEPT)
def _problem(raw: bytes) -> str:
    try:
        check_schema(json.loads(raw))
    except SchemaError as error:
        return str(error)
    return ""
