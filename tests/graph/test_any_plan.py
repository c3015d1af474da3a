"""Whatever plan passes its check becomes a dialogue that passes its proof, for any tools."""

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

import toolweave
from toolweave.checks.plan_check import check_plan
from toolweave.core.errors import SchemaError, ToolweaveError
from toolweave.core.plan import Plan, ToolInvocation
from toolweave.core.tool import Tool, Toolset
from toolweave.schema.conditional import requirements
from toolweave.schema.declared import leaves, schema_at
from toolweave.schema.records import build
from toolweave.schema.relations import relation
from toolweave.schema.sampling import sample

# Of the plans that pass their check, how many may still turn out to admit nothing sayable.
UNSAYABLE = 0.01


Data = dict[str, Any]
Draw = Callable[[random.Random], Toolset]
Compose = Callable[[int], "Case"]


FAILING = {"wrong_type": "invalid_type", "rate_limit": "rate_limited"}
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
        return [f.line() for f in check_plan(self.plan, self.toolset) if f.severity == "error"]


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
        self.decide()
        unused = [tool.name for tool in self.toolset.tools if tool.name not in self.used]
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
        if not self.chance(0.12):
            return {"slot": slot}
        try:
            value = sample(schema_at(tool.parameters, path) or {}, self.rng, root=tool.parameters)
        except SchemaError:
            value = None
        return {"slot": slot} | ({} if value is None else {"value": value, "fixed": True})

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
        before = list(self.outputs)
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
        self.done += ended
        for name, tool in ended:
            self.outputs += [(name, tool, leaf.path) for leaf in leaves(tool.results) if leaf.path]
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
        attempt["expect"]["code"] = FAILING.get(kind, kind)
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
        inner = (f"{path}.", f"{path}[")
        arguments = {p: b for p, b in arguments.items() if not p.startswith(inner)}
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
    return _spelt(inner) if inner else str(node.get("pattern", node.get("format", "")))


@pytest.fixture(scope="session")
def composed(draw_tools: Draw) -> Compose:
    """Toolset and plan by seed."""

    def compose(seed: int) -> Case:
        rng = random.Random(seed)
        toolset = draw_tools(rng)
        return Case(PlanMaker(rng, toolset).plan(), toolset)

    return compose


@settings(max_examples=150, deadline=None, derandomize=True)
@given(number=st.integers(0, 10**9), seed=st.integers(0, 2**31 - 1))
def test_a_plan_that_passes_its_check_gives_a_dialogue_that_passes_its_proof(
    composed: Compose, number: int, seed: int
) -> None:
    case = composed(number)
    assume(not case.errors)
    try:
        made = toolweave.simulate(case.plan, case.toolset, seed=seed)
    except ToolweaveError as error:
        event(f"unsayable: {type(error).__name__}")
        return
    assert (made.checks.findings, made.checks.proof) == ((), "passed")


@pytest.mark.parametrize("part", range(4))
def test_hardly_any_plan_that_passes_its_check_is_unsayable(composed: Compose, part: int) -> None:
    numbers = range(part * 60, part * 60 + 60)
    plans = [case for number in numbers if not (case := composed(number)).errors]
    failed = []
    for seed, case in enumerate(plans):
        try:
            checks = toolweave.simulate(case.plan, case.toolset, seed=seed).checks
            assert checks.proof == "passed", checks.findings
        except ToolweaveError as error:
            failed.append(str(error))
    assert len(plans) > 45 and len(failed) <= UNSAYABLE * len(numbers) + 1, failed


def test_the_drawn_plans_cover_what_plans_may_hold(composed: Compose) -> None:
    """The property says little where the composer never draws a thing."""
    seen: set[str] = set()
    for number in range(120):
        case = composed(number)
        if case.errors:
            continue
        dumped = case.plan.dump()
        seen |= {segment.get("kind", "task") for segment in dumped["segments"]}
        seen |= {name for name in ("decisions", "distractors") if dumped.get(name)}
        for placed in case.plan.steps():
            seen.add(placed.step.act)
            seen |= {"points_at"} if getattr(placed.step, "points_at", ()) else set()
            seen |= {"replaces" for p in getattr(placed.step, "provides", ()) if p.replaces}
            seen |= {"fixed" for p in getattr(placed.step, "provides", ()) if p.fixed}
            seen |= _called(placed.step) if isinstance(placed.step, ToolInvocation) else set()
    assert seen >= {
        *("task", "follow_up", "chat", "refusal", "correction", "decisions", "distractors"),
        *("user_request", "assistant_clarification", "user_clarification_response"),
        *("tool_invocation", "assistant_response", "points_at", "replaces", "fixed", "parallel"),
        *("user", "tool_output", "default", "context", "retry", "error", "fault"),
        *("select first", "select last", "select index", "select only", "select all"),
        *("select min", "select max", "select match"),
    }


def _called(step: ToolInvocation) -> set[str]:
    seen = {"parallel"} if len(step.calls) > 1 else set()
    for call in step.calls:
        seen |= {"retry"} if call.attempt > 1 else set()
        seen |= {"fault"} if call.fault else set()
        seen.add(call.expect.outcome)
        for binding in call.arguments.values():
            seen.add(binding.source)
            select: Any = getattr(binding, "select", None)
            seen |= {f"select {select.kind}"} if select else set()
    return seen
