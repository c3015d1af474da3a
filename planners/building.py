"""Building a plan: groups of calls become segments whose every argument has a source."""

import random
from collections.abc import Sequence
from functools import partial
from typing import Final

from toolweave.checks.effects import effect_of
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.goal import Goal
from toolweave.core.model import FORMAT_VERSION
from toolweave.core.plan import (
    AssistantResponse,
    Decision,
    Expectation,
    Motif,
    Plan,
    PlannedCall,
    Segment,
    Step,
    ToolInvocation,
    UserClarificationResponse,
    UserRequest,
    calls_of,
)
from toolweave.core.workflow import Workflow
from toolweave.planners.arguments import ArgumentPlanner
from toolweave.planners.company import distractors, persona
from toolweave.planners.desk import Desk
from toolweave.planners.lifecycles import Called
from toolweave.planners.partition import Groups, choose_partition
from toolweave.planners.patterns import chat, correction, follow_up, overfilled, refusal
from toolweave.planners.planned_call import PlannedArguments, Unplannable
from toolweave.planners.reporting import reports
from toolweave.planners.requests import asking
from toolweave.planners.selecting import list_of
from toolweave.planners.wording import deed, eases, together

# A longer conversation is no longer one: people come back another day.
_MOST_TURNS: Final = 8
_MOST_CALLS: Final = 8


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

    def add(
        self, workflow: Workflow, groups: Groups, subgoals: Sequence[str] | None = None
    ) -> list[PlannedArguments]:
        """Append the segments of a workflow; subgoals are worded here unless they are given.

        Returns:
            the calls that were planned, in order.

        Raises:
            Unplannable: a required parameter has no source.
        """
        first = self._calls
        planned: list[PlannedArguments] = []
        branch = workflow.branch
        if branch is not None and branch.operator in ("empty", "error"):
            self.planner.so_far.barren.add(workflow.tools[0])
        for place, group in enumerate(groups):
            made = self._segment(workflow, group, subgoals[place] if subgoals else "")
            planned.extend(made)
            if workflow.branch is None:
                self._patterns(made, last=place == len(groups) - 1)
        self._branch(workflow, first)
        return planned

    def append(self, segment: Segment, made: PlannedArguments) -> None:
        """Append a segment that rests on what came before, with its call."""
        self.segments.append(segment)
        self.tools.append(made.tool)
        self._needed_lists(made)

    def _patterns(self, made: Sequence[PlannedArguments], *, last: bool) -> None:
        """What may come between: a correction, a look at something related, a remark."""
        knobs, words = self.desk.knobs, self.desk.words
        said = [segment.subgoal for segment in self.segments]
        place = len(self.segments)
        fresh = None
        if not self._has("correction") and self.stream.random() < knobs.correct:
            fresh = correction(self.planner, made, f"c{self._calls + 1}", place, self.stream)
        if fresh is not None:
            self.next_id()
        elif last and self.stream.random() < knobs.follow_up:
            fresh = follow_up(self.planner, words, self.next_id(), place, said, self.stream)
        elif self.stream.random() < knobs.chat and not self._has("chat"):
            self.segments.append(chat())
        if fresh is not None:
            self.append(*fresh)

    def settle(self) -> None:
        """Decide the states that results show, so that nothing is done to what forbids it.

        Raises:
            Unplannable: some call could not follow the ones before it.
        """
        flow = self.desk.flow
        done = [
            Called(call.id, flow.tools[call.tool])
            for segment in self.segments
            for call in calls_of(segment.steps)
            if call.expect.outcome == "ok"
        ]
        fixed = {
            place: decision.value
            for place, decision in self.decisions.items()
            if decision.operator == "=="
        }
        made = self.desk.lives.decisions(done, fixed, self.stream)
        if made is None:
            raise Unplannable("one of its calls is not allowed in the state that another leaves")
        for decision in made:
            self.decisions.setdefault((decision.call, decision.path), decision)
        for (call, path), value in self.planner.so_far.decided.items():
            decision = Decision(call=call, path=path, operator="==", value=value)
            self.decisions.setdefault((call, path), decision)

    def check_length(self) -> None:
        """See that the conversation does not go on for ever.

        Raises:
            Unplannable: it has too many turns or calls.
        """
        steps = [step for segment in self.segments for step in segment.steps]
        turns = sum(isinstance(one, UserRequest | UserClarificationResponse) for one in steps)
        if turns > _MOST_TURNS or self._calls > _MOST_CALLS:
            raise Unplannable(f"it would take {turns} turns and {self._calls} calls")

    def refuse(self, hidden: Sequence[str]) -> str:
        """Append a wish that no shown tool serves; the tool that would have, or an empty string."""
        said = [segment.subgoal for segment in self.segments]
        made = refusal(self.desk.flow, self.desk.words, hidden, said, self.stream)
        if made is None:
            return ""
        self.segments.append(made[0])
        return made[1]

    def plan(
        self,
        plan_id: str,
        *,
        domain: str,
        goal: str,
        motif: Motif,
        tools: str,
        shown: Sequence[str],
    ) -> Plan:
        """The finished plan; ``shown`` are tools shown but not used, ``tools`` is their file."""
        return Plan(
            version=FORMAT_VERSION,
            id=plan_id,
            domain=domain,
            goal=goal,
            motif=motif,
            tools=tools,
            persona=persona(self.stream),
            distractors=tuple(shown),
            decisions=tuple(self.decisions.values()),
            segments=tuple(self.segments),
        )

    def _has(self, kind: str) -> bool:
        return any(segment.kind == kind for segment in self.segments)

    def _segment(
        self, workflow: Workflow, group: Sequence[str], subgoal: str
    ) -> list[PlannedArguments]:
        place = len(self.segments)
        made = [self.planner.plan(self.next_id(), name, place) for name in group]
        self.tools.extend(group)
        subgoal = subgoal or self._subgoal(group)
        steps: list[Step] = [*asking(self.desk, made, subgoal, self.stream)]
        steps.extend(
            ToolInvocation(act="tool_invocation", calls=tuple(level))
            for level in self._levels(workflow, made)
        )
        steps.append(self._response(workflow, made))
        self.segments.append(Segment(kind="task", subgoal=subgoal, steps=tuple(steps)))
        for one in made:
            self._needed_lists(one)
        return made

    def next_id(self) -> str:
        """The id of the next call."""
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
        told = [
            f"{one.call}.{path}"
            for one in made
            if not _fails(workflow, one.tool)
            for path in self._told(workflow, one, made)
        ]
        return AssistantResponse(
            act="assistant_response",
            summarizes=tuple(one.call for one in made),
            reports=tuple(told),
        )

    def _told(
        self, workflow: Workflow, one: PlannedArguments, made: Sequence[PlannedArguments]
    ) -> list[str]:
        """What the answer tells of one call: first of all what decided how it went on."""
        tool, fed, users = self.desk.flow.tools[one.tool], [], []
        for later in made:
            for binding in later.bindings.values():
                if isinstance(binding, ToolOutputBinding) and binding.call == one.call:
                    fed.append(binding.path)
                    users.append(effect_of(self.desk.flow.tools[later.tool]))
        deciding = ""
        if workflow.branch is not None and one.tool == workflow.tools[0]:
            deciding = workflow.branch.path if workflow.branch.operator == "==" else ""
        own = effect_of(tool)
        if not deciding and any((use.kind, use.entity) == ("read", own.entity) for use in users):
            # The closer look tells of the same thing.
            return []
        told = [path for path in reports(tool, fed, last=not fed) if path != deciding]
        return [deciding, *told] if deciding else told

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


def build_plan(
    desk: Desk,
    goals: Sequence[Goal],
    plan_id: str,
    tools: str,
    stream: random.Random,
) -> Plan:
    """One plan for a goal, or for several in a row (ToolWeave, Algorithm 6).

    Where a model parted a goal's workflow, its parts are the segments.

    Raises:
        Unplannable: a required parameter has no source.
    """
    links = tuple(link for goal in goals for link in goal.workflow.links)
    planner = ArgumentPlanner(desk.flow, links, desk.knobs, stream, partial(eases, desk.words))
    draft = Draft(desk, stream, planner)
    for goal in goals:
        groups = tuple(part.tools for part in goal.parts)
        subgoals = [part.subgoal for part in goal.parts]
        groups = groups or choose_partition(desk.flow, goal.workflow, stream)
        draft.add(goal.workflow, groups, subgoals)
    draft.settle()
    other = next((goal.workflow.branch.other for goal in goals if goal.workflow.branch), "")
    shown = distractors(desk.flow, desk.knobs.most_distractors, draft.tools, other, stream)
    if stream.random() < desk.knobs.refuse:
        seen = {*draft.tools, *shown}
        draft.refuse([n for n in desk.flow.tools if n not in seen and desk.flow.useful(n)])
    draft.check_length()
    if stream.random() < desk.knobs.overfill:
        draft.segments = overfilled(draft.segments, stream)
    return draft.plan(
        plan_id,
        domain=goals[0].domain,
        goal=" ".join(goal.text for goal in goals),
        motif=goals[0].workflow.motif,
        tools=tools,
        shown=shown,
    )
