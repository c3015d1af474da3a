"""A batch: every job of a run becomes a proven dialogue or a failure record with its reason."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from toolweave.configs.changing import changed
from toolweave.configs.pipeline import Strategy
from toolweave.configs.run import RunConfig, load_run, read_run
from toolweave.core.model import JsonObject
from toolweave.llm.generator import Generator
from toolweave.llm.watching import Watcher, logged
from toolweave.planners.auditing import AUDITS
from toolweave.runs.executors.choosing import check_choice, choose
from toolweave.runs.executors.local import refuse_running_loop
from toolweave.runs.folder import ANSWERS, FAILURES, RunFolder
from toolweave.runs.generators import instant, most_of, worker_generator
from toolweave.runs.job import Job, Outcome
from toolweave.runs.jobs import jobs, total
from toolweave.runs.keeping import Keeper
from toolweave.runs.playing import MAKER, Play, Playing, failed, made_by
from toolweave.runs.repertoire import Repertoire
from toolweave.runs.seeing_done import see_done
from toolweave.runs.stopping import Stopping
from toolweave.runs.tally import Progress, Tally
from toolweave.runs.workshop import Bench, Here, Making, Recipe

_CHANGEABLE: Final = frozenset(
    {
        "limit", "concurrency", "executor", "workers", "model", "base_url", "cache",
        "max_calls", "max_tokens", "max_cost",
    }
)  # fmt: skip


def batch(
    run: RunConfig | Path | str | dict[str, Any],
    out: Path | str | None = None,
    *,
    resume: bool = False,
    generator: Generator | str | None = None,
    progress: Progress | None = None,
    watcher: Watcher = logged,
    base: Path | None = None,
    strategy: Strategy = "toolweave",
    deciding: bool = False,
    trace: bool = False,
    stopping: Stopping | None = None,
    **changes: Any,
) -> Tally:
    """Run a batch into its folder.

    Args:
        run: a configuration, its file, or the name of a shipped one.
        out: the run folder; ``runs/<name>`` unless given.
        resume: go on where an interrupted run stopped.
        generator: who words the dialogues, where it is not the one the run names: an object, which
            stays in this process, or ``module:function`` that makes one in every worker.
        progress: called after every record.
        watcher: called with what people should hear at once, such as a server that went away.
        base: the folder that the plans of a configuration given as an object are relative to.
        strategy: whose demands a finished dialogue must meet beyond its proof.
        deciding: the generator chooses the assistant's acts while a dialogue runs.
        trace: make OpenTelemetry spans.
        stopping: heeds signals; its own unless given.
        changes: override the run's own ``limit``, ``concurrency``, ``executor``, ``workers``,
            ``model`` (a name; another model makes another run), ``base_url``, ``cache``, and its
            budget's ``max_calls``, ``max_tokens`` and ``max_cost``.

    Raises:
        InputError: the run or one of its plans cannot be used, or it would have to wait inside an
            event loop that runs already.
        RunFolderError: the folder is taken, belongs to another run, or the disk is full.
        ServerError: the model server cannot be reached.
        BudgetError: the budget is spent and dialogues are left.
        KeyboardInterrupt: somebody asked to stop; what was made is on disk.
    """
    config, folder = configured(run, base or Path(), changes)
    check_choice(config.executor, config.workers)
    repertoire = Repertoire(config.plans, folder, config.lexicon)
    target = Path(out) if out else Path("runs") / config.name
    # SQLite keeps its promises on one machine only.
    cache = "" if config.executor == "ray" else str(target.resolve() / ANSWERS)
    order = {"strategy": strategy, "deciding": deciding, "trace": trace, "cache": cache}
    making, never_waits = _making(config, generator, order)
    with RunFolder(target, config, repertoire.contents(), resume=resume) as records:
        done = records.done()
        tally = Tally(total(config, repertoire))
        tally.before, tally.failed_before = len(done), records.count(FAILURES)
        todo = (job for job in jobs(config, repertoire) if job.id not in done)
        executor = choose(
            config.executor, config.workers, jobs=tally.left,
            instant=never_waits and isinstance(making, Recipe),
        )  # fmt: skip
        see_done(
            todo, making, executor, Keeper(records, tally, progress), lost=_lost, watcher=watcher,
            stopping=stopping, most=most_of(config.budget) if config.budget.limited else None,
        )  # fmt: skip
    return tally


def configured(
    run: RunConfig | Path | str | dict[str, Any], base: Path, changes: Mapping[str, Any]
) -> tuple[RunConfig, Path]:
    """The configuration of a run with what is given in place of its own, and its plans' folder.

    Raises:
        InputError: it cannot be read, or a value is out of bounds.
    """
    if isinstance(run, RunConfig):
        return _changed(run, changes), base
    if isinstance(run, dict):
        return _changed(read_run(run), changes), base
    config, folder = load_run(run)
    return _changed(config, changes), folder


def _changed(config: RunConfig, changes: Mapping[str, Any]) -> RunConfig:
    """The configuration with what is given in place of its own.

    Raises:
        InputError: a value is out of bounds.
    """
    unknown = changes.keys() - _CHANGEABLE
    if unknown:
        raise TypeError(f"batch() got an unexpected keyword argument {min(unknown)!r}")
    return changed(config, changes)


def _making(
    config: RunConfig, generator: Generator | str | None, order: JsonObject
) -> tuple[Making, bool]:
    """How workers are set up, and whether what they do never waits.

    Raises:
        InputError: the generator cannot be used, or waits inside an event loop.
    """
    if generator is not None and not isinstance(generator, str):
        audit = AUDITS.get(order["strategy"])
        play = Play(config, generator, audit, order["deciding"])
        making: Making = Here(lambda bench: Playing(play, bench))
        words_by = generator
    else:
        maker = generator or ""
        data = {"config": config.model_dump(mode="json"), "generator": maker, **order}
        making = Recipe(MAKER, data)
        # Made here too, so that what is wrong with it is known before anything is written.
        words_by = (
            made_by(maker) if maker else worker_generator(config, Bench(), budget=config.budget)
        )
    if not instant(words_by) and config.executor in ("auto", "local"):
        refuse_running_loop()
    return making, instant(words_by)


def _lost(job: Job, reason: str) -> Outcome:
    return failed(job, "WorkerLost", reason)
