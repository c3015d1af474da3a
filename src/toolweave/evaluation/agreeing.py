"""Whether a user agreed to a call that the assistant had announced."""

import re
from collections.abc import Sequence

from toolweave.checks.effects import VERBS, effect_of
from toolweave.checks.folding import fold
from toolweave.checks.matching import find
from toolweave.checks.naming import words
from toolweave.checks.words_en import stems
from toolweave.core.tool import Tool
from toolweave.evaluation.heard import Heard, HeardCall
from toolweave.evaluation.transcript import NO_CLOCK
from toolweave.schema.paths import leaf_values

_AGREES = re.compile(
    r"\b(?:yes|yeah|yep|yup|sure|ok|okay|agreed?|absolutely|certainly|definitely|of course"
    r"|go ahead|go for it|please do|do it|do that|proceed|confirm(?:ed)?|correct"
    r"|that's (?:right|fine)|that works|works for me|perfect|approved?"
    r"|sounds (?:good|great|fine|right|perfect)"
    r"|looks (?:good|right|fine|correct))\b"
)  # fmt: skip
_REFUSES = re.compile(
    r"^\W*(?:no(?! problem)|nope|wait|stop|hold on|actually,? no)\b"
    r"|\b(?:not|don't|do not|never|can't|cannot)\b[\w\s',]{0,20}$"
)
_SENTENCE = re.compile(r"[.!?;\n]+")
# Beside these, a tool's name says little of what it is about.
_BARE = frozenset({"get", "set", "do", "make", "by", "to", "the", "a", "of", "for", "and", "with"})
_TEXT = 10_000


def unagreed(call: HeardCall, heard: Sequence[Heard], until: int) -> str:
    """Why the call is not confirmed by the user, in words; empty when it is.

    The first ``until`` messages come before the one that calls. The user's latest message has to
    agree, and what the assistant said right before that has to speak of the call: by a word of its
    name or another verb for what it does ("upgrade" for an update), or by a value that it sends.
    """
    place = next((at for at in reversed(range(until)) if heard[at].role == "user"), None)
    if place is None:
        return "no user has said anything by then"
    latest = heard[place]
    announced: list[str] = []
    for at in reversed(range(place)):
        message = heard[at]
        if message.role == "user":
            break
        if message.role == "assistant" and message.text.strip():
            announced.append(message.text[:_TEXT])
    if not any(_speaks_of(text, call) for text in announced):
        return f"the assistant did not announce it before the user's message {latest.index}"
    if not agrees(latest.text):
        return f"the user's message {latest.index} does not agree to it"
    return ""


def agrees(text: str) -> bool:
    """Whether a sentence of the text agrees, and none before it refuses."""
    for sentence in _SENTENCE.split(text[:_TEXT].lower().replace("’", "'")):
        found = _AGREES.search(sentence)
        if _REFUSES.search(sentence[: found.start()] if found else sentence):
            return False
        if found:
            return True
    return False


def _speaks_of(text: str, call: HeardCall) -> bool:
    said = set(stems(fold(text).text))
    kind = effect_of(Tool(name=call.name)).kind
    verbs = (verb for verb, does in VERBS.items() if does == kind != "read")
    spoken = (*words(call.name), *verbs)
    named = {stem for word in spoken if word not in _BARE for stem in stems(word)}
    if said & named:
        return True
    values = [value for _, value in leaf_values(call.arguments or {}) if value]
    stated = (value for value in values if isinstance(value, str | int) and value is not True)
    return any(find(text, value, True, now=NO_CLOCK) is not None for value in stated)
