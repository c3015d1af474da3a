"""The user of a copy that says what its original says in other words."""

from dataclasses import replace
from typing import Final

from rapidfuzz import fuzz

from toolweave.agents.grounds import claimed_besides
from toolweave.agents.prompting import PROMPTS
from toolweave.agents.recorded import Recorded
from toolweave.agents.scene import Scene, Turn
from toolweave.agents.user import UserAgent, views
from toolweave.agents.utterances import accept, stated
from toolweave.core.dialogue import Message
from toolweave.core.errors import GenerationError
from toolweave.llm.contexts import Human, Utterance, UtteranceContext
from toolweave.llm.task import Later, Prompt, Task, Unacceptable

# The values are given: only words are asked for.
_SCHEMA: Final = {
    "type": "object",
    "properties": {"utterance": {"type": "string"}},
    "required": ["utterance"],
}
_ALIKE: Final = 85.0
# So few words besides the values leave no other way to put them.
_FEW: Final = 6


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
