"""A yes or no that nobody prepared words for: ``is_available`` → "it isn't available"."""

from typing import Final

from toolweave.checks.inflection import article, singular
from toolweave.checks.words import split_name, spoken

_SOUND: Final = frozenset(
    {"able", "active", "open", "closed", "full", "empty", "in stock", "online", "offline", "ready",
     "valid", "safe", "free", "busy", "public", "private", "eligible", "overdue", "on", "off",
     "live", "due", "new", "secure", "complete", "healthy", "correct", "refundable"}
)  # fmt: skip
# Names that say nothing of what they are about.
BARE: Final = frozenset({"status", "result", "verified", "outcome"})
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
        what = f"{article(said)} {said}" if singular(said) == said else said
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


def says_verdict(text: str, name: str, value: bool) -> bool:
    """Whether a text says so; a bare ``status`` is said of whatever was asked about."""
    low = text.casefold()
    if verdict(name, value).casefold() in low:
        return True
    bare = len(split_name(name)) == 1 and name.casefold() in BARE
    ends = ("is positive", "you're logged in") if value else ("is negative", "you're not logged in")
    return bare and any(end in low for end in ends)
