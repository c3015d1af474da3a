"""Copying: the workshop of a refinement, where a job is an original and what copy it gets."""

import logging
from collections.abc import Iterator, Mapping, Sequence
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
from toolweave.core.errors import InputError
from toolweave.core.model import JsonObject
from toolweave.core.tool import Tool
from toolweave.graph.preparing import prepare
from toolweave.llm.generator import Generator, close
from toolweave.llm.usage import collect_usage
from toolweave.llm.watching import working_on
from toolweave.refinement.chain import Chain, Misfit, Presented
from toolweave.refinement.edit import Source
from toolweave.refinement.sent import missed
from toolweave.refinement.varying import fixed
from toolweave.runs.copy_records import CopyRecords
from toolweave.runs.edits import chain_of
from toolweave.runs.generators import instant, is_offline, worker_generator
from toolweave.runs.job import Job, Outcome
from toolweave.runs.originals import Shelf, Standing, original_at
from toolweave.runs.playing import made_by, places, with_spending
from toolweave.runs.recording import recording
from toolweave.runs.refine_records import copy_id
from toolweave.runs.replaying import agents_for
from toolweave.runs.simulation import asimulate, proven, simulate
from toolweave.runs.workshop import Bench

log = logging.getLogger(__name__)
MAKER: Final = f"{__name__}:copying"
_OTHERS: Final = "played again, the dialogue has other values than it had"


@dataclass(frozen=True, slots=True)
class Copies:
    """How the copies of a refinement are made, and of which file; ``name`` is what it is called."""

    config: RefineConfig
    generator: Generator
    file: Path
    name: str
    pools: Mapping[str, Sequence[Tool]]


@dataclass(frozen=True, slots=True)
class _Copy:
    """A copy to make: of which dialogue, with which edits, from which plan if that was edited.

    Where it ``repeats`` its plan has the values of the original, whose words stand.
    """

    original: Dialogue
    stage: Stage | None
    modifications: tuple[Modification, ...]
    misfits: tuple[Misfit, ...]
    meant: JsonObject
    repeats: bool

    @property
    def id(self) -> str:
        return copy_id(self.original.id)


class Copying:
    """Keeps originals and makes copies. Whatever ends a copy becomes its failure record."""

    def __init__(self, copies: Copies, bench: Bench) -> None:
        self.copies, self.config, self.generator = copies, copies.config, copies.generator
        self.instant = instant(self.generator)
        self.places = places(self.config.concurrency, self.generator, bench)
        self.chain: Chain = chain_of(self.config, copies.pools)
        self._shelf = Shelf()
        self._digest = self.config.digest()

    def do(self, job: Job) -> Outcome:
        """See ``Workshop``."""
        with self._around(job) as records, recording(records):
            copy = self._planned(job, records)
            if copy is not None:
                made = copy.original
                if copy.stage is not None:
                    made = simulate(copy.stage, **self._options(copy))
                self._record(copy, made, records)
        return records.outcome

    async def ado(self, job: Job) -> Outcome:
        """See ``Workshop``."""
        with self._around(job) as records, recording(records):
            copy = self._planned(job, records)
            if copy is not None:
                made = copy.original
                if copy.stage is not None:
                    made = await asimulate(copy.stage, **self._options(copy))
                self._record(copy, made, records)
        return records.outcome

    async def aclose(self) -> None:
        """See ``Workshop``."""
        await close(self.generator)

    @contextmanager
    def _around(self, job: Job) -> Iterator[CopyRecords]:
        records = CopyRecords(job)
        with working_on(records.name), collect_usage() as used:
            yield records
            records.outcome = with_spending(records.made(), used, copy_id(records.name))
            facts = {"event": "dialogue", "outcome": records.ended}
            log.info("%s", records.ended, extra={"facts": facts})

    def _planned(self, job: Job, records: CopyRecords) -> _Copy | None:
        """The copy that is to be made; what needs none is recorded."""
        read = original_at(self.copies.file, Standing(*job.data["standing"]), self.copies.name)
        original = read.dialogue
        if original is None:
            records.refuse(read.kind, read.reason)
            return None
        if original.checks.proof != "passed":
            original = proven(original)
        if original.checks.proof == "failed":
            first, *_ = findings = original.checks.findings
            where = f"{self.copies.name}, line {read.line}: {first.line()}"
            found = [finding.dump() for finding in findings]
            records.refuse("proof", where, original.id, findings=found)
            return None
        records.keep(original)
        wanted = job.data["copy"] and not original.modifications
        return self._edited(original, records) if wanted else None

    def _edited(self, original: Dialogue, records: CopyRecords) -> _Copy | None:
        """The copy that the dialogue gets, or None."""
        if not self.chain.due(original.id):
            return None
        named = original.provenance.lexicon
        # A record may name any file: only what ships is read.
        lexicon = self.config.lexicon or (named if shipped("lexicons", named) else "")
        toolset = self._shelf.toolset(original)
        words = words_for(toolset.tools, lexicon)
        repeatable = is_offline(self.generator) and original.provenance.model == self.generator.name
        done = self.chain.replanned(Source(original, original.plan, toolset, words, repeatable))
        stage, repeats = None, False
        if done.modifications:
            plan = done.source.plan
            # Offline the same is said again anyway; a model would say all of it anew.
            settled = None if is_offline(self.generator) else fixed(plan, original)
            repeats = settled is not None
            stage = prepare(settled or plan, done.source.toolset, lexicon, copy_id(original.id))
        elif not self.chain.guises:
            records.unfit(done.misfits)
            return None
        return _Copy(original, stage, done.modifications, done.misfits, done.meant, repeats)

    def _options(self, copy: _Copy) -> dict[str, Any]:
        return {
            "seed": copy.original.seed, "generator": self.generator, "proof": False,
            "config": self._digest, "name": copy.id,
            "agents": agents_for(
                copy.original, copy.modifications, self.generator, repeats=copy.repeats
            ),
        }  # fmt: skip

    def _record(self, copy: _Copy, played: Dialogue, records: CopyRecords) -> None:
        """Record a copy, unless no edit fits or its edits rely on values it came to differ in."""
        made, misfits = self._presented(copy, played)
        misfits = (*copy.misfits, *misfits)
        # What is meant is told by the names of the original.
        if missed(unmasked(made), copy.meant):
            differing = (Misfit(one.kind, _OTHERS) for one in copy.modifications)
            records.unfit((*misfits, *differing))
            return
        records.unfit(misfits)
        if made.modifications:
            records.copied(made)

    def _presented(self, copy: _Copy, played: Dialogue) -> Presented:
        """The copy in its guises, with its verdict."""
        source = played.provenance.model_copy(update={"config": self._digest})
        changes = {"id": copy.id, "modifications": copy.modifications, "provenance": source}
        presented = self.chain.presented(played.model_copy(update=changes), copy.original.id)
        if not self.config.checks.proof:
            return presented
        words = copy.stage.words if copy.stage is not None else None
        return presented._replace(dialogue=proven(presented.dialogue, words))


def copying(data: JsonObject, bench: Bench) -> Copying:
    """The workshop that a refinement's recipe describes.

    Raises:
        InputError: its generator cannot be set up, or the originals are not to be found here.
    """
    config = RefineConfig.model_validate(data["config"])
    file, maker = Path(data["file"]), data["generator"]
    if not file.is_file():
        raise InputError("is not there", file=str(file), mend="every worker reads the originals")
    generator = made_by(maker) if maker else worker_generator(config, bench)
    pools = {
        domain: [Tool.model_validate(tool) for tool in tools]
        for domain, tools in data["pools"].items()
    }
    return Copying(Copies(config, generator, file, data["name"], pools), bench)
