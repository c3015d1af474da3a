"""A dialogue of ours made ready to be shown: every message beside the step that it carries out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from toolweave.core.binding import UserBinding
from toolweave.core.dialogue import Dialogue, Message, ToolCall
from toolweave.core.errors import SchemaError
from toolweave.core.finding import Finding
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.plan import (
    AssistantClarification,
    AssistantResponse,
    PlacedStep,
    PlannedCall,
    ToolInvocation,
)
from toolweave.evaluation.proof import prove
from toolweave.evaluation.transcript import error_code, result_of
from toolweave.graph.origins import origin
from toolweave.reporting.harmless import shortened
from toolweave.reporting.pieces import Piece, Span, cut, result_pieces
from toolweave.reporting.shown import (
    ShownArgument,
    ShownCall,
    ShownDialogue,
    ShownLine,
    ShownMessage,
    ShownStep,
    ShownTool,
)
from toolweave.reporting.ties import Tie, ties_of
from toolweave.schema.parts import covers, parse
from toolweave.schema.paths import leaf_values, values_at
from toolweave.schema.text import counted

# What one dialogue, one message and one value may take of a page.
BUDGET: Final = 60_000
MESSAGE: Final = 6_000
_VALUE: Final = 600
_LINE: Final = 300
_TOOLS: Final = 40
_NOWHERE: Final = "no source"


def shown_dialogue(
    dialogue: Dialogue, found: Sequence[Finding] | None = None, room: int = BUDGET
) -> ShownDialogue:
    """The dialogue with its plan, its ties, and what the proof says of it.

    Args:
        dialogue: finished, or as far as it has come.
        found: what the proof said; without it the dialogue is proved now.
        room: how many characters its messages may take.
    """
    if found is None:
        found = prove(dialogue)
    messages = _Messages(dialogue, found).all(room)
    steps = list(_steps(dialogue, messages))
    errors = sum(one.severity == "error" for one in found)
    return ShownDialogue(
        id=dialogue.id,
        goal=shortened(dialogue.goal, _LINE * 2),
        facts=list(_facts(dialogue)),
        steps=steps,
        tools=[
            ShownTool(
                one.tool.name,
                shortened(one.tool.description, _LINE),
                f"from message {one.available_from}" if one.available_from is not None else "",
            )
            for one in dialogue.tools[:_TOOLS]
        ],
        verdict=f"proof: {counted(errors, 'finding')}" if errors else "proof passed",
        sound=not errors,
        badges=list(dict.fromkeys(_badges(dialogue))),
        objections=[shortened(one.line(), _LINE) for one in found if one.message is None],
        more=len(dialogue.messages) - len(messages),
    )


def _badges(dialogue: Dialogue) -> Iterator[str]:
    yield dialogue.plan.motif
    yield from (part.kind for part in dialogue.plan.segments if part.kind != "task")
    yield from (call.fault.kind for call in dialogue.plan.calls() if call.fault is not None)
    yield from (edit.kind for edit in dialogue.modifications)


def within(messages: Iterator[ShownMessage], room: int = BUDGET) -> Iterator[ShownMessage]:
    """The messages that a page has room for."""
    spent = 0
    for message in messages:
        spent += sum(len(piece.text) for piece in message.text)
        spent += sum(len(a.value.text) + len(a.path) for c in message.calls for a in c.arguments)
        if spent > room:
            return
        yield message


def objections(found: Sequence[Finding], number: int) -> list[str]:
    """What the proof says of one message."""
    return [
        shortened(f"{one.at + ': ' if one.at else ''}{one.problem}", _LINE)
        for one in found
        if one.message == number
    ]


def clipped(pieces: Sequence[Piece], limit: int = MESSAGE) -> list[Piece]:
    """The pieces up to so many characters, and how much is left out."""
    kept: list[Piece] = []
    room = limit
    for piece in pieces:
        if len(piece.text) > room:
            left = sum(len(one.text) for one in pieces) - limit
            kept += [Piece(piece.text[:room], piece.ties), Piece(f" … ({left:,} more characters)")]
            return kept
        kept.append(piece)
        room -= len(piece.text)
    return kept


def value_text(value: JsonValue) -> str:
    """A value as an argument shows it."""
    return shortened(json.dumps(value, ensure_ascii=False), _VALUE)


class _Messages:
    """The messages of one dialogue in pieces."""

    def __init__(self, dialogue: Dialogue, found: Sequence[Finding]) -> None:
        self.dialogue, self.found = dialogue, found
        self.ties = ties_of(dialogue)
        self.called = {c.id: c for m in dialogue.messages for c in m.tool_calls}

    def all(self, room: int) -> list[ShownMessage]:
        """Those that there is room for."""
        held = enumerate(self.dialogue.messages)
        return list(within((self._message(at, message) for at, message in held), room))

    def _message(self, at: int, message: Message) -> ShownMessage:
        call = self.called.get(message.tool_call_id)
        result = result_of(message) if message.role == "tool" else None
        return ShownMessage(
            number=at,
            role=message.role,
            trained=message.train,
            text=clipped(self._text(at, message, result)),
            calls=[self._call(at, n, call) for n, call in enumerate(message.tool_calls)],
            answers=call.name if call else message.name,
            failed=message.role == "tool" and bool(error_code(message.content, result)),
            objections=objections(self.found, at),
        )

    def _text(self, at: int, message: Message, result: JsonValue) -> list[Piece]:
        giving = [tie for tie in self.ties if tie.gives == at]
        if message.role == "tool" and message.form == "json" and isinstance(result, dict | list):
            return result_pieces(result, giving)
        if message.role == "tool":
            spans = [span for tie in giving for span in _written(message.content, tie)]
            found = {span.tie for span in spans}
            return cut(message.content, spans, [t.id for t in giving if t.id not in found])
        spans = [Span(*tie.said, tie.id) for tie in giving if tie.said is not None]
        spans += [
            Span(tie.start, tie.end, tie.id)
            for tie in self.ties
            if tie.takes == at and not tie.path
        ]
        return cut(message.content, spans, [tie.id for tie in giving if tie.said is None])

    def _call(self, at: int, place: int, call: ToolCall) -> ShownCall:
        ties = {tie.path: tie.id for tie in self.ties if (tie.takes, tie.call) == (at, place)}
        tool = self.dialogue.tool(call.name)
        rows = [
            ShownArgument(
                path,
                Piece(_at(call, path), (ties[path],) if path in ties else ()),
                origin(source.binding, self.dialogue.plan, tool, path),
            )
            for path, source in call.sources.items()
        ]
        rows += [
            ShownArgument(path, Piece(value_text(value)), _NOWHERE)
            for path, value in leaf_values(call.arguments)
            if path and not _sourced(path, call.sources)
        ]
        return ShownCall(call.name, call.call, call.attempt, rows)


def _written(text: str, tie: Tie) -> Iterator[Span]:
    """Where the values of a tie stand in a result that is no JSON."""
    for value in tie.values:
        written = value if isinstance(value, str) else json.dumps(value)
        at = text.find(written) if written else -1
        if at >= 0:
            yield Span(at, at + len(written), tie.id)


def _at(call: ToolCall, path: str) -> str:
    try:
        found = values_at(call.arguments, path)
    except SchemaError:
        found = []
    return value_text(found[0] if len(found) == 1 else found) if found else "(absent)"


def _sourced(path: str, sources: Mapping[str, object]) -> bool:
    try:
        below = parse(path)
        return any(covers(parse(above), below) for above in sources)
    except SchemaError:
        return False


def _facts(dialogue: Dialogue) -> Iterator[tuple[str, str]]:
    plan = dialogue.plan
    yield "domain", dialogue.domain or plan.domain
    yield "motif", plan.motif
    yield "patterns", ", ".join(dict.fromkeys(part.kind for part in plan.segments))
    yield "persona", ", ".join(filter(None, plan.persona.model_dump().values()))
    yield "seed", str(dialogue.seed)
    yield "worded by", dialogue.provenance.model
    for edit in dialogue.modifications:
        yield f"refined: {edit.kind.replace('_', ' ')}", shortened(_detail(edit.detail), _LINE)


def _detail(held: JsonObject) -> str:
    """What an edit did, in a line: ``tool find, attempts 2``, ``tools find → func_01``."""
    return ", ".join(f"{name} {told}" for name, one in held.items() if (told := _parts(one)))


def _parts(value: JsonValue) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} → {_plain(one)}" for name, one in value.items())
    return ", ".join(map(_plain, value)) if isinstance(value, list) else _plain(value)


def _plain(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _steps(dialogue: Dialogue, messages: Sequence[ShownMessage]) -> Iterator[ShownStep]:
    """Every planned step in order, with the messages of it; those of no step stand alone."""
    planned = {placed.number: placed for placed in dialogue.plan.steps()}
    lines = _Lines(dialogue)
    waiting, segment = list(planned), -1
    for number, group in _groups(dialogue, messages):
        while waiting and waiting[0] < number:
            placed = planned[waiting.pop(0)]
            yield lines.step(placed, (), segment)
            segment = placed.segment
        found = planned.get(number)
        if found is None:
            yield ShownStep(0, "", (), group)
            continue
        if number in waiting:
            waiting.remove(number)
        yield lines.step(found, group, segment)
        segment = found.segment
    for number in waiting:
        yield lines.step(planned[number], (), segment)
        segment = planned[number].segment


def _groups(
    dialogue: Dialogue, messages: Sequence[ShownMessage]
) -> Iterator[tuple[int, list[ShownMessage]]]:
    """Runs of messages of one step, 0 where a message has none."""
    run: list[ShownMessage] = []
    before = -1
    for message in messages:
        step = dialogue.messages[message.number].step or 0
        if run and step != before:
            yield before, run
            run = []
        run.append(message)
        before = step
    if run:
        yield before, run


class _Lines:
    """The planned steps of one dialogue in words."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        # The plan's argument and the one that was sent are lit together, and so is the slot.
        self.ties: dict[tuple[str, int, str], str] = {}
        self.slots: dict[str, list[str]] = {}
        for tie in ties_of(dialogue):
            if tie.path:
                call = dialogue.messages[tie.takes].tool_calls[tie.call]
                self.ties[call.call, call.attempt, tie.path] = tie.id
                bound = call.sources[tie.path].binding
                if isinstance(bound, UserBinding):
                    self.slots.setdefault(bound.slot, []).append(tie.id)

    def step(self, placed: PlacedStep, messages: Sequence[ShownMessage], before: int) -> ShownStep:
        """One step; its segment's heading stands over the first one."""
        part = self.dialogue.plan.segments[placed.segment]
        heading = f"{part.kind.replace('_', ' ')}{': ' if part.subgoal else ''}{part.subgoal}"
        return ShownStep(
            placed.number,
            placed.step.act.replace("_", " "),
            list(self._lines(placed)),
            messages,
            shortened(heading, _LINE) if placed.segment != before else "",
        )

    def _lines(self, placed: PlacedStep) -> Iterator[ShownLine]:
        step = placed.step
        if isinstance(step, ToolInvocation):
            for call in step.calls:
                yield from self._call(call)
        elif isinstance(step, AssistantClarification):
            yield ShownLine("asks for", ", ".join(step.asks))
        elif isinstance(step, AssistantResponse):
            about = step.reports or step.summarizes
            yield from [ShownLine("reports", shortened(", ".join(about), _LINE))] if about else []
        else:
            for one in step.provides:
                yield ShownLine("says", one.slot, self.slots.get(one.slot, ()))
            if step.points_at:
                yield ShownLine("points at", ", ".join(step.points_at))

    def _call(self, call: PlannedCall) -> Iterator[ShownLine]:
        attempt = f", attempt {call.attempt}" if call.attempt > 1 else ""
        yield ShownLine(f"{call.id}{attempt}", call.tool)
        if call.fault is not None:
            where = f" at {call.fault.path}" if call.fault.path else ""
            yield ShownLine("planned mistake", f"{call.fault.kind.replace('_', ' ')}{where}")
        if call.expect.outcome == "error":
            yield ShownLine("ends in the error", call.expect.code or "of its mistake")
        tool = self.dialogue.tool(call.tool)
        for path, binding in call.arguments.items():
            tie = self.ties.get((call.id, call.attempt, path))
            told = origin(binding, self.dialogue.plan, tool, path)
            yield ShownLine(path, told, (tie,) if tie else (), bound=True)
