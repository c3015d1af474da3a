"""The user agent: requests and answers that state exactly the planned values, as people do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from rapidfuzz import fuzz

from toolweave.agents.conditions import condition
from toolweave.agents.prompting import PROMPTS
from toolweave.agents.scene import Scene, Telling, Turn
from toolweave.checks.definitions import definition
from toolweave.checks.effects import effect_of
from toolweave.checks.leaks import leaks
from toolweave.checks.matching import find_whole
from toolweave.checks.words import Words, singular, split_name, spoken
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.errors import BindingError
from toolweave.core.model import JsonValue
from toolweave.core.plan import Provision, UserClarificationResponse, UserRequest, UserStep
from toolweave.core.seeding import rng
from toolweave.core.tool import Tool
from toolweave.llm.contexts import Pointer, Slot, Utterance, UtteranceContext, Wish
from toolweave.llm.offline.choosing import described
from toolweave.llm.offline.phrases import plain
from toolweave.llm.offline.speech import drawn_values
from toolweave.llm.offline.values import shape_to_id
from toolweave.llm.task import Later, Prompt, Task, Unacceptable
from toolweave.memory.resolving import pick
from toolweave.schema.conditional import requirements
from toolweave.schema.formats import zoned
from toolweave.schema.paths import values_at
from toolweave.schema.refs import inline
from toolweave.schema.validators import validator

LONGEST: Final = 1200
# A free text that a model rewrote this little is taken as the user's own words.
_SAME_TEXT: Final = 88.0
# What the person knows about themselves; a model is told, so that it stays one person.
_CHOOSING: Final = frozenset(
    {"book", "reserve", "order", "buy", "choose", "select", "rent", "hire", "add", "take", "pick"}
)
# Names of lists that say nothing of what is in them.
_ANY_LIST: Final = frozenset(
    {"", "results", "items", "data", "list", "records", "rows", "content", "entries", "matches"}
)
_OWN_DETAILS: Final = frozenset(
    {"person", "first_name", "last_name", "email", "phone", "street", "postcode", "address"}
)


class UserAgent:
    """Realises ``user_request`` and ``user_clarification_response``."""

    async def act(self, scene: Scene) -> Turn:
        """One user message, with a mention for every planned value.

        Raises:
            GenerationError: no acceptable wording was found.
        """
        task = self.task(scene)
        answer = await scene.generator.generate(task)
        return self.turn(scene, answer)

    def task(self, scene: Scene) -> Task[UtteranceContext, Utterance]:
        """What the generator is asked."""
        context = Later(lambda: self.context(scene))
        return Task(
            name=scene.placed.step.act,
            context=context,
            result=Utterance,
            render=prompt,
            accept=lambda answer: accept(answer, context.value, scene),
            key=scene.key("user"),
            schema=Later(lambda: wanted(context.value)),
        )

    def context(self, scene: Scene) -> UtteranceContext:
        """Everything the wording may depend on."""
        step = _user_step(scene)
        stage, plan = scene.stage, scene.stage.plan
        segment = plan.segments[scene.placed.segment]
        # Who asks does not know that a tool is lacking.
        wanted_by = plan.segments[plan.wanted(scene.placed.segment)]
        request = isinstance(step, UserRequest)
        voices = step.voices if isinstance(step, UserRequest) else ()
        return UtteranceContext(
            cast=scene.cast,
            words=stage.words,
            step=scene.turn,
            kind="task" if segment.lacks and wanted_by is segment else wanted_by.kind,
            first=not any(message["role"] == "user" for message in scene.messages),
            goal=stage.plan.goal,
            subgoal=segment.subgoal,
            intent=step.intent if isinstance(step, UserRequest) else "",
            wishes=_voiced(stage.wishes[scene.placed.segment], voices),
            slots=tuple(_slot(scene, provision) for provision in step.provides),
            pointers=tuple(_pointers(scene, step.points_at)),
            known={
                name.split(".")[-1]: told["value"] for name, told in scene.memory["slots"].items()
            },
            question="" if request else str(scene.messages[-1]["content"]) or "?",
            failed=_failed(scene),
            history=scene.history(),
            condition=condition(scene) if request else "",
            voiced=bool(voices),
            supplies=_supplied(scene),
        )

    def turn(self, scene: Scene, answer: Utterance) -> Turn:
        """The message and its mentions."""
        number = len(scene.messages)
        step = _user_step(scene)
        tellings: list[Telling] = []
        for provision in step.provides:
            slot = scene.stage.slots[provision.slot]
            value = answer.values[provision.slot]
            span = stated(answer.utterance, slot, value, scene)
            start, end = (span[0], span[1]) if span else (0, 0)
            tellings.append(
                {"slot": slot.name, "value": value, "message": number, "start": start, "end": end}
            )
        states = [
            {"ref": t["slot"], "start": t["start"], "end": t["end"], "value": t["value"]}
            for t in tellings
        ]
        content, brought = answer.utterance, _supplied(scene)
        if not brought:
            message = scene.message("user", content, train=False, states=states)
        else:
            content = "\n".join((content, *(definition(tool) for tool in brought)))
            names = [tool.name for tool in brought]
            message = scene.message("user", content, train=False, states=states, supplies=names)
        return {"messages": [message], "tellings": tellings}


def _supplied(scene: Scene) -> tuple[Tool, ...]:
    """The tools that the message at hand brings."""
    step = scene.placed.step
    names = step.supplies if isinstance(step, UserRequest) else ()
    return tuple(scene.stage.tool(name) for name in names)


def _voiced(wishes: Sequence[Wish], voices: Sequence[str]) -> tuple[Wish, ...]:
    """The wishes of a request; those that the plan voices are all said, whatever they serve."""
    if not voices:
        return tuple(wishes)
    return tuple(replace(wish, feeds_later=False) for wish in wishes if wish.call in voices)


def prompt(context: UtteranceContext) -> Prompt:
    """The request to a model."""
    if context.supplies:
        return PROMPTS.render("user_supply", c=context)
    return PROMPTS.render(
        "user_reply" if context.question else "user_request",
        c=context,
        values=views(context),
        situation=_situation(context),
        pointers=[described(pointer) for pointer in context.pointers],
    )


def wanted(context: UtteranceContext) -> dict[str, Any]:
    """The answer's JSON Schema: every slot with the schema of its value."""
    slots = {slot.name: inline(slot.schema) for slot in context.slots}
    values = {"type": "object", "properties": slots, "required": list(slots)}
    return {
        "type": "object",
        "properties": {"utterance": {"type": "string"}, "values": values},
        "required": ["utterance", "values"],
    }


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


def _user_step(scene: Scene) -> UserStep:
    step = scene.placed.step
    assert isinstance(step, UserRequest | UserClarificationResponse)
    return step


def _failed(scene: Scene) -> bool:
    """Whether what was asked for last came to nothing: an error, or no tool for it."""
    before = scene.placed.segment - 1
    if before >= 0 and scene.stage.plan.segments[before].kind == "refusal":
        return True
    calls = list(scene.memory["calls"].values())
    return bool(calls) and not max(calls, key=lambda done: done["message"])["ok"]


def _slot(scene: Scene, provision: Provision) -> Slot:
    slot = scene.stage.slots[provision.slot]
    # A slot may be stated more than once: what is fixed is each statement's own.
    slot = replace(slot, fixed=(provision.value,) if provision.fixed else ())
    replaced = scene.memory["slots"].get(provision.replaces) if provision.replaces else None
    return replace(slot, avoid=(replaced["value"],)) if replaced else slot


def _pointers(scene: Scene, arguments: tuple[str, ...]) -> Iterator[Pointer]:
    stage = scene.stage
    for argument in arguments:
        call_id, _, path = argument.partition(".")
        call = stage.plan.call(call_id)
        binding = call.arguments.get(path) if call else None
        if call is None or not isinstance(binding, ToolOutputBinding):
            continue
        source = stage.plan.call(binding.call)
        tool = stage.tools.get(source.tool) if source else None
        select = binding.select
        yield Pointer(
            argument=argument,
            kind=select.kind,
            index=select.index,
            by=select.by,
            value=select.value,
            noun=_noun(tool, stage.words),
            chooses=split_name(call.tool)[0] in _CHOOSING,
            named=_named(scene, binding),
            among=_among(scene, binding),
            listed=_listed(stage.words, binding, source.tool if source else ""),
        )


def _named(scene: Scene, binding: ToolOutputBinding) -> str:
    """What the picked element is called, if the list it stands in gives names; else ''."""
    done = scene.memory["calls"].get(binding.call)
    if done is None or "[]" not in binding.path or not done["ok"]:
        return ""
    try:
        place = pick(done["result"], binding.path, binding.select).path
    except BindingError:
        return ""
    element, _, _ = place.rpartition("]")
    for row in values_at(done["result"], f"{element}]") if element else ():
        for name, value in row.items() if isinstance(row, dict) else ():
            if isinstance(value, str) and {"name", "title"} & set(split_name(name)):
                return value
    return ""


def _among(scene: Scene, binding: ToolOutputBinding) -> int:
    """How many elements there are to pick from; 0 where that is not known."""
    done = scene.memory["calls"].get(binding.call)
    if done is None or not done["ok"] or "[]" not in binding.path:
        return 0
    rows = values_at(done["result"], binding.path.partition("[]")[0])
    return len(rows[0]) if rows and isinstance(rows[0], list) else 0


def _listed(words: Words, binding: ToolOutputBinding, source: str) -> str:
    """The kind of thing in a list that no prepared words tell of: "payment method"."""
    name = binding.path.partition("[]")[0].split(".")[-1]
    if words.prepared(source) or name.lower() in _ANY_LIST or "[]" not in binding.path:
        return ""
    *before, last = spoken(name).split()
    return " ".join([*before, singular(last)])


def _noun(tool: Tool | None, words: Words) -> str:
    return words.entity(effect_of(tool).entity).noun if tool else "one"


def views(context: UtteranceContext) -> list[dict[str, Any]]:
    """The slots as a prompt lists them."""
    return [
        {
            "key": slot.name,
            "label": slot.view.label,
            "description": slot.view.description,
            "schema": {k: v for k, v in slot.schema.items() if k not in ("description", "title")},
            "fixed": slot.fixed[0] if slot.fixed else None,
            "has_fixed": bool(slot.fixed),
            "avoid": slot.avoid[0] if slot.avoid else None,
            "hint": None if slot.fixed else _hint(slot, context),
        }
        for slot in context.slots
    ]


def _situation(context: UtteranceContext) -> str:
    """Why the person turns up, for the first message; empty where nothing is known."""
    situation = context.cast.situation
    if not context.first or situation is None or not situation.openings:
        return ""
    stream = rng(context.cast.seed, "opening")
    return plain(stream.choice(situation.openings), stream)


def _hint(slot: Slot, context: UtteranceContext) -> JsonValue:
    """What such a value looks like here, from the situation or the lexicon, if they know one."""
    stream = rng(context.cast.seed, "hint", slot.name)
    if slot.view.kind in _OWN_DETAILS:
        return drawn_values(replace(context, slots=(slot,)), stream)[slot.name]
    situation = context.cast.situation
    known = situation.values.get(slot.view.name, ()) if situation else ()
    options = known or (slot.view.words.values if slot.view.prepared else ())
    if not options:
        return shape_to_id(slot.view.words.shape, stream) if slot.view.words.shape else None
    chosen = stream.choice(options)
    return plain(chosen, stream) if isinstance(chosen, str) else chosen
