"""Working: a workshop's jobs done one after the other, or many at a time on an event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

from toolweave.llm.together import together
from toolweave.runs.executors.machine import settled
from toolweave.runs.job import Job, Outcome
from toolweave.runs.workshop import Workshop

Take = Callable[[Outcome], bool]


def work_now(workshop: Workshop, jobs: Iterator[Job], take: Take) -> None:
    """Do jobs that never wait, until there are none or ``take`` says to stop."""
    first = next(jobs, None)
    # The first job loads what all need.
    if first is None or not take(workshop.do(first)):
        return
    with settled():
        for job in jobs:
            if not take(workshop.do(job)):
                return


async def work_waiting(
    workshop: Workshop, jobs: AsyncIterator[Job], take: Take, under_way: Callable[[int], None]
) -> None:
    """Keep as many jobs under way as there are places; a place that is free takes the next one.

    Whatever ``take`` raises ends all of them.
    """
    busy = 0
    stopped = False
    turn = asyncio.Lock()

    async def next_job() -> Job | None:
        # An asynchronous iterator gives to one at a time.
        async with turn:
            return None if stopped else await anext(jobs, None)

    async def place() -> None:
        nonlocal busy, stopped
        while (job := await next_job()) is not None:
            busy += 1
            under_way(busy)
            outcome = await workshop.ado(job)
            busy -= 1
            under_way(busy)
            if not take(outcome):
                stopped = True
                return

    try:
        with settled():
            async with together() as group:
                for _ in range(workshop.places):
                    group.create_task(place())
    finally:
        await workshop.aclose()
