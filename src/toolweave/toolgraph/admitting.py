"""From a candidate to a tool: a legal name, clean texts, schemas in 2020-12."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonObject
from toolweave.core.tool import Origin, Tool, ToolError
from toolweave.schema.dialects import modern
from toolweave.schema.nesting import too_deep
from toolweave.schema.text import one_line, tidy
from toolweave.schema.types import canonical, to_text
from toolweave.toolgraph.formats.candidate import Candidate
from toolweave.toolgraph.readers import NO_PARAMETERS, check_tool

LONGEST_NAME: Final = 64
LONGEST_DESCRIPTION: Final = 2_000
_LONGEST_NOTE: Final = 200
_DEEPEST: Final = 100


def admitted(candidate: Candidate, file: str = "") -> Tool:
    """The tool that the candidate describes; what was changed stands in its origin.

    Raises:
        InputError: it has no usable name, or a schema that cannot be mended.
        SchemaError: as well, for schemas.
    """
    notes = Counter(candidate.notes)
    name = _name(candidate.name, notes)
    parameters = _parameters(candidate, notes)
    results = _results(candidate, notes)
    told = [
        _clipped(note) for note in (f"{n} ({c} times)" if c > 1 else n for n, c in notes.items())
    ]
    # A description may have been noted under the same words twice.
    description = candidate.description
    if description is not None and not isinstance(description, str):
        told.append("a description that is no text was left out")
        description = None
    text = tidy(description or "", LONGEST_DESCRIPTION, lambda what: told.append(str(what)))
    tool = Tool(
        name=name,
        description=text,
        parameters=parameters,
        results=results,
        errors=tuple(_errors(candidate.errors, told)),
        effect=candidate.effect,
        origin=Origin(
            source=candidate.form, notes=tuple(dict.fromkeys(told)), inferred=candidate.inferred
        ),
    )
    check_tool(tool, file, candidate.place)
    return tool


def legal(name: str) -> str:
    """The name in letters that every model server takes, or an empty text.

    A legal name stays as it is; others become lower-case words joined by ``_``.
    """
    if re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name):
        return name
    plain = one_line(name)
    made = re.sub(r"[^A-Za-z0-9_.-]+", "_", plain).strip("_.-")
    if made != plain:
        made = re.sub(r"_{2,}", "_", made).lower()
    return made[:LONGEST_NAME].rstrip("_.-")


def renamed(tools: Iterable[Tool]) -> list[tuple[Tool, str]]:
    """Every tool under a name of its own, in order, and why it is none of ours where it is not.

    A repetition is answered with a reason; another tool of a name that is taken gets a number.
    """
    names: set[str] = set()
    seen: dict[str, set[str]] = {}
    numbers: Counter[str] = Counter()
    found: list[tuple[Tool, str]] = []
    for tool in tools:
        content = canonical(tool.model_copy(update={"origin": None}).dump())
        known = seen.setdefault(tool.name, set())
        if content in known:
            found.append((tool, f"a repetition of {tool.name!r}"))
            continue
        known.add(content)
        fresh = tool.name
        while fresh in names:
            numbers[tool.name] += 1
            fresh = f"{tool.name[: LONGEST_NAME - 7]}_{numbers[tool.name] + 1}"
        names.add(fresh)
        if fresh != tool.name:
            tool = noted(tool, f"renamed from {tool.name!r}: another tool has that name")
            tool = tool.model_copy(update={"name": fresh})
        found.append((tool, ""))
    return found


def noted(tool: Tool, *notes: str) -> Tool:
    """The tool with more said about where it came from."""
    origin = tool.origin or Origin(source="toolweave")
    return tool.model_copy(
        update={"origin": origin.model_copy(update={"notes": (*origin.notes, *notes)})}
    )


def _name(given: object, notes: Counter[str]) -> str:
    if not isinstance(given, str) or not given.strip():
        raise SchemaError("it has no name")
    made = legal(given)
    if not made:
        raise SchemaError(f"its name {one_line(given)[:60]!r} has no letter that names may have")
    if made != given:
        notes[f"renamed from {one_line(given)[:80]!r}"] += 1
    return made


def _parameters(candidate: Candidate, notes: Counter[str]) -> JsonObject:
    given = candidate.parameters
    if given is None or given == {}:
        return dict(NO_PARAMETERS)
    schema = _object("parameters", candidate, notes)
    named = schema.get("type")
    if named is None or (isinstance(named, list) and "object" in named):
        notes["the parameters were made an object"] += 1
    elif named != "object":
        raise SchemaError(f"its parameters are of type {named!r:.40}, not an object")
    made = {"type": "object", **{key: value for key, value in schema.items() if key != "type"}}
    if not made.keys() & {"properties", "$ref", "allOf", "anyOf", "oneOf"}:
        made["properties"] = {}
    _drop_undeclared(made, notes)
    return made


def _drop_undeclared(made: dict[str, Any], notes: Counter[str]) -> None:
    """Requiring what nothing declares would make every call wrong."""
    if made.keys() & {"$ref", "allOf", "anyOf", "oneOf", "patternProperties"}:
        return
    required, declared = made.get("required", []), made.get("properties", {})
    gone = [name for name in required if name not in declared]
    if not gone:
        return
    notes[f"required but not declared, left out: {', '.join(gone)[:80]}"] += 1
    kept = [name for name in required if name in declared]
    made.pop("required")
    if kept:
        made["required"] = kept


def _results(candidate: Candidate, notes: Counter[str]) -> JsonObject:
    given = candidate.results
    if given is None or given == {} or given is True:
        return {}
    schema = _object("results", candidate, notes)
    named = schema.get("type")
    if named == "array":
        notes["the result is a list, given as 'items'"] += 1
        return _wrapped("items", schema)
    if isinstance(named, str) and named != "object":
        notes["the result is a bare value, given as 'result'"] += 1
        return _wrapped("result", schema)
    if isinstance(named, list):
        if "object" not in named:
            notes["the result is a bare value, given as 'result'"] += 1
            return _wrapped("result", schema)
        notes["the result was made an object"] += 1
        return {**schema, "type": "object"}
    if named is None and "properties" in schema:
        return {"type": "object", **schema}
    return schema


def _wrapped(name: str, schema: dict[str, Any]) -> JsonObject:
    definitions = schema.pop("$defs", None)
    made: dict[str, Any] = {"type": "object", "properties": {name: schema}}
    return {**made, "$defs": definitions} if definitions else made


def _object(part: str, candidate: Candidate, notes: Counter[str]) -> dict[str, Any]:
    """One of the two schemas, converted unless its reader did that."""
    given = getattr(candidate, part)
    if candidate.ready and isinstance(given, dict):
        return dict(given)
    if not isinstance(given, Mapping):
        raise SchemaError(f"its {part} are not a schema but {given!r:.60}")
    # Data handed over in memory may hold tuples, or itself.
    to_text(given)
    if too_deep(dict(given), _DEEPEST):
        raise SchemaError(f"its {part} are nested more than {_DEEPEST} levels deep")
    try:
        made, changes = modern(given)
    except SchemaError as error:
        raise SchemaError(f"its {part} cannot be used: {error}") from error
    notes.update(changes)
    return dict(made) if isinstance(made, Mapping) else {}


def _errors(errors: Iterable[ToolError], told: list[str]) -> list[ToolError]:
    found: dict[str, ToolError] = {}
    for error in errors:
        code = one_line(error.code)[:LONGEST_NAME]
        if not code or code in found:
            told.append("an error whose code stands twice or is empty was left out")
            continue
        found[code] = ToolError(
            code=code, message=one_line(error.message)[:500], when=one_line(error.when)[:500]
        )
    return list(found.values())


def _clipped(note: str) -> str:
    line = one_line(note)
    return line if len(line) <= _LONGEST_NOTE else f"{line[: _LONGEST_NOTE - 2]} …"
