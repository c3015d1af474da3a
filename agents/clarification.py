"""The clarification agent: asks for exactly the planned missing values, in people's words."""

from collections.abc import Iterator
from typing import Final

from toolweave.agents.grounds import unsupported
from toolweave.agents.prompting import PROMPTS
from toolweave.agents.scene import Scene, Turn
from toolweave.checks.asking import asked
from toolweave.checks.leaks import leaks
from toolweave.core.model import JsonValue
from toolweave.core.plan import AssistantClarification, UserClarificationResponse
from toolweave.llm.contexts import Question, QuestionContext
from toolweave.llm.task import Later, Prompt, Task, Unacceptable

LONGEST: Final = 600


class ClarificationAgent:
    """Realises ``assistant_clarification``."""

    async def act(self, scene: Scene) -> Turn:
        """One assistant message without calls.

        Raises:
            GenerationError: no acceptable question was found.
        """
        answer = await scene.generator.generate(self.task(scene))
        return {"messages": [scene.message("assistant", answer.question, train=True)]}

    def task(self, scene: Scene) -> Task[QuestionContext, Question]:
        """What the generator is asked."""
        context = Later(lambda: self.context(scene))
        return Task(
            name="assistant_clarification",
            context=context,
            result=Question,
            render=prompt,
            accept=lambda answer: accept(answer, context.value, scene),
            key=scene.key("clarification"),
        )

    def context(self, scene: Scene) -> QuestionContext:
        """Everything the wording may depend on."""
        step = scene.placed.step
        assert isinstance(step, AssistantClarification)
        return QuestionContext(
            cast=scene.cast,
            words=scene.stage.words,
            step=scene.placed.number,
            slots=tuple(scene.stage.slots[name] for name in step.asks),
            wishes=scene.stage.wishes[scene.placed.segment],
            history=scene.history(),
            again=_again(scene),
        )


def _again(scene: Scene) -> bool:
    """Whether the question was asked just before and got no answer."""
    before = [placed.step for placed in scene.stage.steps[: scene.placed.number - 1]][-2:]
    return (
        len(before) == 2
        and before[0] == scene.placed.step
        and isinstance(before[1], UserClarificationResponse)
        and not before[1].provides
    )


def prompt(context: QuestionContext) -> Prompt:
    """The request to a model."""
    return PROMPTS.render("clarification", c=context)


def accept(answer: Question, context: QuestionContext, scene: Scene) -> Question:
    """The question with plain spacing, or what a writer must mend."""
    text = " ".join(answer.question.split())
    problems = list(_problems(text, context, scene))
    if problems:
        raise Unacceptable(*problems)
    return Question(question=text)


def _problems(text: str, context: QuestionContext, scene: Scene) -> Iterator[str]:
    if not text:
        yield '"question" is empty'
        return
    if len(text) > LONGEST:
        yield f"the question is longer than {LONGEST} characters"
    stage = scene.stage
    for leak in leaks(text, tool_names=stage.tool_names, parameter_names=stage.parameter_names):
        yield f"no person would say {leak.text!r} ({leak.kind}); say it in plain words"
    wanted = {slot.name: stage.targets[slot.name] for slot in context.slots}
    others = {name: target for name, target in stage.targets.items() if name not in wanted}
    verdict = asked(text, wanted, others)
    if not verdict.question:
        yield "this asks nothing"
    for name in verdict.missing:
        yield f"it does not ask for the {wanted[name].label}"
    for name in verdict.instead:
        yield f"it asks for the {others[name].label}, which is not missing"
    choices: list[JsonValue] = [
        [*slot.schema.get("enum", []), *(word for said in words.values() for word in said)]
        for slot in context.slots
        for words in (slot.view.value_words(),)
    ]
    yield from unsupported(text, scene, choices)
