"""What generators spent, per task name, collected for whoever asks around a piece of work."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from typing import Final, NamedTuple

BYTES_PER_TOKEN: Final = 4  # of English and JSON, about


class Price(NamedTuple):
    """What a model costs, in one currency unit per million tokens."""

    prompt: float
    completion: float

    def of(self, prompt: int, completion: int) -> float:
        """What so many tokens cost."""
        return (prompt * self.prompt + completion * self.completion) / 1e6


@dataclass(slots=True)
class Spent:
    """Counts of one task name (or their sum).

    ``calls`` are all requests that were sent, ``failed`` those of them that brought no answer.
    """

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    repairs: int = 0
    retries: int = 0
    cached: int = 0
    cost: float = 0.0
    failed: int = 0

    def add(self, other: "Spent") -> None:
        """Count what ``other`` counted too."""
        self.calls += other.calls
        self.prompt_tokens += other.prompt_tokens
        self.completion_tokens += other.completion_tokens
        self.repairs += other.repairs
        self.retries += other.retries
        self.cached += other.cached
        self.cost += other.cost
        self.failed += other.failed


@dataclass(slots=True)
class Usage:
    """What was spent, by task name."""

    by_task: dict[str, Spent] = field(default_factory=dict)

    def add(self, task_name: str, spent: Spent) -> None:
        """Count ``spent`` for this task name."""
        self.by_task.setdefault(task_name, Spent()).add(spent)

    def total(self) -> Spent:
        """The sum over all tasks."""
        total = Spent()
        for spent in self.by_task.values():
            total.add(spent)
        return total

    def as_record(self) -> dict[str, dict[str, int | float]]:
        """Plain data for a line of JSON, tasks by name."""
        return {name: asdict(spent) for name, spent in sorted(self.by_task.items())}


_collectors: ContextVar[tuple[Usage, ...]] = ContextVar("usage_collectors", default=())


@contextmanager
def collect_usage() -> Iterator[Usage]:
    """Collect what is spent inside the ``with`` block, tasks started in it included.

    Blocks may be nested; each sees what was spent within it.
    """
    usage = Usage()
    reset = _collectors.set((*_collectors.get(), usage))
    try:
        yield usage
    finally:
        _collectors.reset(reset)


def note(task_name: str, spent: Spent) -> None:
    """Tell every collector around the caller what was spent."""
    for usage in _collectors.get():
        usage.add(task_name, spent)
