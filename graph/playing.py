"""A person in the user's place: what the plan lets them say, and their words made complete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from toolweave.agents.scene import Scene
from toolweave.agents.user import UserAgent, prompt
from toolweave.agents.utterances import accept, stated
from toolweave.checks.saying import plainly, say
from toolweave.core.errors import GenerationError
from toolweave.core.model import JsonValue
from toolweave.core.seeding import rng
from toolweave.graph.typed import Unfit, expected, read_typed
from toolweave.llm.contexts import Slot, Utterance, UtteranceContext
from toolweave.llm.offline.choosing import described
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.task import Task, Unacceptable, admit
from toolweave.memory.views import shortened

_AGENT: Final = UserAgent()
# From so many spaces on, a text that was typed as a value can stand for itself.
_PROSE: Final = 3
_FORMS: Final = 4


@dataclass(frozen=True, slots=True)
class Part:
    """The user's part in one step.

    Attributes:
        step: its number, from 1.
        wish: what the user is after, in words.
        question: what the assistant asked, empty for a request.
        slots: the values to state; those with ``fixed`` are given by the plan.
        pointers: earlier results the user refers to, in words ("the cheapest one").
    """

    step: int
    wish: str
    question: str
    slots: tuple[Slot, ...]
    pointers: tuple[str, ...]

    @classmethod
    def of(cls, scene: Scene) -> Self:
        """The part at hand."""
        context = _AGENT.context(scene)
        wish = context.intent or context.subgoal or context.goal
        return cls(
            scene.placed.number, "" if context.question else wish, context.question,
            context.slots, tuple(described(pointer) for pointer in context.pointers),
        )  # fmt: skip


def wanted(slot: Slot) -> str:
    """What may be typed for a slot, in words."""
    if slot.fixed:
        return f"{shortened(slot.fixed[0])} (the plan says so)"
    text = expected(slot.schema, slot.view.kind)
    described = slot.view.description.strip().rstrip(".")
    return f"{text} – {described}" if described else text


def meant(slot: Slot, text: str, now: datetime) -> JsonValue:
    """The value of a slot that was typed.

    Raises:
        Unfit: it is none, or the one that it must not be.
    """
    words, kind = slot.view.value_words(), slot.view.kind
    value = read_typed(text, slot.schema, now=now, words=words, kind=kind)
    if value in slot.avoid:
        raise Unfit(f"it must be another value than {shortened(value)}")
    return value


def checked(scene: Scene, utterance: str, values: Mapping[str, JsonValue]) -> Utterance:
    """The words and values as the user agent accepts them.

    Raises:
        Unacceptable: a value is missing, does not fit or is not stated, or no person speaks so.
    """
    return admit(_AGENT.task(scene), {"utterance": utterance, "values": dict(values)})


def worded(scene: Scene, values: Mapping[str, JsonValue]) -> str:
    """Words that state these values, made by the offline writer.

    Raises:
        Unacceptable: no wording states them.
    """
    context = _fixed(_AGENT.context(scene), values)
    task = Task(
        name=scene.placed.step.act,
        context=context,
        result=Utterance,
        render=prompt,
        accept=lambda answer: accept(answer, context, scene),
        key=scene.key("user"),
    )
    try:
        return OfflineGenerator().answer(task).utterance
    except GenerationError as error:
        raise Unacceptable("these values could not be worded: type the words yourself") from error


def completed(
    scene: Scene, utterance: str, values: Mapping[str, JsonValue], typed: Mapping[str, str]
) -> str:
    """The words with a sentence for every value they leave out; ``typed`` holds them as typed."""
    missing = unstated(scene, utterance, values)
    added = [_telling(scene, slot, values[slot.name], typed.get(slot.name, "")) for slot in missing]
    text = utterance.strip()
    if added and text and text[-1] not in ".!?…":
        text += "."
    return " ".join(part for part in (text, *added) if part)


def unstated(scene: Scene, utterance: str, values: Mapping[str, JsonValue]) -> Sequence[Slot]:
    """The slots whose values the words do not state."""
    return [
        slot
        for slot in _AGENT.context(scene).slots
        if slot.name in values and stated(utterance, slot, values[slot.name], scene) is None
    ]


def _telling(scene: Scene, slot: Slot, value: JsonValue, typed: str) -> str:
    """A sentence that states a value: as it was typed, or plainer where that is ambiguous."""
    if typed and isinstance(value, str) and value == typed and value.count(" ") >= _PROSE:
        return value if value[-1] in ".!?…" else f"{value}."
    stream = rng(scene.cast.seed, "typed", scene.placed.number, slot.name)
    words = slot.view.value_words()
    forms = [typed] if typed else []
    forms += [
        say(value, slot.schema, stream, now=scene.cast.now, words=words, field=slot.view.name)
        for _ in range(_FORMS)
    ]
    forms.append(plainly(value, slot.schema))
    told = [f"The {slot.view.label} is {form}." for form in forms]
    plain = (text for text in told if stated(text, slot, value, scene) is not None)
    return next(plain, told[-1])


def _fixed(context: UtteranceContext, values: Mapping[str, JsonValue]) -> UtteranceContext:
    slots = tuple(
        replace(slot, fixed=(values[slot.name],)) if slot.name in values else slot
        for slot in context.slots
    )
    return replace(context, slots=slots)
