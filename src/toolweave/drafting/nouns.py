"""Nouns as people use them: what is theirs, what cannot be counted, and which word goes before."""

from typing import Final

from toolweave.checks.inflection import article, singular
from toolweave.checks.naming import OTHER_WORDS, PERSON_WORDS
from toolweave.checks.words_en import listed

_MINE: Final = frozenset(
    listed(
        "account booking reservation order invoice bill balance subscription membership policy "
        "claim appointment profile card cart basket wishlist flight trip itinerary luggage "
        "baggage insurance budget calendar inbox mailbox wallet portfolio watchlist "
        "prescription settings preferences history notifications favorites favourites contacts "
        "statement loan mortgage passport seat stay refund deposit plan allowance bank home car "
        "address password phone delivery package parcel shipment return benefits payslip leave "
        "timesheet enrollment certificate license licence permit warranty rental lease tax "
        "pension salary credit"
    )
)
# What is "my" for all that it holds: my booking history, my card's limit.
_HOLDING: Final = frozenset(
    listed(
        "account booking reservation order invoice card subscription membership policy claim "
        "budget loan mortgage bank profile"
    )
)
UNCOUNTED: Final = frozenset(
    listed(
        "insurance information info feedback access money funds weather traffic inventory "
        "equipment luggage baggage support help music news data stock research advice homework "
        "software hardware storage staff content text speech lyrics statistics stats "
        "directions analytics settings preferences permissions cash credit fuel energy water "
        "air history metadata humidity time leave sentiment food maintenance "
        "playback medication compliance details"
    )
)
_ALWAYS_MANY: Final = frozenset(
    listed(
        "settings preferences permissions statistics stats directions analytics details lyrics "
        "people children contents credentials"
    )
)
_NEVER_MANY: Final = frozenset(listed("news status address gps series analysis basis bus lens"))


def is_plural(word: str) -> bool:
    """Whether a word stands for more than one thing."""
    if word in _ALWAYS_MANY:
        return True
    return word not in _NEVER_MANY and singular(word) != word


def head(noun: str) -> str:
    """The word that a noun phrase is about: ``cost of a flight`` → cost."""
    words = noun.split(" of ")[0].split()
    return words[-1].lower() if words else ""


def counted(noun: str) -> bool:
    """Whether "a" can stand before it."""
    return bool(noun) and head(noun) not in UNCOUNTED and not is_plural(head(noun))


def mine(noun: str) -> bool:
    """Whether people would say "my" of it: a booking, an account's balance."""
    words = [singular(word) for word in noun.lower().split()]
    if not words or set(words) & (PERSON_WORDS | OTHER_WORDS | {"available", "nearest", "direct"}):
        return False
    return head(noun) in _MINE or words[-1] in _MINE or bool(set(words[:-1]) & _HOLDING)


def one(noun: str) -> str:
    """A new thing of the kind: "a ticket", "insurance", "files"."""
    return f"{article(noun)} {noun}" if counted(noun) else noun


def the(noun: str, *, again: bool = False) -> str:
    """The thing at hand: "my booking", "the exchange rate"; ``again``: "that booking"."""
    if noun.split(" ")[0] in ("random", "another"):
        return one(noun)
    if head(noun) in {"support", "help", "music", "news"} or not noun:
        return noun
    if again and counted(noun):
        return f"[that|the] {noun}"
    return f"{'my' if mine(noun) and not again else 'the'} {noun}"
