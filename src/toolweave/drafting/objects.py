"""What a deed is about, as it is called where it is there already."""

from typing import Final

from toolweave.drafting.deed import Deed
from toolweave.drafting.nouns import mine, the

STATES: Final = frozenset({"complete", "completed", "done", "read", "unread", "paid"})
SINGLED: Final = frozenset({"nearest", "closest", "best", "cheapest", "latest", "next"})
HANDING: Final = frozenset({"transfer", "connect", "escalate", "forward", "hand"})
WHETHER: Final = {"is": "it's", "has": "it has", "can": "it can"}


def at_hand(deed: Deed, whose: str, *, again: bool = False) -> str:
    """What is there already: "my booking"; of a part, "the flights on my reservation"."""
    words = deed.noun.split()
    if deed.family == "change" and len(words) == 2 and mine(words[0]) and deed.many:
        return f"the {words[1]} on {'that' if again else whose} {words[0]}"
    if deed.own or (mine(deed.noun) and not again):
        return f"{whose} {deed.noun}"
    return the(deed.noun, again=again)
