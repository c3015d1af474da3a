"""DiGiT-TC's planner: connected calls first, then one request that leaves some of them unsaid.

Concrete calls with references are drawn several times and the largest connected set is kept. A
request states every literal of its calls; calls that only serve others may go unsaid, and what they
need is told after the goal. There are no clarifications.
"""

import random
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from toolweave.checks.effects import effect_of
from toolweave.core.binding import ToolOutputBinding, UserBinding
from toolweave.core.graph import Link
from toolweave.core.plan import (
    Expectation,
    Fault,
    Plan,
    PlannedCall,
    Segment,
    Step,
    ToolInvocation,
    UserRequest,
)
from toolweave.core.workflow import Workflow
from toolweave.planners.arguments import ArgumentPlanner
from toolweave.planners.building import Draft
from toolweave.planners.company import distractors
from toolweave.planners.explicitness import planned_tau
from toolweave.planners.planned_call import PlannedArguments, Unplannable
from toolweave.planners.planning import Commission, Refusal, numbered, quiet
from toolweave.planners.wording import as_goal, deed, together
from toolweave.schema.paths import schema_at

NOT_RUN: Final = ("back-translation of the request", "votes on the finished dialogue")
_CANDIDATES: Final = 4
_DRAWN: Final = 4
_TRIED: Final = 24
# How often a call is drawn among those that an earlier one feeds.
_RELATED: Final = 0.7
# How often a look-up that serves another call is left unsaid.
_UNSAID: Final = 0.6
# More wishes at once than a person lists in one breath.
_MOST_VOICED: Final = 3


class _Candidate(NamedTuple):
    """A connected set of calls: their tools in order, and the links that hold them together."""

    tools: tuple[str, ...]
    links: tuple[Link, ...]


class Digit:
    """Plans as DiGiT-TC makes them.

    Args:
        commission: what to plan with.
    """

    name: Final = "digit"

    def __init__(self, commission: Commission) -> None:
        self.commission = commission
        self.desk = quiet(commission.desk)
        self.label = commission.labelled(self.name)
        self.not_run = NOT_RUN if commission.offline else ()

    def plans(self, count: int) -> Iterator[Plan | Refusal]:
        """Up to ``count`` plans that pass the plan check, and refusals in between."""
        return numbered(self.commission, self.name, count, self._make)

    def _make(self, plan_id: str, stream: random.Random) -> Plan:
        planner = ArgumentPlanner(self.desk.flow, (), self.desk.knobs, stream)
        draft = Draft(self.desk, stream, planner)
        requests = 2 if stream.random() < self.commission.desk.knobs.switch else 1
        for _ in range(requests):
            self._request(draft)
        draft.settle()
        return draft.plan(
            plan_id,
            domain=self.commission.domain,
            goal=as_goal(together([one.subgoal for one in draft.segments])),
            motif="linear",
            tools=self.commission.tools,
            shown=distractors(
                self.desk.flow, self.desk.knobs.most_distractors, draft.tools, "", stream
            ),
        )

    def _request(self, draft: Draft) -> None:
        """Append a request for the largest connected set of calls among those drawn."""
        drawn = [self._candidate(draft) for _ in range(_CANDIDATES)]
        chosen = max(drawn, key=lambda one: len(one.tools))
        if len(chosen.tools) < 2:
            raise Unplannable("no two of the calls drawn are connected")
        draft.planner.preferred |= {
            (link.source, link.output, link.target, link.parameter) for link in chosen.links
        }
        flow = Workflow(motif="linear", tools=chosen.tools, links=chosen.links)
        made = draft.add(flow, (chosen.tools,))
        segment = self._worded(draft, made)
        if planned_tau(segment) > 0:
            raise Unplannable("details of what is left unsaid would come before the goal")
        if draft.stream.random() < self.desk.knobs.mistake:
            segment = mistaken(segment, draft)
        draft.segments[-1] = segment

    def _candidate(self, draft: Draft) -> _Candidate:
        """Concrete calls drawn at random, cut down to their largest connected set."""
        flow, stream = self.desk.flow, draft.stream
        trial = draft.planner.fork(optional=0.0)
        made: list[PlannedArguments] = []
        for _ in range(_TRIED):
            if len(made) == _DRAWN:
                break
            before = [*draft.tools, *(one.tool for one in made)]
            near = [name for one in made for name in sorted(flow.successors(one.tool))]
            related = bool(near) and stream.random() < _RELATED
            name = stream.choice(near if related else sorted(flow.tools))
            if name in before or flow.lacks(name, before):
                continue
            try:
                made.append(trial.plan(f"t{len(made)}", name, len(draft.segments)))
            except Unplannable:
                # Another call is drawn in its place; a set that stays too small is refused whole.
                continue
        return self._connected(made)

    def _connected(self, made: Sequence[PlannedArguments]) -> _Candidate:
        """The largest set of calls that references join."""
        group = {one.call: {one.call} for one in made}
        for one in made:
            for source, _, _ in _references(one):
                if source in group:
                    joint = group[source] | group[one.call]
                    group.update(dict.fromkeys(joint, joint))
        largest: set[str] = max(group.values(), key=len, default=set())
        kept = [one for one in made if one.call in largest]
        tool = {one.call: one.tool for one in kept}
        links = [
            link
            for one in kept
            for source, output, parameter in _references(one)
            for link in self.desk.flow.into(one.tool, parameter)
            if source in tool and link.source == tool[source] and link.output == output
        ]
        return _Candidate(tuple(one.tool for one in kept), tuple(links))

    def _worded(self, draft: Draft, made: Sequence[PlannedArguments]) -> Segment:
        """The segment with the wishes that its request voices, and its details in order."""
        segment, flow = draft.segments[-1], self.desk.flow
        request = segment.steps[0]
        assert isinstance(request, UserRequest)
        voiced = self._voiced(made, draft.stream)
        own = {
            binding.slot
            for one in voiced
            for binding in one.bindings.values()
            if isinstance(binding, UserBinding)
        }
        wanted = together(
            [
                deed(flow, one.tool, self.desk.words, draft.stream, again=len(draft.segments) > 1)
                for one in voiced
            ]
        )
        told = request.model_copy(
            update={
                "intent": wanted,
                "voices": tuple(one.call for one in voiced),
                "provides": tuple(sorted(request.provides, key=lambda one: one.slot not in own)),
            }
        )
        return segment.model_copy(update={"subgoal": wanted, "steps": (told, *segment.steps[1:])})

    def _voiced(
        self, made: Sequence[PlannedArguments], stream: random.Random
    ) -> list[PlannedArguments]:
        """The calls asked for outright: all that serve no other, and some of those that do."""
        feeding = {source for one in made for source, _, _ in _references(one)}
        serving = [
            one.call
            for one in made
            if one.call in feeding and effect_of(self.desk.flow.tools[one.tool]).kind == "read"
        ]
        unsaid = [call for call in serving if stream.random() < _UNSAID]
        for call in serving:
            if len(made) - len(unsaid) > _MOST_VOICED and call not in unsaid:
                unsaid.append(call)
        return [one for one in made if one.call not in unsaid]


def _references(one: PlannedArguments) -> Iterator[tuple[str, str, str]]:
    """The outputs that a call takes: the call they come from, their path, and the parameter."""
    for parameter, binding in one.bindings.items():
        if isinstance(binding, ToolOutputBinding):
            yield binding.call, binding.path, parameter


def mistaken(segment: Segment, draft: Draft) -> Segment:
    """The segment with one call made wrongly first; the tool's error is the hint to mend it."""
    options = [
        (place, call, fault)
        for place, step in enumerate(segment.steps)
        if isinstance(step, ToolInvocation)
        for call in step.calls
        for fault in _faults(call, draft)
    ]
    if not options:
        return segment
    place, call, (fault, code) = draft.stream.choice(options)
    wrong = call.model_copy(
        update={"fault": fault, "expect": Expectation(outcome="error", code=code)}
    )
    right = segment.steps[place]
    assert isinstance(right, ToolInvocation)
    mended = tuple(
        one.model_copy(update={"attempt": 2}) if one.id == call.id else one for one in right.calls
    )
    steps: list[Step] = list(segment.steps)
    steps[place : place + 1] = [
        ToolInvocation(act="tool_invocation", calls=(wrong,)),
        right.model_copy(update={"calls": mended}),
    ]
    return segment.model_copy(update={"steps": tuple(steps)})


def _faults(call: PlannedCall, draft: Draft) -> Iterator[tuple[Fault, str]]:
    """What can go wrong with a call: a required argument left out, or a choice misspelt."""
    tool = draft.desk.flow.tools[call.tool]
    for path in call.arguments:
        if path in tool.parameters.get("required", ()):
            yield Fault(kind="missing_parameter", path=path), "missing_parameter"
        schema = schema_at(tool.parameters, path)
        choices = schema.get("enum", ()) if isinstance(schema, dict) else ()
        texts = [one for one in choices if isinstance(one, str)]
        if texts:
            wrong = f"{texts[0].casefold()} one"
            if wrong not in choices:
                yield Fault(kind="invalid_enum", path=path, value=wrong), "invalid_enum"
