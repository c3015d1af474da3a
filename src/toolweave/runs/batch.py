"""A batch: every job of a run becomes a proven dialogue or a failure record with its reason."""

import asyncio
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from toolweave.checks.turns import masked_by
from toolweave.configs.run import RunConfig, load_run, read_run
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError, ServerError, ToolweaveError
from toolweave.core.finding import Finding
from toolweave.graph.nodes import driven
from toolweave.llm.generator import Generator, close
from toolweave.llm.usage import collect_usage
from toolweave.planners.auditing import Audit
from toolweave.runs.folder import DIALOGUES, FAILURES, USAGE, RunFolder
from toolweave.runs.generators import instant, make_generator
from toolweave.runs.jobs import Job, contents, jobs, stages, total
from toolweave.runs.simulation import asimulate, simulate

# So many server failures without one success mean that the server is gone, not that it stumbles.
_HOPELESS: Final = 5


@dataclass
class Tally:
    """How a run stands. Of the ``before`` records of earlier sessions ``failed_before`` failed."""

    total: int
    before: int = 0
    failed_before: int = 0
    dialogues: int = 0
    failures: int = 0
    started: float = field(default_factory=time.monotonic)
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """How many dialogues are neither made nor failed."""
        return self.total - self.before - self.dialogues - self.failures

    @property
    def share_failed(self) -> float:
        """Failures among all records of the run, 0 when there are none."""
        made = self.before + self.dialogues + self.failures
        return (self.failed_before + self.failures) / made if made else 0.0


class Progress(Protocol):
    """Whoever is told how a run goes on."""

    def __call__(self, tally: Tally) -> None: ...


def batch(
    run: RunConfig | Path | str | dict[str, Any],
    out: Path | str | None = None,
    *,
    resume: bool = False,
    generator: Generator | None = None,
    limit: int | None = None,
    concurrency: int | None = None,
    model: str | None = None,
    base_url: str | None = None,
    progress: Progress | None = None,
    base: Path | None = None,
    audit: Audit | None = None,
    deciding: bool = False,
) -> Tally:
    """Run a batch into its folder.

    Args:
        run: a configuration, its file, or the name of a shipped one.
        out: the run folder; ``runs/<name>`` unless given.
        resume: go on where an interrupted run stopped.
        generator: who words the dialogues, where it is not the one the run names.
        limit, concurrency: override the run's own.
        model, base_url: the same; another model makes another run.
        progress: called after every record.
        base: the folder that the plans of a configuration given as an object are relative to.
        audit: what a finished dialogue must pass beyond its proof.
        deciding: the generator chooses the assistant's acts while a dialogue runs.

    Raises:
        InputError: the run or one of its plans cannot be used, or it would have to wait inside an
            event loop that runs already.
        RunFolderError: the folder is taken, belongs to another run, or the disk is full.
        ServerError: the model server cannot be reached.
    """
    config, folder = _config(run, base or Path())
    changes = {"limit": limit, "concurrency": concurrency}
    server = {"name": model, "base_url": base_url}
    settings = {**config.model_dump(), **{k: v for k, v in changes.items() if v is not None}}
    settings["model"] |= {k: v for k, v in server.items() if v}
    config = read_run(settings)
    prepared = stages(config, folder)
    words_by = generator or make_generator(config.model, config.concurrency)
    if not instant(words_by):
        _refuse_running_loop()
    target = Path(out) if out else Path("runs") / config.name
    with RunFolder(target, config, contents(prepared), resume=resume) as records:
        done = records.done()
        tally = Tally(total(config, prepared))
        todo = (job for job in jobs(config, prepared) if job.id not in done)
        tally.before, tally.failed_before = len(done), records.count(FAILURES)
        writer = _Writer(records, tally, progress)
        if instant(words_by):
            _run_now(todo, _Play(config, words_by, audit, deciding), writer)
        else:
            asyncio.run(_run_waiting(todo, _Play(config, words_by, audit, deciding), writer))
        records.finish()
    return tally


def _config(run: RunConfig | Path | str | dict[str, Any], base: Path) -> tuple[RunConfig, Path]:
    if isinstance(run, RunConfig):
        return run, base
    if isinstance(run, dict):
        return read_run(run), base
    return load_run(run)


def _refuse_running_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise InputError(
        "a batch that waits for a server cannot run inside an event loop",
        mend="await asyncio.to_thread(batch, ...)",
    )


class _Writer:
    """Turns outcomes into records."""

    def __init__(self, records: RunFolder, tally: Tally, progress: Progress | None) -> None:
        self.records, self.tally, self.progress = records, tally, progress

    def dialogue(self, job: Job, dialogue: Dialogue) -> None:
        if dialogue.checks.proof == "failed":
            findings = [finding.dump() for finding in dialogue.checks.findings]
            first = dialogue.checks.findings[0]
            self.failure(job, "proof", first.line(), findings=findings, dialogue=dialogue.dump())
            return
        self.records.add(DIALOGUES, dialogue.dump())
        self.tally.dialogues += 1
        self._tell()

    def audited(self, job: Job, dialogue: Dialogue, objections: Sequence[Finding]) -> None:
        """Record a dialogue that its strategy would keep, or why it would not."""
        errors = [finding for finding in objections if finding.severity == "error"]
        if not errors:
            self.dialogue(job, masked_by(objections, dialogue, "votes"))
            return
        found = [finding.dump() for finding in errors]
        first = errors[0].line()
        self.failure(job, "audit", first, findings=found, dialogue=dialogue.dump())

    def failure(self, job: Job, kind: str, reason: str, **more: Any) -> None:
        record = {"id": job.id, "plan": job.stage.plan.id, "seed": job.seed, "kind": kind,
                  "reason": reason, **more}  # fmt: skip
        self.records.add(FAILURES, record)
        self.tally.failures += 1
        self.tally.reasons[kind] = self.tally.reasons.get(kind, 0) + 1
        self._tell()

    @contextmanager
    def recording(self, job: Job) -> Iterator[None]:
        """Whatever ends this dialogue becomes its failure record, except a server that is gone."""
        try:
            yield
        except ServerError:
            raise
        except ToolweaveError as error:
            self.failure(job, type(error).__name__, str(error))
        except Exception as error:  # noqa: BLE001
            # A fault of one dialogue, ours or of somebody's own agent, must not cost the others.
            trace = traceback.format_exc(limit=-4)
            self.failure(job, type(error).__name__, f"unexpected: {error}", trace=trace)

    def usage(self, job: Job, used: dict[str, Any]) -> None:
        if used:
            self.records.add(USAGE, {"id": job.id, **used})

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(self.tally)


@dataclass
class _Server:
    """How the model server does: the last failure, and how many came in a row."""

    last: ServerError | None = None
    row: int = 0

    @property
    def gone(self) -> bool:
        """Whether going on is pointless."""
        return self.row >= _HOPELESS


@dataclass(frozen=True)
class _Play:
    """How every job of a run is played."""

    config: RunConfig
    generator: Generator
    audit: Audit | None
    deciding: bool

    def now(self, job: Job) -> Dialogue:
        return simulate(job.stage, seed=job.seed, **self._options(job))

    async def later(self, job: Job) -> Dialogue:
        return await asimulate(job.stage, seed=job.seed, **self._options(job))

    def _options(self, job: Job) -> dict[str, Any]:
        return {
            "generator": self.generator, "proof": self.config.checks.proof,
            "config": self.config.digest(), "name": job.id, "deciding": self.deciding,
        }  # fmt: skip

    async def objections(self, dialogue: Dialogue) -> Sequence[Finding]:
        """What the audit says of a dialogue that is sound otherwise."""
        if self.audit is None or dialogue.checks.proof == "failed":
            return ()
        return await self.audit(dialogue, self.generator)


def _run_now(todo: Iterator[Job], play: _Play, writer: _Writer) -> None:
    for job in todo:
        made: Dialogue | None = None
        objections: Sequence[Finding] = ()
        with writer.recording(job):
            done = play.now(job)
            objections = driven(play.objections(done))
            made = done
        if made is not None:
            writer.audited(job, made, objections)


async def _run_waiting(todo: Iterator[Job], play: _Play, writer: _Writer) -> None:
    """Keep ``concurrency`` dialogues under way; each worker takes the next job when it is free."""
    server = _Server()

    async def work() -> None:
        for job in todo:
            if server.gone:
                return
            await _one(job, play, writer, server)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(play.config.concurrency):
                group.create_task(work())
    except* ToolweaveError as errors:
        raise errors.exceptions[0] from None
    finally:
        await close(play.generator)
    if server.last is not None and writer.tally.left:
        raise ServerError(
            f"{server.last}; {writer.tally.left} dialogues are not made yet, go on with --resume"
        )


async def _one(job: Job, play: _Play, writer: _Writer, server: "_Server") -> None:
    with collect_usage() as used:
        made: Dialogue | None = None
        objections: Sequence[Finding] = ()
        try:
            with writer.recording(job):
                done = await play.later(job)
                objections = await play.objections(done)
                made = done
        except ServerError as error:
            # Not this dialogue's fault: it is left for --resume rather than recorded as failed.
            server.last, server.row = error, server.row + 1
            return
        if made is not None:
            server.row = 0
            writer.audited(job, made, objections)
        writer.usage(job, used.as_record())
