"""Names taken apart: the words of an identifier, their singular, and what common words mean."""

import re
from functools import lru_cache

from toolweave.checks.inflection import singular

IDENTIFIER_WORDS = frozenset({"id", "ids", "identifier", "identifiers", "uuid", "guid", "pnr"})
# Words that make an identifier only of the thing they stand behind: order_number, booking_code.
NUMBER_WORDS = frozenset({"number", "numbers", "no", "code", "codes", "ref", "reference"})
NOT_IDENTIFIED = frozenset(
    {
        *("phone", "mobile", "telephone", "fax", "contact", "cell", "zip", "postal", "post", "pin"),
        *("house", "street", "building", "apartment", "page", "currency", "country", "state"),
        *("area", "language", "locale", "promo", "promotion", "coupon", "discount", "status"),
        *("error", "response", "http", "seat", "floor", "room", "gate", "line", "version", "card"),
        *("security", "verification", "access", "airport", "iata", "city", "region", "color"),
        *("total", "max", "min", "exit", "lot", "source", "target", "dress", "access", "otp"),
        *("origin", "destination", "departure", "arrival", "from", "to", "passport", "party"),
        *("reason", "result", "return", "weather", "day", "week", "month", "year"),
    }
)

# Whoever is speaking; ids of these in one dialogue are one person's.
PERSON_WORDS = frozenset(
    {
        *("requester", "customer", "user", "client", "member", "patient", "guest", "student"),
        *("subscriber", "applicant", "caller", "buyer", "shopper", "holder", "employee"),
        *("policyholder", "reporter", "borrower", "learner", "person", "cardholder", "resident"),
    }
)
# Others whom a dialogue may name; a name with one of these words is never the speaker's.
OTHER_WORDS = frozenset(
    {
        *("assignee", "assigned", "agent", "driver", "technician", "seller", "doctor", "recipient"),
        *("sender", "manager", "approver", "supervisor", "teacher", "instructor", "friend"),
        *("invitee", "attendee", "participant", "passenger", "traveler", "traveller", "vendor"),
        *("merchant", "supplier", "physician", "provider", "receiver", "follower", "author"),
        *("target", "other", "to", "from", "payee", "beneficiary", "referrer", "emergency"),
    }
)
PERSON = "person"

# A field's other names; each row's key is the name that classes carry.
SYNONYMS: dict[str, str] = {
    name: key
    for key, names in {
        "created": (
            "creation date", "creation time", "creation timestamp", "created", "created at",
            "created on", "created date", "created time", "date created", "opened at", "opened on",
            "date opened", "open date", "placed at", "placed on", "submitted at", "submitted on",
            "submission date", "submission time", "issued at", "issue date", "registered at",
            "booked at", "booked on", "filed at", "logged at", "reported at", "requested at",
            "started on", "timestamp",
        ),
        "updated": (
            "last updated", "last update", "last updated at", "last updated date", "updated",
            "updated at", "updated on", "updated date", "update time", "update date",
            "update timestamp", "last modified", "last modified at", "modified", "modified at",
            "modified on", "modification date", "last changed", "changed at", "date updated",
        ),
        "ended": (
            "cancelled at", "canceled at", "cancellation date", "cancellation time", "deleted at",
            "closed at", "removed at", "date closed", "deletion date",
        ),
        "priority": ("priority", "priority level", "urgency", "urgency level"),
        "category": ("category", "issue type", "issue category", "category name", "type"),
        "status": ("status", "current status", "state of order", "status name"),
        "description": (
            "description", "issue description", "problem description", "issue details",
        ),
        "quantity": ("quantity", "qty"),
        "email": ("email", "email address", "e mail", "mail address"),
        "phone": ("phone", "phone number", "telephone", "telephone number", "mobile number",
                  "contact number", "phone no"),
        "name": ("name", "full name", "title"),
        "price": ("price", "unit price", "price each", "item price", "price per unit"),
    }.items()
    for name in names
}  # fmt: skip
# Said of a value on its way into a record; the record itself does not say it.
ON_THE_WAY = frozenset({"new", "updated", "requested", "preferred", "desired"})

# Nouns as much as verbs: they say what is done only where they open a name.
NOUN_VERBS = frozenset(
    {
        *("apply", "book", "charge", "contact", "draft", "file", "format", "issue", "log"),
        *("make", "match", "measure", "new", "open", "order", "place", "post", "quote"),
        *("rank", "record", "report", "request", "return", "set", "share", "ship", "start"),
        *(
            "state",
            "sum",
            "test",
            "transfer",
        ),
    }
)
# Places that files lie in.
FOLDER_WORDS = frozenset({"directory", "directories", "folder", "folders"})
STOP_WORDS = frozenset({"to", "for", "by", "with", "from", "in", "of", "on", "at", "and", "as"})
ARTICLES = frozenset(
    {
        *("all", "my", "new", "current", "available", "nearby", "upcoming", "recent", "a", "an"),
        *("the", "existing", "latest", "active", "open", "multiple", "single", "specific"),
    }
)
# What one asks about a thing rather than a thing: the entity stands before it.
FACETS = frozenset(
    {
        *("details", "detail", "info", "information", "status", "list", "history", "summary"),
        *("data", "records", "results", "options", "overview", "state", "profile", "metadata"),
        *("item", "items", "request", "entry", "log", "record"),
    }
)

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BREAK = re.compile(r"[\W_]+")


@lru_cache(maxsize=16384)
def words(name: str) -> tuple[str, ...]:
    """The lower-case words of a camelCase, snake_case, kebab-case or dotted name."""
    spaced = _CAMEL.sub(" ", name[:200])
    return tuple(word.casefold() for word in _BREAK.split(spaced) if word)


@lru_cache(maxsize=16384)
def noun(name: str) -> str:
    """The head noun of a name in the singular: ``support_tickets`` is a ``ticket``."""
    found = [word for word in words(name) if not word.isdigit()]
    while len(found) > 1 and (found[-1] in FACETS or found[-1] in IDENTIFIER_WORDS):
        found.pop()
    return singular(found[-1]) if found else ""
