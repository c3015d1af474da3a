"""The deed that a tool's name tells: ``ticket_get_login_status``, ``addPet``, ``weather``."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from toolweave.checks.naming import ARTICLES, FACETS
from toolweave.checks.words import split_name, spoken
from toolweave.checks.words_en import listed
from toolweave.drafting.nouns import is_plural, the
from toolweave.drafting.verbs import AMBIGUOUS, FAMILY, PARTICLES, Family

CUTS: Final = frozenset(
    listed(
        "by for to from in with of on at as via into using and or per based given within "
        "through between if when"
    )
)
_NO_NAMES: Final = frozenset(
    {"v1", "v2", "v3", "v4", "api", "endpoint", "tool", "function", "beta", "math", "mcp"}
)
_EMPTY: Final = frozenset({"details", "detail", "info", "information", "data", "list", "record"})
_ABOUT: Final = frozenset({"details", "detail", "info", "information", "data"})
_SPEAKERS: Final = frozenset({"user", "customer", "client", "member", "my"})
_SERVING: Final = frozenset(
    listed("support service care feedback review id with by to in for and from as agents")
)
_GETTING: Final = frozenset({"get", "fetch", "retrieve", "show", "view", "lookup", "query", "load"})
# What stands behind a noun rather than behind a verb: order status, exchange rate.
_BEHIND_NOUNS: Final = FACETS | frozenset(
    listed("rate rates number numbers code list count book id type price cost volume by")
)
# Verbs even behind the name of a system, though they are nouns too: ``slack_post_message``.
_DOING: Final = frozenset({"post", "start", "make", "set", "open", "run", "call", "place"})
# Nouns that stand for one computed value.
_FIGURES: Final = frozenset(
    listed(
        "sum difference average mean median mode quotient factorial area perimeter logarithm "
        "percentage ratio gcd lcm hypotenuse variance deviation power derivative integral bmi "
        "probability correlation root absolute"
    )
)


class Named(NamedTuple):
    """A verb, what sort of doing it is, and its object, as words tell them.

    ``own``: it is the speaker's; ``goal``: " to my cart"; ``towards``: the object is where to.
    """

    verb: str
    family: Family
    noun: str
    own: bool = False
    goal: str = ""
    towards: bool = False


def named_by(name: str) -> Named | None:
    """The deed a name tells; None where it has no verb."""
    words = _joined(_words(name))
    place = _verb_at(words)
    if place is None:
        figure = bool(_FIGURES & set(words[-2:]))
        return Named("calculate", "compute", spoken("_".join(words))) if figure else None
    verb, before, rest = words[place], words[:place], _without_second(words[place + 1 :])
    family = FAMILY.get(verb, "change")
    if rest and rest[0] in ("to", "with") and len(rest) > 1:
        return Named(verb, family, _said(_kept(rest[1:], family)), towards=True)
    own = len(rest) > 1 and rest[0] in _SPEAKERS and rest[1] not in _SERVING
    kept = _kept(rest[1:] if own else rest, family)
    if not kept or (before and set(kept) <= FACETS):
        kept = _kept([*before, *kept], family)
    family = _family(verb, rest, kept)
    # A sum is worked out, whatever the name says: nobody looks one up.
    verb = "calculate" if family == "compute" and verb in _GETTING else verb
    return Named(verb, family, _said(kept), own, _goal(rest, family))


def nouns_of(name: str) -> str:
    """What a name without a verb names: ``directory_tree`` → "directory tree"."""
    return _said(_kept(_words(name)))


def _family(verb: str, rest: Sequence[str], kept: Sequence[str]) -> Family:
    """What sort of doing it is, with this object: getting several things is listing them."""
    family = FAMILY.get(verb, "change")
    several = bool(kept) and is_plural(kept[-1]) and kept[-1] not in _EMPTY
    if verb in _GETTING and (several or "all" in rest[:1]):
        return "list"
    if verb == "set" and kept and kept[-1] in ("reminder", "alarm", "timer"):
        return "make"
    if family == "search" and "by" in rest and not several:
        return "look"
    if family == "look" and kept and kept[-1] in _FIGURES:
        return "compute"
    return family


def _goal(rest: Sequence[str], family: Family) -> str:
    """Where the object goes to: ``add_item_to_cart`` → " to my cart"."""
    place = next((i for i, word in enumerate(rest) if word in ("to", "from") and i), None)
    if place is None or family not in ("make", "end", "change", "send"):
        return ""
    where = _said(_kept(rest[place + 1 :]))
    return f" {rest[place]} {the(where)}" if where and not is_plural(where.split()[-1]) else ""


def _words(name: str) -> list[str]:
    """The words of a name that can be said; signs mean something in a phrase."""
    return [word for word in split_name(name[:120]) if word.isalnum() and word not in _NO_NAMES]


def _joined(words: Sequence[str]) -> list[str]:
    """The words with verbs of two words made one: ``log in`` → ``log_in``."""
    found: list[str] = []
    for word in words:
        if found and word in PARTICLES and f"{found[-1]}_{word}" in FAMILY:
            found[-1] = f"{found[-1]}_{word}"
        else:
            found.append(word)
    return found


def _without_second(rest: list[str]) -> list[str]:
    """The words after the verb without another verb: ``create_or_update_file``."""
    if rest[:1] in (["or"], ["and"]) and len(rest) > 2 and rest[1] in FAMILY:
        return rest[2:]
    again = len(rest) > 1 and FAMILY.get(rest[0], "sign_in") not in ("sign_in", "sign_out")
    return rest[1:] if again and rest[0] not in AMBIGUOUS else rest


def _verb_at(words: Sequence[str]) -> int | None:
    """Where the verb stands: first, or behind the name of a system, or at the very end."""
    if words and words[0] in FAMILY:
        noun = words[0] in AMBIGUOUS and len(words) > 1 and words[1] in _BEHIND_NOUNS
        if not noun:
            return 0
    if len(words) > 1 and words[0].endswith(("ize", "ise", "ify")):
        return 0
    for place, word in enumerate(words):
        if word in FAMILY and place and (word not in AMBIGUOUS or word in _DOING):
            return place
    return len(words) - 1 if len(words) > 1 and words[-1] in FAMILY else None


def _kept(words: Sequence[str], family: Family = "look") -> list[str]:
    """The noun phrase at the head of the words, without what nobody says."""
    cut = next((i for i, word in enumerate(words) if word in CUTS and i), len(words))
    kept = [word for word in words[:cut] if not word.isdigit()]
    while kept and kept[0] in (ARTICLES - {"current", "available", "nearby", "upcoming", "recent"}):
        kept.pop(0)
    while len(kept) > 1 and kept[-1] in ("id", "ids", *_EMPTY):
        last = kept.pop()
        if family not in ("look", "list") and last in _ABOUT:
            return [*kept, "details"]
    return ["details"] if kept and kept[-1] in _ABOUT else kept


def _said(words: Sequence[str]) -> str:
    return spoken("_".join(words)) if words else ""
