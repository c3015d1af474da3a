"""A refinement: every dialogue is kept, and some get a modified copy, played and proved again."""

import asyncio
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from toolweave.agents.stage import Stage
from toolweave.checks.renaming import unmasked
from toolweave.configs.refining import RefineConfig
from toolweave.configs.shipping import shipped
from toolweave.configs.wording import words_for
from toolweave.core.dialogue import Dialogue, Modification
from toolweave.core.errors import ServerError, ToolweaveError
from toolweave.core.model import JsonObject
from toolweave.graph.preparing import prepare
from toolweave.llm.generator import Generator, close
from toolweave.llm.usage import collect_usage
from toolweave.refinement.chain import Chain, Misfit, Presented
from toolweave.refinement.edit import Source
from toolweave.refinement.sent import missed
from toolweave.runs.edits import chain_of
from toolweave.runs.folder import RunFolder
from toolweave.runs.generators import instant, is_offline, make_generator
from toolweave.runs.originals import Originals, Shelf, originals
from toolweave.runs.pools import pools
from toolweave.runs.refine_records import UNFIT, RefineTally, RefineWriter, copy_id
from toolweave.runs.replaying import agents_for
from toolweave.runs.simulation import asimulate, proven, simulate
from toolweave.runs.tally import Progress, Tally

# So many server failures without one success mean that the server is gone, not that it stumbles.
_HOPELESS: Final = 5
_OTHERS: Final = "played again, the dialogue has other values than it had"


def refine(
    config: RefineConfig,
    source: Path,
    out: Path,
    *,
    resume: bool = False,
    generator: Generator | None = None,
    progress: Progress | None = None,
) -> RefineTally:
    """Refine the dialogues of a file or of a run folder into a run folder of their own.

    Args:
        config: which edits, how often.
        source: a JSON-lines file of our dialogues, or a run folder.
        out: the folder that originals and copies are written to.
        resume: go on where an interrupted refinement stopped.
        generator: who words the copies, where it is not the one the configuration names.
        progress: told of every line of the source.

    Raises:
        InputError: the source or the configuration cannot be used.
        RunFolderError: the folder is taken, belongs to another refinement, or the disk is full.
        ServerError: the model server cannot be reached.
    """
    held = originals(source)
    words_by = generator or make_generator(config.model, config.concurrency)
    known = pools(source) if config.distractors.probability else {}
    work = _Work(config, chain_of(config, known), words_by, Shelf())
    with RunFolder(out, config, held.digest, resume=resume, more=(UNFIT,)) as records:
        tally = RefineTally(Tally(held.lines))
        writer = RefineWriter(records, tally, progress)
        jobs = _jobs(held, work, writer)
        if instant(words_by):
            for job in jobs:
                with _recording(job, writer):
                    _write(job, work.now(job), writer)
                writer.original(job.original)
        else:
            asyncio.run(_waiting(jobs, work, writer))
        records.finish()
    return tally


@dataclass(frozen=True, slots=True)
class _Job:
    """A copy to make: of which dialogue, with which edits, from which plan if that was edited."""

    original: Dialogue
    stage: Stage | None
    modifications: tuple[Modification, ...]
    misfits: tuple[Misfit, ...]
    meant: JsonObject

    @property
    def id(self) -> str:
        return copy_id(self.original.id)


@dataclass(frozen=True, slots=True)
class _Work:
    """How the copies of a refinement are made."""

    config: RefineConfig
    chain: Chain
    generator: Generator
    shelf: Shelf

    def planned(self, original: Dialogue, writer: RefineWriter) -> _Job | None:
        """The copy that the dialogue gets, or None."""
        if original.modifications or not self.chain.due(original.id):
            return None
        named = original.provenance.lexicon
        # A record may name any file: only what ships is read.
        lexicon = self.config.lexicon or (named if shipped("lexicons", named) else "")
        toolset = self.shelf.toolset(original)
        words = words_for(toolset.tools, lexicon)
        repeatable = is_offline(self.generator) and original.provenance.model == self.generator.name
        done = self.chain.replanned(Source(original, original.plan, toolset, words, repeatable))
        stage = None
        if done.modifications:
            stage = prepare(done.source.plan, done.source.toolset, lexicon, copy_id(original.id))
        elif not self.chain.guises:
            writer.unfit(original.id, done.misfits)
            return None
        return _Job(original, stage, done.modifications, done.misfits, done.meant)

    def now(self, job: _Job) -> Presented:
        """The copy, made at once."""
        if job.stage is None:
            return self._finished(job, job.original)
        return self._finished(job, simulate(job.stage, **self._options(job)))

    async def later(self, job: _Job) -> Presented:
        """The copy, by a generator that waits."""
        if job.stage is None:
            return self._finished(job, job.original)
        return self._finished(job, await asimulate(job.stage, **self._options(job)))

    def _options(self, job: _Job) -> dict[str, Any]:
        return {
            "seed": job.original.seed, "generator": self.generator, "proof": False,
            "config": self.config.digest(), "name": job.id,
            "agents": agents_for(job.original, job.modifications, self.generator),
        }  # fmt: skip

    def _finished(self, job: _Job, made: Dialogue) -> Presented:
        """The copy in its guises, with its verdict."""
        source = made.provenance.model_copy(update={"config": self.config.digest()})
        changes = {"id": job.id, "modifications": job.modifications, "provenance": source}
        presented = self.chain.presented(made.model_copy(update=changes), job.original.id)
        if not self.config.checks.proof:
            return presented
        words = job.stage.words if job.stage is not None else None
        return presented._replace(dialogue=proven(presented.dialogue, words))


def _jobs(held: Originals, work: _Work, writer: RefineWriter) -> Iterator[_Job]:
    """The copies to make; all that needs none is written on the way."""
    for read in held:
        original = read.dialogue
        if original is None:
            writer.line(read)
            continue
        if original.checks.proof != "passed":
            original = proven(original)
        if original.checks.proof == "failed":
            reason = f"{held.path}, line {read.line}: {original.checks.findings[0].line()}"
            findings = [finding.dump() for finding in original.checks.findings]
            writer.failure(original.id, "proof", reason, findings=findings, line=read.line)
            continue
        if original.id in writer.done or copy_id(original.id) in held.taken:
            writer.original(original)
            continue
        job: _Job | None = None
        with _recording_of(copy_id(original.id), writer):
            job = work.planned(original, writer)
        if job is None:
            writer.original(original)
        else:
            yield job


def _write(job: _Job, made: Presented, writer: RefineWriter) -> None:
    """Write a copy, unless no edit fits or its edits rely on values that it came to differ in."""
    copy, misfits = made.dialogue, (*job.misfits, *made.misfits)
    # What is meant is told by the names of the original.
    if missed(unmasked(copy), job.meant):
        differing = (Misfit(one.kind, _OTHERS) for one in job.modifications)
        writer.unfit(job.original.id, (*misfits, *differing))
        return
    writer.unfit(job.original.id, misfits)
    if copy.modifications:
        writer.copy(copy)


def _recording(job: _Job, writer: RefineWriter) -> Any:
    return _recording_of(job.id, writer)


@contextmanager
def _recording_of(identity: str, writer: RefineWriter) -> Iterator[None]:
    """Whatever ends a copy becomes its failure record, except a server that is gone."""
    try:
        yield
    except ServerError:
        raise
    except ToolweaveError as error:
        writer.failure(identity, type(error).__name__, str(error))
    except Exception as error:  # noqa: BLE001
        # A fault of one copy, ours or of somebody's own edit, must not cost the others.
        trace = traceback.format_exc(limit=-4)
        writer.failure(identity, type(error).__name__, f"unexpected: {error}", trace=trace)


async def _waiting(jobs: Iterator[_Job], work: _Work, writer: RefineWriter) -> None:
    """Keep several copies under way; each worker takes the next when it is free."""
    row: list[ServerError] = []

    async def one() -> None:
        for job in jobs:
            if len(row) >= _HOPELESS:
                return
            try:
                with collect_usage() as used, _recording(job, writer):
                    _write(job, await work.later(job), writer)
            except ServerError as error:
                # Not this dialogue's fault: it is left for --resume rather than recorded as failed.
                row.append(error)
                continue
            row.clear()
            writer.usage(job.id, used.as_record())
            writer.original(job.original)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(work.config.concurrency):
                group.create_task(one())
    except* ToolweaveError as errors:
        raise errors.exceptions[0] from None
    finally:
        await close(work.generator)
    left = writer.tally.lines.left
    if row and left:
        raise ServerError(f"{row[-1]}; {left} dialogues are not done yet, go on with --resume")
