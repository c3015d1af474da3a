"""Dealing: which jobs a worker holds, and what becomes of them when it dies."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import Final

from toolweave.runs.job import Job

# So often may the worker of one job die before the job is at fault.
LOSSES: Final = 3
# Jobs that never wait are dealt several at a time, so that no worker is idle while the run writes.
CHUNK: Final = 4


class Dealer:
    """Deals jobs to workers; those of a worker that died come first again.

    Args:
        jobs: what is to be done.
    """

    def __init__(self, jobs: Iterator[Job]) -> None:
        self._jobs = jobs
        self._again: deque[Job] = deque()
        self._losses: Counter[str] = Counter()
        self._closed = self._dry = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing more to deal, as far as is known."""
        return self._closed or (self._dry and not self._again)

    def deal(self, most: int) -> list[Job]:
        """The next jobs, at most so many."""
        dealt: list[Job] = []
        while len(dealt) < most and not self._closed:
            job = self._again.popleft() if self._again else next(self._jobs, None)
            if job is None:
                self._dry = True
                break
            dealt.append(job)
        return dealt

    def close(self) -> None:
        """Deal no more."""
        self._closed = True

    def lose(self, held: Iterable[Job], *, in_turn: bool) -> list[Job]:
        """Take back what a dead worker held; those whose workers died too often are returned.

        Args:
            held: in the order in which they were dealt.
            in_turn: the worker did one after the other, so only the first one was under way.
        """
        fatal: list[Job] = []
        for number, job in enumerate(held):
            self._losses[job.id] += number == 0 or not in_turn
            if self._losses[job.id] >= LOSSES:
                fatal.append(job)
            else:
                self._again.append(job)
        return fatal


class Hand:
    """The jobs that one worker holds.

    Attributes:
        held: by id, in the order in which they were dealt.
        places: how many it may hold.
        step: how many places must be free before it is dealt more.
    """

    def __init__(self) -> None:
        self.held: dict[str, Job] = {}
        self.instant = True
        self.places = 0
        self.step = 1

    def ready(self, instant: bool, places: int) -> None:
        """The worker has said how it works."""
        self.instant = instant
        self.places, self.step = (2 * CHUNK, CHUNK) if instant else (places, 1)

    def filled(self, dealer: Dealer) -> list[Job]:
        """The jobs that this worker is dealt now."""
        room = self.places - len(self.held)
        if room < self.step:
            return []
        dealt = dealer.deal(room)
        self.held.update((job.id, job) for job in dealt)
        return dealt

    @property
    def under_way(self) -> int:
        """How many of its jobs have begun."""
        return min(len(self.held), 1) if self.instant else len(self.held)
