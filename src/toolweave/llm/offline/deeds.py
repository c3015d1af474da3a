"""What was done, by the tool's name alone: ``create_support_ticket`` → "I've created a …"."""

import random
import re
from typing import Final

from toolweave.checks.words import singular, split_name, spoken
from toolweave.llm.contexts import Outcome
from toolweave.llm.offline.prose import article

_PREPOSITIONS: Final = frozenset({"to", "for", "from", "with", "by", "in", "on", "at", "of"})
_PAST: Final = {
    "get": "looked up", "find": "found", "send": "sent", "make": "made", "set": "set", "put": "put",
    "pay": "paid", "buy": "bought", "book": "booked", "submit": "submitted", "begin": "begun",
    "search": "searched", "cancel": "cancelled", "stop": "stopped", "plan": "planned",
    "hold": "held",
    "ship": "shipped", "transfer": "transferred", "fetch": "looked up", "retrieve": "looked up",
    "calculate": "worked out", "compute": "worked out", "check": "checked", "list": "gone through",
    "lookup": "looked up", "run": "run", "write": "written", "read": "read", "give": "given",
    "do": "done", "go": "gone", "see": "seen", "show": "shown", "pick": "picked", "cut": "cut",
    "take": "taken", "tag": "tagged", "log": "logged", "query": "looked up", "track": "tracked",
}  # fmt: skip


def done_by_name(outcome: Outcome, stream: random.Random) -> str:
    """``create_support_ticket`` → "I've created the support ticket"."""
    parts = split_name(outcome.tool.name)
    verb, rest = parts[0], "_".join(parts[1:])
    noun = spoken(rest) if rest else ""
    past = _PAST.get(verb) or (verb + "d" if verb.endswith("e") else _ied(verb))
    effect = outcome.tool.effect.kind if outcome.tool.effect else ""
    if verb in ("get", "fetch", "retrieve", "lookup", "check", "query", "find") or effect == "read":
        here = "here are" if noun and singular(noun.split()[-1]) != noun.split()[-1] else "here's"
        return stream.choice(
            (f"{here} the {noun or 'result'}", f"I've {past} the {noun or 'details'}")
        )
    if not noun or parts[1] in _PREPOSITIONS:
        return stream.choice(("I've done that for you", "that's all done now"))
    if verb in ("create", "add", "book", "schedule", "open", "submit", "place", "make", "send"):
        return stream.choice((f"I've {past} {article(noun)} {noun}", f"the {noun} is {past}"))
    return stream.choice(
        (f"I've {past} the {noun}", f"the {noun} is {past}", f"done, the {noun} is {past}")
    )


def _ied(verb: str) -> str:
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    # Short verbs double their last letter: dropped, planned.
    return (
        verb + verb[-1] + "ed" if re.fullmatch(r"[^aeiou]*[aeiou][bdgmnprt]", verb) else verb + "ed"
    )
