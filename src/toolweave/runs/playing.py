"""Playing: the workshop of a batch, where a job is a plan and a seed that become a dialogue."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from toolweave.checks.turns import masked_by
from toolweave.configs.run import RunConfig
from toolweave.core.dialogue import Dialogue
from toolweave.core.finding import Finding
from toolweave.core.model import JsonObject
from toolweave.graph.nodes import driven
from toolweave.llm.generator import Generator, close, limits_calls
from toolweave.llm.tracing import span, trace
from toolweave.llm.usage import Usage, collect_usage
from toolweave.llm.watching import working_on
from toolweave.planners.auditing import AUDITS, Audit
from toolweave.runs.folder import DIALOGUES, FAILURES, USAGE
from toolweave.runs.generators import instant, worker_generator
from toolweave.runs.job import Job, Left, Outcome, line
from toolweave.runs.recording import recording
from toolweave.runs.repertoire import Place, Shelf
from toolweave.runs.simulation import asimulate, simulate
from toolweave.runs.workshop import Bench, named

log = logging.getLogger(__name__)
MAKER: Final = f"{__name__}:playing"


@dataclass(frozen=True)
class Play:
    """How every job of a run is played.

    ``audit``: what a finished dialogue must pass beyond its proof; ``deciding``: the generator
    chooses the assistant's acts while a dialogue runs.
    """

    config: RunConfig
    generator: Generator
    audit: Audit | None = None
    deciding: bool = False


class Playing:
    """Plays plans. Whatever ends a dialogue becomes its failure record."""

    def __init__(self, play: Play, bench: Bench) -> None:
        self.play = play
        self.instant = instant(play.generator)
        self.shelf = Shelf(play.config.lexicon)
        self.places = places(play.config.concurrency, play.generator, bench)
        self._digest = play.config.digest()

    def do(self, job: Job) -> Outcome:
        """See ``Workshop``."""
        with _around(job) as records, recording(records):
            dialogue = simulate(self._stage(job), **self._options(job))
            objections = driven(self._objections(dialogue))
            records.audited(dialogue, objections)
        return records.outcome()

    async def ado(self, job: Job) -> Outcome:
        """See ``Workshop``."""
        with _around(job) as records, recording(records):
            dialogue = await asimulate(self._stage(job), **self._options(job))
            objections = await self._objections(dialogue)
            records.audited(dialogue, objections)
        return records.outcome()

    async def aclose(self) -> None:
        """See ``Workshop``."""
        await close(self.play.generator)

    def _stage(self, job: Job) -> Any:
        return self.shelf.stage(job.data["plan"], Place(job.data["file"], job.data["start"]))

    def _options(self, job: Job) -> dict[str, Any]:
        return {
            "seed": job.data["seed"], "generator": self.play.generator, "config": self._digest,
            "proof": self.play.config.checks.proof, "name": job.id, "deciding": self.play.deciding,
        }  # fmt: skip

    async def _objections(self, dialogue: Dialogue) -> Sequence[Finding]:
        """What the audit says of a dialogue that is sound otherwise."""
        if self.play.audit is None or dialogue.checks.proof == "failed":
            return ()
        return await self.play.audit(dialogue, self.play.generator)


def playing(data: JsonObject, bench: Bench) -> Playing:
    """The workshop that a batch's recipe describes.

    Raises:
        InputError: its generator cannot be set up.
    """
    config = RunConfig.model_validate(data["config"])
    if data["trace"]:
        trace()
    maker = data["generator"]
    generator = (
        made_by(maker) if maker
        else worker_generator(config, bench, budget=config.budget, cache=data["cache"])
    )  # fmt: skip
    play = Play(config, generator, AUDITS.get(data["strategy"]), data["deciding"])
    return Playing(play, bench)


def places(concurrency: int, generator: Generator, bench: Bench) -> int:
    """How many dialogues a worker has under way, as its share of those of a run."""
    each, more = divmod(concurrency, bench.workers)
    share = max(1, each + (bench.number < more))
    # While a dialogue works or waits its turn others keep the places in flight busy.
    return 2 * share if limits_calls(generator) else share


def made_by(maker: str) -> Generator:
    """The generator that ``module:function`` makes, or that it is.

    Raises:
        InputError: there is no such thing.
    """
    found = named(maker)
    make: Callable[[], Generator] = found
    return found if hasattr(found, "generate") and not isinstance(found, type) else make()


def failed(job: Job, kind: str, reason: str, **more: Any) -> Outcome:
    """The outcome of a job that failed."""
    record = {"id": job.id, "plan": job.data["plan"], "seed": job.data["seed"], "kind": kind,
              "reason": reason, **more}  # fmt: skip
    return Outcome(job.id, {FAILURES: line(record)}, failures=(kind,))


def with_spending(made: Outcome, usage: Usage, name: str) -> Outcome:
    """The outcome, with what it took of a model on record under that name."""
    used = usage.as_record()
    if not used:
        return made
    total = usage.total()
    spent = {name: getattr(total, name) for name in total.__slots__}
    # What was spent is on record before what came of it: a kill between the two loses no cost.
    lines = {USAGE: line({"id": name, **used}), **made.lines}
    return replace(made, lines=lines, spent=spent)


@contextmanager
def _around(job: Job) -> Iterator["_Records"]:
    with (
        working_on(job.id),
        span("dialogue", plan=job.data["plan"], seed=job.data["seed"]) as facts,
        collect_usage() as used,
    ):
        records = _Records(job, used)
        yield records
        facts["outcome"] = records.ended
        log.info("%s", records.ended, extra={"facts": {"event": "dialogue", **facts}})


class _Records:
    """Turns what came of a job into its records."""

    def __init__(self, job: Job, used: Usage) -> None:
        self.job, self.used = job, used
        self.made = Outcome(job.id)

    @property
    def ended(self) -> str:
        """How the job ended, in a word."""
        if self.made.left is not None:
            return "left"
        return self.made.failures[0] if self.made.failures else "made"

    def audited(self, dialogue: Dialogue, objections: Sequence[Finding]) -> None:
        """Record a dialogue that its strategy would keep, or why it would not."""
        unproven = dialogue.checks.proof == "failed"
        errors = [finding for finding in objections if finding.severity == "error"]
        kind, findings = ("proof", dialogue.checks.findings) if unproven else ("audit", errors)
        if not (unproven or findings):
            kept = masked_by(objections, dialogue, "votes")
            self.made = Outcome(self.job.id, {DIALOGUES: line(kept.dump())}, dialogues=1)
            return
        found = [finding.dump() for finding in findings]
        first = findings[0].line()
        self.fail(kind, first, findings=found, dialogue=dialogue.dump())

    def leave(self, reason: str, *, ends: bool) -> None:
        """See ``Ending``."""
        self.made = Outcome(self.job.id, left=Left(reason, ends))

    def fail(self, kind: str, reason: str, **more: Any) -> None:
        """See ``Ending``."""
        self.made = failed(self.job, kind, reason, **more)

    def outcome(self) -> Outcome:
        """The outcome, with what it took of a model."""
        return with_spending(self.made, self.used, self.job.id)
