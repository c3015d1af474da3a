"""What a tool does, read from its name and its description: the verb, and what it acts on."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from toolweave.checks.naming import ARTICLES, FACETS
from toolweave.checks.words import singular, split_name, spoken
from toolweave.checks.words_en import listed
from toolweave.core.tool import Tool
from toolweave.drafting.nouns import head, is_plural
from toolweave.drafting.verbs import AMBIGUOUS, FAMILY, PARTICLES, Family, stem

_CUTS: Final = frozenset(
    listed(
        "by for to from in with of on at as via into using and or per based given within "
        "through between if when"
    )
)
_NO_NAMES: Final = frozenset(
    {"v1", "v2", "v3", "v4", "api", "endpoint", "tool", "function", "beta"}
)
_EMPTY: Final = frozenset({"details", "detail", "info", "information", "data", "list", "record"})
_ABOUT: Final = frozenset({"details", "detail", "info", "information", "data"})
_SPEAKERS: Final = frozenset({"user", "customer", "client", "member", "my"})
_SERVING: Final = frozenset(
    {"support", "service", "care", "feedback", "review", "id", "with", "by", "to", "in", "for",
     "and", "from", "as"}
)  # fmt: skip
_GETTING: Final = frozenset({"get", "fetch", "retrieve", "show", "view", "lookup", "query", "load"})
# Nouns that stand for one computed value.
_FIGURES: Final = frozenset(
    listed(
        "sum product difference average mean median quotient total factorial area perimeter "
        "volume distance interest percentage ratio gcd lcm hypotenuse variance deviation"
    )
)
_NOT_SAID: Final = frozenset(
    listed(
        "api json endpoint client string parameter object resource mime array url tool server "
        "database metadata html http https argument input output function given specified "
        "specific provided response request payload schema"
    )
)
_SENTENCE: Final = re.compile(r"[A-Za-z][A-Za-z0-9 ,'-]{2,200}")
_DETERMINERS: Final = frozenset(
    listed("a an the all any some this that my your its existing specific given")
)


class Deed(NamedTuple):
    """A verb and its object.

    Attributes:
        verb: as in the tool's name: ``fetch``.
        family: what sort of doing it is.
        noun: the object in words without an article ("exchange rate"), or ``""``.
        many: whether the object is more than one thing.
        own: it is the speaker's, as in ``get_user_tickets``.
        towards: the object is where to, not what: ``transfer_to_human_agents``.
    """

    verb: str
    family: Family
    noun: str
    many: bool = False
    own: bool = False
    towards: bool = False


def deed_of(tool: Tool) -> Deed:
    """What the tool does. A name that says too little is helped out by the description."""
    named = _from_name(tool.name)
    if named is not None and named.noun:
        return named
    told = _from_description(tool.description)
    if named is None:
        rest = _spoken(_kept(_words(tool.name)))
        if told is not None and (told.family != "look" or not rest):
            return told
        return Deed("get", "look", rest or "result", is_plural(head(rest)))
    if named.family in ("sign_in", "sign_out") or told is None or not told.noun:
        return named
    return named._replace(noun=told.noun, many=told.many)


def _from_name(name: str) -> Deed | None:
    """The deed a name tells; None where it has no verb."""
    words = _joined(_words(name))
    place = _verb_at(words)
    if place is None:
        return None
    verb, before, rest = words[place], words[:place], words[place + 1 :]
    family = FAMILY[verb]
    if rest and rest[0] in ("to", "with") and len(rest) > 1:
        noun = _spoken(_kept(rest[1:], family))
        return Deed(verb, family, noun, is_plural(head(noun)), towards=True)
    own = bool(rest) and len(rest) > 1 and rest[0] in _SPEAKERS and rest[1] not in _SERVING
    kept = _kept(rest[1:] if own else rest, family)
    if not kept or (before and set(kept) <= FACETS):
        kept = _kept([*before, *kept], family)
    several = bool(kept) and is_plural(kept[-1]) and kept[-1] not in _EMPTY
    if verb in _GETTING and (several or "all" in rest[:1]):
        family = "list"
    elif family == "look" and kept and kept[-1] in _FIGURES:
        family = "compute"
    noun = _spoken(kept)
    return Deed(verb, family, noun, is_plural(head(noun)), own=own)


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


def _verb_at(words: Sequence[str]) -> int | None:
    """Where the verb stands: first, or behind the name of a system, or at the very end."""
    if words and words[0] in FAMILY:
        return 0
    clear = (i for i, word in enumerate(words) if word in FAMILY and word not in AMBIGUOUS)
    place = next(clear, None)
    if place is not None:
        return place
    return len(words) - 1 if len(words) > 1 and words[-1] in FAMILY else None


def _kept(words: Sequence[str], family: Family = "look") -> list[str]:
    """The noun phrase at the head of the words, without what nobody says."""
    cut = next((i for i, word in enumerate(words) if word in _CUTS and i), len(words))
    kept = [word for word in words[:cut] if not word.isdigit()]
    while kept and kept[0] in (ARTICLES - {"current", "available", "nearby", "upcoming", "recent"}):
        kept.pop(0)
    while len(kept) > 1 and kept[-1] in ("id", "ids", "request", *_EMPTY):
        last = kept.pop()
        if family not in ("look", "list") and last in _ABOUT:
            return [*kept, "details"]
    return ["details"] if kept and kept[-1] in _ABOUT else kept


def _spoken(words: Sequence[str]) -> str:
    return spoken("_".join(words)) if words else ""


def _from_description(description: str) -> Deed | None:
    """The deed of a description's first sentence, where it is one that people could say."""
    text = description.split("Tool description:")[-1].strip()
    first = re.split(r"[.;:(\n]", text[:400], maxsplit=1)[0].strip()
    if not _SENTENCE.fullmatch(first):
        return None
    words = first.split()
    verb = stem(words[0].strip(","))
    if not verb:
        return None
    noun = _object(words[1:])
    return Deed(verb, FAMILY[verb], noun, is_plural(head(noun)) if noun else False)


def _object(words: Sequence[str]) -> str:
    """The object at the head of the words: ``a single file using gzip`` → single file."""
    kept: list[str] = []
    for word in words:
        low = word.lower().strip(",")
        if (low in _CUTS and low != "of") or low in ("that", "which", "whether", "it", "back"):
            break
        if not (low in _DETERMINERS and not kept):
            kept.append(low if not word.isupper() else word.strip(","))
        if word.endswith(","):
            break
    while kept and kept[-1] in ("of", "a", "an", "the"):
        kept.pop()
    if not 0 < len(kept) <= 6 or set(kept) & _NOT_SAID:
        return ""
    return " ".join(kept)


def thing(noun: str) -> str:
    """The noun phrase in the singular: ``direct flights`` → direct flight."""
    words = noun.split()
    return " ".join([*words[:-1], singular(words[-1])]) if words and " of " not in noun else noun
