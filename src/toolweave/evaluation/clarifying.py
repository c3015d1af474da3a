"""Clarifications: each asks for its planned slots and for nothing else."""

from collections.abc import Iterator, Sequence

from toolweave.checks.asking import asked
from toolweave.core.dialogue import Message
from toolweave.core.finding import Finding
from toolweave.core.plan import AssistantClarification
from toolweave.evaluation.conformance import Walk
from toolweave.evaluation.prepared import Prepared


def clarification_findings(
    walked: Walk, messages: Sequence[Message], prepared: Prepared
) -> Iterator[Finding]:
    """Objections to the clarifications of a dialogue, slot by slot."""
    for index, placed in walked.steps.items():
        if not isinstance(placed.step, AssistantClarification):
            continue
        targets = {slot: prepared.target(slot) for slot in placed.step.asks}
        verdict = asked(messages[index].content, targets, prepared.targets)
        instead = ", ".join(verdict.instead)
        for slot in verdict.missing:
            problem = f"the clarification does not ask for {slot}"
            if not verdict.question:
                problem = f"the clarification asks nothing, but {slot} is planned"
            elif instead:
                problem += f"; it asks for {instead}"
            yield Finding(
                code="unasked_slot", problem=problem, message=index, step=placed.number, at=slot
            )
        for slot in verdict.instead if not verdict.missing else ():
            problem = f"the clarification also asks for {slot}, which the plan does not ask here"
            yield Finding(
                code="unplanned_question",
                problem=problem,
                message=index,
                step=placed.number,
                at=slot,
            )
