"""The processes executor: one worker process per core, each with its own event loop."""

import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final, NamedTuple

from toolweave.core.errors import InputError, RunFolderError
from toolweave.llm.budget import LocalPurse
from toolweave.llm.gate import Amount
from toolweave.llm.watching import Happening
from toolweave.runs.executors.dealing import Dealer, Hand
from toolweave.runs.executors.errand import Errand
from toolweave.runs.executors.frames import Frame, Speaker, heard
from toolweave.runs.executors.till import Till
from toolweave.runs.job import Job, Outcome
from toolweave.runs.logs import handle, wanted_level
from toolweave.runs.workshop import Making, Recipe

_GLANCE: Final = 0.25  # seconds between two looks at whether somebody asked to stop
_PATIENCE: Final = 10.0  # seconds for a worker to end after its last job
_SPARE: Final = 20  # workers that may die in one run, for each that there is


class Said(NamedTuple):
    """What a worker said; no frame when it is gone."""

    worker: "Worker"
    frame: Frame | None


class Worker(Hand):
    """One worker process and the jobs it holds.

    Not a ``multiprocessing`` one: that would run the program's own main module again.
    """

    def __init__(self, number: int, order: dict[str, Any], inbox: "queue.Queue[Said]") -> None:
        super().__init__()
        self.number = number
        self.ending = False
        paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        self.process = subprocess.Popen(
            # -P: nothing is imported from the folder one happens to work in.
            [sys.executable, "-P", "-m", "toolweave.runs.executors.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
            # Ctrl-C at the terminal is for the run alone.
            process_group=0,
        )  # fmt: skip
        assert self.process.stdin is not None and self.process.stdout is not None
        self.speaker = Speaker(self.process.stdin)
        self.say({**order, "number": number})
        threading.Thread(target=self._listen, args=(inbox,), daemon=True).start()

    def say(self, data: dict[str, Any]) -> None:
        """Tell the worker; one that is gone is noticed by its silence."""
        try:
            self.speaker.say(data)
        except (OSError, ValueError):
            return

    def end(self) -> None:
        """Let it end after the jobs that it holds."""
        if not self.ending:
            self.ending = True
            self.say({"end": True})

    def kill(self) -> None:
        """End it at once and wait until it is gone."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None
        try:
            self.process.stdin.close()
        except OSError:
            return

    def _listen(self, inbox: "queue.Queue[Said]") -> None:
        pipe = self.process.stdout
        assert pipe is not None
        with pipe:
            while (frame := heard(pipe)) is not None:
                inbox.put(Said(self, frame))
        inbox.put(Said(self, None))


class ProcessesExecutor:
    """Deals the jobs to worker processes on this machine.

    A worker that dies is replaced, and its jobs are done again; the third time that a job's worker
    dies, the job has failed. When this process is killed, its workers end by themselves.

    Args:
        workers: how many.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(self, errand: Errand) -> None:
        """See ``Executor``."""
        recipe = portable(errand.making)
        round_ = _Round(errand, recipe, self.workers)
        try:
            round_.play()
        finally:
            round_.close()


class _Round:
    """One run of the executor."""

    def __init__(self, errand: Errand, recipe: Recipe, workers: int) -> None:
        self.errand, self.dealer = errand, Dealer(errand.jobs)
        self.inbox: queue.Queue[Said] = queue.Queue()
        self.till = Till(LocalPurse(errand.most)) if errand.most is not None else None
        self.order = {
            "maker": recipe.maker, "data": recipe.data, "workers": workers,
            "purse": errand.most is not None, "level": wanted_level(),
        }  # fmt: skip
        self.deaths = 0
        self.most_deaths = _SPARE * workers
        self.crew: dict[int, Worker] = {}
        for number in range(workers):
            self.crew[number] = Worker(number, self.order, self.inbox)

    def play(self) -> None:
        while self.crew:
            if self.errand.stopping.asked:
                self._stop()
            try:
                worker, frame = self.inbox.get(timeout=_GLANCE)
            except queue.Empty:
                continue
            if self.crew.get(worker.number) is not worker:
                continue
            if frame is None:
                self._gone(worker)
            elif frame.outcome is not None:
                self._done(worker, frame.outcome)
            else:
                self._said(worker, frame.data)
            self.errand.under_way(sum(one.under_way for one in self.crew.values()))

    def close(self) -> None:
        """Leave no process behind."""
        for worker in self.crew.values():
            worker.kill()
        if self.till is not None:
            self.till.close()

    def _stop(self) -> None:
        self.dealer.close()
        for worker in self.crew.values():
            if not worker.ending:
                worker.ending = True
                worker.say({"stop": True})

    def _done(self, worker: Worker, outcome: Outcome) -> None:
        worker.held.pop(outcome.id, None)
        if not self.errand.take(outcome):
            self._stop()
        self._deal(worker)

    def _deal(self, worker: Worker) -> None:
        if worker.ending:
            return
        dealt = worker.filled(self.dealer)
        if dealt:
            worker.say({"jobs": [[job.id, job.data] for job in dealt]})
        elif not worker.held:
            self._rest(worker)

    def _rest(self, worker: Worker) -> None:
        """A worker without a job ends; one is kept for what others may lose."""
        others = [one for one in self.crew.values() if one is not worker]
        if not any(one.held for one in others):
            for one in (worker, *others):
                one.end()

    def _said(self, worker: Worker, data: dict[str, Any]) -> None:
        if "ready" in data:
            worker.ready(data["ready"]["instant"], data["ready"]["places"])
            self._deal(worker)
        elif "log" in data:
            handle(data["log"])
        elif "happening" in data:
            self.errand.watcher(Happening(*data["happening"]))
        elif "refused" in data:
            raise InputError(data["refused"])
        elif self.till is not None and "take" in data:
            number = data["take"]
            self.till.take(
                worker.number, Amount(*data["worst"]),
                lambda yes: worker.say({"granted": number, "yes": yes}),
            )  # fmt: skip
        elif self.till is not None and "settle" in data:
            self.till.settle(worker.number, Amount(*data["settle"]), Amount(*data["spent"]))

    def _gone(self, worker: Worker) -> None:
        """A worker has ended: in order, or not."""
        try:
            code = worker.process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            code = 0
        worker.kill()
        del self.crew[worker.number]
        if worker.ending and code == 0:
            return
        if self.till is not None:
            self.till.lost(worker.number)
        self._lose(worker, f"its worker process died (exit code {code})")
        if not worker.ending:
            self._replace(worker, code)
        for other in tuple(self.crew.values()):
            if other.places:
                self._deal(other)

    def _lose(self, worker: Worker, why: str) -> None:
        fatal: list[Job] = self.dealer.lose(worker.held.values(), in_turn=worker.instant)
        for job in fatal:
            if not self.errand.take(self.errand.lost(job, why)):
                self._stop()

    def _replace(self, worker: Worker, code: int) -> None:
        self.deaths += 1
        if not worker.places or self.deaths > self.most_deaths:
            raise RunFolderError(
                f"worker processes keep ending (exit code {code}): everything made so far is kept; "
                "go on with --resume, perhaps with fewer --workers"
            )
        self.crew[worker.number] = Worker(worker.number, self.order, self.inbox)


def portable(making: Making) -> Recipe:
    """The recipe of a workshop that can be set up in another process.

    Raises:
        InputError: it is made of objects of this one.
    """
    if isinstance(making, Recipe):
        return making
    raise InputError(
        "a generator or agent given as an object stays in this process",
        mend="name the generator's maker as 'module:function', or take executor local",
    )
