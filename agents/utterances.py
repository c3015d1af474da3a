"""What an utterance must be: natural, and stating the planned values in their schemas' terms."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rapidfuzz import fuzz

from toolweave.agents.scene import Scene
from toolweave.checks.leaks import leaks
from toolweave.checks.matching import find_whole
from toolweave.core.model import JsonValue
from toolweave.llm.contexts import Slot, Utterance, UtteranceContext
from toolweave.llm.task import Unacceptable
from toolweave.schema.conditional import requirements
from toolweave.schema.formats import zoned
from toolweave.schema.validators import validator

LONGEST: Final = 1200
# A free text that a model rewrote this little is taken as the user's own words.
_SAME_TEXT: Final = 88.0


def stated(text: str, slot: Slot, value: JsonValue, scene: Scene) -> tuple[int, int] | None:
    """Where the text states the slot's value."""
    words = slot.view.value_words()
    found = find_whole(text, value, slot.schema, now=scene.cast.now, words=words)
    return (found[0], found[1]) if found is not None else None


def accept(answer: Utterance, context: UtteranceContext, scene: Scene) -> Utterance:
    """The utterance with normalised values, or what a writer must mend."""
    text = " ".join(answer.utterance.split())
    problems = list(_form_problems(text, scene, _spellings(context.slots)))
    values: dict[str, JsonValue] = {}
    for slot in context.slots:
        given = slot.fixed[0] if slot.fixed else answer.values.get(slot.name)
        value = _settled(text, slot, given, scene)
        if value is None and given is None:
            problems.append(f'"values" lacks {slot.name!r} ({slot.view.label})')
            continue
        values[slot.name] = value
        problems.extend(_value_problems(text, slot, value, scene))
    problems.extend(_requirement_problems(values, scene))
    if problems:
        raise Unacceptable(*problems)
    return Utterance(utterance=text, values=values)


def _spellings(slots: Sequence[Slot]) -> list[str]:
    """Choices spelled as only a program does: ``in_progress``, but not a brand like ``iPhone``."""
    choices = (choice for slot in slots for choice in slot.schema.get("enum", ()))
    return [choice for choice in choices if isinstance(choice, str) and "_" in choice]


def _form_problems(text: str, scene: Scene, spellings: Sequence[str]) -> Iterator[str]:
    if not text:
        yield '"utterance" is empty'
    if len(text) > LONGEST:
        yield f"the utterance is longer than {LONGEST} characters"
    stage = scene.stage
    names = {"tool_names": stage.tool_names, "parameter_names": stage.parameter_names}
    for leak in leaks(text, enum_values=spellings, **names):
        yield f"no person would say {leak.text!r} ({leak.kind}); say it in plain words"


def _settled(text: str, slot: Slot, given: JsonValue, scene: Scene) -> JsonValue:
    """A model's value in the schema's own terms, and free text as the user really said it."""
    check = validator(slot.schema)
    if given is not None and check.valid(given):
        return _snapped(text, slot, given, scene)
    for candidate in _readings(text, slot, given, scene):
        if check.valid(candidate):
            return candidate
    return given


def _readings(text: str, slot: Slot, given: JsonValue, scene: Scene) -> Iterator[JsonValue]:
    for choice in slot.schema.get("enum", ()):
        folded = str(given).casefold().replace(" ", "_").replace("-", "_")
        if str(choice).casefold().replace("-", "_") == folded:
            yield choice
    if isinstance(given, str):
        yield from zoned(given, slot.schema)
        digits = given.replace(",", "").strip("$€£% ")
        try:
            yield float(digits) if "." in digits else int(digits)
        except ValueError:
            yield {"true": True, "yes": True, "false": False, "no": False}.get(digits.casefold())
    elif isinstance(given, float) and given.is_integer():
        yield int(given)
    if isinstance(given, int | float) and not isinstance(given, bool):
        yield str(given)
    if given is None:
        for choice in slot.schema.get("enum", ()):
            if stated(text, slot, choice, scene):
                yield choice


def _snapped(text: str, slot: Slot, value: JsonValue, scene: Scene) -> JsonValue:
    """Free text that the utterance holds almost word for word becomes what the utterance says."""
    if not isinstance(value, str) or value.count(" ") < 3 or "enum" in slot.schema:
        return value
    if stated(text, slot, value, scene):
        return value
    close = fuzz.partial_ratio_alignment(value.casefold(), text.casefold())
    if close is None or close.score < _SAME_TEXT:
        return value
    start, end = close.dest_start, close.dest_end
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    said = text[start:end].strip(" .,;:!?\"'")
    return said if validator(slot.schema).valid(said) else value


def _value_problems(text: str, slot: Slot, value: JsonValue, scene: Scene) -> Iterator[str]:
    if value in slot.avoid:
        yield f"{slot.view.label!r} must be another value than {value!r}"
    if not slot.fixed:
        for violation in validator(slot.schema).violations(value)[:2]:
            yield f"value of {slot.name!r}: {violation.message}"
    if stated(text, slot, value, scene) is None:
        how = "word for word" if isinstance(value, str) and " " in value else "recognisably"
        yield f"the utterance must state {value!r} ({slot.view.label}) {how}"


def _requirement_problems(values: Mapping[str, JsonValue], scene: Scene) -> Iterator[str]:
    """A drawn value may not make a parameter necessary that the plan does not bind."""
    told = {**{name: t["value"] for name, t in scene.memory["slots"].items()}, **values}
    calls = {call.id: call for slot in values for call, _ in scene.stage.uses.get(slot, ())}
    for call in calls.values():
        if call.fault is not None or not scene.stage.guarded.get(call.tool, False):
            continue
        known = {
            path: told[name]
            for name in told
            for user, path in scene.stage.uses.get(name, ())
            if user.id == call.id
        }
        needed = requirements(scene.stage.tool(call.tool).parameters, known, tuple(call.arguments))
        lacking = [path for path in needed.required if path not in call.arguments]
        if lacking:
            yield f"with these values {call.tool} would also need {lacking[0]!r}: choose others"
