"""Turns that a judge's verdicts call faulty: written as context, not to be learnt."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from toolweave.checks.turns import agreed, conversation_digest, masked
from toolweave.core.dialogue import Dialogue
from toolweave.core.verdict import Verdict

MASKED_BY_JUDGE: Final = "hold a turn that the verdicts call faulty: it is context and not learnt"
OTHER_TEXT: Final = "are not the ones that the verdicts of their id are on: nothing is masked"


class Masks(NamedTuple):
    """What verdicts say of the dialogues they are on, by id and digest of the conversation."""

    faulty: dict[tuple[str, str], dict[int, str]]
    ids: frozenset[str]
    judge: str

    def on(self, dialogue: Dialogue) -> tuple[Dialogue, str]:
        """The dialogue with its faulty turns masked, and a note on it, empty where there is none.

        A verdict on another text of the same id masks nothing.
        """
        if dialogue.id not in self.ids:
            return dialogue, ""
        faulty = self.faulty.get((dialogue.id, conversation_digest(dialogue)))
        if faulty is None:
            return dialogue, OTHER_TEXT
        return (masked(dialogue, faulty, self.judge), MASKED_BY_JUDGE) if faulty else (dialogue, "")


def masks(verdicts: Sequence[Verdict]) -> Masks:
    """The masks that verdicts amount to: a turn is masked where most passes call it faulty."""
    given: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for one in verdicts:
        given[one.id, one.digest].append(one)
    faulty = {
        key: agreed([{fault.turn: fault.reason for fault in one.faulty} for one in held])
        for key, held in given.items()
    }
    judges = ", ".join(sorted({one.judge for one in verdicts}))
    return Masks(faulty, frozenset(name for name, _ in faulty), judges)
