"""The user agent: requests and answers that state exactly the planned values, as people do."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from toolweave.agents.conditions import condition
from toolweave.agents.pointing import pointers
from toolweave.agents.prompting import PROMPTS
from toolweave.agents.scene import Scene, Telling, Turn
from toolweave.agents.utterances import accept, stated
from toolweave.checks.definitions import definition
from toolweave.core.model import JsonValue
from toolweave.core.plan import Provision, UserClarificationResponse, UserRequest, UserStep
from toolweave.core.seeding import rng
from toolweave.core.tool import Tool
from toolweave.llm.contexts import Slot, Utterance, UtteranceContext, Wish
from toolweave.llm.offline.choosing import described
from toolweave.llm.offline.phrases import plain
from toolweave.llm.offline.speech import drawn_values
from toolweave.llm.offline.values import shape_to_id
from toolweave.llm.task import Later, Prompt, Task
from toolweave.schema.refs import inline

# What the person knows about themselves; a model is told, so that it stays one person.
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
            pointers=tuple(pointers(scene, step.points_at)),
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
