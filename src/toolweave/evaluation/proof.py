"""The proof of a finished dialogue: conformance, schemas and grounding, without a model."""

from collections.abc import Iterator

from toolweave.checks.masks import mask_of
from toolweave.checks.words import Words
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import SchemaError
from toolweave.core.finding import Finding
from toolweave.core.plan import AssistantClarification
from toolweave.evaluation.breaches import call_findings, result_findings
from toolweave.evaluation.clarifying import clarification_findings
from toolweave.evaluation.conformance import Walk, trained_failures, unmended, walk
from toolweave.evaluation.grounding import Grounding
from toolweave.evaluation.masked import mask_findings
from toolweave.evaluation.prepared import Prepared, prepared
from toolweave.evaluation.record import record_findings
from toolweave.evaluation.rereading import Transcript
from toolweave.evaluation.stating import Stating
from toolweave.evaluation.supplying import supply_findings
from toolweave.evaluation.transcript import NO_CLOCK, answered, clock_in, units


def prove(dialogue: Dialogue, words: Words | None = None) -> list[Finding]:
    """Everything that is wrong with one of our dialogues, by message; empty when it is proved.

    Nothing that the record says about itself is believed: steps, calls, sources, mentions and
    statements are derived again from the plan, the tools and the texts. ``words`` says how values
    are spoken of; without it, the shipped lexicon that the record names does.
    """
    try:
        lexicon = dialogue.provenance.lexicon
        mask = mask_of(dialogue)
        known = prepared(dialogue.plan, dialogue.tools, lexicon, words, mask)
        findings = list(_findings(dialogue, known))
    except SchemaError as error:
        problem = f"a tool's schema or a path of the plan cannot be used: {error}"
        return [Finding(code="unusable_schema", problem=problem)]
    return sorted(findings, key=lambda finding: finding.message or 0)


def _findings(dialogue: Dialogue, known: Prepared) -> Iterator[Finding]:
    walked = walk(dialogue)
    yield from walked.findings
    yield from _schemas(dialogue, walked, known)
    yield from trained_failures(walked, dialogue.messages)
    yield from unmended(walked)
    yield from record_findings(dialogue)
    yield from supply_findings(walked, dialogue)
    yield from mask_findings(dialogue)
    yield from clarification_findings(walked, dialogue.messages, known)
    yield from _grounding(dialogue, walked, known)


def _schemas(dialogue: Dialogue, walked: Walk, known: Prepared) -> Iterator[Finding]:
    planned = {(made.message, made.call.id, made.call.name): call for call, made in walked.calls}
    for unit in units(dialogue.messages):
        for made in answered(unit, dialogue.messages):
            call = planned.get((made.message, made.call.id, made.call.name))
            yield from call_findings(made, call, dialogue.tools, known)
            yield from result_findings(made, call, dialogue.messages, known)


def _grounding(dialogue: Dialogue, walked: Walk, known: Prepared) -> Iterator[Finding]:
    messages = dialogue.messages
    now = (clock_in(messages[0].content) if messages else None) or NO_CLOCK
    transcript = Transcript(walked, messages, now)
    grounding = Grounding(walked, messages, known, transcript, now)
    yield from grounding.findings()
    questions = {
        index
        for index, placed in walked.steps.items()
        if isinstance(placed.step, AssistantClarification)
    }
    yield from Stating(messages, known, transcript, grounding.slots, now, questions).findings()
