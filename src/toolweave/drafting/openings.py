"""Why somebody turns up with such a request: sentences that state no value."""

from collections.abc import Sequence
from typing import Final

from toolweave.core.lexicon import Situation
from toolweave.core.tool import Tool
from toolweave.drafting.deed import Deed, deed_of
from toolweave.drafting.nouns import head, is_plural, mine
from toolweave.drafting.verbs import Family

# Of what people have: their booking, their account.
_OWN: Final[dict[str, tuple[str, ...]]] = {
    "look": (
        "I've lost track of my {noun}.", "I want to go over my {noun} before the weekend.",
        "My partner asked about my {noun} and I had no answer.",
        "Something about my {noun} looks off to me.",
        "I can't find the mail with my {noun} anymore.",
        "I've got a few minutes before my train and want this out of the way.",
    ),
    "change": (
        "There's been a change on my side.", "I got something wrong with my {noun}.",
        "My {noun} needs a bit of attention.",
        "My {noun} isn't quite right the way it is.",
    ),
    "end": (
        "Something's come up and it won't work out after all.", "My plans have fallen through.",
        "I won't be needing my {noun} anymore.", "I've changed my mind about my {noun}.",
        "I'm cutting down a little.", "I found out I've got two of these.",
    ),
    "make": (
        "We've finally settled on a plan.", "It's all agreed at home now.",
        "I've put this off for weeks.", "I want this sorted before the month is over.",
        "A friend told me to do this early.", "I've compared a few and made up my mind.",
        "Better now than at the last minute.", "It's my turn to organise it this time.",
    ),
    "pay": (
        "I'd rather not owe anybody anything.", "I'm going through what's still open.",
        "I promised to settle this today.", "There's something I still have to settle.",
    ),
}  # fmt: skip
# Of what people deal with: files, exchange rates, research queries.
_OTHER: Final[dict[str, tuple[str, ...]]] = {
    "look": (
        "I'm putting a summary together.", "A colleague asked me and I didn't know.",
        "I'm preparing for a call.",
        "I'm new to this, so bear with me.", "I was just arguing about this with a friend.",
        "I'm catching up after a week off.",
    ),
    "change": (
        "I noticed a slip earlier.",
        "We agreed on something else this morning.", "I'm tidying up a bit.",

    ),
    "end": (
        "I'm clearing out what nobody uses.", "Spring cleaning, sort of.",
        "This one isn't needed anymore.", "We don't need it after all.",
        "I set something up by mistake.",
    ),
    "make": (
        "I'm getting things ready for Monday.",
        "There's a new one to take care of.", "I want to get this down before I forget.",
        "I've got everything together now.", "My list for today is long, so one thing at a time.",
        "The team is waiting for this.",
    ),
    "send": (
        "I don't want to wait any longer.", "Somebody should hear about this.",
        "I've been trying to reach someone.", "People keep asking me.",
    ),
    "compute": (
        "I'm no good with numbers.", "I'm checking somebody's figures.",
        "I can't get the same figure twice.", "My calculator's at home.",
        "I've been going back and forth on this.",
    ),
    "search": (
        "I've got some time on my hands.",
        "I'm helping somebody choose.", "I haven't made up my mind yet.",
    ),
}  # fmt: skip
_LIKE: Final[dict[Family, str]] = {
    "list": "look", "test": "look", "act": "change", "pay": "make", "send": "make",
    "compute": "look", "search": "look",
}  # fmt: skip


def situations(tools: Sequence[Tool]) -> tuple[Situation, ...]:
    """One situation for each tool that a dialogue may start with, by what it does to what."""
    found = []
    for tool in tools:
        lines = _openings(deed_of(tool))
        if lines:
            found.append(Situation(tools=(tool.name,), openings=lines))
    return tuple(found)


def _openings(deed: Deed) -> tuple[str, ...]:
    if deed.family in ("sign_in", "sign_out"):
        return ()
    table = _OWN if mine(deed.noun) else _OTHER
    family: str = deed.family
    lines = table.get(family) or table.get(_LIKE.get(deed.family, ""), ())
    # A long or odd name would sound like a form read aloud.
    plain = len(deed.noun.split()) < 3 and not (is_plural(head(deed.noun)) and family == "look")
    return tuple(line.format(noun=deed.noun) for line in lines if plain or "{noun}" not in line)
