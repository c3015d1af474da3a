"""Choosing an executor and how many workers it has."""

from typing import Final

from toolweave.configs.run import Executors
from toolweave.core.errors import InputError
from toolweave.runs.executors.errand import Executor
from toolweave.runs.executors.local import LocalExecutor
from toolweave.runs.executors.machine import cores

# Worker processes take 1.5 s to start, the time of some 80 dialogues.
_WORTH: Final = 240
_EACH: Final = 60
_MOST: Final = 32


def check_choice(name: Executors, workers: int | None) -> None:
    """See that there can be such an executor, before a run writes anything.

    Raises:
        InputError: Ray is asked for and not installed, or workers of one process.
    """
    if name == "local" and (workers or 1) > 1:
        raise InputError(
            f"executor local is one worker, not {workers}", place="workers",
            mend="take executor processes or ray, or leave workers out",
        )  # fmt: skip
    if name == "ray":
        from toolweave.runs.executors.ray_cluster import RayExecutor

        RayExecutor(workers)


def choose(name: Executors, workers: int | None, *, jobs: int, instant: bool) -> Executor:
    """The executor that is asked for; ``auto`` takes every core where nothing waits and it pays.

    Where a model server is what a run waits for, one process does unless workers are asked for.

    Args:
        name: what the run file or the command line says.
        workers: the same; None leaves it to the executor.
        jobs: how many there are.
        instant: whether they never wait and can be done by other processes.

    Raises:
        InputError: Ray is asked for and not installed, or workers of one process.
    """
    check_choice(name, workers)
    if name == "ray":
        from toolweave.runs.executors.ray_cluster import RayExecutor

        return RayExecutor(workers)
    if name == "auto" and workers is None:
        number = min(cores(), _MOST, jobs // _EACH) if instant and jobs >= _WORTH else 1
    else:
        number = workers or cores()
    if name == "local" or (name == "auto" and number == 1):
        return LocalExecutor()
    from toolweave.runs.executors.processes import ProcessesExecutor

    return ProcessesExecutor(max(1, min(number, jobs)))
