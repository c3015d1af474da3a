"""Pipeline files: from domain names or tool files to proven dialogues, in one configuration."""

from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from toolweave.configs.knobs import Knobs
from toolweave.configs.refining import RefineSettings
from toolweave.configs.run import Budget, CheckSettings, Executors, ModelSettings
from toolweave.configs.settled import Settled
from toolweave.configs.shipping import shipped, shipped_names
from toolweave.core.errors import InputError
from toolweave.core.model import Record
from toolweave.core.plan import Motif
from toolweave.schema.documents import read_document
from toolweave.schema.records import build

Strategy = Literal["toolweave", "digit", "toolflow", "tooldial"]
Sampler = Literal["motifs", "random_walk"]
TAKING_WORKFLOWS: Final[tuple[Strategy, ...]] = ("toolweave", "toolflow")
"""The strategies whose planner can be given workflows; the others draw tools as they plan."""
SHARES: dict[Motif, float] = {
    "linear": 0.52,
    "fan": 0.24,
    "conditional": 0.16,
    "parallel": 0.08,
}


class Source(Record):
    """Where the tools of one domain come from: its name, or a file of tools in any form.

    ``lexicon`` and ``name`` override what the tools say of themselves.
    """

    domain: str = ""
    tools: str = ""
    name: str = ""
    lexicon: str = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.domain) == bool(self.tools):
            raise ValueError("name a domain, or tools: FILE, and only one of them")
        return self


class LinkSettings(Record):
    """How tools are linked: who compares descriptions, and the least score of a link.

    With ``require`` a run refuses to start where that embedder is not at hand.
    """

    embedder: str = "auto"
    require: bool = False
    threshold: float | None = Field(default=None, ge=0, le=1)


class GoalChoice(Record):
    """Which workflows become goals.

    The ``sampler`` finds them. Each strategy has its own way: ``toolweave`` takes motifs, a rival
    draws tools while it plans and has no goals. Named, it serves ``toolflow`` as well.
    """

    sampler: Sampler | Literal["own"] = "own"
    threshold: float = Field(default=-0.5, allow_inf_nan=False)
    linear: int = Field(default=300, ge=1)
    width: int = Field(default=6, ge=1, le=100)
    depth: int = Field(default=5, ge=2, le=12)


class PlanChoice(Record):
    """How many plans, of which motifs, and how often the patterns of conversation occur."""

    count: int = Field(default=100, ge=1)
    shares: dict[Motif, float] = Field(default_factory=lambda: dict(SHARES))
    knobs: Knobs = Knobs()

    @model_validator(mode="after")
    def _some_share(self) -> Self:
        if any(share < 0 for share in self.shares.values()) or not any(self.shares.values()):
            raise ValueError("shares are not negative, and one of them is above 0")
        return self


class PipelineConfig(Settled):
    """Tools, links, goals, plans, dialogues and proof in format version 1.

    ``sources`` name domains or files of tools, relative to this file. ``strategy`` says who plans.
    With ``refine`` the dialogues are refined into a folder inside the run's.
    """

    version: Literal[1]
    kind: Literal["pipeline"]
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
    sources: tuple[Source, ...] = Field(min_length=1)
    stages: str = "8/8/5/8/5"
    seed: int = 0
    strategy: Strategy = "toolweave"
    links: LinkSettings = LinkSettings()
    goals: GoalChoice = GoalChoice()
    plans: PlanChoice = PlanChoice()
    repeats: int = Field(default=1, ge=1)
    model: ModelSettings = ModelSettings()
    concurrency: int = Field(default=16, ge=1, le=4096)
    executor: Executors = "auto"
    workers: int | None = Field(default=None, ge=1, le=1024)
    checks: CheckSettings = CheckSettings()
    refine: RefineSettings | None = None
    budget: Budget = Budget()

    @model_validator(mode="after")
    def _sampler_serves(self) -> Self:
        if self.goals.sampler != "own" and self.strategy not in TAKING_WORKFLOWS:
            raise ValueError(
                f"{self.strategy} draws its own tools, so goals.sampler does not serve it: leave "
                f"it out, or take the strategy {' or '.join(TAKING_WORKFLOWS)}"
            )
        return self

    @property
    def plans_for_goals(self) -> bool:
        """Whether goals are made for the strategy to plan for."""
        return self.strategy == "toolweave" or self.goals.sampler != "own"

    def digest(self) -> str:
        """A digest of all that decides what comes out; pace and patience do not.

        What is refined lies in a folder of its own, with a digest of its own.
        """
        return self._digest_without("refine", "budget", pace=self.model.pace)


def load_pipeline(path: Path | str) -> tuple[PipelineConfig, Path]:
    """A pipeline by file or shipped name, with the folder its files are relative to.

    Raises:
        InputError: there is no such file, or it is not a pipeline in format version 1.
    """
    file = Path(path)
    if not file.is_file():
        file = shipped("runs", str(path)) or file
    if not file.is_file():
        known = ", ".join(name for name in shipped_names("runs") if _is_pipeline(name))
        raise InputError(
            f"no pipeline file {str(path)!r}", mend=f"shipped ones: {known}; or give a path"
        )
    data = read_document(file)
    if isinstance(data, dict) and "kind" not in data:
        raise InputError(
            "this is no pipeline", file=str(file),
            mend="write kind: pipeline, or play plans with toolweave batch",
        )  # fmt: skip
    return build(PipelineConfig, data, file=str(file)), file.parent


def _is_pipeline(name: str) -> bool:
    """Whether a shipped run file is a pipeline rather than a run of plans."""
    path = shipped("runs", name)
    data = read_document(path) if path is not None else None
    return isinstance(data, dict) and data.get("kind") == "pipeline"
