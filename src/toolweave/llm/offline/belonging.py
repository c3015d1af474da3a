"""What a number counts, and whose a thing is."""

import re
from typing import Final

from toolweave.checks.inflection import plural, singular
from toolweave.checks.words import FieldView, split_name
from toolweave.llm.offline.phrases import Part

_CLAUSE: Final = re.compile(r"(?:what|which|who|whose|where|when|why|how)(?:'s)? ")
_PERSONAL: Final = frozenset(
    {"customer", "user", "requester", "client", "member", "account", "policy", "phone", "email",
     "mobile", "budget", "contact", "passenger", "card", "birth", "company", "my", "holder",
     "order"}
)  # fmt: skip


def things(view: FieldView) -> list[Part] | None:
    """What a number counts: "guest count" → guests; None where the name does not say."""
    words = view.label.split()
    if len(words) > 2 and words[:2] == ["number", "of"]:
        words = words[2:]
    elif len(words) > 1 and words[-1] in ("count", "quantity"):
        words = words[:-1]
    elif singular(words[-1]) == words[-1]:
        return None
    return [Part(" ".join([*words[:-1], plural(singular(words[-1]))]))]


def whose(view: FieldView, mine: str) -> str:
    """``mine`` for what belongs to a person, such as a name; "the" for anything else.

    Nothing for a label that is a clause, such as "what the case is about".
    """
    if _CLAUSE.match(view.label):
        return ""
    return mine if _PERSONAL & set(split_name(view.name)) else "the"
