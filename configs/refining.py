"""Refinement files: which edits a run's dialogues get, how often, and who words the copies."""

import math
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from toolweave.configs.run import CheckSettings, Executors, ModelSettings
from toolweave.configs.settled import Settled
from toolweave.configs.shipping import shipped, shipped_names
from toolweave.core.errors import InputError
from toolweave.core.model import Record
from toolweave.schema.documents import read_document
from toolweave.schema.records import build

SimpleFailure = Literal[
    "missing_parameter", "wrong_type", "invalid_enum", "tool_error", "timeout", "rate_limit"
]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
# The paper's three kinds first; what happens to right calls too is ours.
SIMPLE: Final[dict[SimpleFailure, float]] = {
    "missing_parameter": 1.0,
    "wrong_type": 1.0,
    "invalid_enum": 1.0,
    "tool_error": 0.5,
    "timeout": 0.25,
    "rate_limit": 0.25,
}


class FailureSettings(Record):
    """How often failures are put in, and which (ToolWeave, Algorithms 8 and 9).

    ``complex`` is the share of cascading failures, calls out of order and wrong tools, tried in
    that order; else a simple failure is drawn by the weights in ``simple``. A tool is taken for
    another where their ``similarity``, of texts and of names, is at least that.
    """

    probability: Probability = 0.0
    complex: Probability = 0.3
    simple: dict[SimpleFailure, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field(
        default_factory=lambda: dict(SIMPLE)
    )
    similarity: Probability = 0.45
    embedder: str = "auto"

    @model_validator(mode="after")
    def _some_weight(self) -> Self:
        if self.probability and self.complex < 1 and not any(self.simple.values()):
            raise ValueError("simple names no failure: give one a weight, or say complex: 1")
        return self


class MissingSettings(Record):
    """How often a needed tool is lacking; in the share ``never`` of them it never comes."""

    probability: Probability = 0.0
    never: Probability = 0.3


class MaskingSettings(Record):
    """How often tools go by generic names; in the share ``parameters`` of them parameters too."""

    probability: Probability = 0.0
    parameters: Probability = 0.0


class DistractorSettings(Record):
    """How often more tools of the domain are shown, and how many at most."""

    probability: Probability = 0.0
    most: int = Field(default=8, ge=1, le=100)


class FormSettings(Record):
    """How often results are written in another form, and which forms there are to choose from."""

    probability: Probability = 0.0
    forms: tuple[Literal["yaml", "lines", "envelope"], ...] = Field(
        default=("yaml", "lines", "envelope"), min_length=1
    )


class Chances(Record):
    """How often an edit is made."""

    probability: Probability = 0.0


class RefineSettings(Record):
    """The edits and their probabilities. What is not named is not done."""

    failures: FailureSettings = FailureSettings()
    missing_function: MissingSettings = MissingSettings()
    variation: Chances = Chances()
    distractors: DistractorSettings = DistractorSettings()
    tool_order: Chances = Chances()
    noise: Chances = Chances()
    result_form: FormSettings = FormSettings()
    masking: MaskingSettings = MaskingSettings()

    @property
    def share(self) -> float:
        """How many of all dialogues get an edit at all."""
        sections = (
            self.failures, self.missing_function, self.variation, self.distractors,
            self.tool_order, self.noise, self.result_form, self.masking,
        )  # fmt: skip
        return 1.0 - math.prod(1.0 - section.probability for section in sections)


class RefineConfig(Settled, RefineSettings):
    """A refinement in format version 1. ``lexicon`` is that of the dialogues, if it is your own.

    ``executor`` and ``workers`` say who does the work; the records are the same.
    """

    version: Literal[1]
    kind: Literal["refine"]
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
    seed: int = 0
    lexicon: str = ""
    model: ModelSettings = ModelSettings()
    concurrency: int = Field(default=16, ge=1, le=4096)
    executor: Executors = "auto"
    workers: int | None = Field(default=None, ge=1, le=1024)
    checks: CheckSettings = CheckSettings()

    def digest(self) -> str:
        """A digest of all that decides the records; pace, patience and limits do not."""
        return self._digest_without(pace=self.model.pace)


def load_refining(name: Path | str) -> RefineConfig:
    """A refinement by file or shipped name.

    Raises:
        InputError: there is no such file, or it is not a refinement in format version 1.
    """
    file = Path(name)
    if not file.is_file():
        file = shipped("runs", str(name)) or file
    if not file.is_file():
        known = ", ".join(one for one in shipped_names("runs") if _is_refining(one))
        raise InputError(
            f"no refinement file {str(name)!r}", mend=f"shipped ones: {known}; or give a path"
        )
    return read_refining(read_document(file), str(file))


def read_refining(data: object, file: str = "") -> RefineConfig:
    """A refinement from plain data."""
    if isinstance(data, dict) and data.get("kind") != "refine":
        raise InputError("this is no refinement", file=file, mend="write kind: refine")
    return build(RefineConfig, data, file=file)


def refining(settings: RefineSettings, **more: Any) -> RefineConfig:
    """The refinement that a section of another file describes."""
    return RefineConfig.model_validate(
        {"version": 1, "kind": "refine", **settings.model_dump(), **more}
    )


def _is_refining(name: str) -> bool:
    path = shipped("runs", name)
    data = read_document(path) if path is not None else None
    return isinstance(data, dict) and data.get("kind") == "refine"
