"""Where arguments come from: who said a value, which result gave it, now or in an earlier part."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from toolweave.core.binding import Binding, ToolOutputBinding, UserBinding
from toolweave.core.dialogue import ArgumentSource, Dialogue
from toolweave.core.model import Record
from toolweave.core.plan import PlacedStep, PlannedCall, UserClarificationResponse

Origin = Literal[
    "request", "answer", "recalled", "result", "earlier_result", "default", "context", "mistake"
]
# What each of them means, in the order in which they are told.
ORIGINS: Final[Mapping[Origin, str]] = {
    "request": "user: in the request",
    "answer": "user: when asked back",
    "recalled": "user: earlier",
    "result": "result: same part",
    "earlier_result": "result: earlier part",
    "default": "default of the schema",
    "context": "clock and locale",
    "mistake": "planned mistake",
}
# Names of tools that are counted apart; dialogues from anywhere may call any number of them.
NAMED: Final = 2000
OTHERS: Final = "others"


class Sourced(NamedTuple):
    """One argument of one call: where its value comes from, and the tool that takes it."""

    origin: Origin
    tool: str


class Flow(Record):
    """Arguments of one origin that calls of a tool take, in dialogues of a domain."""

    origin: Origin
    domain: str
    tool: str
    arguments: int


def origins_of(dialogue: Dialogue) -> Iterator[Sourced]:
    """Every argument with a source, in order; a part is a segment of the plan."""
    placed = {step.number: step for step in dialogue.plan.steps()}
    stated = {provision.slot: number for number, provision in dialogue.plan.provisions()}
    planned = {(call.id, call.attempt): call for call in dialogue.plan.calls()}
    made: dict[str, int] = {}
    for message in dialogue.messages:
        here = placed.get(message.step or 0)
        for call in message.tool_calls:
            known = planned.get((call.call, call.attempt))
            for path, source in call.sources.items():
                if known is not None and _mistaken(known, path):
                    yield Sourced("mistake", call.name)
                    continue
                said = placed.get(_said_in(source, dialogue, stated))
                yield Sourced(_origin(source.binding, here, said, made), call.name)
        for call in message.tool_calls:
            made[call.call] = here.segment if here else 0


def _mistaken(call: PlannedCall, path: str) -> bool:
    return call.fault is not None and call.fault.path == path and call.fault.value is not None


def _said_in(source: ArgumentSource, dialogue: Dialogue, stated: Mapping[str, int]) -> int:
    """The step in which the user says the value, 0 where nobody does."""
    if source.mention is not None and source.mention.message < len(dialogue.messages):
        return dialogue.messages[source.mention.message].step or 0
    bound = source.binding
    return stated.get(bound.slot, 0) if isinstance(bound, UserBinding) else 0


def _origin(
    bound: Binding, here: PlacedStep | None, said: PlacedStep | None, made: Mapping[str, int]
) -> Origin:
    if isinstance(bound, UserBinding):
        if here is not None and said is not None and said.segment < here.segment:
            return "recalled"
        asked = said is not None and isinstance(said.step, UserClarificationResponse)
        return "answer" if asked else "request"
    if isinstance(bound, ToolOutputBinding):
        before = here is not None and made.get(bound.call, here.segment) < here.segment
        return "earlier_result" if before else "result"
    return bound.source


class Origins:
    """Gathers the origins of arguments of dialogues one after another."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Origin, str, str]] = Counter()
        self._tools: set[str] = set()

    def add(self, domain: str, found: tuple[Sourced, ...]) -> None:
        """The arguments of one more dialogue."""
        for one in found:
            if len(self._tools) < NAMED:
                self._tools.add(one.tool)
            tool = one.tool if one.tool in self._tools else OTHERS
            self._counts[one.origin, domain, tool] += 1

    def figures(self) -> tuple[Flow, ...]:
        """The counts so far, the largest first."""
        return tuple(
            Flow(origin=origin, domain=domain, tool=tool, arguments=count)
            for (origin, domain, tool), count in sorted(
                self._counts.items(), key=lambda item: (-item[1], item[0])
            )
        )
