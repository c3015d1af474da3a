"""What is drawn: the machine as it was compiled, and plans with the origin of every argument."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeAlias

from toolweave.core.binding import Binding, ToolOutputBinding, UserBinding
from toolweave.core.dialogue import Dialogue
from toolweave.core.graph import ToolGraph
from toolweave.core.plan import (
    AssistantClarification,
    AssistantResponse,
    PlacedStep,
    Plan,
    PlannedCall,
    ToolInvocation,
)
from toolweave.core.tool import Tool, Toolset
from toolweave.drawing.draw import Format, render
from toolweave.drawing.model import SEQUENCE, Arrow, Diagram, Group, Node
from toolweave.graph.machine import Machine, compiled
from toolweave.graph.origins import origin
from toolweave.graph.routing import NODE_FOR_ACT
from toolweave.planners.reading import LoadedPlan, load_plan
from toolweave.toolgraph.picture.diagram import tools_diagram

ROUTER: Final = "router"
START: Final = "__start__"
END: Final = "__end__"
_DOES: Final[Mapping[str, str]] = {
    "user": "requests and answers; a person can take its place",
    "clarification": "asks for exactly what is missing",
    "tool": "resolves every argument, simulates the result",
    "summary": "reports what the tools returned",
    "memory": "records facts with where they come from",
}
_LEGEND: Final = (
    ("user", "the user"),
    ("clarification", "the assistant asks"),
    ("tool", "tools are called"),
    ("summary", "the assistant answers"),
)


Drawable: TypeAlias = Plan | LoadedPlan | Dialogue | ToolGraph | Toolset | Path | str


def draw(what: Drawable = "agents", *, format: Format = "ascii") -> str | bytes:
    """A drawing of the agents' state machine, of where a plan's arguments come from, or of tools.

    Args:
        what: ``agents``; a plan, a dialogue (for its plan), a plan's file, or the name of a
            shipped plan; a tool graph, or a toolset, which has no arrows yet.
        format: ``ascii``, ``mermaid``, ``svg`` or ``html`` (text), or ``png`` (bytes).

    Example:
        >>> import toolweave
        >>> "flowchart" in toolweave.draw("agents", format="mermaid")
        True

    Raises:
        InputError: the plan cannot be read, or a link names a tool that is not there.
        DrawingError: the format is unknown.
    """
    return render(diagram(what), format)


def diagram(what: Drawable) -> Diagram:
    """What ``draw`` draws."""
    if isinstance(what, ToolGraph):
        return tools_diagram(what)
    if isinstance(what, Toolset):
        return tools_diagram(ToolGraph(version=1, toolset=what))
    if what == "agents":
        return agents_diagram()
    if isinstance(what, Dialogue):
        return plan_diagram(what.plan, [shown.tool for shown in what.tools])
    if isinstance(what, Plan):
        return plan_diagram(what)
    if isinstance(what, LoadedPlan):
        return plan_diagram(what.plan, what.toolset.tools)
    loaded = load_plan(what)
    return plan_diagram(loaded.plan, loaded.toolset.tools)


def agents_diagram(machine: Machine | None = None) -> Diagram:
    """The compiled machine: its nodes, its edges, and the router behind its conditional edges."""
    built = machine or compiled(waiting=False)
    names = [name for name in built.get_graph().nodes if name not in (START, END)]
    branches = built.builder.branches
    nodes = [
        Node(START, "start", "start"),
        Node(ROUTER, "router", "", ("the act of the next step",)),
    ]
    nodes += [Node(name, name, name, (_DOES[name],) if name in _DOES else ()) for name in names]
    nodes.append(Node(END, "end", "end"))
    arrows = [Arrow(source, ROUTER) for source in branches]
    arrows += [Arrow(ROUTER, target, _acts(target), dashed=True) for target in _targets(built)]
    edges = sorted(built.builder.edges, key=lambda edge: names.index(edge[0]))
    arrows += [Arrow(source, target) for source, target in edges]
    return Diagram("ToolWeave's agents", tuple(nodes), tuple(arrows))


def _targets(machine: Machine) -> list[str]:
    """Every node that some conditional edge leads to, once, in the machine's own order."""
    ends: dict[str, None] = {}
    for branches in machine.builder.branches.values():
        for branch in branches.values():
            ends.update(dict.fromkeys((branch.ends or {}).values()))
    return list(ends)


def _acts(node: str) -> str:
    """The acts that lead to a node, without the words that all of them share."""
    if node == END:
        return "no step left"
    acts = [act for act, name in NODE_FOR_ACT.items() if name == node]
    return " / ".join(act.replace("_", " ") for act in acts)


def plan_diagram(plan: Plan, tools: Toolset | list[Tool] | tuple[Tool, ...] = ()) -> Diagram:
    """A plan's steps in order, its segments as groups, and an arrow from every argument's source.

    Works on plans that fail their check too: what a binding names and nothing provides is said
    in words and has no arrow.
    """
    known = {tool.name: tool for tool in (tools.tools if isinstance(tools, Toolset) else tools)}
    steps = list(plan.steps())
    groups = tuple(
        Group(f"g{index}", segment.subgoal or f"{segment.kind} {index + 1}")
        for index, segment in enumerate(plan.segments)
    )
    nodes = tuple(_node(placed, plan, known) for placed in steps)
    order = [
        Arrow(_id(first.number), _id(second.number), kind=SEQUENCE)
        for first, second in pairwise(steps)
    ]
    sources = [arrow for placed in steps for arrow in _sources(placed, steps)]
    kinds = {node.kind for node in nodes}
    return Diagram(
        title=f"{plan.id}: {plan.goal}",
        nodes=nodes,
        arrows=(*order, *sources),
        groups=groups,
        legend=tuple(entry for entry in _LEGEND if entry[0] in kinds),
        form="steps",
    )


def _id(number: int) -> str:
    return f"s{number}"


def _node(placed: PlacedStep, plan: Plan, tools: Mapping[str, Tool]) -> Node:
    step = placed.step
    label, detail = _told(placed)
    if isinstance(step, ToolInvocation):
        label = " and ".join(call.tool for call in step.calls)
        detail = [line for call in step.calls for line in _call_lines(call, step, plan, tools)]
    return Node(
        _id(placed.number), f"{placed.number}. {label}", NODE_FOR_ACT[step.act],
        tuple(detail), f"g{placed.segment}",
    )  # fmt: skip


def _told(placed: PlacedStep) -> tuple[str, list[str]]:
    """Headline and lines of a step in which somebody speaks."""
    step = placed.step
    if isinstance(step, AssistantClarification):
        return "assistant asks", ["asks for " + ", ".join(step.asks)]
    if isinstance(step, AssistantResponse) and step.lacks:
        return "assistant declines", ["lacks " + ", ".join(step.lacks)]
    if isinstance(step, AssistantResponse):
        about = [*step.reports, *(() if step.reports else step.summarizes)]
        return "assistant answers", ["reports " + ", ".join(about)] if about else []
    if isinstance(step, ToolInvocation):
        return "", []
    detail = [f"says {', '.join(p.slot for p in step.provides)}"] if step.provides else []
    detail += [f"points at {', '.join(step.points_at)}"] if step.points_at else []
    if step.act == "user_clarification_response":
        return "user answers", detail
    if step.supplies:
        return "user brings a tool", ["brings " + ", ".join(step.supplies)]
    return (f"user: {step.intent}" if step.intent else "user asks"), detail


def _call_lines(
    call: PlannedCall, step: ToolInvocation, plan: Plan, tools: Mapping[str, Tool]
) -> Iterator[str]:
    if call.attempt > 1:
        yield f"attempt {call.attempt} of {call.id}"
    if call.fault is not None:
        where = f" at {call.fault.path}" if call.fault.path else ""
        yield f"deliberate mistake: {call.fault.kind.replace('_', ' ')}{where}"
    if call.expect.outcome == "error":
        yield f"ends in the error {call.expect.code or 'of its fault'}"
    for path, binding in call.arguments.items():
        yield f"{_argument(call, path, step)} ← {origin(binding, plan, tools.get(call.tool), path)}"


def _argument(call: PlannedCall, path: str, step: ToolInvocation) -> str:
    return path if len(step.calls) == 1 else f"{call.id}.{path}"


def _sources(placed: PlacedStep, steps: list[PlacedStep]) -> Iterator[Arrow]:
    if not isinstance(placed.step, ToolInvocation):
        return
    for call in placed.step.calls:
        for path, binding in call.arguments.items():
            source = _source(binding, placed.number, steps)
            if source is not None:
                label = _argument(call, path, placed.step)
                yield Arrow(_id(source), _id(placed.number), label, kind=binding.source)


def _source(binding: Binding, before: int, steps: list[PlacedStep]) -> int | None:
    """The last step before this one that gives the value, the successful attempt first."""
    if isinstance(binding, UserBinding):
        telling = [
            placed.number
            for placed in steps[: before - 1]
            if any(p.slot == binding.slot for p in getattr(placed.step, "provides", ()))
        ]
        return telling[-1] if telling else None
    if not isinstance(binding, ToolOutputBinding):
        return None
    made = [
        (call.succeeds, placed.number)
        for placed in steps[: before - 1]
        if isinstance(placed.step, ToolInvocation)
        for call in placed.step.calls
        if call.id == binding.call
    ]
    return max(made)[1] if made else None
