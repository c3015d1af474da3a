"""A small tool graph of a library, written by hand, for the planners' tests."""

from typing import Any

import pytest

from toolweave.configs.knobs import Knobs
from toolweave.configs.wording import words
from toolweave.core.graph import Link, ToolGraph
from toolweave.core.tool import Toolset
from toolweave.planners.desk import Desk
from toolweave.planners.flow import Flow


def text(description: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description or "Text.", **more}


def schema(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
    }


def tool(name: str, takes: Any, gives: Any, effect: str, errors: Any = ()) -> dict[str, Any]:
    kind, _, entity = effect.partition(" ")
    return {
        "name": name,
        "description": f"{name.replace('_', ' ').capitalize()}.",
        "parameters": takes,
        "results": gives,
        "errors": list(errors),
        "effect": {"kind": kind, "entity": entity},
    }


def listed(name: str, **fields: Any) -> dict[str, Any]:
    return schema({name: {"type": "array", "items": schema(fields)}})


STATE = {"type": "string", "enum": ["free", "lent"], "description": "Where the book is."}
NUMBER = {"type": "number", "minimum": 0, "description": "How much."}
TOOLS = [
    tool(
        "search_books",
        schema({"subject": text("What it is about.")}, {"book_language": text()}),
        listed("books", book_id=text("Number in the system."), book_title=text(), book_fee=NUMBER),
        "read book",
    ),
    tool(
        "get_book",
        schema({"book_id": text("Number in the system.")}),
        schema({"book_state": STATE, "shelf_code": text(), "reservable": {"type": "boolean"}}),
        "read book",
    ),
    tool(
        "get_reviews",
        schema({"book_id": text("Number in the system.")}),
        schema({"review_count": {"type": "integer", "minimum": 0}, "review_score": NUMBER}),
        "read review",
    ),
    tool(
        "reserve_book",
        schema(
            {"book_id": text("Number in the system."), "reader_number": text("On the card.")},
            {"express": {"type": "boolean", "default": False}, "branch": text()},
        )
        | {
            "if": {"properties": {"express": {"const": True}}, "required": ["express"]},
            "then": {"required": ["branch"]},
        },
        schema({"reservation_number": text(), "fetch_by": text(format="date")}),
        "create reservation",
        [{"code": "LENT", "message": "the book is lent", "when": "somebody has it"}],
    ),
    tool(
        "cancel_reservation",
        schema({"reservation_number": text()}),
        schema({"cancelled_at": text(format="date-time")}),
        "delete reservation",
    ),
    tool(
        "compare_offer",
        schema({"shelf_code": text(), "review_count": {"type": "integer"}}),
        schema({"advice": text()}),
        "read advice",
    ),
    tool(
        "order_book",
        schema({"wanted_title": text("Its title."), "reader_number": text("On the card.")}),
        schema({"order_number": text()}),
        "create book",
    ),
    tool("get_opening_hours", schema({"branch": text()}), schema({"hours": text()}), "read hours"),
]


def link(source: str, output: str, target: str, parameter: str, score: float = 0.9) -> Link:
    return Link(
        source=source,
        output=output,
        target=target,
        parameter=parameter,
        kind="same_name",
        score=score,
    )


LINKS = (
    link("search_books", "books[].book_id", "get_book", "book_id"),
    link("search_books", "books[].book_id", "get_reviews", "book_id"),
    link("search_books", "books[].book_id", "reserve_book", "book_id"),
    link("get_book", "shelf_code", "compare_offer", "shelf_code", 0.8),
    link("get_reviews", "review_count", "compare_offer", "review_count", 0.7),
    link("reserve_book", "reservation_number", "cancel_reservation", "reservation_number"),
    link("get_book", "shelf_code", "get_reviews", "book_id", 0.1),
)


@pytest.fixture
def graph() -> ToolGraph:
    toolset = Toolset.model_validate({"version": 1, "name": "library", "tools": TOOLS})
    return ToolGraph(version=1, toolset=toolset, links=LINKS[:-1])


@pytest.fixture
def flow(graph: ToolGraph) -> Flow:
    return Flow(graph)


@pytest.fixture
def desk(flow: Flow) -> Desk:
    return Desk(flow, words(""), Knobs())
