"""Watching a run: a bar for a person or plain lines, log files, and what stops it."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from toolweave.cli.showing import console
from toolweave.cli.streams import INTERRUPTED, is_terminal, note
from toolweave.llm.watching import Happening, Watcher
from toolweave.runs.logs import log_file
from toolweave.runs.stopping import Stopped, Stopping
from toolweave.runs.tally import Progress as Listener
from toolweave.runs.tally import Tally

_EVERY: Final = 5.0
_REDRAW: Final = 0.1
_STOPPING: Final = b"\nstopping: what is under way is finished; Ctrl-C again stops at once\n"


@dataclass(frozen=True, slots=True)
class Watching:
    """What was asked for on the command line: a log file, spans."""

    log_file: str | None = None
    trace: bool = False


@dataclass(frozen=True, slots=True)
class Watchers:
    """Who watches one run."""

    progress: Listener
    watcher: Watcher
    stopping: Stopping


@contextmanager
def watched(asked: Watching) -> Iterator[Watchers]:
    """Whoever shows how a run goes on, on stderr and in its log file.

    Raises:
        InputError: the log file cannot be written.
    """
    with log_file(asked.log_file), progress_bar() as listener:
        yield Watchers(listener, happened, Stopping(_say_stopping))


@contextmanager
def progress_bar() -> Iterator[Listener]:
    """Whoever shows the progress on stderr: a bar for a person, a line now and then otherwise."""
    if not is_terminal(sys.stderr):
        yield _Lines()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[told]}"),
    )
    with Progress(*columns, console=console(sys.stderr)) as bar:
        yield _Bar(bar)


def happened(happening: Happening) -> None:
    """A line about something that people should hear of at once."""
    note(happening.text)


def interrupted(stop: KeyboardInterrupt, folder: str) -> int:
    """Tell that a run was stopped; its exit code."""
    note(f"interrupted; {folder} keeps what was made: go on with --resume")
    return 128 + stop.number if isinstance(stop, Stopped) else INTERRUPTED


def figures(tally: Tally) -> list[str]:
    """What there is to tell beside the number of dialogues."""
    spent = tally.spent
    told = []
    if tally.failures:
        told.append(f"{tally.failures} failed")
    if tally.under_way:
        told.append(f"{tally.under_way} under way")
    if spent["calls"] or spent["cached"]:
        told.append(f"{spent['calls']:.0f} calls")
    if spent["cached"]:
        told.append(f"{spent['cached']:.0f} from the cache")
    if spent["retries"]:
        told.append(f"{spent['retries']:.0f} retries")
    if spent["cost"]:
        told.append(f"cost {spent['cost']:.2f}")
    return told


def _say_stopping() -> None:
    # Called by a signal, which may come in the middle of other output.
    os.write(2, _STOPPING)


class _Bar:
    """A progress bar, drawn at most ten times a second."""

    def __init__(self, bar: Progress) -> None:
        self.bar = bar
        self.task = bar.add_task("dialogues", total=None, rate="", told="")
        self.drawn = 0.0

    def __call__(self, tally: Tally) -> None:
        now = time.monotonic()
        if now - self.drawn < _REDRAW and tally.left:
            return
        self.drawn = now
        self.bar.update(
            self.task,
            total=tally.total,
            completed=tally.total - tally.left,
            rate=_rate(tally),
            told=", ".join(figures(tally)),
        )


class _Lines:
    """A line every few seconds, and one at the first failure of each kind."""

    def __init__(self) -> None:
        self.told = time.monotonic()
        self.kinds: set[str] = set()

    def __call__(self, tally: Tally) -> None:
        for kind in tally.reasons.keys() - self.kinds:
            self.kinds.add(kind)
            note(f"a dialogue failed ({kind}); failures.jsonl holds the reason")
        if time.monotonic() - self.told < _EVERY:
            return
        self.told = time.monotonic()
        done = tally.total - tally.left
        left = f"{tally.left / tally.rate:.0f} s left" if tally.rate else "time left unknown"
        note(", ".join([f"{done} of {tally.total} done", _rate(tally), left, *figures(tally)]))


def _rate(tally: Tally) -> str:
    rate = tally.rate
    return (
        f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s" if rate >= 1 else f"{60 * rate:.1f}/min"
    )
