"""Linguistic variation: the user says the same in other words (ToolWeave, section 3.4)."""

import random
from collections import defaultdict
from typing import Final

from toolweave.core.dialogue import Dialogue
from toolweave.core.model import JsonValue
from toolweave.core.plan import (
    Persona,
    Plan,
    Provision,
    Step,
    UserClarificationResponse,
    UserRequest,
)
from toolweave.llm.offline.people import cast
from toolweave.refinement.edit import Edited, Source, Unfit

VARIATION: Final = "linguistic_variation"
_TONES: Final = ("neutral", "formal", "casual", "worried", "annoyed", "cheerful")
_LENGTHS: Final = ("terse", "normal", "chatty")


class LinguisticVariation:
    """Fixes every value that the user stated, and lets another character state it.

    Calls, results and the assistant's words stay as they are.
    """

    kind: Final = VARIATION

    def edited(self, source: Source, stream: random.Random) -> Edited | Unfit:
        """The plan with the values that were stated and another persona."""
        dialogue = source.dialogue
        was = cast(dialogue.seed, dialogue.plan.persona, (), ()).human.persona
        persona = Persona.model_validate(
            {
                "age": was.age,
                "tone": stream.choice([tone for tone in _TONES if tone != was.tone]),
                "length": stream.choice([length for length in _LENGTHS if length != was.length]),
            }
        )
        plan = fixed(source.plan, dialogue)
        if plan is None:
            return Unfit("a value that the user states is not on record")
        detail = {"persona": persona.dump(), "was": was.dump()}
        done = plan.model_copy(update={"persona": persona})
        return Edited(self.kind, done, source.toolset, detail)


def fixed(plan: Plan, dialogue: Dialogue) -> Plan | None:
    """The plan with the values that the dialogue's user stated, wherever it leaves them open.

    None where one of them is not on record.
    """
    stated = _stated(dialogue)
    segments = []
    for segment in plan.segments:
        steps = []
        for step in segment.steps:
            settled = _settled(step, stated)
            if settled is None:
                return None
            steps.append(settled)
        segments.append(segment.model_copy(update={"steps": tuple(steps)}))
    return plan.model_copy(update={"segments": tuple(segments)})


def _stated(dialogue: Dialogue) -> dict[str, list[JsonValue]]:
    """The values of the slots that the dialogue's plan leaves open, in the order of statements."""
    messages = {m.step: m for m in dialogue.messages if m.role == "user"}
    found: dict[str, list[JsonValue]] = defaultdict(list)
    for number, provision in dialogue.plan.provisions():
        if not provision.fixed and number in messages:
            values = [s.value for s in messages[number].states if s.ref == provision.slot]
            found[provision.slot].extend(values[:1])
    return found


def _settled(step: Step, stated: dict[str, list[JsonValue]]) -> Step | None:
    if not isinstance(step, UserRequest | UserClarificationResponse):
        return step
    provides: list[Provision] = []
    for provision in step.provides:
        if provision.fixed:
            provides.append(provision)
        elif stated.get(provision.slot):
            value = stated[provision.slot].pop(0)
            provides.append(provision.model_copy(update={"value": value, "fixed": True}))
        else:
            return None
    return step.model_copy(update={"provides": tuple(provides)})
