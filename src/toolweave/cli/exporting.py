"""Carrying out ``toolweave export``: the files, the progress, and what was left out."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from toolweave.checks.by_hand import load_by_hand
from toolweave.cli.rows import tell
from toolweave.cli.showing import console
from toolweave.cli.streams import INTERRUPTED, counted, is_terminal, note, one_line
from toolweave.core.errors import InputError
from toolweave.core.hand_verdict import HandVerdict
from toolweave.evaluation.verdict_file import load_verdicts
from toolweave.export.by_hand import Idle
from toolweave.export.exporting import SKIPPED, Listener, Wish, export
from toolweave.export.reading import UNREADABLE
from toolweave.export.splitting import Split
from toolweave.export.tally import Tally

_EVERY: Final = 5.0
_REDRAW: Final = 0.1
# The clock is asked once in so many records.
_STRIDE: Final = 64


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    run: str
    to: str
    out: str
    split: float | None = None
    seed: int = 0
    name: str = ""
    licence: str = "unknown"
    single_calls: bool = False
    verdicts: str = ""
    by_hand: str = ""
    no_by_hand: bool = False


def run_export(order: Order) -> int:
    """Write the export; the exit code is 1 when records could not be read.

    Raises:
        InputError: the run, the consumer, the folder or a file of verdicts cannot be used, or
            nothing would be left.
    """
    wish = Wish(
        run=order.run,
        to=order.to,
        out=Path(order.out),
        split=Split(order.split, order.seed),
        licence=one_line(order.licence),
        name=order.name,
        single_calls=order.single_calls,
        verdicts=load_verdicts(order.verdicts) if order.verdicts else (),
        by_hand=_by_hand(order),
    )
    started = time.monotonic()
    try:
        with _progress() as listener:
            tally = export(wish, listener)
    except KeyboardInterrupt:
        note(f"interrupted; {order.out} was not made")
        return INTERRUPTED
    _report(order, tally, time.monotonic() - started)
    for text, count in sorted(tally.notes.items()):
        note(f"{counted(count, 'dialogue')} {text}")
    if any(tally.idle):
        note(_idle(tally.idle))
    if tally.reasons:
        note(f"{counted(tally.skipped, 'record')} left out; {order.out}/{SKIPPED} says why")
    return 1 if tally.reasons[UNREADABLE] else 0


def _by_hand(order: Order) -> Sequence[HandVerdict] | None:
    """What was decided by hand; None for what lies beside the dialogues."""
    if order.no_by_hand and order.by_hand:
        raise InputError("--by-hand and --no-by-hand exclude each other", mend="leave one out")
    if order.no_by_hand:
        return ()
    return load_by_hand(order.by_hand) if order.by_hand else None


def _idle(idle: Idle) -> str:
    """One line about verdicts by hand that did nothing."""
    parts = (
        (idle.stale, "on a record that has changed since"),
        (idle.nameless, "on no record that is here"),
    )
    why = ", ".join(f"{count} {what}" for count, what in parts if count)
    return f"{counted(sum(idle), 'verdict')} by hand did nothing: {why}"


@contextmanager
def _progress() -> Iterator[Listener]:
    """Whoever shows the progress on stderr: a bar for a person, a line now and then otherwise."""
    if not is_terminal(sys.stderr):
        yield _Lines()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TextColumn("{task.fields[read]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(sys.stderr)) as bar:
        yield _Bar(bar)


class _Bar:
    """A progress bar, drawn at most ten times a second."""

    def __init__(self, bar: Progress) -> None:
        self.bar = bar
        self.task = bar.add_task("dialogues", total=None, read="")
        self.drawn = 0.0

    def __call__(self, tally: Tally, share: float) -> None:
        now = time.monotonic()
        if now - self.drawn < _REDRAW and share < 1:
            return
        self.drawn = now
        total = 1.0 if share else None
        self.bar.update(self.task, total=total, completed=share, read=f"{tally.read} read")


class _Lines:
    """A line every few seconds."""

    def __init__(self) -> None:
        self.started = self.told = time.monotonic()

    def __call__(self, tally: Tally, share: float) -> None:
        if tally.read % _STRIDE or time.monotonic() - self.told < _EVERY:
            return
        self.told = time.monotonic()
        spent = self.told - self.started
        left = f", {spent / share - spent:.0f} s left" if share else ""
        rate = tally.read / max(spent, 1e-6)
        note(f"{tally.read} read, {tally.skipped} left out, {rate:.0f}/s{left}")


def _report(order: Order, tally: Tally, seconds: float) -> None:
    """The export in a few rows, on stdout."""
    reasons = ", ".join(f"{name} {count}" for name, count in sorted(tally.reasons.items()))
    parts = ", ".join(f"{name} {part.rows}" for name, part in sorted(tally.parts.items()))
    rate = f", {tally.read / seconds:.0f} a second" if seconds > 0 else ""
    rows = [
        ("export", order.to),
        ("folder", order.out),
        ("read", str(tally.read)),
        ("kept", str(tally.kept)),
        ("left out", f"{tally.skipped}" + (f" ({reasons})" if reasons else "")),
        ("rows", f"{tally.rows} ({parts})"),
        ("time", f"{seconds:.1f} s{rate}"),
    ]
    tell(rows)
