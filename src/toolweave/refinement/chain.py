"""A chain of edits: which of them a dialogue gets, each drawn with a seed of its own."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

from toolweave.core.dialogue import Dialogue, Modification
from toolweave.core.model import JsonObject
from toolweave.core.seeding import digest, rng
from toolweave.refinement.edit import Guise, PlanEdit, Source, Unfit

EditT = TypeVar("EditT", bound=PlanEdit | Guise)
EditT_co = TypeVar("EditT_co", bound=PlanEdit | Guise, covariant=True)
_SEEDS: Final = 1 << 31


@dataclass(frozen=True, slots=True)
class Chance(Generic[EditT_co]):
    """An edit, and how many of all dialogues get it."""

    edit: EditT_co
    probability: float


class Drawn(NamedTuple, Generic[EditT]):
    """An edit that a dialogue gets, with its seed and the stream that follows from it."""

    edit: EditT
    seed: int
    stream: random.Random


class Misfit(NamedTuple):
    """An edit that was due and does not fit."""

    kind: str
    reason: str


class Replanned(NamedTuple):
    """A source after all plan edits that fit, with what they changed."""

    source: Source
    modifications: tuple[Modification, ...]
    misfits: tuple[Misfit, ...]
    meant: JsonObject


class Presented(NamedTuple):
    """A dialogue after all guises that fit. They are listed among its modifications."""

    dialogue: Dialogue
    misfits: tuple[Misfit, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Plan edits first, then guises, in the order given."""

    seed: int
    plan_edits: Sequence[Chance[PlanEdit]]
    guises: Sequence[Chance[Guise]] = ()

    def due(self, dialogue: str) -> bool:
        """Whether the dialogue of that id gets any edit at all."""
        return any(True for _ in self._drawn(self.plan_edits, dialogue)) or any(
            True for _ in self._drawn(self.guises, dialogue)
        )

    def replanned(self, source: Source) -> Replanned:
        """The plan after the edits that are due."""
        made: list[Modification] = []
        misfits: list[Misfit] = []
        meant: JsonObject = {}
        for edit, seed, stream in self._drawn(self.plan_edits, source.dialogue.id):
            edited = edit.edited(source, stream)
            if isinstance(edited, Unfit):
                misfits.append(Misfit(edit.kind, edited.reason))
                continue
            made.append(Modification(kind=edited.kind, seed=seed, detail=edited.detail))
            meant |= edited.meant
            source = source.after(edited)
        return Replanned(source, tuple(made), tuple(misfits), meant)

    def presented(self, dialogue: Dialogue, original: str) -> Presented:
        """A dialogue after the guises that are due for its original."""
        misfits: list[Misfit] = []
        for guise, seed, stream in self._drawn(self.guises, original):
            guised = guise.guised(dialogue, stream)
            if isinstance(guised, Unfit):
                misfits.append(Misfit(guise.kind, guised.reason))
                continue
            made = Modification(kind=guise.kind, seed=seed, detail=guised.detail)
            listed = (*guised.dialogue.modifications, made)
            dialogue = guised.dialogue.model_copy(update={"modifications": listed})
        return Presented(dialogue, tuple(misfits))

    def _drawn(self, chances: Sequence[Chance[EditT]], dialogue: str) -> Iterator[Drawn[EditT]]:
        for chance in chances:
            seed = digest(self.seed, dialogue, chance.edit.kind) % _SEEDS
            stream = rng(seed, chance.edit.kind)
            if stream.random() < chance.probability:
                yield Drawn(chance.edit, seed, stream)
