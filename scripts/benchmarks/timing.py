"""Medians of CPU time, taken turn by turn, and the table they are shown in."""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_WARM: Final = 5


class Row(NamedTuple):
    """One line of the table: a time in seconds, and what it is measured against.

    ``value`` and ``target`` are in ``unit``; a row without a target is there for information.
    """

    name: str
    seconds: float
    value: float | None = None
    unit: str = ""
    target: float | None = None

    @property
    def met(self) -> bool:
        """Whether the target, if there is one, is met."""
        return self.target is None or self.value is None or self.value <= self.target


class Stopwatch:
    """Adds up CPU seconds by name."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def timed(self, name: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of ``work(*args)``, its time added to ``name``."""
        start = time.process_time()
        try:
            return work(*args, **kwargs)
        finally:
            self.spent[name] = self.spent.get(name, 0.0) + time.process_time() - start


def medians(cases: Mapping[str, Callable[[int], object]], repeats: int) -> dict[str, float]:
    """Median CPU seconds of each case, which is told the number of its turn.

    The cases take turns, so that whatever else the machine does falls on all of them alike.
    """
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(_WARM + repeats):
        for name, case in cases.items():
            start = time.process_time()
            case(turn)
            if turn >= _WARM:
                taken[name].append(time.process_time() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


def walls(cases: Mapping[str, Callable[[int], object]], times: int) -> dict[str, float]:
    """Median wall seconds of each case, which take turns; the first turn is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(1 + times):
        for name, case in cases.items():
            start = time.perf_counter()
            case(turn)
            if turn:
                taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in taken.items()}


def table(title: str, rows: Iterable[Row]) -> str:
    """The rows as text, times in milliseconds: of the CPU where the title says no other."""
    lines = [title, f"  {'':44} {'ms':>9} {'measured':>10} {'target':>9}"]
    for row in rows:
        value = f"{row.value:.2f} {row.unit}" if row.value is not None else ""
        target = f"<= {row.target:g} {row.unit}" if row.target is not None else ""
        verdict = ("met" if row.met else "MISSED") if row.target is not None else ""
        line = f"  {row.name:44} {1000 * row.seconds:9.3f} {value:>10} {target:>9}  {verdict}"
        lines.append(line.rstrip())
    return "\n".join(lines)
