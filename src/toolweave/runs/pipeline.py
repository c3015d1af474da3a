"""The pipeline: tools, links, goals, plans and dialogues, each stage a file that one can read."""

from pathlib import Path
from typing import Any

from toolweave.configs.pipeline import PipelineConfig
from toolweave.configs.refining import RefineConfig, refining
from toolweave.configs.run import Budget, RunConfig
from toolweave.core.model import FORMAT_VERSION
from toolweave.llm.budget import LocalPurse
from toolweave.llm.generator import Generator
from toolweave.llm.local_gate import LocalGate
from toolweave.llm.watching import Watcher, logged
from toolweave.planners.strategies import DECIDING
from toolweave.runs.batch import batch
from toolweave.runs.estimating import estimate
from toolweave.runs.executors.choosing import check_choice
from toolweave.runs.folder import DIALOGUES, REFINED
from toolweave.runs.generators import is_offline, limits_of, most_of
from toolweave.runs.groundwork import lay
from toolweave.runs.made import Made, Telling, Told, counts
from toolweave.runs.pipeline_folder import PLANS, StageFiles, held
from toolweave.runs.refining import refine
from toolweave.runs.site import Site
from toolweave.runs.stopping import Stopping
from toolweave.runs.tally import Progress


def generate(
    config: PipelineConfig,
    base: Path,
    out: Path,
    *,
    resume: bool = False,
    dry: bool = False,
    generator: Generator | None = None,
    telling: Telling = lambda told: None,
    progress: Progress | None = None,
    watcher: Watcher = logged,
    stopping: Stopping | None = None,
    trace: bool = False,
) -> Made:
    """Run a pipeline into its folder, or with ``dry`` say what it would make.

    Stages whose files are there already are not done again, so a run goes on where it stopped.

    Args:
        config: what is to be made.
        base: the folder that the configuration's files are relative to.
        out: the run folder.
        resume: go on in a folder that holds something already.
        dry: stop before the dialogues.
        generator: who words the dialogues, where it is not the one the run names.
        telling: told of every stage.
        progress: told of every dialogue.
        watcher, stopping, trace: see ``batch``.

    Raises:
        InputError: a source, the embedder or the strategy cannot be used, or no plan came of it.
        GenerationError: the model gave no usable goal at all.
        RunFolderError: the folder is taken or belongs to another configuration.
        ServerError: the model server cannot be reached.
    """
    offline = config.model.name == "offline" if generator is None else is_offline(generator)
    if not dry:
        # A dry run tells what another machine would make, too.
        check_choice(config.executor, config.workers)
    with held(out, config, resume):
        purse = LocalPurse(most_of(config.budget))
        gate = LocalGate(limits_of(config.model, config.concurrency), purse)
        site = Site(
            config, base, out, StageFiles(out), telling, generator, watcher, gate,
            offline=offline, dry=dry,
        )  # fmt: skip
        made, run = _prepared(site, purse)
    if dry:
        return made
    made.tally = batch(
        run,
        out,
        # Stages before this one may have written the folder already.
        resume=True,
        generator=generator,
        progress=progress,
        watcher=watcher,
        stopping=stopping,
        trace=trace,
        base=out,
        strategy=config.strategy,
        deciding=config.strategy in DECIDING and not offline,
    )
    if config.refine is not None:
        settings = _refining(config)
        _refine(settings, out, made, generator, telling, progress, watcher, stopping)
    return made


def _prepared(site: Site, purse: LocalPurse) -> tuple[Made, RunConfig]:
    """What comes before the dialogues, and the run of these; its calls come out of the purse."""
    config = site.config
    if not site.offline:
        site.tell("model", _modelled(config, site.generator))
    made = lay(site)
    # What the stages before took is taken from the same budget.
    run = _run(config, config.budget.less(*purse.spent))
    if not site.offline:
        made.estimate = estimate(run, site.out, asked=made.asked * config.repeats)
        site.tell("estimate", made.estimate.line())
    return made, run


def _refining(config: PipelineConfig) -> RefineConfig:
    """The refinement of the pipeline's dialogues."""
    assert config.refine is not None
    return refining(config.refine, name=f"{config.name}_refined"[-64:], **_worked(config))


def _refine(
    settings: RefineConfig,
    out: Path,
    made: Made,
    generator: Generator | None,
    telling: Telling,
    progress: Progress | None,
    watcher: Watcher,
    stopping: Stopping | None,
) -> None:
    """Refine the finished dialogues into a folder of their own, going on where that stopped."""
    done = out / DIALOGUES
    if not done.is_file() or not done.stat().st_size:
        telling(Told(stage="refine", text="there is no dialogue to refine"))
        return
    made.refined = refine(
        settings, out, out / REFINED, resume=True, generator=generator, progress=progress,
        watcher=watcher, stopping=stopping,
    )  # fmt: skip
    kinds = counts(made.refined.edits)
    told = f"{made.refined.copies} modified copies ({kinds}) in {out / REFINED}"
    telling(Told(stage="refine", text=told))


def _run(config: PipelineConfig, budget: Budget) -> RunConfig:
    """The run of the pipeline's plans."""
    return RunConfig(
        version=FORMAT_VERSION,
        name=config.name,
        plans=(PLANS,),
        repeats=config.repeats,
        budget=budget,
        **_worked(config),
    )


def _worked(config: PipelineConfig) -> dict[str, Any]:
    """Who does the work, with which seed, and what is demanded of it."""
    names = ("seed", "model", "concurrency", "executor", "workers", "checks")
    return {name: getattr(config, name) for name in names}


def _modelled(config: PipelineConfig, generator: Generator | None) -> str:
    """What a model does in a run, and what it does not."""
    name = generator.name if generator is not None else config.model.name
    worded = "goals and dialogues" if config.plans_for_goals else "the dialogues"
    return f"{name} words {worded}; tools, links and inferred results are made offline"
