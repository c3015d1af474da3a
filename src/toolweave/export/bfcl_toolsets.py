"""Toolsets of a BFCL export: function documents in its dialect, and a back-end class for each."""

import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from toolweave.checks.effects import effect_of
from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonObject
from toolweave.core.tool import Tool
from toolweave.export.refusal import Refused
from toolweave.schema.refs import inline

PACKAGE: Final = "toolweave_bfcl"
# The checker refuses to run calls of the first eight; the last is an attribute of every back end.
_BARRED: Final = frozenset(
    {"kill", "exit", "quit", "remove", "unlink", "popen", "Popen", "run", "changes"}
)
_TYPES: Final = {
    "object": "dict",
    "number": "float",
    "integer": "integer",
    "string": "string",
    "boolean": "boolean",
    "array": "array",
}
_DEEPEST: Final = 8
# Masked or renamed tools need a toolset of their own; so many variants of one domain are kept.
_VARIANTS: Final = 64


@dataclass(slots=True)
class BfclToolset:
    """Tools of one domain that do not contradict each other, and the class that replays them."""

    name: str
    module: str
    tools: dict[str, Tool] = field(default_factory=dict)

    def fits(self, tools: Iterable[Tool]) -> bool:
        """Whether every tool is new here or the same as the one of its name."""
        for tool in tools:
            known = self.tools.get(tool.name)
            if known is not None and known != tool:
                return False
        return True

    def docs(self) -> list[JsonObject]:
        """The function documents, by name."""
        return [_doc(self.tools[name]) for name in sorted(self.tools)]

    def backing(self) -> JsonObject:
        """What the class knows of its tools."""
        return {name: _backed(tool) for name, tool in sorted(self.tools.items())}

    def source(self) -> str:
        """The module with the class; names were seen to be plain identifiers."""
        methods = "".join(
            f"\n    def {name}(self, *given, **named):\n"
            f"        return self._replay({name!r}, given, named)\n"
            for name in sorted(self.tools)
        )
        return (
            '"""Replays what the simulated world answered."""\n\n'
            f"import json\nfrom pathlib import Path\n\nfrom {PACKAGE}.replay import Replay\n\n\n"
            f"class {self.name}(Replay):\n"
            '    """One dialogue\'s world."""\n\n'
            '    _tools = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))\n'
            f"{methods}"
        )


class BfclToolsets:
    """The toolsets met so far: one per domain, or several where definitions differ."""

    def __init__(self) -> None:
        self.all: list[BfclToolset] = []
        self._by_domain: dict[str, list[BfclToolset]] = {}

    def place(self, domain: str, tools: tuple[Tool, ...]) -> BfclToolset | Refused:
        """The toolset that takes these tools, made where none does."""
        for tool in tools:
            if refused := _refusal(tool):
                return refused
        variants = self._by_domain.setdefault(domain, [])
        found = next((toolset for toolset in variants if toolset.fits(tools)), None)
        if found is None:
            if len(variants) >= _VARIANTS:
                problem = (
                    f"the domain has more than {_VARIANTS} toolsets that contradict each other"
                )
                return Refused("too_many_toolsets", problem)
            found = self._new(domain)
            variants.append(found)
        found.tools.update({tool.name: tool for tool in tools})
        return found

    def _new(self, domain: str) -> BfclToolset:
        plain = "".join(char if char.isascii() and char.isalnum() else " " for char in domain)
        words = plain.split() or ["tools"]
        taken = {toolset.module for toolset in self.all}
        stem = "_".join(words).lower()
        module = next(
            name
            for name in (f"world_{stem}{tail}" for tail in ("", *map(str, range(2, 1_000_000))))
            if name not in taken
        )
        name = "Toolweave" + "".join(part.capitalize() for part in module.split("_")[1:])
        toolset = BfclToolset(name, module)
        self.all.append(toolset)
        return toolset


def parameters_of(tool: Tool) -> JsonObject:
    """The schemas of a tool's parameters by name."""
    found = _whole(tool.parameters).get("properties")
    return found if isinstance(found, dict) else {}


def changes(tool: Tool) -> bool:
    """Whether a successful call changes something."""
    return effect_of(tool).kind != "read"


def _refusal(tool: Tool) -> Refused | None:
    if not _legal(tool.name) or tool.name.startswith("_") or tool.name in _BARRED:
        return Refused("tool_name", f"the checker cannot call a tool named {tool.name!r}")
    for name in parameters_of(tool):
        if not _legal(name):
            problem = f"the checker cannot write the parameter {name!r} of {tool.name}"
            return Refused("parameter_name", problem)
    return None


def _legal(name: str) -> bool:
    # Its pattern for calls knows ASCII names only.
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)


def _backed(tool: Tool) -> JsonObject:
    fields = parameters_of(tool)
    defaults = {
        name: schema["default"]
        for name, schema in fields.items()
        if isinstance(schema, dict) and "default" in schema
    }
    required = [name for name in tool.parameters.get("required", []) if name in fields]
    return {
        "parameters": list(fields),
        "required": required,
        "defaults": defaults,
        "changes": changes(tool),
    }


def _doc(tool: Tool) -> JsonObject:
    doc: JsonObject = {
        "name": tool.name,
        "description": tool.description,
        "parameters": {"required": [], **_dialect(_whole(tool.parameters), _DEEPEST)},
    }
    doc["parameters"] |= {"type": "dict", "properties": doc["parameters"].get("properties", {})}
    if tool.results:
        doc["response"] = _dialect(_whole(tool.results), _DEEPEST)
    return doc


def _whole(schema: JsonObject) -> JsonObject:
    try:
        found = inline(schema)
    except SchemaError:
        found = schema
    return dict(found) if isinstance(found, Mapping) else {}


def _dialect(schema: Any, depth: int) -> JsonObject:
    """A schema in BFCL's words: one type each, ``dict`` and ``float``, nothing but the basics."""
    if not isinstance(schema, Mapping) or depth == 0:
        return {"type": "any", "description": ""}
    kind = _kind(schema)
    found: JsonObject = {"type": kind, "description": str(schema.get("description", ""))}
    for key in ("enum", "default"):
        if key in schema:
            found[key] = schema[key]
    if kind == "dict":
        fields = schema.get("properties")
        inner = fields if isinstance(fields, Mapping) else {}
        found["properties"] = {name: _dialect(part, depth - 1) for name, part in inner.items()}
        found["required"] = [name for name in schema.get("required", []) if name in inner]
    elif kind == "array":
        found["items"] = _dialect(schema.get("items"), depth - 1)
    return found


def _kind(schema: Mapping[str, Any]) -> str:
    named = schema.get("type")
    if isinstance(named, list):
        named = next((name for name in named if name != "null"), None)
    if named is None and "properties" in schema:
        named = "object"
    if named is None and (choices := schema.get("enum")):
        named = "string" if all(isinstance(choice, str) for choice in choices) else None
    return _TYPES.get(str(named), "any")
