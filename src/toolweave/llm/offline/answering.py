"""What services write back: a desk's answer, that a deed is done, the names in a folder."""

import random
from collections.abc import Mapping
from typing import Any, Final

from toolweave.checks.effects import effect_of
from toolweave.checks.naming import FOLDER_WORDS, STOP_WORDS, words
from toolweave.core.tool import Tool
from toolweave.drafting.verbs import participle
from toolweave.schema.validators import validator

_REPLIES: Final = (
    "Your message has reached us. A colleague will answer within one working day.",
    "Thank you for getting in touch. We are looking into it and will write to you by tomorrow.",
    "We have passed this on to the team in charge. You will hear from us within two working days.",
    "Your request is with our service desk now. The answer will come by email.",
    "We have received your enquiry and will call you back this afternoon.",
)
_TEXTS: Final = frozenset({"content", "message", "output", "response", "text", "reply", "answer"})
_ANSWERS: Final = frozenset({"message", "response", "reply", "answer"})
_TURNS_TO: Final = frozenset({"contact", "support", "helpdesk", "ask", "notify", "escalate"})
_FOLDERS: Final = FOLDER_WORDS | {"files", "tree"}
_FOLDER_NAMES: Final = (
    "documents",
    "projects",
    "photos",
    "shared/team",
    "backups/weekly",
    "invoices",
)
_FILES: Final = (
    "notes.txt", "budget-2025.xlsx", "photos", "report-final.docx", "invoices", "todo.md",
    "presentation.pptx", "contracts", "meeting-minutes.pdf", "archive.zip", "backup", "readme.md",
)  # fmt: skip


def answered(
    tool: Tool, arguments: Mapping[str, Any], path: str, schema: Any, stream: random.Random
) -> str | None:
    """The text of a result that only says what became of the call; None for any other leaf.

    Args:
        tool, arguments: the call.
        path: the leaf; only one at the top of the result is such a text.
        schema: the leaf's own, which the text must fit.
        stream: chooses among what may be said.
    """
    found, named = words(path), words(tool.name)
    if "." in path or "[" in path or found[-1:] == () or found[-1] not in _TEXTS:
        return None
    text = ""
    if found[-1] in _ANSWERS and _TURNS_TO & {*named}:
        text = stream.choice(_REPLIES)
    elif effect_of(tool).kind != "read":
        text = _done(named, arguments)
    elif _FOLDERS & {*named} and found[-1] in ("content", "output"):
        held = _FOLDER_NAMES if {"directories", "folders"} & {*named} else _FILES
        text = ", ".join(stream.sample(held, stream.randint(2, 4)))
    fits = isinstance(schema, Mapping) and validator(schema).valid(text)
    return text if text and fits else None


def _done(named: tuple[str, ...], arguments: Mapping[str, Any]) -> str:
    """``Directory created: reports`` for ``create_directory``."""
    verb, rest = named[0], [word for word in named[1:] if word not in STOP_WORDS]
    told = " ".join((*rest, participle(verb))).capitalize()
    which = next((value for value in arguments.values() if isinstance(value, str)), "")
    return f"{told}: {which}" if 0 < len(which) <= 60 else f"{told}."
