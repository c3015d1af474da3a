"""What a record says of itself: its goal, what is trained on, and how its users speak."""

from collections.abc import Iterator

from toolweave.checks.definitions import besides
from toolweave.checks.leaks import leaks
from toolweave.core.dialogue import Dialogue
from toolweave.core.finding import Finding
from toolweave.schema.types import properties_of


def record_findings(dialogue: Dialogue) -> Iterator[Finding]:
    """Objections to the record around the conversation, and to a user who speaks like a program."""
    if dialogue.goal != dialogue.plan.goal:
        yield Finding(code="wrong_goal", problem="the goal is not the plan's", value=dialogue.goal)
    tools = [shown.tool for shown in dialogue.tools]
    names = [tool.name for tool in tools]
    parameters = sorted({name for tool in tools for name in properties_of(tool.parameters)})
    for index, message in enumerate(dialogue.messages):
        if message.train and message.role != "assistant":
            problem = f"a {message.role} message is marked for training"
            yield Finding(code="trained_context", problem=problem, message=index)
        if message.role != "user":
            continue
        brought = [tool for tool in tools if tool.name in message.supplies]
        said = besides(message.content, brought)
        for leak in leaks(said, tool_names=names, parameter_names=parameters):
            problem = f"no person would say {leak.text!r} ({leak.kind})"
            yield Finding(code="leak", problem=problem, message=index, value=leak.text)
