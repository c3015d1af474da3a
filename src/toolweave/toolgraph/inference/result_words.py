"""Words by which tools say what they return: verbs, the things they make, and phrases."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from toolweave.checks.naming import words
from toolweave.checks.words_en import listed

# Verbs whose answer is one value, which the words after them name.
NUMBERS: Final = frozenset(
    listed("calculate compute estimate predict forecast measure sum quote evaluate")
)
# Verbs that turn one of their parameters into another: their participle names the answer.
TURNING: Final[dict[str, str]] = {
    "convert": "converted", "translate": "translated", "encrypt": "encrypted",
    "decrypt": "decrypted", "encode": "encoded", "decode": "decoded", "format": "formatted",
    "compress": "compressed", "resize": "resized", "correct": "corrected", "sort": "sorted",
    "rewrite": "rewritten", "transcribe": "transcribed", "normalize": "normalized",
}  # fmt: skip
LISTING: Final = frozenset(
    listed(
        "list search find browse query filter recommend suggest rank lookup locate compare match"
    )
)
TESTING: Final = frozenset(listed("check validate verify is has can test"))
FINDING_OUT: Final = frozenset(listed("analyze analyse detect classify identify recognize"))
SIGNING_IN: Final = frozenset(listed("login authenticate signin"))
SIGNING_OUT: Final = frozenset(listed("logout signout logoff signoff"))
MAKING_TEXT: Final = frozenset(listed("generate write draft compose"))
# What an act makes where its object is there before it: booking a flight makes a booking.
MADE_BY: Final[dict[str, str]] = {
    "book": "booking", "reserve": "reservation", "order": "order", "buy": "order",
    "purchase": "purchase", "pay": "payment", "transfer": "transfer", "apply": "application",
    "enroll": "enrollment", "subscribe": "subscription", "rent": "rental", "refund": "refund",
    "charge": "charge", "escalate": "escalation", "invite": "invitation", "send": "message",
    "request": "request", "share": "share", "redeem": "redemption", "donate": "donation",
    "deposit": "deposit", "prescribe": "prescription", "fork": "repository", "invest": "investment",
    "register": "registration", "contact": "message",
}  # fmt: skip
# Acts that are recorded themselves, whatever they act on.
ACTING: Final = frozenset(
    listed(
        "pay transfer refund charge escalate redeem share donate enroll subscribe rent apply "
        "deposit prescribe fork invest"
    )
)
# Things that are records of their own, whatever verb brings them about.
RECORDS: Final = frozenset(
    listed(
        "account appointment application article booking campaign card case certificate claim "
        "class contact contract course customer document event file incident invoice issue item "
        "job lease listing loan meeting message note notification order payment person playlist "
        "policy post product project purchase quote refund reminder report request reservation "
        "return review session shipment subscription task team ticket todo transaction transfer "
        "trip user workflow insurance email alert survey offer pet vehicle property statement"
    )
)
PARTICIPLES: Final[dict[str, str]] = {
    "cancel": "cancelled", "delete": "deleted", "remove": "removed", "drop": "dropped",
    "clear": "cleared", "revoke": "revoked", "withdraw": "withdrawn",
    "unsubscribe": "unsubscribed",
}  # fmt: skip
# What a thing of some kinds is told by.
NATURAL_IDS: Final[dict[str, str]] = {
    "airport": "airport_code", "country": "country_code", "currency": "currency_code",
    "language": "language_code", "airline": "airline_code", "flight": "flight_number",
    "file": "path", "directory": "path", "timezone": "timezone", "stock": "symbol",
}  # fmt: skip
# Parameters that hold the fields of a thing rather than being one.
CONTAINERS: Final = frozenset(
    listed("update change patch payload body field input attribute property")
)
# Nouns that end like a plural or name no single thing.
UNCOUNTED: Final = frozenset(
    listed(
        "lyrics news statistics stats directions analytics settings preferences permissions "
        "weather music hours earnings savings contents"
    )
)
# Things that go by a name or a title of their own.
TITLED: Final = frozenset(
    listed(
        "book movie film song review article post video course job event document report meeting "
        "task todo note recipe ticket issue survey"
    )
)
NAMED: Final = frozenset(
    listed(
        "account campaign contact customer item person pet playlist policy product project "
        "property team user vehicle workflow file"
    )
)
# What is computed but is no number.
WORKED_OUT: Final = frozenset(
    listed("route path schedule plan itinerary roots directions expression date")
)
# Parameters that steer a call and are no property of any thing.
STEERING: Final = frozenset(
    listed(
        "limit offset page page_size per_page cursor sort sort_by order_by query q keyword "
        "keywords search filter filters fields include dry_run confirm force verbose format "
        "max_results num_results top_k include_removed radius head tail count results "
        "send_updates notify api_version user_agent metadata "
        "exclude_patterns sort_order order lang locale units callback_url webhook_url body"
    )
)
SECRETS: Final = frozenset(
    listed("password secret token pin cvv otp passcode credential key cvc verification")
)
RANGES: Final = frozenset(
    listed("min max minimum maximum start end from to before after since until by sort new old")
)

# Last words of names of numbers.
NUMBER_TAILS: Final = frozenset(
    listed(
        "sum average mean median difference quotient ratio area volume profit interest speed "
        "length width height bmi gpa emi tip earnings savings loss margin pace tax gcd factorial "
        "square root percentage calories usage consumption traffic"
    )
)

_SAYS: Final = re.compile(
    r"\b(?:returns?|gives?(?: back)?|outputs?|including|includes?|such as|along with|"
    r"and (?:its|their))\s+",
    re.IGNORECASE,
)
_PHRASE_ENDS: Final = re.compile(
    r"[.;:()\[\]\n!?]|\s(?:for|of|from|when|if|that|which|based|using|to|so|where|after|about|on|in|by|"
    r"via|with|along|either|whether|including|as|who|is|are|was|were|will|can|given|associated|related|regarding|at)\s",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(r"\b(?:up to|at most|at least|about|around) \w+ ", re.IGNORECASE)
_JOINED: Final = re.compile(r"\b(?:and|or|as well as)\b", re.IGNORECASE)
_LEADING: Final = re.compile(
    r"^(?:the|an?|all|any|its|their|your|his|her|each|every|some|both|"
    r"available|relevant|detailed|current|following|full|complete|specific|list of|matching|tiny|"
    r"structured|single|given|whole|entire|new|also|either|more|back)\s+",
    re.IGNORECASE,
)
_EMPTY: Final = frozenset(
    listed(
        "information details detail data results result response object list content contents "
        "output value values metadata json it them true false null none more structure listing "
        "item items error boolean string number success user users this these text"
    )
)
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'-]*$")
# What a parameter's description says of where its value is found.
_KEPT_IN: Final = re.compile(
    r"\b(?:stored|saved|kept|listed|found|registered|shown|available)\s+(?:in|on|with|under|at)\s+"
    r"(?:the |their |your |a |an |his |her )?(\w+)",
    re.IGNORECASE,
)
_GOT_FROM: Final = re.compile(
    r"\b(?:obtained|returned|received|retrieved|provided|got|taken|comes?)\s+"
    r"(?:from|by|via|through|with)\s+(?:the |a |an )?[`'\"]?([\w -]{3,60})",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def promised(description: str) -> tuple[str, ...]:
    """The names of what a description says is returned: ``Returns the X and Y`` → x, y."""
    found: list[str] = []
    text = _COUNTED.sub(" ", description[:2_000])
    for cue in _SAYS.finditer(text):
        rest = text[cue.end() : cue.end() + 200]
        stop = _PHRASE_ENDS.search(rest + ".")
        phrase = rest[: stop.start()] if stop else rest
        # "Returns all variables, helpful for debugging": no list without an "and".
        found += _names(phrase if _JOINED.search(phrase) else phrase.partition(",")[0])
    return tuple(dict.fromkeys(found))


def _names(phrase: str) -> Iterator[str]:
    for part in re.split(r",?\s+(?:and|or|as well as)\s+|,\s*|/", phrase):
        text = part.strip().strip("'\"`")
        while stripped := _LEADING.sub("", text + " ").strip():
            if stripped == text:
                break
            text = stripped
        parts = text.split()
        if not 1 <= len(parts) <= 4 or not all(_WORD.match(each) for each in parts):
            continue
        name = "_".join(words("_".join(parts[-3:])))
        if name and name not in _EMPTY and parts[-1].casefold() not in _EMPTY:
            yield name


def kept_in(description: str) -> str:
    """The kind of thing in whose record a parameter's value is kept, as its description says."""
    found = _KEPT_IN.search(description)
    return found.group(1).casefold() if found else ""


def got_from(description: str) -> frozenset[str]:
    """The words by which a description names the tool that returns a parameter's value."""
    found = _GOT_FROM.search(description)
    return frozenset(words(found.group(1))) if found else frozenset()
