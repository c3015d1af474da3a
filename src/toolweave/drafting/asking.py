"""How a tool is asked for: bare infinitives, with and without values."""

from collections.abc import Iterator
from typing import Final

from toolweave.checks.inflection import plural
from toolweave.checks.words_en import listed
from toolweave.drafting.deed import Deed, thing
from toolweave.drafting.nouns import UNCOUNTED, counted, head, mine, one, the
from toolweave.drafting.objects import HANDING, SINGLED, STATES, WHETHER, at_hand
from toolweave.drafting.verbs import said, with_object
from toolweave.drafting.weaving import Weave

_CONTAINERS: Final = frozenset(
    listed("directory folder playlist cart basket channel group team album board")
)
_ALONE: Final = frozenset({"checkout", "check_out", "check_in", "wait", "undo"})
# Where one looks rather than what one looks for.
_SEARCHED: Final = frozenset(
    {"web", "internet", "wiki", "documentation", "docs", "catalog", "database", "memory", "news"}
)


def wishes(deed: Deed, woven: Weave) -> Iterator[str]:
    """What the user wants done, plainly and with the values that read well in it."""
    cores = _cores(deed, again=False)
    yield from cores
    for tail in woven.tails:
        for core in cores[:2]:
            yield core + tail
    verbs = ["see what's in"] if _holds(deed) else said(deed.verb)[:3]
    goal = f" to {the(deed.noun)}" if deed.towards else deed.goal
    for verb in verbs:
        for instead in woven.instead:
            yield with_object(verb, instead) + goal
            for tail in woven.tails[:2]:
                yield with_object(verb, instead) + goal + tail


def again(deed: Deed, woven: Weave) -> Iterator[str]:
    """The same for what the conversation has at hand already."""
    for core in _cores(deed, again=True):
        yield core
        for tail in woven.tails:
            yield core + tail


def _cores(deed: Deed, *, again: bool) -> list[str]:
    """The deed as bare infinitives that state no value."""
    noun, family, verbs = deed.noun, deed.family, said(deed.verb)
    odd = _special(deed)
    if odd:
        return odd
    if not noun:
        what = "that" if again else "it" if family in ("change", "end") else "something"
        return [verb if deed.verb in _ALONE else f"{verb} {what}" for verb in verbs]
    if _holds(deed):
        return [f"see what's in {the(noun, again=again)}", f"list {the(noun, again=again)}"]
    if family in ("list", "search"):
        return _listing(deed)
    if family in ("make", "send") or (family == "pay" and not mine(noun)):
        return [with_object(verb, one(noun)) + deed.goal for verb in verbs]
    whose = f"my {noun}" if deed.own and not again else at_hand(deed, "my", again=again)
    return [with_object(verb, whose) + deed.goal for verb in verbs]


def _special(deed: Deed) -> list[str]:
    """Deeds that are asked for in a way of their own."""
    noun, verbs = deed.noun, said(deed.verb)
    if deed.family == "sign_in":
        return ["log me in", "sign me in", "get me logged in"]
    if deed.family == "sign_out":
        return ["log me out", "sign me out"]
    if deed.towards and deed.verb in HANDING:
        whom = one(thing(noun))
        return [f"put me through to {whom}", f"{deed.verb} me to {whom}"]
    if deed.towards:
        what = "" if deed.family == "send" else "it "
        return [f"{verb} {what}to {the(noun)}" for verb in verbs]
    if deed.verb in WHETHER:
        asked = f"{WHETHER[deed.verb]} {noun or 'so'}"
        return [f"check whether {asked}", f"find out if {asked}"]
    if deed.verb == "mark" and noun in STATES:
        return [f"mark it as {noun}"]
    return [f"search {the(noun)}"] if deed.verb == "search" and head(noun) in _SEARCHED else []


def _holds(deed: Deed) -> bool:
    """Whether a single thing is listed for what is in it."""
    return deed.verb == "list" and head(deed.noun) in _CONTAINERS


def _listing(deed: Deed) -> list[str]:
    """To see several things: "show me my bookings", "look for direct flights"."""
    single = not deed.many and bool(SINGLED & set(deed.noun.split()))
    things = deed.noun if deed.many or not counted(deed.noun) else plural(deed.noun)
    if deed.family == "search" and single:
        return [f"find {the(deed.noun)}", f"look for {the(deed.noun)}"]
    if deed.family == "search":
        return [f"find {things}", f"look for {things}", f"search for {things}", f"find me {things}"]
    if deed.own or mine(things):
        return [f"show me my {things}", f"see my {things}", f"go through my {things}",
                f"list my {things}"]  # fmt: skip
    if head(things) in UNCOUNTED or not counted(thing(things)):
        return [f"show me the {things}", f"see the {things}", f"check the {things}"]
    return [f"see which {things} there are", f"show me the {things}", f"list the {things}",
            f"tell me which {things} there are"]  # fmt: skip
