"""A dialogue read for training: who speaks, how calls were answered, which tools are there."""

from collections.abc import Iterator
from dataclasses import dataclass

from toolweave.core.dialogue import Dialogue, Message, ShownTool, ToolCall
from toolweave.core.tool import Tool
from toolweave.export.refusal import Refused
from toolweave.export.soundness import unsound


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message of the system, a user or the assistant, and the results of its calls in order."""

    message: Message
    results: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A dialogue whose every call is answered right after it.

    ``tools`` are those that are shown from the start; ``late`` ones arrive with a message.
    """

    dialogue: Dialogue
    spoken: tuple[Spoken, ...]
    tools: tuple[Tool, ...]
    late: tuple[ShownTool, ...] = ()

    @property
    def parallel(self) -> bool:
        """Whether an assistant message makes several calls."""
        return any(len(said.message.tool_calls) > 1 for said in self.spoken)

    @property
    def masked(self) -> bool:
        """Whether a message of the assistant is context and not to be learnt."""
        return any(s.message.role == "assistant" and not s.message.train for s in self.spoken)

    def calls(self) -> Iterator[ToolCall]:
        """Every call in order."""
        for said in self.spoken:
            yield from said.message.tool_calls

    def messages(self) -> Iterator[Message]:
        """Every message, results in the order of their calls."""
        for said in self.spoken:
            yield said.message
            yield from said.results


def converse(dialogue: Dialogue) -> Conversation | Refused:
    """The dialogue as a conversation, or why nobody could train on it."""
    if dialogue.checks.proof == "failed":
        return Refused("proof_failed", "the dialogue did not pass its proof")
    spoken: list[Spoken] = []
    seen: set[str] = set()
    at, messages = 0, dialogue.messages
    while at < len(messages):
        message = messages[at]
        if message.role == "tool":
            return Refused("stray_result", f"message {at} answers no call right before it")
        results = messages[at + 1 : at + 1 + len(message.tool_calls)]
        by_id = {result.tool_call_id: result for result in results if result.role == "tool"}
        calls = [call.id for call in message.tool_calls]
        if set(by_id) != set(calls) or len(by_id) != len(calls):
            return Refused("unanswered_call", f"a call of message {at} is not answered right after")
        if not seen.isdisjoint(calls):
            return Refused("repeated_call_id", f"message {at} uses the id of an earlier call")
        seen.update(calls)
        spoken.append(Spoken(message, tuple(by_id[name] for name in calls)))
        at += 1 + len(calls)
    if not any(said.message.role == "user" for said in spoken):
        return Refused("no_user", "nobody asks for anything")
    if not any(said.message.role == "assistant" and said.message.train for said in spoken):
        return Refused("nothing_to_train", "no message of the assistant is to be learnt")
    for each in dialogue.tools:
        if refused := unsound(each.tool):
            return refused
    shown = [tool.tool for tool in dialogue.tools if tool.available_from is None]
    late = tuple(tool for tool in dialogue.tools if tool.available_from is not None)
    return Conversation(dialogue, tuple(spoken), tuple(shown), late)


LATE_NOTE = "hold a tool that a message brings: `tools` leaves it out"
MASKED_NOTE = "hold a message of the assistant that is context and not learnt"
PARALLEL_NOTE = (
    "hold several calls in one message, which the templates of Llama 3.1 and 3.2 refuse and "
    "gpt-oss cuts to the first"
)


def training_refusal(conversation: Conversation, *, single_calls: bool = False) -> Refused | None:
    """Why no training file can hold the conversation, or None.

    A late tool has no place in a list that holds for the whole row; it may be left out of the list
    where the message that brings it spells it out.
    """
    if single_calls and conversation.parallel:
        return Refused("parallel_calls", "a message of the assistant makes several calls")
    messages = conversation.dialogue.messages
    for shown in conversation.late:
        at = shown.available_from or 0
        if at >= len(messages) or shown.tool.name not in messages[at].content:
            problem = f"{shown.tool.name!r} arrives at message {at}, whose text does not bring it"
            return Refused("late_tool", problem)
    return None


def notes(conversation: Conversation, *, parallel: bool = True) -> tuple[str, ...]:
    """What the reader of a card should know of a conversation that was written."""
    found = []
    if conversation.late:
        found.append(LATE_NOTE)
    if conversation.masked:
        found.append(MASKED_NOTE)
    if parallel and conversation.parallel:
        found.append(PARALLEL_NOTE)
    return tuple(found)
