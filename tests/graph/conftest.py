"""A composer of toolsets and plans: whatever the formats allow, put together from one seed."""

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from toolweave.checks.plan_check import check_plan
from toolweave.core.errors import SchemaError
from toolweave.core.plan import Plan
from toolweave.core.tool import Tool, Toolset
from toolweave.schema.conditional import requirements
from toolweave.schema.declared import leaves, schema_at
from toolweave.schema.records import build
from toolweave.schema.relations import relation
from toolweave.schema.sampling import sample
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
CODES = ("NOT_FOUND", "LIMIT_REACHED", "already_closed")
STANDARD = {"missing_parameter": "missing_parameter", "wrong_type": "invalid_type",
            "invalid_enum": "invalid_enum", "timeout": "timeout", "rate_limit": "rate_limited"}  # fmt: skip
INTENTS = (
    "", "look that up", "I want to sort this out.", "change the booking", "see what there is",
    "Get me the details, please", "find out what it costs and book it",
)  # fmt: skip


class Case(NamedTuple):
    """A plan and its tools."""

    plan: Plan
    toolset: Toolset

    @property
    def errors(self) -> list[str]:
        """Why the plan check forbids it."""
        found = check_plan(self.plan, self.toolset)
        return [finding.line() for finding in found if finding.severity == "error"]


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
            self.choice, self.number, self.number, self.whole, self.flag, self.patterned, self.union,
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
            return Field(self.rng.choice(("details", "address", "contact", "options", "preferences")),
                         self.group(depth + 1))  # fmt: skip
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


DESCRIPTIONS = (
    "The {name}.", "Optional {name}, e.g. 'blue'.", "What it is about; for example a short text.",
    "ISO code.", "Number of days.", "In US dollars.", "Free text",
)  # fmt: skip


class PlanMaker:
    """Draws a plan over a toolset, keeping to the plan check's rules."""

    def __init__(self, rng: random.Random, toolset: Toolset) -> None:
        self.rng, self.toolset = rng, toolset
        self.slots: list[tuple[str, Tool, str]] = []
        self.outputs: list[tuple[str, Tool, str]] = []
        self.done: list[tuple[str, Tool]] = []
        self.used: set[str] = set()
        self.new: dict[str, tuple[Tool, str]] = {}
        self.pointed: list[str] = []
        self.decisions: list[Data] = []
        self.picked: set[str] = set()
        self.spelt: dict[tuple[str, str], str] = {}
        self.earlier = 0
        self.number = 0

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def plan(self) -> Plan:
        segments = [self.task("task")]
        for _ in range(self.rng.choice((0, 0, 1, 1, 2, 3))):
            kind = self.rng.choice(("task", "task", "follow_up", "chat", "refusal", "correction"))
            made = self.correction() if kind == "correction" else (
                self.idle(kind) if kind in ("chat", "refusal") else self.task(kind))  # fmt: skip
            segments.append(made)
        unused = [tool.name for tool in self.toolset.tools if tool.name not in self.used]
        self.decide()
        data = {
            "version": 1, "id": "drawn", "goal": "Get this done.", "segments": segments,
            "distractors": unused[: self.rng.randint(0, 2)], "decisions": self.decisions,
            "persona": {"length": self.rng.choice(("", "terse", "chatty")),
                        "tone": self.rng.choice(("", "annoyed", "formal", "casual"))},
        }  # fmt: skip
        return build(Plan, data)

    def idle(self, kind: str) -> Data:
        subgoal = "book a table for two" if kind == "refusal" else ""
        intent = self.rng.choice(("", "thanks, that was quick")) if kind == "chat" else ""
        return {
            "kind": kind, "subgoal": subgoal,
            "steps": [{"act": "user_request", "intent": intent}, {"act": "assistant_response"}],
        }  # fmt: skip

    def task(self, kind: str) -> Data:
        self.new, self.pointed, self.earlier = {}, [], len(self.done)
        calling: list[Data] = []
        names: list[str] = []
        for _ in range(self.rng.choice((1, 1, 1, 2, 3))):
            steps, called = self.calling(self.rng.choice((1, 1, 1, 2)))
            calling += steps
            names += called
        said = list(self.new)
        self.rng.shuffle(said)
        asked = said[: self.rng.randint(0, min(2, len(said)))] if self.chance(0.6) else []
        told = [name for name in said if name not in asked]
        request: Data = {
            "act": "user_request", "intent": self.rng.choice(INTENTS),
            "provides": [self.provision(name) for name in told], "points_at": self.pointed,
        }  # fmt: skip
        steps = [request, *self.clarification(asked), *calling, self.response(names)]
        return {"kind": kind, "steps": steps}

    def clarification(self, asked: list[str]) -> list[Data]:
        if not asked:
            return []
        groups = [asked] if len(asked) == 1 or self.chance(0.7) else [asked[:1], asked[1:]]
        return [
            step
            for group in groups
            for step in (
                {"act": "assistant_clarification", "asks": group},
                {"act": "user_clarification_response",
                 "provides": [self.provision(name) for name in group]},
            )
        ]  # fmt: skip

    def provision(self, slot: str) -> Data:
        tool, path = self.new[slot]
        if self.chance(0.12):
            schema = schema_at(tool.parameters, path)
            try:
                value = sample(schema or {}, self.rng, root=tool.parameters)
            except SchemaError:
                return {"slot": slot}
            if value is not None:
                return {"slot": slot, "value": value, "fixed": True}
        return {"slot": slot}

    def response(self, names: list[str]) -> Data:
        made = [(call, tool) for call, tool in self.done if call in names]
        offered = [
            f"{call}.{leaf.path}"
            for call, tool in made
            for leaf in leaves(tool.results)
            if leaf.path
        ]
        reports = self.rng.sample(offered, min(len(offered), self.rng.choice((0, 1, 3))))
        return {"act": "assistant_response", "summarizes": names, "reports": reports}

    def calling(self, count: int) -> tuple[list[Data], list[str]]:
        """Steps of parallel calls, a failed attempt first where one is drawn."""
        calls: list[Data] = []
        before, known = list(self.outputs), len(self.outputs)
        steps: list[Data] = []
        ended: list[tuple[str, Tool]] = []
        for _ in range(count):
            tool = self.rng.choice(self.toolset.tools)
            self.number += 1
            call: Data = {"id": f"c{self.number}", "tool": tool.name}
            call["arguments"] = self.arguments(call["id"], tool, before)
            self.used.add(tool.name)
            if self.chance(0.08) and tool.errors:
                call["expect"] = {"outcome": "error", "code": tool.errors[0].code}
            else:
                ended.append((call["id"], tool))
                if self.chance(0.12):
                    steps.append(self.failed(call, tool))
                    call = {**call, "attempt": 2}
            calls.append(call)
        for name, tool in ended:
            self.done.append((name, tool))
            self.outputs += [
                (name, tool, leaf.path) for leaf in leaves(tool.results) if leaf.path
            ]  # fmt: skip
        assert known <= len(self.outputs)
        steps.append({"act": "tool_invocation", "calls": calls})
        return steps, [call["id"] for call in calls]

    def failed(self, call: Data, tool: Tool) -> Data:
        attempt: Data = {**call, "expect": {"outcome": "error", "code": "timeout"}}
        kinds = ["timeout", "rate_limit"]
        scalars = [path for path in call["arguments"] if path.isidentifier()]
        if scalars:
            kinds += ["missing_parameter", "wrong_type", "invalid_enum"]
        kind = self.rng.choice(kinds)
        fault: Data = {"kind": kind}
        if kind in ("missing_parameter", "wrong_type", "invalid_enum"):
            fault["path"] = self.rng.choice(scalars)
            if kind != "missing_parameter":
                schema = schema_at(tool.parameters, fault["path"])
                structured = isinstance(schema, dict) and "properties" in schema
                wrong: Any = "no such thing" if structured else {"not": ["this"]}
                fault["value"] = wrong if kind == "wrong_type" else "no such choice"
        attempt["expect"]["code"] = STANDARD[kind]
        if self.chance(0.7) or kind in ("missing_parameter", "wrong_type", "invalid_enum"):
            attempt["fault"] = fault
        return {"act": "tool_invocation", "calls": [attempt]}

    def arguments(self, call: str, tool: Tool, before: list[tuple[str, Tool, str]]) -> Data:
        paths = self.paths(tool.parameters, tool.parameters)
        bound = {path: self.binding(call, tool, path, before) for path in paths}
        for _ in range(6):
            known = {
                path: schema["default"] for path, binding in bound.items()
                if binding["source"] == "default"
                and isinstance(schema := schema_at(tool.parameters, path), dict)
            }  # fmt: skip
            needs = requirements(tool.parameters, known, tuple(bound))
            lacking = [path for path in (*needs.required, *needs.possible) if path not in bound]
            if not lacking or (self.chance(0.2) and not set(needs.required) - set(bound)):
                break
            for path in sorted(lacking):
                bound[path] = self.binding(call, tool, path, before)
        return bound

    def paths(self, schema: Any, root: Data, prefix: str = "") -> list[str]:
        """Arguments to bind: what is required, some of what is not; objects whole or in parts."""
        found: list[str] = []
        for name, inner in schema.get("properties", {}).items():
            if name not in schema.get("required", ()) and not self.chance(0.3):
                continue
            path = f"{prefix}{name}"
            if "$ref" in inner:
                inner = root["$defs"]["Shared"]
            if inner.get("properties") and self.chance(0.7):
                found += self.paths(inner, root, f"{path}.") or [path]
            else:
                found.append(path)
        return found

    def binding(
        self, call: str, tool: Tool, path: str, before: list[tuple[str, Tool, str]]
    ) -> Data:
        schema = schema_at(tool.parameters, path)
        node = schema if isinstance(schema, dict) else {}
        if before and self.chance(0.55):
            source = self.output(call, tool, path, schema, before)
            if source is not None:
                return source
        if "default" in node and self.chance(0.4):
            return {"source": "default"}
        keys = {"date": "today", "date-time": "now"}
        if node.get("format") in keys and self.chance(0.15):
            return {"source": "context", "key": keys[node["format"]]}
        if self.slots and self.chance(0.3):
            for slot, owner, other in self.rng.sample(self.slots, min(4, len(self.slots))):
                held = schema_at(owner.parameters, other)
                if held is not None and schema is not None and relation(
                    held, schema, owner.parameters, tool.parameters
                ) == "fits":  # fmt: skip
                    return {"source": "user", "slot": slot}
        slot = f"{call}.{path}"
        self.slots.append((slot, tool, path))
        self.new[slot] = (tool, path)
        return {"source": "user", "slot": slot}

    def output(
        self, call: str, tool: Tool, path: str, schema: Any, before: list[tuple[str, Tool, str]]
    ) -> Data | None:
        for source, owner, place in self.rng.sample(before, min(8, len(before))):
            held = schema_at(owner.results, place)
            if held is None or schema is None:
                continue
            kind = self.selector(owner, place)
            if kind.get("kind") == "all":
                held = {"type": "array", "items": held}
            if relation(held, schema, owner.results, tool.parameters) == "disjoint":
                continue
            spelt = self.spelt.setdefault((source, place), _spelt(held))
            if spelt and _spelt(schema) and spelt != _spelt(schema):
                continue
            self.spelt[source, place] = spelt or _spelt(schema)
            self.picked.add(source)
            made: Data = {"source": "tool_output", "call": source, "path": place}
            if kind:
                made["select"] = kind
                earlier = [name for name, _ in self.done[: self.earlier]]
                if kind["kind"] != "all" and source in earlier and self.chance(0.6):
                    self.pointed.append(f"{call}.{path}")
            return made
        return None

    def selector(self, tool: Tool, path: str) -> Data:
        if "[]" not in path:
            return {}
        kinds = ("first", "first", "last", "index", "only", "all", "min", "max", "match")
        kind = self.rng.choice(kinds)
        if kind == "index":
            return {"kind": kind, "index": self.rng.randint(0, 2)}
        if kind not in ("min", "max", "match"):
            return {"kind": kind}
        head = path[: path.rindex("[]") + 2]
        beside = [
            leaf for leaf in leaves(tool.results)
            if leaf.path.startswith(f"{head}.") and "[]" not in leaf.path[len(head) :]
        ]  # fmt: skip
        for leaf in self.rng.sample(beside, len(beside)):
            node = leaf.schema if isinstance(leaf.schema, dict) else {}
            by = leaf.path[len(head) + 1 :]
            if kind == "match" and node.get("enum"):
                return {"kind": kind, "by": by, "value": self.rng.choice(node["enum"])}
            if kind != "match" and node.get("type") in ("number", "integer"):
                return {"kind": kind, "by": by}
        return {"kind": "first"}

    def correction(self) -> Data:
        """A value is taken back, and a call made again with the new one."""
        if not self.slots:
            return self.idle("chat")
        slot, tool, path = self.rng.choice(self.slots)
        if _single(schema_at(tool.parameters, path)):
            return self.idle("chat")
        self.number += 1
        self.new, self.pointed, self.earlier = {}, [], len(self.done)
        call = f"c{self.number}"
        name = slot if self.chance(0.4) else f"{call}.{path}"
        arguments = self.arguments(call, tool, list(self.outputs))
        inner = [p for p in arguments if p.startswith((f"{path}.", f"{path}["))]
        arguments = {p: b for p, b in arguments.items() if p not in inner}
        self.new.pop(f"{call}.{path}", None)
        arguments[path] = {"source": "user", "slot": name}
        stated = {b["slot"] for b in arguments.values() if b["source"] == "user"}
        provides = [self.provision(new) for new in self.new if new in stated]
        self.slots = [held for held in self.slots if held[0] in stated or held[0] not in self.new]
        provides.append({"slot": name, "replaces": slot})
        self.done.append((call, tool))
        return {
            "kind": "correction",
            "steps": [
                {"act": "user_request", "provides": provides},
                {"act": "tool_invocation",
                 "calls": [{"id": call, "tool": tool.name, "arguments": arguments}]},
                self.response([call]),
            ],
        }  # fmt: skip

    def decide(self) -> None:
        """What some outputs turn out to be."""
        for call, tool in self.done:
            if not self.chance(0.2):
                continue
            offered = [leaf for leaf in leaves(tool.results) if leaf.path]
            for leaf in self.rng.sample(offered, min(1, len(offered))):
                node = leaf.schema if isinstance(leaf.schema, dict) else {}
                made: Data = {"call": call, "path": leaf.path}
                if "[]" in leaf.path:
                    made["path"] = leaf.path[: leaf.path.index("[]")]
                    empty = call not in self.picked and self.chance(0.4)
                    made["operator"] = "empty" if empty else "not_empty"
                elif node.get("enum"):
                    made["value"] = self.rng.choice(node["enum"])
                    made["operator"] = self.rng.choice(("==", "==", "!="))
                elif node.get("type") == "boolean":
                    made["value"] = self.chance(0.5)
                elif node.get("type") in ("number", "integer"):
                    made["operator"] = self.rng.choice((">", ">=", "<", "<="))
                    made["value"] = node.get("minimum", 0) + 1
                else:
                    continue
                if made["path"]:
                    self.decisions.append(made)


def _single(schema: Any) -> bool:
    """Whether there is but one such value, which no one can correct."""
    node = schema if isinstance(schema, dict) else {}
    return "const" in node or ("minimum" in node and node["minimum"] == node.get("maximum"))


def _spelt(schema: Any) -> str:
    """The pattern or format of a text: whether two of them have a text in common is not known."""
    node = schema if isinstance(schema, dict) else {}
    inner = node.get("items") or next(iter(node.get("anyOf", ())), None)
    return _spelt(inner) if inner else str(node.get("pattern") or node.get("format") or "")


def compose(seed: int) -> Case:
    """The toolset and plan of one seed."""
    rng = random.Random(seed)
    toolset = ToolMaker(rng).toolset()
    return Case(PlanMaker(rng, toolset).plan(), toolset)


@pytest.fixture(scope="session")
def composed() -> Callable[[int], Case]:
    """Toolset and plan by seed."""
    return compose
