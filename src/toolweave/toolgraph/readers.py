"""Tool readers: our own toolsets, OpenAI function lists and the paper's form."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from toolweave.core.errors import SchemaError
from toolweave.core.graph import ToolGraph
from toolweave.core.model import FORMAT_VERSION, JsonObject
from toolweave.core.tool import Origin, Tool, Toolset
from toolweave.schema.documents import STDIN, read_document
from toolweave.schema.records import build, input_error, joined, suggestion
from toolweave.schema.refs import check_schema
from toolweave.toolgraph.formats.functions import CALLING, unwrapped

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_SUFFIXES = (".json", ".yaml", ".yml")
NO_PARAMETERS: JsonObject = {"type": "object", "properties": {}}


def load_tools(source: object) -> Toolset:
    """The toolset in a file, in a folder or list of files (merged), or in data already read.

    Data is a Toolset, its dump (``version: 1``), a list of OpenAI functions
    (``{type: function, function: {…}}`` or the bare inner object) or of the paper's objects
    (``name``, ``description``, ``parameters``, ``results``), or one such object. ``-`` reads
    standard input. Raises InputError naming the file, the tool and the place.
    """
    if isinstance(source, Toolset):
        return check_toolset(source)
    if isinstance(source, str | Path):
        return _load_path(Path(source))
    paths = source if isinstance(source, Sequence) else ()
    if paths and all(isinstance(item, str | Path) for item in paths):
        return merge_toolsets([(str(item), _load_path(Path(item))) for item in paths])
    return read_tools(source)


def read_tools(data: object, *, file: str = "", name: str = "") -> Toolset:
    """The toolset that ``data`` describes, or the one of a tool graph.

    ``name`` is used where the data has none of its own.
    """
    if isinstance(data, Mapping) and "toolset" in data:
        return check_toolset(build(ToolGraph, data, file=file).toolset, file=file)
    if isinstance(data, Mapping) and not {"tools", "version"} & data.keys():
        data = [data] if {"name", "function"} & data.keys() else data
    if isinstance(data, Mapping):
        toolset = build(Toolset, data, file=file)
        named = toolset if toolset.name or not name else toolset.model_copy(update={"name": name})
        return check_toolset(named, file=file)
    if isinstance(data, list | tuple):
        tools = tuple(_foreign(item, index, file) for index, item in enumerate(data))
        return check_toolset(Toolset(version=1, name=name, tools=tools), file=file, listed="")
    mend = "write a toolset with version: 1, or a list of functions"
    raise input_error(f"no tools here, but a {type(data).__name__}", file=file, mend=mend)


def check_toolset(toolset: Toolset, *, file: str = "", listed: str = "tools") -> Toolset:
    """The toolset itself. Raises InputError for bad names, duplicates, bad schemas, or no tools."""
    if not toolset.tools:
        raise input_error("the list of tools is empty", file=file, mend="add a tool")
    first: dict[str, int] = {}
    for index, tool in enumerate(toolset.tools):
        place = joined(listed, index)
        _check_name(tool.name, file, place)
        if (earlier := first.setdefault(tool.name, index)) != index:
            problem = f"tool {tool.name!r} stands twice, first at {joined(listed, earlier)}"
            raise input_error(problem, file=file, place=place, mend="rename or remove one")
        check_tool(tool, file, place)
    return toolset


def merge_toolsets(parts: Iterable[tuple[str, Toolset]]) -> Toolset:
    """One toolset out of several, each with the file it came from; names must not repeat.

    What the parts say of themselves (name, domain, lexicon) is kept where they do not disagree.
    """
    owner: dict[str, str] = {}
    tools: list[Tool] = []
    said: list[Toolset] = []
    for file, part in parts:
        said.append(part)
        for tool in part.tools:
            if tool.name in owner:
                problem = f"tool {tool.name!r} is also in {owner[tool.name]}"
                raise input_error(problem, file=file, mend="rename or remove one")
            owner[tool.name] = file
            tools.append(tool)
    if not said:
        raise input_error("no tool files", mend="name at least one")
    return Toolset(
        version=FORMAT_VERSION,
        name=_agreed(part.name for part in said),
        domain=_agreed(part.domain for part in said),
        lexicon=_agreed(part.lexicon for part in said),
        tools=tuple(tools),
    )


def _agreed(values: Iterable[str]) -> str:
    distinct = {value for value in values if value}
    return distinct.pop() if len(distinct) == 1 else ""


def _load_path(path: Path) -> Toolset:
    if not path.is_dir():
        name = "" if str(path) == STDIN else path.stem
        return read_tools(read_document(path), file=str(path), name=name)
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in _SUFFIXES)
    if not files:
        raise input_error("no tool files here", file=str(path), mend="add .json or .yaml files")
    merged = merge_toolsets([(str(file), _load_path(file)) for file in files if file.is_file()])
    return merged if merged.name else merged.model_copy(update={"name": path.resolve().name})


def _foreign(item: object, index: int, file: str) -> Tool:
    """The tool that one entry of a foreign list describes."""
    place = joined("", index)
    if not isinstance(item, Mapping):
        raise input_error(f"not a tool but {item!r:.60}", file=file, place=place)
    item, wrapped = unwrapped(item)
    place = joined(place, "function") if wrapped else place
    if not isinstance(item, Mapping):
        raise input_error("the function is not an object", file=file, place=place)
    fields: dict[str, Any] = {key: value for key, value in item.items() if key not in CALLING}
    unknown = [key for key in fields if key not in Tool.model_fields]
    if unknown:
        mend = suggestion(str(unknown[0]), sorted(Tool.model_fields))
        problem = f"tool {item.get('name', '')!r} has the unknown key {unknown[0]!r}"
        raise input_error(problem, file=file, place=place, mend=mend)
    # Foreign lists write a missing description or schema as null.
    fields = {key: value for key, value in fields.items() if value is not None}
    if not fields.get("parameters"):
        fields["parameters"] = NO_PARAMETERS
    if item.get("strict") and "origin" not in fields:
        fields["origin"] = Origin(source="openai", notes=("strict was left out",)).dump()
    return build(Tool, fields, file=file, place=place)


def _check_name(name: str, file: str, place: str) -> None:
    if not _NAME.fullmatch(name):
        mend = "use 1 to 64 of A-Z a-z 0-9 _ . -"
        raise input_error(
            f"tool name {name[:80]!r} cannot be used", file=file, place=place, mend=mend
        )


def check_tool(tool: Tool, file: str, place: str) -> None:
    """Raise InputError with the tool and the place unless its schemas and errors can be used."""
    for part, schema in (("parameters", tool.parameters), ("results", tool.results)):
        where = f"tool {tool.name!r}, {joined(place, part)}"
        try:
            check_schema(schema)
        except SchemaError as error:
            raise input_error(str(error), file=file, place=where, mend="mend the schema") from error
    if tool.parameters.get("type", "object") != "object":
        where = f"tool {tool.name!r}, {joined(place, 'parameters', 'type')}"
        problem = f"parameters are of type {tool.parameters['type']!r}"
        raise input_error(problem, file=file, place=where, mend="make them an object")
    twice = [code for code, n in Counter(error.code for error in tool.errors).items() if n > 1]
    if twice:
        where = f"tool {tool.name!r}, {joined(place, 'errors')}"
        problem = f"error code {twice[0]!r} is declared twice"
        raise input_error(problem, file=file, place=where, mend="keep one of the two")
