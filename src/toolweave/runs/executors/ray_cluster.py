"""The Ray executor: actors on a cluster that is there, or on one made for the run."""

import asyncio
import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from toolweave.core.errors import InputError, RunFolderError, ToolweaveError
from toolweave.core.model import JsonObject
from toolweave.llm.budget import LocalPurse, Most
from toolweave.llm.gate import Amount
from toolweave.llm.watching import Happening
from toolweave.runs.executors.dealing import Dealer, Hand
from toolweave.runs.executors.errand import Errand
from toolweave.runs.executors.machine import cores
from toolweave.runs.executors.processes import portable
from toolweave.runs.executors.till import Taken
from toolweave.runs.job import Job, Outcome
from toolweave.runs.logs import as_data, handle, sent_to, wanted_level
from toolweave.runs.workshop import Bench, Recipe, Workshop

_GLANCE: Final = 0.25
_SPARE: Final = 20


class Post:
    """An actor: sets up a workshop on its node and does the jobs it is sent."""

    def __init__(self, order: JsonObject, purse: Any) -> None:
        self.told: list[JsonObject] = []
        self.workshop: Workshop | None = None
        self.order, self.purse = order, purse

    async def ready(self) -> JsonObject:
        """Set up the workshop: how it works, or why it cannot."""
        order = self.order
        purse = _FarPurse(self.purse, order["number"]) if self.purse is not None else None

        def tell(happening: Happening) -> None:
            self.told.append({"happening": happening})

        try:
            bench = Bench(order["number"], order["workers"], purse, tell)
            self.workshop = Recipe(order["maker"], order["data"]).workshop(bench)
        except ToolweaveError as error:
            return {"refused": str(error)}
        return {"instant": self.workshop.instant, "places": self.workshop.places}

    async def do(
        self, sent: list[tuple[str, JsonObject]]
    ) -> tuple[list[Outcome], list[JsonObject]]:
        """The outcomes of jobs, and what was logged meanwhile."""
        workshop = self.workshop
        assert workshop is not None
        jobs = [Job(*one) for one in sent]
        with sent_to(self._log, self.order["level"]):
            if workshop.instant:
                outcomes = [workshop.do(job) for job in jobs]
            else:
                outcomes = list(await asyncio.gather(*map(workshop.ado, jobs)))
        told, self.told = self.told, []
        return outcomes, told

    async def end(self) -> None:
        """Release what the workshop holds."""
        if self.workshop is not None:
            await self.workshop.aclose()

    def _log(self, record: logging.LogRecord) -> None:
        self.told.append({"log": as_data(record)})


class Counter:
    """An actor: keeps the one budget of a run for all posts."""

    def __init__(self, most: Most) -> None:
        self._taken = Taken(LocalPurse(most))

    async def take(self, worker: int, worst: Amount) -> bool:
        """See ``Purse``."""
        return await self._taken.take(worker, worst)

    async def settle(self, worker: int, worst: Amount, spent: Amount) -> None:
        """See ``Purse``."""
        self._taken.settle(worker, worst, spent)

    async def lost(self, worker: int) -> None:
        """A post died."""
        self._taken.lost(worker)


class _FarPurse:
    """The budget as a post sees it."""

    def __init__(self, counter: Any, worker: int) -> None:
        self._counter, self._worker = counter, worker

    async def take(self, worst: Amount) -> bool:
        granted: bool = await self._counter.take.remote(self._worker, worst)
        return granted

    def settle(self, worst: Amount, spent: Amount) -> None:
        self._counter.settle.remote(self._worker, worst, spent)


class _Seat(Hand):
    """A post as the run sees it, and the jobs it holds."""

    def __init__(self, number: int, actor: Any) -> None:
        super().__init__()
        self.number, self.actor = number, actor


class RayExecutor:
    """Deals the jobs to Ray actors.

    When a node is lost, its jobs are done again elsewhere. Every node needs this package, and the
    files of plans and tools under the same paths.

    Args:
        workers: how many actors, one CPU each; all CPUs of the cluster unless given.

    Raises:
        InputError: Ray is not installed.
    """

    def __init__(self, workers: int | None) -> None:
        self.workers = workers
        _ray()

    def run(self, errand: Errand) -> None:
        """See ``Executor``."""
        recipe = portable(errand.making)
        with _connected(self.workers or cores()) as ray:
            # Ray has its own way with SIGTERM.
            errand.stopping.again()
            free = int(ray.cluster_resources().get("CPU", 1))
            round_ = _Round(ray, errand, recipe, max(1, self.workers or free))
            try:
                round_.play()
            finally:
                round_.close()


class _Round:
    """One run of the executor."""

    def __init__(self, ray: Any, errand: Errand, recipe: Recipe, workers: int) -> None:
        self.ray, self.errand, self.dealer = ray, errand, Dealer(errand.jobs)
        self.order = {
            "maker": recipe.maker, "data": recipe.data, "workers": workers,
            "level": wanted_level(),
        }  # fmt: skip
        self.counter = self._counter(errand.most)
        self.seats: dict[int, _Seat] = {}
        self.waiting: dict[Any, tuple[_Seat, list[Job]]] = {}
        self.left = _SPARE * workers
        self.stopped = False
        for number in range(workers):
            self._seat(number)

    def play(self) -> None:
        while not self._finished():
            if self.errand.stopping.asked:
                self._stop()
            done, _ = self.ray.wait(list(self.waiting), num_returns=1, timeout=_GLANCE)
            for one in done:
                seat, jobs = self.waiting.pop(one)
                try:
                    said = self.ray.get(one)
                except self.ray.exceptions.RayError as error:
                    self._lose(seat, jobs, error)
                else:
                    self._heard(seat, said)
            self.errand.under_way(sum(seat.under_way for seat in self.seats.values()))

    def _finished(self) -> bool:
        """Whether all is done, be there posts that no node has room for."""
        busy = any(seat.held for seat in self.seats.values())
        return not self.waiting or (self.dealer.empty and not busy)

    def close(self) -> None:
        """Leave no actor behind."""
        idle = [seat for seat in self.seats.values() if seat.places and not seat.held]
        ends = [seat.actor.end.remote() for seat in idle]
        if ends:
            self.ray.wait(ends, num_returns=len(ends), timeout=5)
        for actor in [seat.actor for seat in self.seats.values()] + [self.counter]:
            if actor is not None:
                self.ray.kill(actor)

    def _counter(self, most: Most | None) -> Any:
        if most is None:
            return None
        # Beside the run itself: where it is, no node can be lost without the run.
        here = self.ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
            self.ray.get_runtime_context().get_node_id(), soft=False
        )
        remote = self.ray.remote(num_cpus=0, max_concurrency=1000, scheduling_strategy=here)
        return remote(Counter).remote(most)

    def _seat(self, number: int) -> None:
        remote = self.ray.remote(num_cpus=1, max_restarts=0, max_concurrency=4096)
        seat = _Seat(number, remote(Post).remote({**self.order, "number": number}, self.counter))
        self.seats[number] = seat
        self.waiting[seat.actor.ready.remote()] = seat, []

    def _heard(self, seat: _Seat, said: Any) -> None:
        if isinstance(said, dict):
            if "refused" in said:
                raise InputError(said["refused"])
            seat.ready(said["instant"], said["places"])
        else:
            outcomes, told = said
            for one in told:
                self._tell(one)
            for outcome in outcomes:
                seat.held.pop(outcome.id, None)
                if not self.errand.take(outcome):
                    self._stop()
        self._deal(seat)

    def _tell(self, told: JsonObject) -> None:
        if "log" in told:
            handle(told["log"])
        else:
            self.errand.watcher(Happening(*told["happening"]))

    def _deal(self, seat: _Seat) -> None:
        dealt = seat.filled(self.dealer)
        # Jobs that never wait are done one after the other, so they may as well come back together.
        size = seat.step
        for start in range(0, len(dealt), size):
            jobs = dealt[start : start + size]
            sent = [(job.id, job.data) for job in jobs]
            self.waiting[seat.actor.do.remote(sent)] = seat, jobs

    def _stop(self) -> None:
        self.dealer.close()

    def _lose(self, seat: _Seat, jobs: list[Job], error: Exception) -> None:
        """A post is gone, or what it made: its jobs are done again."""
        held = {job.id: job for job in jobs if job.id in seat.held}
        for name in held:
            del seat.held[name]
        why = f"its Ray actor died ({type(error).__name__})"
        for job in self.dealer.lose(held.values(), in_turn=seat.instant):
            if not self.errand.take(self.errand.lost(job, why)):
                self._stop()
        if self.seats.get(seat.number) is seat:
            self._replace(seat, error)
        for other in tuple(self.seats.values()):
            if other.places:
                self._deal(other)

    def _replace(self, seat: _Seat, error: Exception) -> None:
        self.left -= 1
        if self.left < 0:
            raise RunFolderError(
                f"Ray actors keep dying ({type(error).__name__}): everything made so far is kept; "
                "go on with --resume"
            )
        self.ray.kill(seat.actor)
        if self.counter is not None:
            self.counter.lost.remote(seat.number)
        self._seat(seat.number)


@contextmanager
def _connected(workers: int) -> Iterator[Any]:
    """Ray, connected to the cluster that ``RAY_ADDRESS`` names, else to one made for the run.

    Raises:
        InputError: there is no cluster at that address.
    """
    ray = _ray()
    if ray.is_initialized():
        yield ray
        return
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    paths = os.pathsep.join(path for path in sys.path if path)
    common: dict[str, Any] = {
        "log_to_driver": False, "logging_level": logging.ERROR, "configure_logging": False,
        "runtime_env": {"env_vars": {"PYTHONPATH": paths}},
    }  # fmt: skip
    named = os.environ.get("RAY_ADDRESS", "")
    try:
        if named and named != "local":
            _answering(named)
            ray.init(address=named, **common)
        else:
            # A cluster of our own is nobody else's business: it listens on this machine alone.
            ray.init(
                address="local", num_cpus=workers, include_dashboard=False,
                _node_ip_address="127.0.0.1", **common,
            )  # fmt: skip
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        text = " ".join(str(error).split())[:200]
        raise InputError(f"no Ray cluster: {text}", mend="see RAY_ADDRESS") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _answering(address: str) -> None:
    """See that somebody listens where a cluster should be: Ray itself tries for minutes.

    Raises:
        OSError: nobody does.
    """
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=5).close()


def _ray() -> Any:
    try:
        import ray
    except ImportError as error:
        raise InputError(
            "executor ray needs Ray", place="executor", mend="pip install 'toolweave[ray]'"
        ) from error
    return ray
