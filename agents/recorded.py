"""What a finished dialogue says and returned, by the steps of its plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from toolweave.agents.scene import Scene
from toolweave.checks.result_forms import read
from toolweave.core.dialogue import Dialogue, Message
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.plan import Step
from toolweave.schema.types import same


@dataclass(frozen=True, slots=True)
class Recorded:
    """A finished dialogue by the steps of its plan.

    ``texts`` are its messages by what their step asks for and how often it was asked for before;
    ``results`` what the calls returned that succeeded, with the arguments that were sent.
    """

    texts: Mapping[tuple[str, int], Message]
    results: Mapping[str, tuple[JsonObject, JsonValue]]

    @classmethod
    def of(cls, dialogue: Dialogue) -> "Recorded":
        """What a dialogue holds."""
        at = {m.step: m for m in dialogue.messages if m.content and m.role != "tool"}
        texts: dict[tuple[str, int], Message] = {}
        seen: dict[str, int] = {}
        for placed in dialogue.plan.steps():
            key = _key(placed.step)
            if placed.number in at:
                texts[key, seen.get(key, 0)] = at[placed.number]
            seen[key] = seen.get(key, 0) + 1
        answers = {m.tool_call_id: m for m in dialogue.messages if m.role == "tool"}
        done = {(c.id, c.attempt) for c in dialogue.plan.calls() if c.succeeds}
        results = {
            call.call: (call.arguments, read(answers[call.id].content, answers[call.id].form))
            for message in dialogue.messages
            for call in message.tool_calls
            if (call.call, call.attempt) in done and call.id in answers
        }
        return cls(texts, results)

    def stated(self, scene: Scene) -> Message | None:
        """What was said at this step, where it states the values that are planned now."""
        said = self.text(scene)
        if said is None:
            return None
        told = {state.ref: state.value for state in said.states}
        provides = getattr(scene.placed.step, "provides", ())
        kept = all(
            one.fixed and one.slot in told and same(told[one.slot], one.value) for one in provides
        )
        return said if kept else None

    def text(self, scene: Scene) -> Message | None:
        """What was said at the step at hand, if the dialogue has that step."""
        key = _key(scene.placed.step)
        before = scene.stage.steps[: scene.placed.number - 1]
        return self.texts.get((key, sum(_key(placed.step) == key for placed in before)))


def _key(step: Step) -> str:
    """What a step asks for; the values that a user states are no part of it."""
    given: JsonObject = step.dump()
    if "provides" in given:
        given["provides"] = [
            {name: value for name, value in one.items() if name not in ("value", "fixed")}
            for one in given["provides"]
        ]
    return repr(given)
