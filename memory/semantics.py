"""What field names promise: success flags, errors, first states, and states moved by a verb."""

from collections.abc import Mapping
from typing import Any

from toolweave.checks.naming import words
from toolweave.core.model import JsonValue

_FAILING = frozenset({"error", "errors", "failure", "failures"})
_OF_FAILURE = frozenset({"message", "messages", "code", "detail", "details", "reason", "type"})
_VERDICTS = frozenset(
    {
        *("available", "eligible", "covered", "compatible", "exists", "allowed", "possible"),
        *("serviceable", "deliverable", "supported", "qualified", "active"),
    }
)
SUCCESS = frozenset(
    {
        *(
            "success",
            "ok",
            "successful",
            "is_success",
            "is_successful",
            "succeeded",
            "acknowledged",
        ),
        *("confirmed", "created", "updated", "deleted", "cancelled", "canceled", "removed", "sent"),
        *("accepted", "completed", "saved", "scheduled", "booked", "added", "registered", "done"),
        *("submitted", "success_status", "is_confirmed", "processed", "applied", "approved"),
        *("delivered", "verified", "is_valid", "valid"),
    }
)
FIRST_STATES = (
    *("open", "opened", "new", "created", "pending", "submitted", "requested", "received"),
    *("scheduled", "booked", "confirmed", "reserved", "placed", "queued", "processing", "active"),
    *("registered", "success", "successful", "sent", "accepted", "in progress", "draft", "ok"),
)
# Words that say the same of a thing that came to its end.
_ALIKE = (
    ("cancelled", "canceled", "deleted", "removed", "withdrawn", "revoked", "closed", "inactive"),
    ("closed", "resolved", "completed", "done", "finished"),
    ("completed", "complete", "done", "finished", "closed"),
    ("removed", "deleted", "cancelled", "canceled", "inactive"),
    ("deleted", "removed", "cancelled", "canceled", "inactive"),
    ("confirmed", "approved", "accepted", "booked"),
    ("active", "activated", "enabled", "open", "in progress"),
    ("inactive", "deactivated", "disabled", "suspended"),
    ("shipped", "dispatched", "in transit"),
    ("returned", "return requested", "refunded"),
    ("rejected", "declined", "denied"),
    ("declined", "rejected", "denied"),
)
GOOD = frozenset({"success", "successful", "ok", "confirmed", "completed", "accepted"})


def tells_failure(name: str) -> bool:
    """Whether a field only says what went wrong: ``verification_failure``, ``error_code``."""
    found = words(name)
    while len(found) > 1 and found[-1] in _OF_FAILURE:
        found = found[:-1]
    return found[-1:] != () and found[-1] in _FAILING


def tells_success(name: str) -> bool:
    """Whether a yes or no only says that the call went well: ``booking_status``, ``delivered``."""
    found = words(name)
    return "_".join(found) in SUCCESS or found[-1:] in (("status",), ("success",), ("successful",))


def tells_verdict(name: str) -> bool:
    """Whether a yes or no says that something may be done: ``available``, ``is_eligible``."""
    return bool(_VERDICTS & {*words(name)})


def spelt(text: str) -> str:
    """A word in the form that is compared: ``IN_PROGRESS`` is ``in progress``."""
    return " ".join(words(text))


def first_state(options: list[JsonValue]) -> JsonValue:
    """The option that a thing just made has, or None."""
    named = {spelt(option): option for option in options if isinstance(option, str)}
    return next((named[state] for state in FIRST_STATES if state in named), None)


def same_state(state: str, schema: Mapping[str, Any]) -> JsonValue:
    """The schema's own word for a state (``canceled`` for ``cancelled``), or None."""
    options = schema.get("enum")
    if not isinstance(options, list):
        return None
    named = {spelt(option): option for option in options if isinstance(option, str)}
    wanted = spelt(state)
    alike = next((row for row in _ALIKE if row[0] == wanted), ())
    return next((named[word] for word in (wanted, *alike) if word in named), None)
