"""A worker process: reads jobs from its run, does them, sends back their outcomes."""

import asyncio
import itertools
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import IO, Final

from toolweave.core.errors import ToolweaveError
from toolweave.core.model import JsonObject
from toolweave.llm.gate import Amount
from toolweave.llm.watching import Happening
from toolweave.runs.executors.frames import Speaker, heard
from toolweave.runs.executors.working import work_now, work_waiting
from toolweave.runs.job import Job, Outcome
from toolweave.runs.logs import as_data, sent_to
from toolweave.runs.workshop import Bench, Recipe, Workshop

_ORPHANED: Final = 3


class SharedPurse:
    """The budget of a run, as its worker processes see it: the run itself holds it."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self._numbers = itertools.count()
        self._asked: dict[int, asyncio.Future[bool]] = {}

    async def take(self, worst: Amount) -> bool:
        """See ``Purse``."""
        number = next(self._numbers)
        self._asked[number] = asyncio.get_running_loop().create_future()
        self._speaker.say({"take": number, "worst": worst})
        try:
            return await self._asked[number]
        finally:
            del self._asked[number]

    def settle(self, worst: Amount, spent: Amount) -> None:
        """See ``Purse``."""
        self._speaker.say({"settle": worst, "spent": spent})

    def answered(self, number: int, granted: bool) -> None:
        """What the run said; from whatever thread."""
        asked = self._asked.get(number)
        # Whoever asked may be gone: a worker that ends at once settles nothing either.
        if asked is not None:
            asked.get_loop().call_soon_threadsafe(_answer, asked, granted)


def _answer(asked: "asyncio.Future[bool]", granted: bool) -> None:
    if not asked.done():
        asked.set_result(granted)


class Inbox:
    """What the run says to a worker, read by a thread of its own.

    The process ends at once when the run is gone, whatever it is doing.
    """

    def __init__(self, pipe: IO[bytes], purse: SharedPurse) -> None:
        self._pipe, self._purse = pipe, purse
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._stopped = False
        self._rang: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin to read."""
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def jobs(self) -> Iterator[Job]:
        """The jobs, where nothing else is to be done while there is none."""
        while not self._stopped and (job := self._jobs.get()) is not None:
            yield job

    async def ajobs(self) -> AsyncIterator[Job]:
        """The jobs, on an event loop."""
        loop, bell = asyncio.get_running_loop(), asyncio.Event()

        def ring() -> None:
            loop.call_soon_threadsafe(bell.set)

        self._rang = ring
        bell.set()
        while not self._stopped:
            await bell.wait()
            bell.clear()
            while not self._stopped and not self._jobs.empty():
                job = self._jobs.get_nowait()
                if job is None:
                    return
                yield job

    def _read(self) -> None:
        while (frame := heard(self._pipe)) is not None:
            data = frame.data
            for one in data.get("jobs", ()):
                self._jobs.put(Job(*one))
            if "end" in data or "stop" in data:
                self._stopped = "stop" in data
                self._jobs.put(None)
            if "granted" in data:
                self._purse.answered(data["granted"], data["yes"])
            self._rang()
        os._exit(_ORPHANED)


def main() -> int:
    """Do what the run orders through standard input."""
    # Ctrl-C is for the run, which tells its workers to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whatever prints or reads must not do so in the middle of the frames.
    told, said = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    order = heard(told)
    if order is None:
        return _ORPHANED
    try:
        return _serve(order.data, told, Speaker(said))
    except OSError:
        return _ORPHANED


def _serve(order: JsonObject, told: IO[bytes], speaker: Speaker) -> int:
    purse = SharedPurse(speaker)

    def tell(happening: Happening) -> None:
        speaker.say({"happening": happening})

    def log(record: logging.LogRecord) -> None:
        speaker.say({"log": as_data(record)})

    bench = Bench(order["number"], order["workers"], purse if order["purse"] else None, tell)
    inbox = Inbox(told, purse)
    with sent_to(log, order["level"]):
        try:
            workshop = Recipe(order["maker"], order["data"]).workshop(bench)
        except ToolweaveError as error:
            speaker.say({"refused": str(error)})
            return 2
        speaker.say({"ready": {"instant": workshop.instant, "places": workshop.places}})
        inbox.start()
        if workshop.instant:
            work_now(workshop, inbox.jobs(), _telling(speaker))
        else:
            asyncio.run(_wait(workshop, inbox, speaker))
        speaker.say({"done": True})
    return 0


async def _wait(workshop: Workshop, inbox: Inbox, speaker: Speaker) -> None:
    await work_waiting(workshop, inbox.ajobs(), _telling(speaker), lambda _: None)


def _telling(speaker: Speaker) -> Callable[[Outcome], bool]:
    def tell(outcome: Outcome) -> bool:
        speaker.tell(outcome)
        return True

    return tell


if __name__ == "__main__":
    sys.exit(main())
