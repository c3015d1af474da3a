"""Typed Python functions and LangChain tools; they are looked at, never called."""

import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast, get_type_hints

from docstring_parser import ParseError, parse
from pydantic import BaseModel, TypeAdapter
from pydantic.errors import PydanticUserError

from toolweave.checks.naming import words
from toolweave.core.tool import ToolError
from toolweave.toolgraph.formats.candidate import Candidate, Read, Refused

_LONGEST_DOCSTRING: Final = 20_000
# What pydantic and typing raise for annotations that have no JSON form or cannot be looked up.
_UNUSABLE: Final = (
    PydanticUserError,
    TypeError,
    ValueError,
    NameError,
    AttributeError,
    RecursionError,
)


def read(source: Any) -> Iterator[Read]:
    """The tool that a function or a LangChain tool describes."""
    name = str(getattr(source, "name", "") or getattr(source, "__name__", "") or "")
    try:
        with warnings.catch_warnings():
            # A default that has no JSON form is left out, which is all that is warned of.
            warnings.simplefilter("ignore")
            is_tool = hasattr(source, "args_schema")
            yield _of_langchain(source) if is_tool else _of_function(source)
    except _UNUSABLE as error:
        yield Refused("", name, f"its signature has no JSON Schema: {error}")


def _of_langchain(tool: Any) -> Candidate:
    function = getattr(tool, "func", None) or getattr(tool, "coroutine", None)
    notes: list[str] = []
    returned = _returned(function, notes) if callable(function) else None
    return Candidate(
        form="langchain",
        place="",
        name=tool.name,
        description=tool.description,
        parameters=_schema_of(tool.tool_call_schema),
        results=returned,
        notes=tuple(notes),
    )


def _schema_of(given: Any) -> Any:
    if isinstance(given, type) and issubclass(given, BaseModel):
        return given.model_json_schema()
    return dict(given) if isinstance(given, Mapping) else TypeAdapter(given).json_schema()


def _of_function(function: Callable[..., Any]) -> Candidate:
    signature = inspect.signature(function)
    bare = [
        name
        for name, parameter in signature.parameters.items()
        if parameter.annotation is inspect.Parameter.empty
    ]
    adapter: TypeAdapter[Any] = TypeAdapter(cast("Any", function))
    schema = adapter.json_schema()
    if schema.get("type") != "object":
        raise TypeError("its parameters have no names to call them by")
    told = _Docstring(inspect.getdoc(function) or "")
    properties = schema.get("properties", {})
    for name, text in told.parameters.items():
        if isinstance(properties.get(name), dict):
            properties[name].setdefault("description", text)
    notes = [f"without a type: {', '.join(bare)[:80]}"] if bare else []
    returned = _returned(function, notes)
    return Candidate(
        form="python",
        place="",
        name=getattr(function, "__name__", ""),
        description=told.description,
        parameters=schema,
        results=returned,
        errors=told.errors,
        notes=tuple(notes),
    )


def _returned(function: Any, notes: list[str]) -> Any:
    """The schema of what a function is annotated to return, where it says something."""
    try:
        returned = get_type_hints(function, include_extras=True).get("return")
        if returned is None or returned is type(None) or returned is Any:
            return None
        return TypeAdapter(returned).json_schema(mode="serialization")
    except _UNUSABLE as error:
        notes.append(f"what it returns has no JSON Schema: {error}")
        return None


class _Docstring:
    """What a docstring says: of the whole, of each parameter, and of each exception."""

    def __init__(self, text: str) -> None:
        try:
            found = parse(text[:_LONGEST_DOCSTRING])
        except ParseError:
            self.description = text[:_LONGEST_DOCSTRING]
            self.parameters: dict[str, str] = {}
            self.errors: tuple[ToolError, ...] = ()
            return
        self.description = " ".join((found.short_description or "").split())
        self.parameters = {
            each.arg_name: " ".join(each.description.split())
            for each in found.params
            if each.description
        }
        self.errors = tuple(
            ToolError(
                code="_".join(words(each.type_name)),
                message=" ".join((each.description or each.type_name).split()),
            )
            for each in found.raises
            if each.type_name
        )
