"""The split into training and validation: by plan, and the same for every consumer."""

from dataclasses import dataclass
from typing import Final

from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError
from toolweave.core.seeding import digest
from toolweave.export.exporter import Part

_WHOLE: Final = 1 << 64


@dataclass(frozen=True, slots=True)
class Split:
    """The share of plans that is trained on; None keeps everything in one part.

    Every dialogue of a plan, its modified copies too, falls into one part, whatever else the file
    holds and in which order.
    """

    share: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.share is not None and not 0 < self.share < 1:
            raise InputError(
                f"--split {self.share!r} is no share between 0 and 1", mend="write --split 0.95"
            )

    def part(self, dialogue: Dialogue) -> Part:
        """Which part the dialogue belongs to."""
        if self.share is None:
            return "train"
        drawn = digest(self.seed, "split", dialogue.plan.id) / _WHOLE
        return "train" if drawn < self.share else "validation"
