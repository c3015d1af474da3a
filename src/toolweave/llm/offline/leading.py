"""How a message of the user sets in: a greeting, a reaction, a reason, a remark in passing."""

import random
from collections.abc import Sequence
from typing import Final

from toolweave.checks.words import Words
from toolweave.core.lexicon import Exchange
from toolweave.llm.contexts import UtteranceContext
from toolweave.llm.offline import frames
from toolweave.llm.offline.chats import BYES, CHATS, FAREWELL
from toolweave.llm.offline.phrases import Part, plain
from toolweave.llm.offline.prose import lowered, sentence

# Longer greetings say more than hello.
_BARE_GREETING: Final = 14
# How often a reason is left unsaid: one that the domain's lexicon knows, and one that was drafted
# and fits anything.
_UNSAID: Final = 0.12
_DRAFTED_UNSAID: Final = 0.7


def opening_of(context: UtteranceContext, stream: random.Random) -> list[Part]:
    """Why the user turns up; in the first request only."""
    situation, length = context.cast.situation, context.cast.human.persona.length or "normal"
    if not context.first or situation is None or not situation.openings:
        return []
    unsaid = _UNSAID if context.words.domain_situations else _DRAFTED_UNSAID
    chance = {"terse": 0.55, "normal": unsaid, "chatty": unsaid / 2}[length]
    if stream.random() < chance:
        return []
    return [Part(plain(stream.choice(situation.openings), stream))]


def lead_of(context: UtteranceContext, stream: random.Random, *, short: bool = False) -> list[Part]:
    """A greeting in the first message, a reaction or a linking word in later ones, or nothing.

    ``short`` asks for a bare greeting: what else it could say is said by the opening.
    """
    persona = context.cast.human.persona
    tone, terse = persona.tone or "neutral", persona.length == "terse"
    if context.first:
        chance, pool = 0.15 if terse else 0.35, frames.GREETINGS[tone]
        pool = tuple(one for one in pool if len(one) < _BARE_GREETING) if short else pool
    elif context.failed:
        chance, pool = 0.15 if terse else 0.5, frames.AFTER_FAILURE
    elif _elsewhere(context):
        chance, pool = 0.4 if terse else 0.75, frames.TURNING[tone]
    else:
        chance, pool = 0.2 if terse else 0.5, frames.FOLLOWING[tone]
    if stream.random() >= chance:
        return []
    return [Part(plain(stream.choice(pool), stream))]


def _elsewhere(context: UtteranceContext) -> bool:
    """Whether a request has nothing to do with what was spoken of so far."""
    wishes = context.wishes
    return bool(wishes) and not context.pointers and not any(wish.at_hand for wish in wishes)


def led(lead: Sequence[Part], parts: Sequence[Part]) -> list[Part]:
    """A lead before a clause: run on into it, or as a sentence of its own."""
    mark = lead[0].text.rstrip()
    if mark.endswith((".", "!", "?")):
        return [Part(mark), Part(" "), *sentence(parts)]
    if parts[0].ref:
        # "Then 48 Mill Lane is …", "Hi, Vera Stone is …": a value is better not addressed.
        return list(parts)
    return [Part(mark), Part(" "), *lowered(parts)]


def small_talk(words: Words, seed: int, step: int, subgoal: str = "") -> Exchange:
    """The remark of this step, with the answers that fit it."""
    prepared_talk = words.domain.small_talk if words.domain else ()
    pool = BYES if subgoal == FAREWELL else prepared_talk or CHATS
    return random.Random(f"{seed}/chat/{step}").choice(pool)
