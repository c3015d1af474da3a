"""Diagrams of every shape the drawing tests look at."""

import random
from collections.abc import Callable

import pytest

from toolweave.drawing.model import SEQUENCE, Arrow, Diagram, Group, Node, Section

EVIL = (
    "<script>alert('x')</script>\"&amp;\n\x1b[31mred\x1b[0m \u202eevil\u202c \U0001f600 "
    "]]> --> {{7*7}} %%{init}%% `x` #quot; |a| \x00\uffff \x1b]0;title\x07"
)
ACTS = {
    "user": "user request, user response",
    "clarification": "clarification question",
    "tool": "tool call",
    "summary": "tool summary, final answer",
}


def agents() -> Diagram:
    nodes = [Node("start", "start", "start")]
    arrows = []
    for name, act in ACTS.items():
        nodes.append(Node(name, name, name, (f"says what a {name} would",)))
        arrows.append(Arrow("start", name, act, dashed=True))
        arrows.append(Arrow(name, "memory"))
        arrows.append(Arrow("memory", name, act, dashed=True))
    nodes += [Node("memory", "memory", "memory"), Node("end", "end", "end")]
    arrows.append(Arrow("memory", "end", "plan finished", dashed=True))
    return Diagram("The agents", tuple(nodes), tuple(arrows), legend=(("tool", "calls tools"),))


def plan(steps: int = 15, origins: int = 30) -> Diagram:
    random_ = random.Random(5)
    kinds = ("user", "tool", "tool", "summary", "clarification")
    names = ("ticket_id", "requester_id", "priority", "support_ticket_identifier", "body")
    nodes = [
        Node(
            f"s{i}",
            f"{i + 1}. {kinds[i % 5]}",
            kinds[i % 5],
            (f"subgoal number {i}",) + (("ticket_id ← c1.ticket_id",) if i % 5 == 1 else ()),
            f"g{i // 5}",
        )
        for i in range(steps)
    ]
    arrows = [Arrow(f"s{i}", f"s{i + 1}", kind=SEQUENCE) for i in range(steps - 1)]
    for _ in range(origins):
        target = random_.randrange(1, steps)
        source = random_.randrange(max(0, target - 9), target)
        arrows.append(Arrow(f"s{source}", f"s{target}", random_.choice(names), kind="tool"))
    arrows.append(Arrow("s1", "s4", "else", dashed=True, kind=SEQUENCE))
    groups = tuple(Group(f"g{i}", f"Segment {i + 1}") for i in range((steps + 4) // 5))
    legend = (("tool", "returned by a tool"), (SEQUENCE, "order"))
    return Diagram("A plan", tuple(nodes), tuple(arrows), groups, legend, form="steps")


def tools() -> Diagram:
    random_ = random.Random(2)
    nodes = tuple(Node(f"t{i}", f"create_ticket_{i}", f"domain{i % 6}") for i in range(30))
    arrows = []
    for _ in range(45):
        source = random_.randrange(29)
        target = random_.randrange(source + 1, min(30, source + 7))
        label = random_.choice(("ticket_id", "customer_id → requester_id", "email"))
        arrows.append(Arrow(f"t{source}", f"t{target}", label))
    return Diagram("Tools", nodes, tuple(arrows), direction="right")


def hostile() -> Diagram:
    long = "x" * 10_000
    nodes = (
        Node(EVIL, EVIL, EVIL, (EVIL, long, "a " * 5_000), EVIL),
        Node("end", long, "tool", tuple(EVIL for _ in range(200))),
        Node('"><svg onload=1>', "日本語のラベル \U0001f600", "user"),
        Node("blank", "\x00\u200b", ""),
    )
    arrows = (
        Arrow(EVIL, "end", EVIL),
        Arrow("end", EVIL, long, dashed=True, kind=EVIL),
        Arrow("end", "end", EVIL),
    )
    return Diagram(EVIL, nodes, arrows, (Group(EVIL, EVIL),), ((EVIL, EVIL), ("user", long)))


def values() -> Diagram:
    """Two sources and two targets that share one value, one of them in both roles."""
    sections = (
        Section("", (("Lists all cases.",),)),
        Section("Parameters", (("status", "string"), (EVIL, "y" * 9_000)), ("parameter", "type")),
    )
    nodes = (
        Node("list", "list_cases", "read", sections=sections),
        Node("get", "get_case", "read"),
        Node("close", "close_case", "update"),
        Node("v", "case_id", "value", joint=True),
        Node("open", "open_case", "create"),
    )
    arrows = (
        Arrow("list", "v", "cases[].id", faint=True, note="cases[].id"),
        Arrow("open", "v", note="case_id"),
        Arrow("v", "get", note="case_id"),
        Arrow("v", "close", "number", note="number"),
    )
    relations = (
        Arrow("open", "get", "case_id → case_id"),
        Arrow("open", "close", "case_id → number"),
        Arrow("list", "get", "cases[].id → case_id", faint=True),
        Arrow("list", "close", "cases[].id → number", faint=True),
    )
    legend = (("read", "reads"), ("value", "a value"))
    return Diagram("Values", nodes, arrows, legend=legend, relations=relations)


def cyclic() -> Diagram:
    nodes = tuple(Node(name, name) for name in "abcd")
    pairs = ("ab", "bc", "ca", "cc", "ab", "ba", "cb")
    arrows = tuple(Arrow(pair[0], pair[1], pair) for pair in pairs)
    return Diagram("Cycle, loop, twins and a loner", nodes, arrows)


def crowd() -> Diagram:
    random_ = random.Random(3)
    nodes = tuple(Node(f"n{i}", f"node {i}", group=f"g{i % 3}") for i in range(60))
    arrows = tuple(
        Arrow(f"n{random_.randrange(60)}", f"n{random_.randrange(60)}", f"label {i}")
        for i in range(120)
    )
    return Diagram("Crowd", nodes, arrows, tuple(Group(f"g{i}", f"group {i}") for i in range(3)))


SAMPLES: dict[str, Callable[[], Diagram]] = {
    "agents": agents,
    "plan": plan,
    "long plan": lambda: plan(40, 80),
    "tools": tools,
    "hostile": hostile,
    "hostile steps": lambda: _as_steps(hostile()),
    "values": values,
    "empty": lambda: Diagram("", ()),
    "empty steps": lambda: Diagram("Nothing", (), form="steps"),
    "one": lambda: Diagram("One", (Node("a", "alone"),)),
    "one loop": lambda: Diagram("Loop", (Node("a", "a"),), (Arrow("a", "a", "again"),)),
    "cyclic": cyclic,
    "cyclic steps": lambda: _as_steps(cyclic()),
    "crowd": crowd,
}


def _as_steps(diagram: Diagram) -> Diagram:
    return Diagram(
        diagram.title,
        diagram.nodes,
        diagram.arrows,
        diagram.groups,
        diagram.legend,
        form="steps",
    )


@pytest.fixture(params=SAMPLES)
def any_diagram(request: pytest.FixtureRequest) -> Diagram:
    return SAMPLES[str(request.param)]()


@pytest.fixture(params=["hostile", "hostile steps"])
def hostile_diagram(request: pytest.FixtureRequest) -> Diagram:
    return SAMPLES[str(request.param)]()


@pytest.fixture
def sample() -> Callable[[str], Diagram]:
    return lambda name: SAMPLES[name]()
