"""The local executor: one process, one event loop where anything waits."""

import asyncio
from collections.abc import AsyncIterator, Iterator

from toolweave.core.errors import InputError
from toolweave.llm.budget import LocalPurse
from toolweave.runs.executors.errand import Errand
from toolweave.runs.executors.working import work_now, work_waiting
from toolweave.runs.job import Job, Outcome
from toolweave.runs.workshop import Bench


class LocalExecutor:
    """Does every job in this process."""

    def run(self, errand: Errand) -> None:
        """See ``Executor``.

        Raises:
            InputError: the jobs wait, and an event loop runs already.
        """
        purse = LocalPurse(errand.most) if errand.most is not None else None
        bench = Bench(purse=purse, watcher=errand.watcher)
        workshop = errand.making.workshop(bench)
        if workshop.instant:
            work_now(workshop, _wanted(errand), lambda outcome: _goes_on(errand, outcome))
            return
        refuse_running_loop()
        jobs = _given(_wanted(errand))
        asyncio.run(
            work_waiting(
                workshop, jobs, lambda outcome: _goes_on(errand, outcome), errand.under_way
            )
        )


def _goes_on(errand: Errand, outcome: Outcome) -> bool:
    return errand.take(outcome) and not errand.stopping.asked


def _wanted(errand: Errand) -> Iterator[Job]:
    for job in errand.jobs:
        if errand.stopping.asked:
            return
        yield job


async def _given(jobs: Iterator[Job]) -> AsyncIterator[Job]:
    for job in jobs:
        yield job


def refuse_running_loop() -> None:
    """See that an event loop can be run here.

    Raises:
        InputError: one runs already.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise InputError(
        "a batch that waits for a server cannot run inside an event loop",
        mend="await asyncio.to_thread(batch, ...)",
    )
