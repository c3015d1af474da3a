"""Seeing the jobs of a run done: an executor works, what comes of them is kept, signals heeded."""

from collections.abc import Callable, Iterator

from toolweave.llm.budget import Most
from toolweave.llm.watching import Watcher
from toolweave.runs.executors.errand import Errand, Executor
from toolweave.runs.job import Job, Outcome
from toolweave.runs.keeping import Keeper
from toolweave.runs.stopping import Stopping
from toolweave.runs.workshop import Making


def see_done(
    jobs: Iterator[Job],
    making: Making,
    executor: Executor,
    keeper: Keeper,
    *,
    lost: Callable[[Job, str], Outcome],
    watcher: Watcher,
    stopping: Stopping | None,
    most: Most | None = None,
) -> None:
    """Return when every job has its records and the folder is finished.

    Args:
        jobs: what is left to do.
        making: how a worker sets up its workshop.
        executor: who works.
        keeper: keeps what comes of the jobs.
        lost: the outcome of a job whose worker died time and again.
        watcher: told what people should hear at once.
        stopping: heeds signals; a fresh one unless given.
        most: what all workers together may take of a model, if that is limited.

    Raises:
        InputError: a workshop cannot be set up.
        RunFolderError: the disk is full.
        ServerError: the model server cannot be reached.
        BudgetError: the budget is spent and jobs are left.
        KeyboardInterrupt: somebody asked to stop; what was made is on disk.
    """
    with stopping or Stopping() as heeding:
        if keeper.tally.left:
            executor.run(
                Errand(jobs, making, keeper.take, lost, keeper.under_way, heeding, watcher, most)
            )
        if keeper.tally.left:
            heeding.raise_if_asked()
    keeper.raise_if_left()
    keeper.records.finish()
