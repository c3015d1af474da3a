"""An errand: the jobs that an executor has to see done, and whom it tells."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from toolweave.llm.budget import Most
from toolweave.llm.watching import Watcher
from toolweave.runs.job import Job, Outcome
from toolweave.runs.stopping import Stopping
from toolweave.runs.workshop import Making


@dataclass(frozen=True, slots=True)
class Errand:
    """What an executor is given.

    Attributes:
        jobs: what is to be done; taken one by one as workers are free.
        making: how a worker sets up its workshop.
        take: given every outcome, in the calling thread; says whether to go on.
        lost: the outcome of a job whose worker died time and again.
        under_way: told how many jobs are under way.
        stopping: whether somebody asked to stop.
        watcher: told what people should hear at once.
        most: what all workers together may take of a model, if that is limited.
    """

    jobs: Iterator[Job]
    making: Making
    take: Callable[[Outcome], bool]
    lost: Callable[[Job, str], Outcome]
    under_way: Callable[[int], None]
    stopping: Stopping
    watcher: Watcher
    most: Most | None = None


class Executor(Protocol):
    """Sees jobs done."""

    def run(self, errand: Errand) -> None:
        """Return when every job has an outcome or nothing more is to be done.

        Raises:
            InputError: a workshop cannot be set up.
            ToolweaveError: whatever ``take`` raises.
            KeyboardInterrupt: somebody asked to stop at once.
        """
        ...
