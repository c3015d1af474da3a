"""What a pipeline made, and what it tells of its stages."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from toolweave.core.model import Record
from toolweave.runs.estimating import Estimate
from toolweave.runs.refine_records import RefineTally
from toolweave.runs.tally import Tally


class Told(Record):
    """What one stage of the pipeline did, in a line."""

    stage: str
    text: str


Telling = Callable[[Told], None]


@dataclass
class Made:
    """What a pipeline made: counts by stage, and how the dialogues went.

    ``asked`` is how often one playing of all plans would ask a model: once per step that needs
    words, and once per call that succeeds; ``asked_first`` is how often goals are asked about
    before that, and ``estimate`` what the dialogues take of the model. ``label`` is what the
    figures of its strategy are called, ``not_run`` what of it needs a model and was left out;
    ``refined`` what came of the refinement, if the run has one.
    """

    tools: int = 0
    links: int = 0
    goals: int = 0
    plans: int = 0
    refused: int = 0
    asked: int = 0
    asked_first: int = 0
    estimate: Estimate | None = None
    motifs: Counter[str] = field(default_factory=Counter)
    patterns: Counter[str] = field(default_factory=Counter)
    embedder: str = ""
    label: str = ""
    not_run: tuple[str, ...] = ()
    tally: Tally | None = None
    refined: RefineTally | None = None


def counts(counted: Counter[str]) -> str:
    """Numbers by name, in words."""
    return ", ".join(f"{number} {name}" for name, number in sorted(counted.items()))
