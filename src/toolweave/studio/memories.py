"""Memory as a page shows it: what each step learnt, and what was known before."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from toolweave.evaluation.loading import LoadedDialogue
from toolweave.graph.recollection import Recollection
from toolweave.graph.remembering import recollected
from toolweave.graph.remembering_elsewhere import recollected_elsewhere
from toolweave.memory.state import facts
from toolweave.memory.views import Row, row_of

# Facts that one step may show of each kind; the rest is counted.
_SHOWN: Final = 60
# What is known after a step is all that was known before it: both bound what a page costs.
_MESSAGES: Final = 2_000
_FACTS: Final = 200_000
_USER: Final = "the user"
TOO_LONG: Final = f"not shown, for the dialogue has more than {_MESSAGES:,} messages"
TOO_MUCH: Final = "not shown after step {step}, for so much is known by then"


class Known(NamedTuple):
    """Memory right after one step: the facts that are new, those of before, and their number."""

    learnt: tuple[Row, ...]
    before: tuple[Row, ...]
    known: int


class Memories(NamedTuple):
    """Memory of a dialogue: by the plan's steps, or by messages where there is no plan.

    ``doubts`` say why it may not be what the agents knew.
    """

    by_step: dict[int, Known]
    by_message: dict[int, Known]
    doubts: tuple[str, ...]


def memories_of(loaded: LoadedDialogue) -> Memories:
    """What was known after each step of a record, as far as a page has room for it."""
    ours = loaded.dialogue
    messages = ours.messages if ours is not None else loaded.messages or ()
    if len(messages) > _MESSAGES:
        return Memories({}, {}, (TOO_LONG,))
    found = recollected(ours) if ours is not None else recollected_elsewhere(loaded.messages or ())
    known = dict(_known(found))
    doubts = found.doubts
    if len(known) < len(found.steps):
        doubts = (*doubts, TOO_MUCH.format(step=max(known, default=0)))
    if ours is not None:
        return Memories(known, {}, doubts)
    ends = {one.step: one.messages[-1] for one in found.steps if one.messages}
    at = {ends[n]: one for n, one in known.items() if n in ends and one.learnt}
    return Memories({}, at, doubts)


def _known(found: Recollection) -> Iterator[tuple[int, Known]]:
    told = 0
    for one in found.steps:
        new = {fact.ref for fact in one.learnt}
        before = [fact for fact in facts(one.memory) if fact.ref not in new]
        told += len(new) + len(before)
        if told > _FACTS:
            return
        yield (
            one.step,
            Known(
                tuple(row_of(fact, _USER) for fact in one.learnt[:_SHOWN]),
                tuple(row_of(fact, _USER) for fact in before[:_SHOWN]),
                len(new) + len(before),
            ),
        )
