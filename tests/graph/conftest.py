"""A composer of toolsets: whatever tools may be, put together from one stream."""

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from toolweave.core.tool import Tool, Toolset
from toolweave.schema.records import build
from toolweave.toolgraph.readers import check_toolset

Data = dict[str, Any]
NOUNS = (
    "ticket", "order", "parcel", "booking", "invoice", "course", "device", "claim", "route",
    "sample", "policy", "visit", "payment", "document", "contract",
)  # fmt: skip
VERBS = (
    "get", "list", "search", "create", "update", "cancel", "book", "check", "reconcile", "send",
    "find", "delete", "estimate", "archive", "assign", "track",
)  # fmt: skip
TEXTS = (
    "city", "name", "note", "description", "reason", "title", "query", "category", "email",
    "phone_number", "first_name", "full_name", "address", "country", "remark", "unit", "location",
    "serial_number", "contact", "topic", "zone", "plan_name", "store",
)  # fmt: skip
NUMBERS = (
    "count", "quantity", "amount", "price", "rating", "weight_kg", "distance", "duration_minutes",
    "age", "discount_percent", "budget", "limit", "score", "temperature", "level", "fee", "seats",
)  # fmt: skip
FLAGS = ("express", "is_active", "gift_wrapped", "notify", "include_details", "paid", "insured")
CHOICES = (
    ("low", "medium", "high"), ("open", "in_progress", "closed"), ("S", "M", "L"),
    ("standard", "express"), ("technical", "billing", "legal", "general_question"),
    ("NextDay", "Standard"), ("USD", "EUR"), ("pdf", "csv", "xlsx"), ("paid", "not_paid"),
    ("PENDING", "SHIPPED", "CANCELLED"), ("north", "south"), ("none", "basic", "full"),
)  # fmt: skip
CHOSEN = ("priority", "status", "size", "kind", "mode", "currency", "file_type", "state", "region")
PATTERNS = (
    r"^[A-Z]{2}-\d{4}$", r"^\d{5}$", r"^[0-2][0-9]:[0-5][0-9]$", r"^[A-Z]{3}$", r"^[a-z]{4,8}$",
    r"^(RX|TX)\d{6}$", r"^\+\d{1,3} \d{6,9}$",
)  # fmt: skip
FORMATS = ("date", "date-time", "time", "email", "uri", "uuid", "duration", "date", "date")
TIMES = ("start", "end", "due", "created", "delivery", "check_in", "return", "last_seen")
GROUPS = ("details", "address", "contact", "options", "preferences")
CODES = ("NOT_FOUND", "LIMIT_REACHED", "already_closed")


DESCRIPTIONS = (
    "The {name}.", "Optional {name}, e.g. 'blue'.", "What it is about; for example a short text.",
    "ISO code.", "Number of days.", "In US dollars.", "Free text",
)  # fmt: skip


class Field(NamedTuple):
    """A name with its schema."""

    name: str
    schema: Data


class ToolMaker:
    """Draws tools."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.ids = rng.sample(NOUNS, 4)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def scalar(self) -> Field:
        rng = self.rng
        makers: tuple[Callable[[], Field], ...] = (
            self.text, self.text, self.identifier, self.identifier, self.moment, self.choice,
            self.choice, self.number, self.number, self.whole, self.flag, self.patterned,
            self.union,
        )  # fmt: skip
        name, schema = rng.choice(makers)()
        if self.chance(0.15):
            schema = {**schema, "description": rng.choice(DESCRIPTIONS).format(name=name)}
        return Field(name, schema)

    def text(self) -> Field:
        schema: Data = {"type": "string"}
        if self.chance(0.15):
            schema["minLength"] = self.rng.choice((1, 2, 3))
        if self.chance(0.15):
            schema["maxLength"] = self.rng.choice((20, 40, 200))
        if self.chance(0.1):
            schema["default"] = "unknown"
        return Field(self.rng.choice(TEXTS), schema)

    def identifier(self) -> Field:
        noun = self.rng.choice((*self.ids, "customer", "account"))
        name = noun + self.rng.choice(("_id", "_number", "Id", "_code"))
        kind = "integer" if self.chance(0.12) else "string"
        low = {"minimum": 1000, "maximum": 999999} if kind == "integer" else {}
        return Field(name, {"type": kind, **low})

    def moment(self) -> Field:
        form = self.rng.choice(FORMATS)
        base = self.rng.choice(TIMES) if form in ("date", "date-time", "time") else "contact"
        endings = {"date": "_date", "date-time": "_at", "time": "_time", "uri": "_url"}
        return Field(base + endings.get(form, f"_{form}"), {"type": "string", "format": form})

    def choice(self) -> Field:
        values: list[Any] = list(self.rng.choice(CHOICES))
        if self.chance(0.1):
            values = [1, 2, 5]
        schema: Data = {"enum": values}
        if self.chance(0.85):
            schema["type"] = "integer" if isinstance(values[0], int) else "string"
        if self.chance(0.3):
            schema["default"] = self.rng.choice(values)
        return Field(self.rng.choice(CHOSEN), schema)

    def number(self) -> Field:
        low = self.rng.choice((0, 1, 10, -20, 0.5))
        high = low + self.rng.choice((1, 5, 100, 5000))
        schema: Data = {"type": "number"}
        if self.chance(0.6):
            schema["minimum" if self.chance(0.8) else "exclusiveMinimum"] = low
        if self.chance(0.6):
            schema["maximum" if self.chance(0.8) else "exclusiveMaximum"] = high
        if self.chance(0.15):
            schema["multipleOf"] = self.rng.choice((0.5, 0.25, 0.01))
        return Field(self.rng.choice(NUMBERS), schema)

    def whole(self) -> Field:
        low = self.rng.choice((0, 1, 2, 18))
        schema: Data = {"type": "integer", "minimum": low}
        if self.chance(0.7):
            schema["maximum"] = low + self.rng.choice((0, 3, 12, 400))
        if self.chance(0.2):
            schema["default"] = low
        return Field(self.rng.choice(NUMBERS), schema)

    def flag(self) -> Field:
        schema: Data = {"type": "boolean"}
        if self.chance(0.3):
            schema["default"] = False
        return Field(self.rng.choice(FLAGS), schema)

    def patterned(self) -> Field:
        name = self.rng.choice(("code", "postal_code", "slot", "tag", "reference"))
        return Field(name, {"type": "string", "pattern": self.rng.choice(PATTERNS)})

    def union(self) -> Field:
        rng = self.rng
        schema: Data = rng.choice((
            {"type": ["string", "null"]}, {"type": ["integer", "string"]},
            {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
            {"oneOf": [{"type": "integer", "minimum": 1}, {"type": "string", "minLength": 2}]},
            {"type": ["number", "null"], "minimum": 0}, {"const": "web"},
        ))  # fmt: skip
        return Field(rng.choice((*TEXTS, *NUMBERS)), schema)

    def field(self, depth: int = 0) -> Field:
        drawn = self.rng.random()
        if depth < 2 and drawn < 0.13:
            return Field(self.rng.choice(GROUPS), self.group(depth + 1))
        if drawn < 0.25:
            return self.several(depth)
        return self.scalar()

    def several(self, depth: int) -> Field:
        inner = self.scalar()
        schema: Data = {"type": "array", "items": inner.schema}
        name = inner.name + "s"
        if depth < 2 and self.chance(0.35):
            schema["items"], name = (
                self.group(depth + 1),
                self.rng.choice(("guests", "lines", "stops")),
            )
        if self.chance(0.4):
            schema["minItems"] = 1
        if self.chance(0.4):
            schema["maxItems"] = self.rng.choice((2, 3, 6))
        if self.chance(0.2):
            schema["uniqueItems"] = True
        return Field(name, schema)

    def group(self, depth: int, least: int = 1, most: int = 4) -> Data:
        fields = dict(self.field(depth) for _ in range(self.rng.randint(least, most)))
        required = [name for name in fields if self.chance(0.6)]
        schema: Data = {"type": "object", "properties": fields}
        if required:
            schema["required"] = required
        if self.chance(0.2):
            schema["additionalProperties"] = False
        return schema

    def parameters(self) -> Data:
        schema = self.group(0, 0, 6)
        names = list(schema["properties"])
        if len(names) > 1 and self.chance(0.3):
            self.condition(schema, *self.rng.sample(names, 2))
        if names and self.chance(0.15):
            name = self.rng.choice(names)
            schema["$defs"] = {"Shared": schema["properties"][name]}
            schema["properties"][name] = {"$ref": "#/$defs/Shared"}
        return schema

    def condition(self, schema: Data, guard: str, other: str) -> None:
        node = schema["properties"][guard]
        if "enum" in node or node.get("type") == "boolean":
            value = self.rng.choice(node.get("enum", (True, False)))
            schema["if"] = {"properties": {guard: {"const": value}}, "required": [guard]}
            schema["then"] = {"required": [other]}
        else:
            schema["dependentRequired"] = {guard: [other]}

    def results(self, noun: str) -> Data:
        if self.chance(0.08):
            return {}
        if self.chance(0.4):
            row = self.group(1, 2, 5)
            row["properties"][f"{noun}_id"] = {"type": "string"}
            row["required"] = sorted({*row.get("required", ()), f"{noun}_id"})
            rows: Data = {"type": "array", "items": row}
            if self.chance(0.06):
                return rows
            name = noun + "s" if self.chance(0.7) else "results"
            return {"type": "object", "properties": {name: rows}, "required": [name]}
        schema = self.group(0, 1, 6)
        schema["properties"].setdefault(f"{noun}_id", {"type": "string"})
        return schema

    def tool(self, taken: set[str]) -> Tool | None:
        verb, noun = self.rng.choice(VERBS), self.rng.choice(self.ids)
        name = self.rng.choice((f"{verb}_{noun}", f"{verb}{noun.title()}", f"{verb}_{noun}s", verb))
        if name in taken:
            return None
        taken.add(name)
        data: Data = {"name": name, "parameters": self.parameters(), "results": self.results(noun)}
        if self.chance(0.7):
            data["description"] = f"{verb.title()} a {noun}."
        if self.chance(0.5):
            data["errors"] = [{"code": self.rng.choice(CODES), "message": "That is not possible."}]
        if self.chance(0.3):
            kind = {"create": "create", "book": "create", "update": "update", "cancel": "update",
                    "delete": "delete"}.get(verb, "read")  # fmt: skip
            data["effect"] = {"kind": kind, "entity": noun}
        return build(Tool, data)

    def toolset(self) -> Toolset:
        taken: set[str] = set()
        drawn = [self.tool(taken) for _ in range(self.rng.randint(2, 6))]
        tools = tuple(tool for tool in drawn if tool is not None)
        return check_toolset(Toolset(version=1, name="drawn", tools=tools))


@pytest.fixture(scope="session")
def draw_tools() -> Callable[[random.Random], Toolset]:
    """Draws a toolset from a stream."""
    return lambda rng: ToolMaker(rng).toolset()
