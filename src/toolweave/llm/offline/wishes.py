"""What the user wants done, as a bare infinitive: from the lexicon, the plan's intent, or names."""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Final

from toolweave.checks.words import Words, spoken
from toolweave.llm.contexts import UtteranceContext, Wish
from toolweave.llm.offline.phrases import Fill, Part, expand, holes, plain, text_of
from toolweave.llm.offline.prose import joined

_LEAD: Final = re.compile(
    r"^(?:(?:ok(?:ay)?|now|next|then|also|please|hi|hello|hey|great|and|so|well)[,!. ]+)*"
    r"(?:(?:i(?:'d| would) like (?:you )?to|i (?:need|want|have|wish)(?: you)? to|"
    r"i'm (?:trying|looking) to|(?:can|could|would|will) (?:you|i|we)|help me(?: to)?|let's|"
    r"the user (?:wants|needs|would like|asks) to|i would like to)\s+)?(?:please\s+)?(?:to\s+)?",
    re.IGNORECASE,
)
_NOT_A_VERB: Final = re.compile(
    r"^(?:i|my|we|the|a|an|is|are|what|where|when|why|how|which|who|there|it|this|that|do|does)\b",
    re.I,
)
_ASSISTANT_ONLY: Final = re.compile(
    r"\b(?:me|us|yourself|give|tell|let|show|send me|check whether|look up)\b"
)


def infinitive(text: str) -> str:
    """``I need to open a ticket.`` → ``open a ticket``; empty when it is not a request to do."""
    core = _LEAD.sub("", text.strip(), count=1).strip().rstrip(".!? ")
    if not core or _NOT_A_VERB.match(core) or len(core) > 160:
        return ""
    head = core.split()[0]
    return core if head.isupper() else core[0].lower() + core[1:]


def assistant_only(wish: str) -> bool:
    """Whether the wish fits only after "can you": "tell me …" but not "open …"."""
    return _ASSISTANT_ONLY.search(wish) is not None


def prepared(
    phrases: Sequence[str], names: frozenset[str], stream: random.Random, fill: Fill
) -> list[Part] | None:
    """One of the phrases whose holes are all on offer, richer ones more often; else None."""
    fitting = [phrase for phrase in phrases if holes(phrase) <= names]
    while fitting:
        # A hole that no other phrase could fill had better be filled now.
        weights = [(1 + len(holes(phrase))) ** 3 for phrase in fitting]
        phrase = stream.choices(fitting, weights)[0]
        parts = expand(phrase, stream, fill)
        if parts is not None and text_of(parts).strip():
            return parts
        fitting.remove(phrase)
    return None


def wish_parts(
    context: UtteranceContext, wish: Wish, stream: random.Random, fill: Fill
) -> list[Part]:
    """The wish for one call."""
    words = context.words.tool(wish.tool.name)
    own = _own_slots(context, wish)
    names = frozenset(own)
    pools = (words.again, words.wishes) if wish.at_hand else (words.wishes, words.again)
    for pool in pools:
        parts = prepared(pool, names, stream, lambda name: fill(own.get(name, name)))
        if parts is not None:
            return parts
    return [Part(bare(wish.tool.name))]


def _own_slots(context: UtteranceContext, wish: Wish) -> Mapping[str, str]:
    """What the wish for one call may weave in: its own values, and those it shares by name.

    Two calls of a request may each have a ``path``; what serves a later call is told apart.
    """
    asked = {one.tool.name for one in context.wishes}
    takes = wish.tool.parameters.get("properties", {})
    own: dict[str, str] = {}
    for mine in (True, False):
        for slot in context.slots:
            if (slot.tool == wish.tool.name) is not mine or slot.tool not in asked:
                continue
            for name in (slot.view.name, slot.view.path):
                if mine or name in takes:
                    own.setdefault(name, slot.name)
    return own


def bare(name: str) -> str:
    """A tool's name as it stands: the last resort where nothing words it."""
    return spoken(name)


def combined(context: UtteranceContext, stream: random.Random, fill: Fill) -> list[Part]:
    """The wishes of a segment as one infinitive phrase: "open a ticket and read it back to me"."""
    authored = infinitive(context.intent or context.subgoal)
    if authored and not _own(authored, context.words, context.wishes):
        return [Part(authored)]
    # What a condition hangs on is asked for too: "if there is one" of nothing means nothing.
    chosen = list(context.wishes) if context.condition else _voiced(context.wishes, stream)
    said = [wish_parts(context, wish, stream, fill) for wish in chosen]
    unique = [parts for i, parts in enumerate(said) if parts not in said[:i]]
    if context.condition:
        return _conditional(unique, context.condition, stream)
    link = stream.choice((" and ", " and ", " and then ", ", then "))
    return joined(unique[:3], last=link)


def _own(text: str, words: Words, wishes: Sequence[Wish]) -> bool:
    """Whether the plan only says what the words of its tools say, and better.

    Somebody's own wording of a request over tools that nobody prepared is kept.
    """
    known = [words.tool(wish.tool.name) for wish in wishes]
    if not known:
        return False
    if any(words.prepared(wish.tool.name) and words.tool(wish.tool.name).wishes for wish in wishes):
        return True
    return all(
        any(not holes(phrase) and _said_in(phrase, text) for phrase in (*one.wishes, *one.again))
        for one in known
    )


def _said_in(phrase: str, text: str) -> bool:
    """Whether the text holds the phrase, whichever of its alternatives."""
    return any(plain(phrase, random.Random(draw)) in text for draw in range(4))


def _conditional(said: Sequence[list[Part]], condition: str, stream: random.Random) -> list[Part]:
    """A wish that depends on what is found: "see where it is and, if it's stuck, free it"."""
    last = said[-1]
    if len(said) == 1:
        return [*last, Part(f", if {condition}")]
    if stream.random() < 0.5:
        return [*joined(said[:-1], last=" and "), Part(f" and, if {condition}, "), *last]
    return [*joined([*said[:-1], last], last=" and "), Part(f" if {condition}")]


def _voiced(wishes: Sequence[Wish], stream: random.Random) -> list[Wish]:
    """A look-up that only serves a later call is often left unsaid."""
    if len(wishes) < 2:
        return list(wishes)
    kept = [
        wish
        for index, wish in enumerate(wishes)
        if index == len(wishes) - 1
        or not (wish.feeds_later and wish.reads)
        or stream.random() < 0.35
    ]
    return kept if len(kept) <= 3 else [kept[0], *kept[-2:]]


def slot_names(context: UtteranceContext) -> Mapping[str, str]:
    """Leaf and path names that phrases may weave in → the slot they stand for."""
    names: dict[str, str] = {}
    asked = {wish.tool.name for wish in context.wishes}
    for slot in context.slots:
        if (asked or context.voiced) and slot.tool not in asked:
            # What nobody asks for outright, or not yet, is told after the wish, not in it.
            continue
        names.setdefault(slot.view.name, slot.name)
        names[slot.view.path] = slot.name
        names[slot.name] = slot.name
    return names
