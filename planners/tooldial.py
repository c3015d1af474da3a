"""ToolDial's planner: pairs of tools and fixed sequences of actions, at most two calls.

A sequence is data: actions of user and system by turns. ``inform_clear`` states what it can,
``inform_vague`` only what is wanted; ``clarify`` and ``request`` ask for values, which ``affirm``
and ``inform`` give and ``fail_inform`` keeps back; ``suggest`` answers like ``response`` and is
taken up by ``affirm`` with the pair's second tool, ``negate`` takes a value back after the answer;
``fail`` declines what no tool can do; ``bye`` is said by both.
"""

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, Literal

from toolweave.core.plan import (
    AssistantClarification,
    Plan,
    Provision,
    Segment,
    Step,
    UserClarificationResponse,
    UserRequest,
)
from toolweave.core.workflow import Workflow
from toolweave.planners.arguments import ArgumentPlanner
from toolweave.planners.building import Draft
from toolweave.planners.company import distractors
from toolweave.planners.patterns import correction, goodbye
from toolweave.planners.planned_call import PlannedArguments, Unplannable
from toolweave.planners.planning import Commission, Refusal, numbered, quiet
from toolweave.planners.wording import as_goal, together

Action = Literal[
    "inform_clear", "inform_vague", "inform", "fail_inform", "affirm", "negate",
    "request", "clarify", "call", "response", "suggest", "fail", "bye",
]  # fmt: skip
Actions = tuple[Action, ...]

SEQUENCES: Final[tuple[Actions, ...]] = (
    # No call.
    ("inform_clear", "fail", "bye", "bye"),
    # One call.
    ("inform_clear", "call", "response", "bye", "bye"),
    ("inform_clear", "request", "inform", "call", "response", "bye", "bye"),
    (
        "inform_clear", "request", "fail_inform", "request", "inform", "call", "response",
        "bye", "bye",
    ),
    ("inform_vague", "request", "inform", "call", "response", "bye", "bye"),
    ("inform_vague", "clarify", "affirm", "call", "response", "bye", "bye"),
    ("inform_vague", "clarify", "affirm", "request", "inform", "call", "response", "bye", "bye"),
    (
        "inform_vague", "clarify", "affirm", "request", "fail_inform", "request", "inform",
        "call", "response", "bye", "bye",
    ),
    ("inform_clear", "fail", "inform_clear", "call", "response", "bye", "bye"),
    ("inform_clear", "fail", "inform_vague", "request", "inform", "call", "response", "bye", "bye"),
    # Two calls of one tool.
    ("inform_clear", "call", "response", "negate", "call", "response", "bye", "bye"),
    (
        "inform_clear", "request", "inform", "call", "response", "negate", "call", "response",
        "bye", "bye",
    ),
    # Two calls of a pair.
    ("inform_clear", "call", "response", "inform_clear", "call", "response", "bye", "bye"),
    ("inform_clear", "call", "suggest", "affirm", "call", "response", "bye", "bye"),
    (
        "inform_clear", "request", "inform", "call", "response", "inform_clear", "call", "response",
        "bye", "bye",
    ),
    (
        "inform_clear", "request", "inform", "call", "suggest", "affirm", "call", "response",
        "bye", "bye",
    ),
    (
        "inform_clear", "request", "fail_inform", "request", "inform", "call", "suggest",
        "affirm", "call", "response", "bye", "bye",
    ),
    (
        "inform_clear", "call", "response", "inform_clear", "request", "inform", "call", "response",
        "bye", "bye",
    ),
    (
        "inform_vague", "clarify", "affirm", "call", "suggest", "affirm", "call", "response",
        "bye", "bye",
    ),
    (
        "inform_vague", "clarify", "affirm", "request", "inform", "call", "suggest", "affirm",
        "call", "response", "bye", "bye",
    ),
    (
        "inform_vague", "request", "inform", "call", "suggest", "affirm", "request", "inform",
        "call", "response", "bye", "bye",
    ),
)  # fmt: skip
"""The fixed sequences of actions."""
_ENDS: Final = ("response", "suggest", "fail")
_ASKING: Final = ("request", "clarify")
_PAIRS_TRIED: Final = 12


class Tooldial:
    """Plans as ToolDial makes them.

    Args:
        commission: what to plan with.
    """

    name: Final = "tooldial"
    not_run: tuple[str, ...] = ()

    def __init__(self, commission: Commission) -> None:
        self.commission = commission
        self.desk = quiet(commission.desk)
        self.label = commission.labelled(self.name)

    def plans(self, count: int) -> Iterator[Plan | Refusal]:
        """Up to ``count`` plans that pass the plan check, and refusals in between."""
        return numbered(self.commission, self.name, count, self._make)

    def _make(self, plan_id: str, stream: random.Random) -> Plan:
        actions = stream.choice(SEQUENCES)
        planner = ArgumentPlanner(self.desk.flow, (), self.desk.knobs, stream)
        draft = Draft(self.desk, stream, planner)
        parts = _parts(actions)
        tools = self._tools(sum(_takes_tool(part) for part in parts), stream)
        shown = distractors(self.desk.flow, self.desk.knobs.most_distractors, tools, "", stream)
        made: list[PlannedArguments] = []
        for part in parts:
            if part[0] == "bye":
                draft.segments.append(goodbye())
            elif "fail" in part:
                self._decline(draft, [*tools, *shown])
            elif part[0] == "negate":
                self._correct(draft, made[-1])
            else:
                tool = tools[len(made)]
                made += draft.add(Workflow(motif="linear", tools=(tool,)), ((tool,),))
                draft.segments[-1] = self._questioned(draft, part)
        wanted = [one.subgoal for one in draft.segments if one.kind != "chat"]
        draft.settle()
        return draft.plan(
            plan_id,
            domain=self.commission.domain,
            goal=as_goal(together(wanted)),
            motif="linear",
            tools=self.commission.tools,
            shown=shown,
        )

    def _tools(self, count: int, stream: random.Random) -> tuple[str, ...]:
        """No tool, one that a dialogue may begin with, or one and another that it feeds."""
        flow = self.desk.flow
        starts = [name for name in flow.tools if flow.startable(name)]
        if not starts:
            raise Unplannable("no tool can be called with what a person could say")
        if count < 2:
            return (stream.choice(starts),)[:count]
        for _ in range(_PAIRS_TRIED):
            first = stream.choice(starts)
            fed = [
                name
                for name in flow.successors(first)
                if name != first and not flow.lacks(name, (first,))
            ]
            if fed:
                return first, stream.choice(fed)
        raise Unplannable("no tool feeds another")

    def _decline(self, draft: Draft, known: Sequence[str]) -> None:
        """Append a request that no shown tool can serve."""
        hidden = [name for name in self.desk.flow.tools if name not in known]
        if not draft.refuse(hidden):
            raise Unplannable("every tool that could be declined is shown")

    def _correct(self, draft: Draft, made: PlannedArguments) -> None:
        """Append a correction of the call just made."""
        place = len(draft.segments)
        fresh = correction(draft.planner, [made], draft.next_id(), place, draft.stream)
        if fresh is None:
            raise Unplannable(f"nobody would take back what was said for {made.tool!r}")
        draft.append(*fresh)

    def _questioned(self, draft: Draft, part: Actions) -> Segment:
        """The last segment with the questions of its actions, each with its answer.

        Raises:
            Unplannable: there are fewer values to ask for than questions.
        """
        segment = draft.segments[-1]
        request = segment.steps[0]
        assert isinstance(request, UserRequest)
        rounds = sum(action in ("inform", "affirm") for action in part[1:])
        asked = [one for one in request.provides if self._asked(one, segment)]
        if rounds > len(asked):
            raise Unplannable(f"there are {len(asked)} values to ask for, not {rounds}")
        if not rounds:
            return segment
        later = asked if part[0] == "inform_vague" else asked[-rounds:]
        now = tuple(one for one in request.provides if one not in later)
        steps: list[Step] = [request.model_copy(update={"provides": now})]
        steps += _exchanges(part, _dealt(later, rounds))
        return segment.model_copy(update={"steps": (*steps, *segment.steps[1:])})

    def _asked(self, provision: Provision, segment: Segment) -> bool:
        """Whether an assistant would ask for it: what a call demands, and nothing decided."""
        call, _, path = provision.slot.partition(".")
        if provision.fixed:
            return False
        return any(
            one.required and one.path == path
            for made in segment.steps
            if made.act == "tool_invocation"
            for planned in made.calls
            if planned.id == call
            for one in self.desk.flow.inputs[planned.tool]
        )


def _parts(actions: Actions) -> list[Actions]:
    """The actions by segment: each ends with the system's answer, and the last is the goodbye."""
    parts: list[Actions] = []
    start = 0
    for place, action in enumerate(actions, 1):
        if action in _ENDS or place == len(actions):
            parts.append(actions[start:place])
            start = place
    return parts


def _takes_tool(part: Actions) -> bool:
    """Whether the segment calls a tool of its own."""
    return "call" in part and part[0] != "negate"


def _dealt(later: Sequence[Provision], rounds: int) -> list[tuple[Provision, ...]]:
    """The values by question: one each, and all that are left in the last."""
    single = [(one,) for one in later[: rounds - 1]]
    return [*single, tuple(later[rounds - 1 :])]


def _exchanges(part: Actions, dealt: Sequence[tuple[Provision, ...]]) -> list[Step]:
    """Questions and answers in the order of the actions."""
    steps: list[Step] = []
    left = iter(dealt)
    values: tuple[Provision, ...] = ()
    for before, action in pairwise(part):
        if action in _ASKING:
            if before != "fail_inform":
                values = next(left)
            asks = tuple(one.slot for one in values)
            steps.append(AssistantClarification(act="assistant_clarification", asks=asks))
        elif action in ("inform", "affirm", "fail_inform"):
            given = () if action == "fail_inform" else values
            steps.append(
                UserClarificationResponse(act="user_clarification_response", provides=given)
            )
    return steps
