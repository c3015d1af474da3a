"""The summary agent: reports what the calls returned, and nothing else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from toolweave.agents.grounds import unsupported
from toolweave.agents.prompting import PROMPTS
from toolweave.agents.scene import MessageDict, Scene, Turn
from toolweave.checks.declining import declines
from toolweave.checks.effects import looks_up
from toolweave.checks.leaks import leaks
from toolweave.checks.matching import find_whole
from toolweave.checks.telling import FEWEST_WORDS, tells
from toolweave.checks.words import general
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.errors import BindingError
from toolweave.core.model import JsonValue
from toolweave.core.plan import (
    AssistantResponse,
    calls_of,
)
from toolweave.llm.contexts import Outcome, Report, ReportContext, Stated
from toolweave.llm.task import Later, Prompt, Task, Unacceptable
from toolweave.memory.needs import NOTHING
from toolweave.memory.resolving import pick
from toolweave.schema.paths import joined, schema_at, values_at
from toolweave.schema.types import Schema, as_mapping

LONGEST: Final = 2500
_MOST_LOCATED: Final = 60
_INDEX: Final = re.compile(r"\[(\d+)\]")
_SCHEMA: Final = {
    "type": "object",
    "properties": {"answer": {"type": "string"}},
    "required": ["answer"],
}


class SummaryAgent:
    """Realises ``assistant_response``."""

    async def act(self, scene: Scene) -> Turn:
        """One assistant message without calls.

        Raises:
            GenerationError: no acceptable answer was found.
        """
        answer = await scene.generator.generate(self.task(scene))
        states = [stated.model_dump() for stated in answer.states]
        return {"messages": [scene.message("assistant", answer.answer, train=True, states=states)]}

    def task(self, scene: Scene) -> Task[ReportContext, Report]:
        """What the generator is asked."""
        context = Later(lambda: self.context(scene))
        return Task(
            name="assistant_response",
            context=context,
            result=Report,
            render=prompt,
            accept=lambda answer: accept(answer, context.value, scene),
            key=scene.key("summary"),
            schema=_SCHEMA,
        )

    def context(self, scene: Scene) -> ReportContext:
        """Everything the wording may depend on."""
        step = scene.placed.step
        assert isinstance(step, AssistantResponse)
        segment = scene.stage.plan.segments[scene.placed.segment]
        return ReportContext(
            cast=scene.cast,
            words=scene.stage.words,
            step=scene.turn,
            kind=segment.kind,
            subgoal=segment.subgoal,
            outcomes=tuple(_outcomes(scene, step)),
            reports=step.reports,
            told=frozenset(_told(scene)),
            last=scene.placed.number == len(scene.stage.steps),
            history=scene.history(),
            lacks=tuple(scene.stage.tool(name) for name in step.lacks),
        )


def prompt(context: ReportContext) -> Prompt:
    """The request to a model."""
    return PROMPTS.render("summary", c=context, facts=_facts(context))


def _facts(context: ReportContext) -> list[str]:
    """The planned outputs in words, each once; long texts the user wrote are not news."""
    tools = {outcome.call: outcome.tool for outcome in context.outcomes}
    labels: dict[str, None] = {}
    for ref in context.reports:
        call, _, path = ref.partition(".")
        tool = tools.get(call)
        schema = schema_at(tool.results, path) if tool else None
        if tool is not None and isinstance(schema, Mapping):
            labels[context.words.field(tool.name, path, schema).label] = None
    return list(labels)


def accept(answer: Report, context: ReportContext, scene: Scene) -> Report:
    """The answer with its statements located, or what a writer must mend."""
    text = answer.answer.strip()
    problems = list(_form_problems(text, scene))
    problems.extend(unsupported(text, scene))
    problems.extend(_silence(text, context, scene))
    if context.lacks and not declines(text):
        problems.append("it does not say that this cannot be done")
    if problems:
        raise Unacceptable(*problems[:6])
    states = answer.states or tuple(_located(text, context, scene))
    return Report(answer=text, states=states)


def _silence(text: str, context: ReportContext, scene: Scene) -> Iterator[str]:
    """A complaint where the answer says nothing of what the calls returned."""
    done = [outcome for outcome in context.outcomes if outcome.error is None]
    if not done or (not done[-1].reads and len(text.split()) >= FEWEST_WORDS):
        return
    if not any(_told_of(text, outcome, context, scene) for outcome in done):
        yield f"it tells the person nothing of what {done[-1].tool.name} returned"


def _told_of(text: str, outcome: Outcome, context: ReportContext, scene: Scene) -> bool:
    def spoken(path: str) -> tuple[Schema, Mapping[str, Sequence[str]]]:
        schema = schema_at(outcome.tool.results, path) if outcome.tool.results else True
        known = as_mapping(True if schema is None else schema)
        view = context.words.field(outcome.tool.name, general(path), known)
        return known, view.value_words()

    return tells(text, outcome.result, spoken, scene.cast.now)


def _form_problems(text: str, scene: Scene) -> Iterator[str]:
    if not text:
        yield '"answer" is empty'
    if len(text) > LONGEST:
        yield f"the answer is longer than {LONGEST} characters"
    stage = scene.stage
    for leak in leaks(text, tool_names=stage.tool_names, parameter_names=stage.parameter_names):
        yield f"say {leak.text!r} in plain words ({leak.kind})"


def _outcomes(scene: Scene, step: AssistantResponse) -> Iterator[Outcome]:
    feeding = _feeding(scene)
    for call_id in step.summarizes:
        done = scene.memory["calls"].get(call_id)
        if done is None:
            continue
        tool, result, error = scene.stage.tool(done["tool"]), done["result"], None
        if not done["ok"] and isinstance(result, Mapping):
            given = result.get("error") or {}
            error = (str(given.get("code", "")), str(given.get("message", "")))
        yield Outcome(
            call=call_id,
            tool=tool,
            arguments=done["arguments"],
            result=result,
            error=error,
            feeds_later=call_id in feeding,
            reads=looks_up(tool),
            chosen_by=tuple(_chosen_by(scene, call_id)),
            chosen=frozenset(_chosen(scene, call_id, result)),
        )


def _chosen_by(scene: Scene, call_id: str) -> Iterator[str]:
    """Fields by which later steps choose among the elements that this call returned."""
    for _, selector in scene.stage.needs.get(call_id, NOTHING).picks:
        if selector.by:
            yield selector.by.split(".")[-1]


def _chosen(scene: Scene, call_id: str, result: JsonValue) -> Iterator[int]:
    """Indices of the elements that later steps take."""
    for path, selector in scene.stage.needs.get(call_id, NOTHING).picks:
        if "[]" not in path or selector.kind == "all":
            continue
        try:
            found = pick(result, path, selector)
        except BindingError:
            # The step that needs it says so when its turn comes.
            continue
        index = _INDEX.search(found.path)
        if index:
            yield int(index.group(1))


def _feeding(scene: Scene) -> set[str]:
    """Calls whose outputs a later call of the same segment uses."""
    segment = scene.stage.plan.segments[scene.placed.segment]
    return {
        binding.call
        for call in calls_of(segment.steps)
        for binding in call.arguments.values()
        if isinstance(binding, ToolOutputBinding)
    }


def _told(scene: Scene) -> Iterator[str]:
    """What has been said already, as value texts and as ``leaf=value``."""
    for name, told in scene.memory["slots"].items():
        yield from _keys(name, told["value"])
    for message in scene.messages:
        if message["role"] == "assistant":
            yield from _said(message, scene)


def _said(message: MessageDict, scene: Scene) -> Iterator[str]:
    for state in message.get("states", ()):
        call, _, path = str(state["ref"]).partition(".")
        done = scene.memory["calls"].get(call)
        if done is not None:
            for value in (*values_at(done["result"], path), *values_at(done["arguments"], path)):
                yield from _keys(path, value)


def _keys(name: str, value: JsonValue) -> Iterator[str]:
    yield f"{name.split('.')[-1]}={value}"
    if isinstance(value, str) and len(value) >= 6:
        yield value


def _located(text: str, context: ReportContext, scene: Scene) -> Iterator[Stated]:
    """Where a model's answer states outputs; overlapping statements are left out."""
    taken: list[tuple[int, int]] = []
    looked = 0
    for outcome in context.outcomes:
        for path, value in _leaves(outcome.result if outcome.error is None else None):
            looked += 1
            if looked > _MOST_LOCATED:
                return
            if not isinstance(value, str | int | float) or isinstance(value, bool) or value == "":
                continue
            schema = schema_at(outcome.tool.results, path)
            meant = schema if isinstance(schema, Mapping) else {}
            span = find_whole(text, value, meant, now=scene.cast.now)
            if span and not any(span[0] < end and start < span[1] for start, end in taken):
                taken.append((span[0], span[1]))
                yield Stated(ref=f"{outcome.call}.{path}", start=span[0], end=span[1])


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, joined(path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value[:5]):
            yield from _leaves(item, f"{path}[{index}]")
    else:
        yield path, value
