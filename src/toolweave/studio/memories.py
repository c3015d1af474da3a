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
_USER: Final = "the user"


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
    """What was known after each step of a record."""
    if loaded.dialogue is not None:
        found = recollected(loaded.dialogue)
        return Memories(dict(_known(found)), {}, found.doubts)
    found = recollected_elsewhere(loaded.messages or ())
    ends = {one.step: one.messages[-1] for one in found.steps if one.messages}
    known = {ends[n]: one for n, one in _known(found) if n in ends and one.learnt}
    return Memories({}, known, found.doubts)


def _known(found: Recollection) -> Iterator[tuple[int, Known]]:
    for one in found.steps:
        new = {fact.ref for fact in one.learnt}
        before = [fact for fact in facts(one.memory) if fact.ref not in new]
        yield (
            one.step,
            Known(
                tuple(row_of(fact, _USER) for fact in one.learnt[:_SHOWN]),
                tuple(row_of(fact, _USER) for fact in before[:_SHOWN]),
                len(new) + len(before),
            ),
        )
