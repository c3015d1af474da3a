"""Tools that are not there from the start: refused honestly, brought in full, then shown."""

from collections.abc import Iterator

from toolweave.checks.declining import declines
from toolweave.checks.definitions import definition
from toolweave.core.dialogue import Dialogue, Message
from toolweave.core.finding import Finding
from toolweave.core.plan import AssistantResponse, PlacedStep, UserRequest
from toolweave.evaluation.conformance import Walk


def supply_findings(walked: Walk, dialogue: Dialogue) -> Iterator[Finding]:
    """Objections to where a tool comes from, and to a refusal of what could have been done."""
    brought: dict[str, int] = {}
    for index, message in enumerate(dialogue.messages):
        placed = walked.steps.get(index)
        names = _supplies(placed)
        brought.update(dict.fromkeys(names, index))
        yield from _supply(message, index, names, dialogue)
    for shown in dialogue.tools:
        name, since = shown.tool.name, brought.get(shown.tool.name)
        if shown.available_from != since:
            planned = "there from the start" if since is None else f"brought by message {since}"
            problem = f"{name} is shown from message {shown.available_from}, but it is {planned}"
            yield Finding(
                code="wrong_availability", problem=problem, message=since or 0, value=name
            )
    yield from _refusals(walked, dialogue, brought)


def _supplies(placed: PlacedStep | None) -> tuple[str, ...]:
    step = placed.step if placed is not None else None
    return step.supplies if isinstance(step, UserRequest) else ()


def _supply(
    message: Message, index: int, names: tuple[str, ...], dialogue: Dialogue
) -> Iterator[Finding]:
    if message.supplies != names:
        planned = ", ".join(names) or "none"
        problem = f"the message says it brings {list(message.supplies)!r:.80}, planned: {planned}"
        yield Finding(code="wrong_supply", problem=problem, message=index)
    for name in names:
        tool = dialogue.tool(name)
        if tool is None or definition(tool) not in message.content:
            problem = f"the message does not spell out {name} as it is shown"
            yield Finding(code="missing_definition", problem=problem, message=index, value=name)


def _refusals(walked: Walk, dialogue: Dialogue, brought: dict[str, int]) -> Iterator[Finding]:
    shown = {item.tool.name for item in dialogue.tools}
    for index, placed in walked.steps.items():
        step = placed.step
        if not isinstance(step, AssistantResponse) or not step.lacks:
            continue
        for name in step.lacks:
            if name in shown and brought.get(name, 0) <= index:
                problem = f"the assistant says it lacks {name}, which is there"
                yield Finding(
                    code="lacking_shown", problem=problem, message=index, step=placed.number,
                    value=name,
                )  # fmt: skip
        if not declines(dialogue.messages[index].content):
            problem = "the answer does not say that it cannot do what was asked"
            yield Finding(code="no_refusal", problem=problem, message=index, step=placed.number)
