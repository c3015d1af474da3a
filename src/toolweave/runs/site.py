"""Where a pipeline's stages work: its configuration and folder, who words, what may be taken."""

from dataclasses import dataclass
from pathlib import Path

from toolweave.configs.pipeline import PipelineConfig
from toolweave.llm.generator import Generator
from toolweave.llm.local_gate import LocalGate
from toolweave.llm.watching import Watcher
from toolweave.runs.made import Telling, Told
from toolweave.runs.pipeline_folder import StageFiles


@dataclass(frozen=True)
class Site:
    """What the stages before the dialogues share.

    Attributes:
        config: what is to be made.
        base: the folder that the configuration's files are relative to.
        out: the run folder.
        files: the files that the stages leave there.
        telling: told of every stage.
        generator: who words goals, where it is not the one the run names.
        watcher: told what people should hear at once.
        gate: what calls about goals must pass, budget included.
        offline: whether there is no model.
        dry: nothing is asked of a model.
    """

    config: PipelineConfig
    base: Path
    out: Path
    files: StageFiles
    telling: Telling
    generator: Generator | None
    watcher: Watcher
    gate: LocalGate
    offline: bool
    dry: bool

    @property
    def parting(self) -> bool:
        """Whether linear goals are planned for in parts."""
        return self.config.strategy == "toolweave"

    def tell(self, stage: str, text: str) -> None:
        """Tell what a stage did."""
        self.telling(Told(stage=stage, text=text))
