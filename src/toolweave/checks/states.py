"""States that verbs put things into: what ``close_ticket`` leaves behind is closed."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from toolweave.checks.naming import words

MOVES: Final[dict[str, str]] = {
    "cancel": "cancelled", "close": "closed", "resolve": "resolved", "complete": "completed",
    "approve": "approved", "reject": "rejected", "decline": "declined", "confirm": "confirmed",
    "activate": "active", "deactivate": "inactive", "suspend": "suspended", "reopen": "open",
    "ship": "shipped", "dispatch": "shipped", "return": "returned", "pause": "paused",
    "resume": "active", "finish": "completed", "delete": "deleted", "remove": "removed",
    "revoke": "revoked", "withdraw": "withdrawn", "block": "blocked", "lock": "locked",
    "unlock": "unlocked", "unblock": "active", "enable": "enabled", "disable": "disabled",
    "stop": "stopped", "finalize": "finalized", "merge": "merged", "archive": "archived",
    "renew": "active", "accept": "accepted", "publish": "published",
}  # fmt: skip
# The states that things of common kinds go through, the first one first.
_STATES: Final[dict[str, str]] = {
    "order purchase": "placed processing shipped delivered cancelled returned",
    "booking reservation": "confirmed pending completed cancelled",
    "appointment meeting session visit": "scheduled confirmed completed cancelled",
    "ticket issue case incident complaint claim_case": "open in_progress resolved closed",
    "task todo": "open in_progress completed cancelled",
    "payment transfer transaction deposit refund charge": "pending completed failed cancelled",
    "invoice bill": "open paid overdue cancelled",
    "subscription membership policy": "active paused cancelled expired",
    "application claim request": "submitted in_review approved rejected withdrawn",
    "shipment package parcel delivery": "processing in_transit delivered returned",
    "job build run deployment export import": "queued running completed failed",
    "prescription medication loan lease contract": "active completed cancelled",
    "test": "requested processing completed cancelled",
    "pull": "open merged closed",
    "account": "active suspended closed",
    "enrollment registration": "confirmed completed cancelled",
}  # fmt: skip
_LIVES: Final = {
    noun: tuple(row.split()) for nouns, row in _STATES.items() for noun in nouns.split()
}
_SWITCHES: Final = frozenset({"turn", "switch", "power"})
_OPPOSITES: Final = (
    ("on", "off"), ("locked", "unlocked"), ("enabled", "disabled"), ("active", "inactive"),
    ("active", "paused"), ("running", "stopped"), ("open", "closed"),
)  # fmt: skip


def states_of(noun: str) -> tuple[str, ...]:
    """The states that a thing of a common kind goes through, the first one first."""
    return _LIVES.get(noun, ())


def moved_to(name: str) -> str | None:
    """The state that a tool's verb moves a thing to (``turn_on_light``: on), if any."""
    found = words(name)
    for verb, after in pairwise(found):
        if verb in _SWITCHES and after in ("on", "off"):
            return after
    return next((MOVES[word] for word in found if word in MOVES), None)


def with_opposites(states: Sequence[str]) -> tuple[str, ...]:
    """The states and those that they put an end to, each once."""
    found = dict.fromkeys(states)
    for pair in _OPPOSITES:
        if len(found) < 2 and found.keys() & set(pair):
            found |= dict.fromkeys(pair)
    return tuple(found)
