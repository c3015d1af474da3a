"""Building a plan: groups of calls become segments whose every argument has a source."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from toolweave.checks.words import Words
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.goal import Goal
from toolweave.core.model import FORMAT_VERSION
from toolweave.core.plan import (
    AssistantClarification,
    AssistantResponse,
    Decision,
    Expectation,
    Persona,
    Plan,
    PlannedCall,
    Provision,
    Segment,
    Step,
    ToolInvocation,
    UserClarificationResponse,
    UserRequest,
)
from toolweave.core.workflow import Workflow
from toolweave.planners.arguments import ArgumentPlanner, PlannedArguments, Said
from toolweave.planners.flow import Flow
from toolweave.planners.knobs import Knobs
from toolweave.planners.partition import Groups, choose_partition
from toolweave.planners.reporting import reports
from toolweave.planners.selecting import list_of
from toolweave.planners.wording import deed, together

_AGES: Final = ("young", "middle", "older")
_TONES: Final = ("neutral", "neutral", "formal", "casual", "worried", "annoyed", "cheerful")
_LENGTHS: Final = ("terse", "normal", "normal", "chatty")


@dataclass(frozen=True)
class Desk:
    """What a planner works with: the graph, its words, the knobs."""

    flow: Flow
    words: Words
    knobs: Knobs


class Draft:
    """A plan in the making.

    Args:
        desk: graph, words and knobs.
        stream: chooses.
        planner: knows what has been said and returned so far.
    """

    def __init__(self, desk: Desk, stream: random.Random, planner: ArgumentPlanner) -> None:
        self.desk, self.stream, self.planner = desk, stream, planner
        self.segments: list[Segment] = []
        self.decisions: dict[tuple[str, str], Decision] = {}
        self.tools: list[str] = []
        self._calls = 0

    def add(self, workflow: Workflow, groups: Groups) -> None:
        """Append the segments of a workflow.

        Raises:
            Unplannable: a required parameter has no source.
        """
        first = self._calls
        for group in groups:
            self._segment(workflow, group)
        self._branch(workflow, first)

    def _segment(self, workflow: Workflow, group: Sequence[str]) -> None:
        place = len(self.segments)
        made = [self.planner.plan(self._id(), name, place) for name in group]
        self.tools.extend(group)
        subgoal = self._subgoal(group)
        steps: list[Step] = [*self._asking(made, subgoal)]
        steps.extend(
            ToolInvocation(act="tool_invocation", calls=tuple(level))
            for level in self._levels(workflow, made)
        )
        steps.append(self._response(workflow, made))
        self.segments.append(Segment(kind="task", subgoal=subgoal, steps=tuple(steps)))
        for one in made:
            self._needed_lists(one)

    def _id(self) -> str:
        self._calls += 1
        return f"c{self._calls}"

    def _subgoal(self, group: Sequence[str]) -> str:
        again = bool(self.segments)
        told = [
            deed(self.desk.flow, name, self.desk.words, self.stream, again=again or place > 0)
            for place, name in enumerate(group)
        ]
        subgoal = together(told)
        others = {segment.subgoal for segment in self.segments}
        return subgoal if subgoal not in others else f"{subgoal} once more"

    def _asking(self, made: Sequence[PlannedArguments], subgoal: str) -> list[Step]:
        """The request, and the question and answer for what it leaves out."""
        required = {
            f"{one.call}.{held.path}"
            for one in made
            for held in self.desk.flow.inputs[one.tool]
            if held.required
        }
        said = [slot for one in made for slot in one.said]
        later = [
            slot
            for slot in said
            if slot.slot in required
            and not slot.fixed
            and self.stream.random() < self.desk.knobs.clarify
        ]
        now = [slot for slot in said if slot not in later]
        picks = tuple(pick for one in made for pick in one.picks)
        steps: list[Step] = [
            UserRequest(
                act="user_request", intent=subgoal, provides=provisions(now), points_at=picks
            )
        ]
        if later:
            asks = tuple(slot.slot for slot in later)
            steps.append(AssistantClarification(act="assistant_clarification", asks=asks))
            steps.append(
                UserClarificationResponse(
                    act="user_clarification_response", provides=provisions(later)
                )
            )
        return steps

    def _levels(
        self, workflow: Workflow, made: Sequence[PlannedArguments]
    ) -> list[list[PlannedCall]]:
        """The calls in waves: what needs nothing of one another goes out together."""
        here = {one.call for one in made}
        level: dict[str, int] = {}
        waves: list[list[PlannedCall]] = []
        for one in made:
            needs = [
                level[binding.call]
                for binding in one.bindings.values()
                if isinstance(binding, ToolOutputBinding) and binding.call in here
            ]
            # Whoever has a chain of thought makes one call after the other, save where they fan.
            at = max(needs) + 1 if needs else 0
            if workflow.motif not in ("fan", "parallel"):
                at = len(level)
            level[one.call] = at
            while len(waves) <= at:
                waves.append([])
            waves[at].append(self._call(workflow, one))
        return [wave for wave in waves if wave]

    def _call(self, workflow: Workflow, one: PlannedArguments) -> PlannedCall:
        branch = workflow.branch
        expect = Expectation()
        if branch is not None and _fails(workflow, one.tool):
            expect = Expectation(outcome="error", code=str(branch.value))
        return PlannedCall(id=one.call, tool=one.tool, arguments=one.bindings, expect=expect)

    def _response(self, workflow: Workflow, made: Sequence[PlannedArguments]) -> AssistantResponse:
        fed: dict[str, list[str]] = {one.call: [] for one in made}
        for one in made:
            for binding in one.bindings.values():
                if isinstance(binding, ToolOutputBinding) and binding.call in fed:
                    fed[binding.call].append(binding.path)
        told = [
            f"{one.call}.{path}"
            for one in made
            if not _fails(workflow, one.tool)
            for path in reports(
                self.desk.flow.tools[one.tool], fed[one.call], last=not fed[one.call]
            )
        ]
        return AssistantResponse(
            act="assistant_response",
            summarizes=tuple(one.call for one in made),
            reports=tuple(told),
        )

    def _needed_lists(self, one: PlannedArguments) -> None:
        """Lists from which something is taken are not empty."""
        for binding in one.bindings.values():
            if isinstance(binding, ToolOutputBinding) and (listed := list_of(binding.path)):
                outer = listed.partition("[]")[0]
                made = Decision(call=binding.call, path=outer, operator="not_empty")
                self.decisions.setdefault((binding.call, outer), made)

    def _branch(self, workflow: Workflow, first: int) -> None:
        branch = workflow.branch
        if branch is None or branch.operator == "error":
            return
        call = f"c{first + 1}"
        self.decisions[(call, branch.path)] = Decision(
            call=call, path=branch.path, operator=branch.operator, value=branch.value
        )


def _fails(workflow: Workflow, tool: str) -> bool:
    """Whether the workflow forks on this tool's error."""
    branch = workflow.branch
    return branch is not None and branch.operator == "error" and tool == workflow.tools[0]


def provisions(said: Sequence[Said]) -> tuple[Provision, ...]:
    """What a user step states."""
    return tuple(
        Provision(slot=one.slot, value=one.fixed[0], fixed=True)
        if one.fixed
        else Provision(slot=one.slot)
        for one in said
    )


def persona(stream: random.Random) -> Persona:
    """Somebody who might be talking."""
    return Persona(
        age=stream.choice(_AGES), tone=stream.choice(_TONES), length=stream.choice(_LENGTHS)
    )


def distractors(desk: Desk, used: Sequence[str], also: str, stream: random.Random) -> list[str]:
    """Tools shown but not used: the other branch's, then relatives of those used, then any."""
    kinds = {effect.entity for name in used if (effect := desk.flow.tools[name].effect)}
    others = [name for name in desk.flow.tools if name not in used and name != also]
    stream.shuffle(others)

    def apart(name: str) -> bool:
        effect = desk.flow.tools[name].effect
        return effect is None or effect.entity not in kinds

    others.sort(key=apart)
    chosen = others[: stream.randint(0, desk.knobs.most_distractors)]
    return [*([also] if also and also not in used else []), *sorted(chosen)]


def build_plan(desk: Desk, goal: Goal, plan_id: str, tools: str, stream: random.Random) -> Plan:
    """One plan for a goal (ToolWeave, Algorithm 6).

    Raises:
        Unplannable: a required parameter has no source.
    """
    workflow = goal.workflow
    planner = ArgumentPlanner(desk.flow, workflow.links, desk.knobs, stream)
    draft = Draft(desk, stream, planner)
    draft.add(workflow, choose_partition(desk.flow, workflow, stream))
    other = workflow.branch.other if workflow.branch is not None else ""
    return Plan(
        version=FORMAT_VERSION,
        id=plan_id,
        domain=goal.domain,
        goal=goal.text,
        motif=workflow.motif,
        tools=tools,
        persona=persona(stream),
        distractors=tuple(distractors(desk, draft.tools, other, stream)),
        decisions=tuple(draft.decisions.values()),
        segments=tuple(draft.segments),
    )
