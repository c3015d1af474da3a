"""Agents that say again what a finished dialogue says, wherever its plan has the same step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from rapidfuzz import fuzz

from toolweave.agents.clarification import ClarificationAgent
from toolweave.agents.grounds import claimed_besides
from toolweave.agents.prompting import PROMPTS
from toolweave.agents.scene import Scene, Turn
from toolweave.agents.summary import SummaryAgent
from toolweave.agents.tool import ToolAgent
from toolweave.agents.user import UserAgent, accept, stated, views
from toolweave.checks.result_forms import read
from toolweave.core.dialogue import Dialogue, Message
from toolweave.core.errors import GenerationError
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.plan import PlannedCall, Step, UserRequest
from toolweave.core.tool import Tool
from toolweave.llm.contexts import Human, Utterance, UtteranceContext
from toolweave.llm.task import Later, Prompt, Task, Unacceptable
from toolweave.schema.types import same

# The values are given: only words are asked for.
_SCHEMA: Final = {
    "type": "object",
    "properties": {"utterance": {"type": "string"}},
    "required": ["utterance"],
}
_ALIKE: Final = 85.0
# So few words besides the values leave no other way to put them.
_FEW: Final = 6


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


class ReplayingClarification(ClarificationAgent):
    """Asks in the recorded words."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded

    async def act(self, scene: Scene) -> Turn:
        """The recorded question, or a new one where there is none."""
        said = self.recorded.text(scene)
        return _again(scene, said) if said is not None else await super().act(scene)


class ReplayingSummary(SummaryAgent):
    """Answers in the recorded words."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded

    async def act(self, scene: Scene) -> Turn:
        """The recorded answer, or a new one where there is none."""
        said = self.recorded.text(scene)
        return _again(scene, said) if said is not None else await super().act(scene)


def _again(scene: Scene, said: Message) -> Turn:
    states = [state.dump() for state in said.states]
    return {"messages": [scene.message("assistant", said.content, train=said.train, states=states)]}


class ReplayingTool(ToolAgent):
    """Answers a call that was made with the same arguments with the result that it had."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded

    async def result(
        self,
        scene: Scene,
        call: PlannedCall,
        tool: Tool,
        arguments: dict[str, Any],
        memory: Any,
    ) -> tuple[JsonValue, bool]:
        """The recorded result, or a new one where there is none."""
        known = self.recorded.results.get(call.id)
        # A confusable tool that is called in the place of the one meant answers for itself.
        if call.succeeds and known is not None and same(known[0], arguments):
            return known[1], True
        return await super().result(scene, call, tool, arguments, memory)


class RepeatingUser(UserAgent):
    """Says again what was said, where nothing else is planned."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded = recorded

    async def act(self, scene: Scene) -> Turn:
        """The recorded message, or a new one where there is none."""
        said, step = self.recorded.stated(scene), scene.placed.step
        # What spells out a tool is put behind the words that are given.
        if said is None or (isinstance(step, UserRequest) and step.supplies):
            return await super().act(scene)
        values = {state.ref: state.value for state in said.states}
        return self.turn(scene, Utterance(utterance=said.content, values=values))


class VaryingUser(UserAgent):
    """Says what was said in other words: by another character, and by another stream.

    Args:
        recorded: the dialogue whose user is reworded.
        seed: decides the wording alone.
        human: the same person, of another character.
        paraphrase: let the generator reword the recorded words, rather than the planned content.
    """

    def __init__(self, recorded: Recorded, seed: int, human: Human, *, paraphrase: bool) -> None:
        self.recorded, self.seed, self.human = recorded, seed, human
        self.paraphrase = paraphrase

    async def act(self, scene: Scene) -> Turn:
        """One user message with the values of the plan.

        Where the offline writer knows no other words, the recorded ones stand; a model's failure
        is one.
        """
        varied = self._varied(scene)
        try:
            return await super().act(varied)
        except GenerationError:
            said = self.recorded.stated(varied)
            if self.paraphrase or said is None:
                raise
        values = {state.ref: state.value for state in said.states}
        return self.turn(scene, Utterance(utterance=said.content, values=values))

    def task(self, scene: Scene) -> Task[UtteranceContext, Utterance]:
        """What the generator is asked: to put the recorded words in another way, if any."""
        context = Later(lambda: self.context(scene))
        said = self.recorded.stated(scene)
        key = ("varied", self.seed, *scene.key("user"))
        if said is None or not self.paraphrase:
            plain = super().task(scene)
            other = said.content if said is not None else ""
            return Task(
                name=plain.name, context=context, result=Utterance, render=plain.render,
                accept=lambda answer: otherwise(plain.accept(answer), other, context.value, scene),
                key=key, schema=plain.schema if self.paraphrase else None,
            )  # fmt: skip
        return Task(
            name="paraphrase",
            context=context,
            result=Utterance,
            render=lambda found: prompt(found, said),
            accept=lambda answer: reworded(answer, said.content, context.value, scene),
            key=key,
            schema=_SCHEMA,
        )

    def _varied(self, scene: Scene) -> Scene:
        small_talk = scene.stage.plan.segments[scene.placed.segment].kind == "chat"
        # The remark of a step is drawn by the dialogue's seed, for the answer to fit it.
        seed = scene.cast.seed if small_talk else self.seed
        return replace(scene, cast=replace(scene.cast, seed=seed, human=self.human))


def prompt(context: UtteranceContext, original: Message) -> Prompt:
    """The request to a model."""
    text = original.content
    said = {state.ref: text[state.start : state.end] for state in original.states}
    return PROMPTS.render(
        "user_paraphrase", c=context, values=views(context), original=text, said=said
    )


def reworded(
    answer: Utterance, original: str, context: UtteranceContext, scene: Scene
) -> Utterance:
    """The paraphrase, or what a writer must mend: every value kept, and nothing added."""
    done = otherwise(accept(answer, context, scene), original, context, scene)
    values = list(done.values.values())
    added = list(claimed_besides(done.utterance, original, values, scene))
    if added:
        raise Unacceptable(*added)
    return done


def otherwise(
    answer: Utterance, original: str, context: UtteranceContext, scene: Scene
) -> Utterance:
    """The answer, unless it says the same in the same words."""
    told, before = (_bare(text, answer, context, scene) for text in (answer.utterance, original))
    several = min(len(told.split()), len(before.split())) > _FEW
    if several and fuzz.ratio(told.casefold(), before.casefold()) >= _ALIKE:
        raise Unacceptable("this is the original almost word for word: say it in other words")
    return answer


def _bare(text: str, answer: Utterance, context: UtteranceContext, scene: Scene) -> str:
    """The text without the values in it."""
    for slot in context.slots:
        span = stated(text, slot, answer.values.get(slot.name), scene)
        if span is not None and span[1] > span[0]:
            text = f"{text[: span[0]]} {text[span[1] :]}"
    return text
