"""Plans: ordered segments of steps, in which every argument has a known source."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from toolweave.core.binding import Binding
from toolweave.core.model import JsonValue, Record

Motif = Literal["linear", "fan", "conditional", "parallel"]
SegmentKind = Literal["task", "chat", "refusal", "correction", "follow_up"]
FaultKind = Literal[
    "missing_parameter", "wrong_type", "invalid_enum", "out_of_order", "wrong_tool",
    "tool_error", "timeout", "rate_limit",
]  # fmt: skip

MISTAKES: Final[frozenset[FaultKind]] = frozenset(
    {"missing_parameter", "wrong_type", "invalid_enum", "out_of_order", "wrong_tool"}
)
"""The faults that are the assistant's own; the others befall a call that is right."""


class Provision(Record):
    """One value that a user step states.

    ``slot`` names it (``c1.requester_id``: the call and parameter it first serves). ``value`` fixes
    it where the plan needs it so (``fixed``); otherwise it is drawn. ``replaces`` names the slot
    whose value this one corrects.
    """

    slot: str
    value: JsonValue = None
    fixed: bool = False
    replaces: str = ""

    @model_validator(mode="after")
    def _value_is_fixed(self) -> Self:
        if self.value is not None and not self.fixed:
            raise ValueError(f"slot {self.slot!r} has a value: say fixed: true beside it")
        return self


class UserRequest(Record):
    """The user asks. ``points_at`` names arguments (``c2.ticket_id``) picked out by description.

    ``voices`` names the calls that are asked for outright, where the plan decides that: they come
    first, and what the other calls need is said after them in the order of ``provides``.
    ``supplies`` names tools that are there from this message on, which spells them out.
    """

    act: Literal["user_request"]
    intent: str = ""
    provides: tuple[Provision, ...] = ()
    points_at: tuple[str, ...] = ()
    voices: tuple[str, ...] = ()
    supplies: tuple[str, ...] = ()


class AssistantClarification(Record):
    """The assistant asks for exactly these slots."""

    act: Literal["assistant_clarification"]
    asks: tuple[str, ...] = Field(min_length=1)


class UserClarificationResponse(Record):
    """The user answers a clarification."""

    act: Literal["user_clarification_response"]
    provides: tuple[Provision, ...] = ()
    points_at: tuple[str, ...] = ()


class Expectation(Record):
    """How a call ends: ``ok``, or ``error`` with a declared or standard code."""

    outcome: Literal["ok", "error"] = "ok"
    code: str = ""


class Fault(Record):
    """A deliberate mistake in one attempt: at ``path``, with ``value`` where one is sent."""

    kind: FaultKind
    path: str = ""
    value: JsonValue = None


class PlannedCall(Record):
    """One attempt of one call. Argument keys are parameter paths such as ``address.city``."""

    id: str
    tool: str
    arguments: dict[str, Binding] = Field(default_factory=dict)
    attempt: int = Field(default=1, ge=1)
    expect: Expectation = Expectation()
    fault: Fault | None = None

    @property
    def succeeds(self) -> bool:
        """Whether this attempt does what the call is for; that of a wrong tool never does."""
        return self.expect.outcome == "ok" and not self.mistaken

    @property
    def mistaken(self) -> bool:
        """Whether this attempt calls a tool that is not the one meant."""
        return self.fault is not None and self.fault.kind == "wrong_tool"


class ToolInvocation(Record):
    """Calls that go out in one assistant message: one, or several independent ones."""

    act: Literal["tool_invocation"]
    calls: tuple[PlannedCall, ...] = Field(min_length=1)


class AssistantResponse(Record):
    """The assistant reports on these calls; ``reports`` names the outputs that matter most.

    In a refusal, ``lacks`` names the tools that the wish needs and that are not there.
    """

    act: Literal["assistant_response"]
    summarizes: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


Step = Annotated[
    UserRequest
    | AssistantClarification
    | UserClarificationResponse
    | ToolInvocation
    | AssistantResponse,
    Field(discriminator="act"),
]
UserStep = UserRequest | UserClarificationResponse


def calls_of(steps: Iterable[Step]) -> list[PlannedCall]:
    """Every attempt of every call of these steps, in order."""
    return [call for step in steps if isinstance(step, ToolInvocation) for call in step.calls]


class Segment(Record):
    """One subgoal and the steps that reach it."""

    kind: SegmentKind = "task"
    subgoal: str = ""
    steps: tuple[Step, ...] = Field(min_length=1)

    @property
    def supplies(self) -> tuple[str, ...]:
        """The tools that its first message brings."""
        first = self.steps[0]
        return first.supplies if isinstance(first, UserRequest) else ()

    @property
    def lacks(self) -> tuple[str, ...]:
        """The tools whose absence it ends on."""
        last = self.steps[-1]
        return last.lacks if isinstance(last, AssistantResponse) else ()


class Persona(Record):
    """Who is speaking; what is left out is drawn from the seed."""

    age: Literal["", "young", "middle", "older"] = ""
    tone: Literal["", "neutral", "formal", "casual", "worried", "annoyed", "cheerful"] = ""
    length: Literal["", "terse", "normal", "chatty"] = ""


class Decision(Record):
    """What the output of a call must be, so that the planned branch is the right one."""

    call: str
    path: str
    operator: Literal["==", "!=", "<", "<=", ">", ">=", "empty", "not_empty"] = "=="
    value: JsonValue = None


class PlacedStep(NamedTuple):
    """A step with its number (from 1, over the whole plan) and its segment's index (from 0)."""

    number: int
    segment: int
    step: Step


class Plan(Record):
    """A turn-level plan. ``tools`` is the toolset file, relative to the plan's own file.

    ``same`` lists groups of slots and outputs that name one thing (``c1.requester_id``,
    ``c2.customer_id``) where no binding says so. ``distractors`` are tools shown but not used.
    """

    version: Literal[1]
    id: str
    domain: str = ""
    goal: str
    motif: Motif = "linear"
    tools: str = ""
    persona: Persona = Persona()
    distractors: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    same: tuple[tuple[str, ...], ...] = ()
    segments: tuple[Segment, ...] = Field(min_length=1)

    def steps(self) -> Iterator[PlacedStep]:
        """Every step in order."""
        number = 0
        for index, segment in enumerate(self.segments):
            for step in segment.steps:
                number += 1
                yield PlacedStep(number, index, step)

    def calls(self) -> Iterator[PlannedCall]:
        """Every attempt of every call in order."""
        yield from calls_of(placed.step for placed in self.steps())

    def wanted(self, segment: int) -> int:
        """The index of the segment whose calls the request of a segment asks for.

        It is the segment itself, unless its tools are lacking and come with the next one.
        """
        lacks = set(self.segments[segment].lacks)
        after = segment + 1
        comes = after < len(self.segments) and lacks & set(self.segments[after].supplies)
        return after if comes else segment

    def call(self, call_id: str) -> PlannedCall | None:
        """The successful attempt of that call, else its last attempt, else None."""
        attempts = [call for call in self.calls() if call.id == call_id]
        done = [call for call in attempts if call.succeeds]
        return (done or attempts)[-1] if attempts else None

    def meant(self) -> list[PlannedCall]:
        """Every attempt with the tool that is meant: those that count first, then those before."""
        counting = {call.id: call for call in self.calls()}
        counting |= {call.id: call for call in self.calls() if call.succeeds}
        others = (call for call in self.calls() if not call.mistaken)
        settled = [call for call in self.calls() if call is counting[call.id]]
        return [*settled, *(call for call in others if call is not counting[call.id])]

    def provisions(self) -> Iterator[tuple[int, Provision]]:
        """Every stated value in order, with its step's number."""
        for placed in self.steps():
            if isinstance(placed.step, UserRequest | UserClarificationResponse):
                for provision in placed.step.provides:
                    yield placed.number, provision
