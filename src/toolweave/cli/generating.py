"""Carrying out ``toolweave generate``: the stages told one by one, then the dialogues."""

import tempfile
import time
from pathlib import Path

from toolweave.cli.batching import told
from toolweave.cli.grids import show
from toolweave.cli.ordering import RunOrder
from toolweave.cli.refining import told as told_refined
from toolweave.cli.running import check_executor
from toolweave.cli.streams import note
from toolweave.cli.watching import interrupted, watched
from toolweave.configs.changing import changed
from toolweave.configs.pipeline import PipelineConfig, load_pipeline
from toolweave.evaluation.figures import Source, structure_of
from toolweave.evaluation.loading import load_dialogues
from toolweave.reporting.structural import structure_grid
from toolweave.runs.folder import DIALOGUES, FAILURES, REFINED
from toolweave.runs.made import Made, Told
from toolweave.runs.pipeline import generate


def run(order: RunOrder) -> int:
    """Run the pipeline; the exit code is 1 when more dialogues failed than the run allows.

    Raises:
        InputError: the configuration or one of its sources cannot be used.
        RunFolderError: the folder cannot be used, or the disk is full.
        ServerError: the model server cannot be reached.
    """
    check_executor(order.changes.get("executor"))
    config, base = load_pipeline(order.config)
    config = changed(config, order.changes, order.config)
    if order.dry:
        with tempfile.TemporaryDirectory() as folder:
            made = generate(config, base, Path(folder), dry=True, telling=_tell)
        note(f"dialogues: {_dialogues(made, config)} would be made, {_calls(made, config)}")
        return 0
    out = Path(order.out) if order.out else Path("runs") / config.name
    started = time.monotonic()
    try:
        with watched(order.watching) as watchers:
            made = generate(
                config,
                base,
                out,
                resume=order.resume,
                telling=_tell,
                progress=watchers.progress,
                watcher=watchers.watcher,
                stopping=watchers.stopping,
                trace=order.watching.trace,
            )
    except KeyboardInterrupt as stop:
        return interrupted(stop, str(out))
    assert made.tally is not None
    seconds = time.monotonic() - started
    name = config.name
    if made.label != config.strategy:
        name = f"{name}, strategy: {made.label}"
    code = told(name, str(out), made.tally, seconds, allowed=config.checks.max_failures)
    if made.refined is not None:
        failed = told_refined(config.name, out / REFINED, made.refined, config.checks.max_failures)
        code = max(code, failed)
    for part in made.not_run:
        note(f"{part}: not run: needs a model")
    if made.tally.failures + made.tally.failed_before == made.tally.total:
        note(f"no dialogue came of it, so there are no figures; {out / FAILURES} holds the reasons")
    else:
        _figures(made.label, out)
    return code


def _figures(label: str, out: Path) -> None:
    """The structure of the run's dialogues beside the paper's Table 2."""
    structure = structure_of(Source(label, load_dialogues(out / DIALOGUES)))
    if not structure.dialogues:
        return
    print()
    show([structure_grid([structure])])
    note(f"more figures: toolweave figures {out}")


def _tell(stage: Told) -> None:
    note(f"{stage.stage}: {stage.text}")


def _dialogues(made: Made, config: PipelineConfig) -> int:
    return made.plans * config.repeats


def _calls(made: Made, config: PipelineConfig) -> str:
    """How many calls of a model that would take: one per step that needs words or a result."""
    if config.model.name == "offline":
        return "without any call of a model"
    calls = made.asked_first + made.asked * config.repeats
    return (
        f"with about {calls} calls of {config.model.name} ({made.asked_first} of them about goals)"
    )
