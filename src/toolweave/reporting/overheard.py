"""A dialogue from elsewhere made ready to be shown: no plan, but what the proof says of it."""

from collections.abc import Iterator, Sequence

from toolweave.core.finding import Finding
from toolweave.core.tool import Tool
from toolweave.evaluation.foreign import prove_foreign
from toolweave.evaluation.heard import Heard, HeardCall, hear
from toolweave.evaluation.loading import LoadedDialogue
from toolweave.evaluation.transcript import error_code, parsed
from toolweave.reporting.harmless import shortened
from toolweave.reporting.pieces import Piece, result_pieces
from toolweave.reporting.shown import (
    ShownArgument,
    ShownCall,
    ShownDialogue,
    ShownMessage,
    ShownStep,
    ShownTool,
)
from toolweave.reporting.telling import clipped, objections, shown_dialogue, value_text, within
from toolweave.schema.paths import leaf_values
from toolweave.schema.text import counted

_TOOLS = 40
_LINE = 300


def shown(loaded: LoadedDialogue, given: Sequence[Tool] | None = None) -> ShownDialogue | None:
    """A record of a file, None where it cannot be read; ``given`` are tools it does not bring."""
    if loaded.dialogue is not None:
        return shown_dialogue(loaded.dialogue)
    if loaded.messages is None:
        return None
    tools = loaded.tools or given
    found = prove_foreign(loaded.messages, tools)
    heard = hear(loaded.messages).messages
    messages = list(within(_message(one, found) for one in heard))
    errors = sum(one.severity == "error" for one in found)
    return ShownDialogue(
        id=loaded.id or loaded.place,
        goal="",
        facts=[("from elsewhere", "no plan, so no argument names its source")],
        steps=[ShownStep(0, "", (), messages)],
        tools=[
            ShownTool(one.name, shortened(one.description, _LINE), "")
            for one in (tools or ())[:_TOOLS]
        ],
        verdict=counted(errors, "finding") if errors else "nothing found",
        sound=not errors,
        objections=[shortened(one.line(), _LINE) for one in found if one.message is None],
        more=len(heard) - len(messages),
    )


def _message(one: Heard, found: Sequence[Finding]) -> ShownMessage:
    result = parsed(one.text) if one.role == "tool" else None
    text = result_pieces(result, ()) if isinstance(result, dict | list) else [Piece(one.text)]
    return ShownMessage(
        number=one.index,
        role=one.role,
        trained=one.role == "assistant",
        text=clipped(text),
        calls=[ShownCall(call.name, "", 1, list(_arguments(call))) for call in one.calls],
        answers=one.called.name if one.called else one.name,
        failed=one.role == "tool" and bool(error_code(one.text, result)),
        objections=objections(found, one.index),
    )


def _arguments(call: HeardCall) -> Iterator[ShownArgument]:
    if call.arguments is None:
        yield ShownArgument("", Piece("(cannot be read)"), "")
        return
    for path, value in leaf_values(call.arguments):
        if path:
            yield ShownArgument(path, Piece(value_text(value)), "")
