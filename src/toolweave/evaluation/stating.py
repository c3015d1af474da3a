"""What messages state: statements read again, and every claim held against the evidence."""

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from toolweave.checks.claims import Claim, claims
from toolweave.checks.definitions import besides
from toolweave.checks.effects import looks_up
from toolweave.checks.evidence import Evidence
from toolweave.checks.matching import find
from toolweave.checks.spans import Span, within
from toolweave.checks.telling import FEWEST_WORDS, spoken_of, tells
from toolweave.core.dialogue import Message, Statement
from toolweave.core.finding import Finding
from toolweave.core.model import JsonValue
from toolweave.core.plan import AssistantClarification, AssistantResponse
from toolweave.core.tool import Tool
from toolweave.evaluation.prepared import Prepared, PreparedTool
from toolweave.evaluation.rereading import Transcript, place, schema_or_any
from toolweave.evaluation.transcript import result_of
from toolweave.schema.types import Schema, as_mapping

Words = Mapping[str, Sequence[str]]


class Meaning(NamedTuple):
    """A value that a statement may mean, with what is known about how it is said."""

    value: JsonValue
    schema: Schema
    words: Words


class Stating:
    """The statements and claims of one dialogue.

    ``questions`` are the messages that ask.
    ``slots`` holds the value of every slot that a call takes.
    """

    def __init__(
        self,
        messages: Sequence[Message],
        prepared: Prepared,
        transcript: Transcript,
        slots: Mapping[tuple[str, int], tuple[JsonValue, Schema, Words]],
        now: datetime,
        questions: Container[int] = (),
    ) -> None:
        self.messages, self.prepared, self.transcript = messages, prepared, transcript
        self.slots, self.now = slots, now
        self.questions = questions

    def findings(self) -> Iterator[Finding]:
        """All objections, message by message."""
        texts: list[str] = [self.prepared.vocabulary]
        values: list[JsonValue] = []
        for index, message in enumerate(self.messages):
            proved: list[Span] = []
            for statement in message.states:
                span, problem = self._said(statement, index, message)
                if span is not None:
                    proved.append(span)
                else:
                    yield Finding(
                        code="bad_statement", problem=problem, message=index, at=statement.ref
                    )
            if message.role == "assistant" and message.content.strip():
                said = claims(message.content, self.now)
                open_claims = [claim for claim in said if not within(claim, proved)]
                if index in self.questions:
                    open_claims = [claim for claim in open_claims if not _in_passing(claim)]
                known = [*values, *self._offered(index)]
                yield from self._unsupported(open_claims, index, known, texts)
                yield from self._silent(message.content, index)
            values += [dict(call.arguments) for call in message.tool_calls]
            if message.role == "tool":
                values.append(result_of(message))
            elif message.role != "assistant":
                texts.append(besides(message.content, self._brought(message)))

    def _brought(self, message: Message) -> list[Tool]:
        """The tools that a message spells out: what they declare was said by nobody."""
        known = self.prepared.tools
        return [known[name].tool for name in message.supplies if name in known]

    def _unsupported(
        self, found: Sequence[Claim], index: int, values: Sequence[JsonValue], texts: Sequence[str]
    ) -> Iterator[Finding]:
        if not found:
            return
        evidence = Evidence(values, texts, self.now)
        for claim in found:
            if not evidence.supports(claim):
                yield Finding(
                    code="unsupported_claim",
                    problem=f"no user, tool or clock gives {claim.text!r} ({claim.kind})",
                    message=index,
                    value=claim.text,
                )

    def _silent(self, text: str, index: int) -> Iterator[Finding]:
        """An answer that says nothing of what was looked up, or next to nothing at all."""
        placed = self.transcript.steps.get(index)
        if placed is None or not isinstance(placed.step, AssistantResponse):
            return
        answered = [
            found for name in placed.step.summarizes if (found := self._answered(name, index))
        ]
        if not answered:
            return
        last, _ = answered[-1]
        short = len(text.split()) < FEWEST_WORDS
        if not short and not looks_up(last.tool):
            return
        if not any(tells(text, result, tool.spoken, self.now) for tool, result in answered):
            yield Finding(
                code="untold_result",
                problem=f"the answer tells nothing of what {last.tool.name} returned",
                message=index,
                step=placed.number,
                at=placed.step.summarizes[-1],
            )

    def _answered(self, name: str, index: int) -> tuple[PreparedTool, JsonValue] | None:
        """The tool of a planned call and what it returned by then, if it did."""
        call = self.prepared.calls.get(name)
        tool = self.prepared.tools.get(call.tool) if call else None
        results = list(self.transcript.results(name, index))
        return (tool, results[0]) if tool is not None and results else None

    def _offered(self, index: int) -> Iterator[JsonValue]:
        """The choices that a clarification may name."""
        placed = self.transcript.steps.get(index)
        if placed is not None and isinstance(placed.step, AssistantClarification):
            for slot in placed.step.asks:
                tool, path = self.prepared.place(slot)
                schema = schema_or_any(tool.parameter(path) if tool else None)
                yield list(as_mapping(schema).get("enum", ()))
                said = tool.parameter_words(path) if tool else {}
                yield [word for words in said.values() for word in words]

    def _said(self, statement: Statement, index: int, message: Message) -> tuple[Span | None, str]:
        """Where a statement states its value, or what is wrong with it."""
        if not 0 <= statement.start <= statement.end <= len(message.content):
            return None, "the place lies outside the message"
        meanings = list(self._meanings(statement.ref, index))
        if not meanings:
            return None, f"nothing is known as {statement.ref} at this point"
        text = message.content[statement.start : statement.end]
        for meaning in meanings:
            for value in spoken_of(meaning.value):
                said = find(text, value, meaning.schema, now=self.now, words=meaning.words)
                if said is not None and not _more(text, said):
                    return Span(statement.start + said.start, statement.start + said.end), ""
        return None, f"{text!r} does not state {meanings[0].value!r}"

    def _meanings(self, ref: str, index: int) -> Iterator[Meaning]:
        """Every value that ``ref`` may name when message ``index`` is written."""
        yield from self._slot_meanings(ref)
        yield from self._call_meanings(ref, index)

    def _slot_meanings(self, ref: str) -> Iterator[Meaning]:
        """What the user said for a slot, as each parameter that it feeds reads it."""
        for (slot, _), held in self.slots.items():
            if slot == ref:
                yield Meaning(*held)
                for reading in self.prepared.readings(slot):
                    yield Meaning(held[0], *reading)
        for _, provision in self.prepared.slots.get(ref, ()):
            if provision.fixed:
                tool, path = self.prepared.place(ref)
                schema = schema_or_any(tool.parameter(path) if tool else None)
                yield Meaning(provision.value, schema, tool.parameter_words(path) if tool else {})

    def _call_meanings(self, ref: str, index: int) -> Iterator[Meaning]:
        call_id, _, path = ref.partition(".")
        tool, _ = self.prepared.place(ref)
        for result in self.transcript.results(call_id, index):
            schema = schema_or_any(tool.output(path) if tool else None)
            for value in place(result, path):
                yield Meaning(value, schema, tool.output_words(path) if tool else {})
        for sent_at, sent in self.transcript.arguments.get(call_id, ()):
            if sent_at < index:
                schema = schema_or_any(tool.parameter(path) if tool else None)
                for value in place(sent, path):
                    yield Meaning(value, schema, tool.parameter_words(path) if tool else {})


def _more(text: str, said: Span) -> bool:
    """Whether figures stand beside the value, which it does not account for."""
    return any(char.isdigit() for char in text[: said.start] + text[said.end :])


def _in_passing(claim: Claim) -> bool:
    """Whether a number in words says nothing of the case: "in a sentence or two"."""
    return claim.kind in ("number", "count") and not any(char.isdigit() for char in claim.text)
