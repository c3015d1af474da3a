"""A yes or no that nobody prepared words for: ``is_available`` → "it isn't available"."""

from typing import Final

from toolweave.checks.words import split_name, spoken
from toolweave.drafting.nouns import article, counted

_SOUND: Final = frozenset(
    {"able", "active", "open", "closed", "full", "empty", "in stock", "online", "offline", "ready",
     "valid", "safe", "free", "busy", "public", "private", "eligible", "overdue", "on", "off",
     "live", "due", "new", "secure", "complete", "healthy", "correct", "refundable"}
)  # fmt: skip
_CONFIRMING: Final = frozenset({"status", "result", "check", "verification", "validation"})


def verdict(name: str, value: bool) -> str:
    """What a boolean output says, as a clause."""
    words = [word for word in split_name(name) if word not in ("flag", "bool")]
    if "login" in words or words == ["logged", "in"]:
        return f"you're {'' if value else 'not '}logged in"
    first, rest = (words[0], words[1:]) if words else ("", [])
    said = spoken("_".join(rest)) if rest else ""
    be, can = ("is", "can") if value else ("isn't", "can't")
    if first in ("is", "was", "are") and rest:
        return f"it {be} {said}"
    if first in ("has", "have") and rest:
        what = article(said) + " " + said if counted(said) else said
        return f"it has {what}" if value else f"it has no {said}"
    if first == "can" and rest:
        return f"it {can} {said}"
    if words and (words[-1] in _SOUND or words[-1].endswith(("ed", "able", "ible"))):
        adjective = spoken(words[-1])
        return f"it {be} {adjective}"
    label = spoken(name)
    if words and words[-1] in _CONFIRMING:
        return f"the {label} is {'positive' if value else 'negative'}"
    return f"{label}: {'yes' if value else 'no'}"
