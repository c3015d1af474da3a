"""Typed functions and LangChain tools are read from their signatures and never called."""

from typing import Annotated, Any, Literal

import pytest
from langchain_core.tools import BaseTool, StructuredTool, tool
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from toolweave.core.errors import InputError
from toolweave.toolgraph.importing import import_tools


class Stop(TypedDict):
    """A stop on a line."""

    name: str
    minutes: int


class Place(BaseModel):
    """Where something is."""

    city: str = Field(description="Town.")
    parent: "Place | None" = None


def find_stops(
    line: str, near: Place, kind: Literal["bus", "tram"] = "bus", *, limit: int | None = None
) -> list[Stop]:
    """Find the stops of a line.

    They come in the order of the line.

    Args:
        line: The line's number,
            as painted on the vehicle.
        near: Where to look.

    Raises:
        LookupError: There is no such line.
    """
    raise AssertionError("an imported function was called")


def test_a_function_becomes_a_tool_without_being_called() -> None:
    made = import_tools(find_stops, infer=False).toolset.tools[0]
    properties = made.parameters["properties"]
    assert (made.name, made.description) == ("find_stops", "Find the stops of a line.")
    assert properties["line"]["description"] == "The line's number, as painted on the vehicle."
    assert properties["kind"] == {
        "default": "bus",
        "enum": ["bus", "tram"],
        "title": "Kind",
        "type": "string",
    }
    assert made.parameters["required"] == ["line", "near"]
    assert made.parameters["$defs"]["Place"]["properties"]["parent"]["anyOf"][1] == {"type": "null"}
    assert made.results["properties"]["items"]["items"] == {"$ref": "#/$defs/Stop"}
    assert [(error.code, error.message) for error in made.errors] == [
        ("lookup_error", "There is no such line.")
    ]


def test_a_parameter_without_a_type_takes_anything_and_that_is_said() -> None:
    def loose(a, b: int = 2):  # type: ignore[no-untyped-def]
        """Do."""

    made = import_tools([loose], infer=False).toolset.tools[0]
    assert made.parameters["required"] == ["a"]
    assert made.results == {}
    assert made.origin is not None
    assert made.origin.notes == ("without a type: a",)


def test_a_signature_without_a_schema_costs_only_its_function() -> None:
    def positional(a: int, /) -> int:
        return a

    def odd(a: "NotThere") -> int:  # type: ignore[name-defined]  # noqa: F821
        return 0

    def callback(a: Annotated[type[Any], "x"], b: BaseTool) -> int:
        return 0

    imported = import_tools([positional, odd, callback, find_stops])
    assert [tool.name for tool in imported.toolset.tools] == ["find_stops"]
    assert {dropped.name for dropped in imported.dropped} == {"positional", "odd", "callback"}
    with pytest.raises(InputError, match="no tool is left"):
        import_tools(odd)


def test_langchain_tools_of_every_make_are_read() -> None:
    @tool
    def multiply(a: int, b: int = 2) -> float:
        """Multiply two numbers."""
        raise AssertionError("an imported tool was called")

    class Where(BaseModel):
        city: str

    class Own(BaseTool):
        name: str = "own tool"
        description: str = "Looks."
        args_schema: Any = Where

        def _run(self, city: str) -> str:
            raise AssertionError("an imported tool was called")

    by_hand = StructuredTool(
        name="by_hand",
        description="d",
        args_schema={"type": "object", "properties": {"x": {"type": "string", "nullable": True}}},
        func=lambda x: x,
    )
    tools = import_tools([multiply, Own(), by_hand], infer=False).toolset.tools
    assert [each.name for each in tools] == ["multiply", "own_tool", "by_hand"]
    assert tools[0].parameters["required"] == ["a"]
    assert tools[0].results["properties"]["result"] == {"type": "number"}
    assert tools[1].parameters["properties"]["city"]["type"] == "string"
    assert tools[2].parameters["properties"]["x"] == {"type": ["string", "null"]}


def test_functions_tools_and_data_may_be_mixed() -> None:
    names = [each.name for each in import_tools([find_stops, {"name": "ping"}]).toolset.tools]
    assert names == ["find_stops", "ping"]
