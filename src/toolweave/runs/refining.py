"""A refinement: every dialogue is kept, and some get a modified copy, played and proved again."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from toolweave.configs.refining import RefineConfig
from toolweave.core.tool import Tool
from toolweave.llm.generator import Generator
from toolweave.llm.watching import Watcher, logged
from toolweave.runs.copy_records import CopyRecords
from toolweave.runs.copying import MAKER, Copies, Copying
from toolweave.runs.edits import chain_of
from toolweave.runs.executors.choosing import check_choice, choose
from toolweave.runs.executors.local import refuse_running_loop
from toolweave.runs.folder import RunFolder
from toolweave.runs.generators import instant, make_generator
from toolweave.runs.job import Job, Outcome
from toolweave.runs.keeping import Keeper
from toolweave.runs.originals import Originals, original_at, originals
from toolweave.runs.playing import made_by
from toolweave.runs.pools import pools
from toolweave.runs.refine_records import UNFIT, Earlier, RefineTally, copy_id, earlier
from toolweave.runs.seeing_done import see_done
from toolweave.runs.stopping import Stopping
from toolweave.runs.tally import Progress, Tally
from toolweave.runs.workshop import Here, Making, Recipe


def refine(
    config: RefineConfig,
    source: Path,
    out: Path,
    *,
    resume: bool = False,
    generator: Generator | str | None = None,
    progress: Progress | None = None,
    watcher: Watcher = logged,
    stopping: Stopping | None = None,
) -> RefineTally:
    """Refine the dialogues of a file or of a run folder into a run folder of their own.

    Args:
        config: which edits, how often, and who does the work.
        source: a JSON-lines file of our dialogues, or a run folder.
        out: the folder that originals and copies are written to.
        resume: go on where an interrupted refinement stopped.
        generator: who words the copies, where it is not the one the configuration names: an
            object, which stays in this process, or ``module:function`` that makes one in every
            worker.
        progress: told of every line of the source.
        watcher: called with what people should hear at once, such as a server that went away.
        stopping: heeds signals; its own unless given.

    Raises:
        InputError: the source or the configuration cannot be used.
        RunFolderError: the folder is taken, belongs to another refinement, or the disk is full.
        ServerError: the model server cannot be reached.
        KeyboardInterrupt: somebody asked to stop; what was made is on disk.
    """
    check_choice(config.executor, config.workers)
    held = originals(source)
    known = pools(source) if config.distractors.probability else {}
    making, never_waits = _making(config, held.path, known, generator)
    with RunFolder(out, config, held.digest, resume=resume, more=(UNFIT,)) as records:
        tally = RefineTally(Tally(held.lines))
        before = earlier(records, tally, held.taken)
        executor = choose(
            config.executor, config.workers,
            # A line without a copy is next to no work.
            jobs=round(tally.lines.left * config.share),
            instant=never_waits and isinstance(making, Recipe),
        )  # fmt: skip
        see_done(
            _jobs(held, before), making, executor, _Keeper(records, tally, progress),
            lost=partial(_lost, held), watcher=watcher, stopping=stopping,
        )  # fmt: skip
    return tally


class _Keeper(Keeper):
    """A keeper that counts copies too."""

    def __init__(self, records: RunFolder, refined: RefineTally, progress: Progress | None) -> None:
        super().__init__(records, refined.lines, progress)
        self.refined = refined

    def take(self, outcome: Outcome) -> bool:
        """See ``Keeper``."""
        self.refined.add(outcome)
        return super().take(outcome)


def _making(
    config: RefineConfig,
    path: Path,
    known: Mapping[str, Sequence[Tool]],
    generator: Generator | str | None,
) -> tuple[Making, bool]:
    """How workers are set up, and whether what they do never waits.

    Raises:
        InputError: the generator or an edit cannot be used, or it waits inside an event loop.
    """
    # Made here too, so that what is wrong with it is known before anything is written.
    chain_of(config)
    file, name = path.resolve(), str(path)
    if generator is not None and not isinstance(generator, str):
        copies = Copies(config, generator, file, name, known)
        making: Making = Here(lambda bench: Copying(copies, bench))
        words_by = generator
    else:
        maker = generator or ""
        tools = {domain: [tool.dump() for tool in every] for domain, every in known.items()}
        making = Recipe(
            MAKER,
            {
                "config": config.model_dump(mode="json"), "generator": maker, "file": str(file),
                "name": name, "pools": tools,
            },
        )  # fmt: skip
        words_by = made_by(maker) if maker else make_generator(config.model)
    if not instant(words_by) and config.executor in ("auto", "local"):
        refuse_running_loop()
    return making, instant(words_by)


def _jobs(held: Originals, before: Earlier) -> Iterator[Job]:
    """The lines that are not done."""
    for standing in held:
        name = f"line-{standing.line:07d}"
        own = "" if standing.twice else standing.id
        if name in before.done or (own and own in before.done):
            continue
        copy = copy_id(standing.id)
        wanted = copy not in before.done and copy not in held.taken
        yield Job(name, {"standing": list(standing), "copy": wanted, "told": copy in before.told})


def _lost(held: Originals, job: Job, reason: str) -> Outcome:
    """The outcome of a line whose workers died; it is kept where it needs no work to be kept."""
    records = CopyRecords(job)
    read = original_at(held.path, records.standing, str(held.path))
    if read.dialogue is not None and read.dialogue.checks.proof == "passed":
        records.keep(read.dialogue)
    records.fail("WorkerLost", reason)
    return records.made()
