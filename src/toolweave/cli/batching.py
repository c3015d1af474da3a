"""Carrying out ``toolweave batch``: the run, its progress, and the table at its end."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from toolweave.cli.rows import tell
from toolweave.cli.showing import console
from toolweave.cli.streams import INTERRUPTED, STDOUT, is_terminal, note
from toolweave.configs.run import RunConfig, load_run, read_run
from toolweave.runs.batch import batch
from toolweave.runs.tally import Progress as Listener
from toolweave.runs.tally import Tally
from toolweave.schema.documents import read_document

_EVERY: Final = 5.0
_REDRAW: Final = 0.1


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for on the command line."""

    run: str
    out: str | None = None
    resume: bool = False
    concurrency: int | None = None
    limit: int | None = None
    model: str | None = None
    base_url: str | None = None


def run_batch(order: Order) -> int:
    """Run the batch; the exit code is 1 when more failed than the run allows.

    Raises:
        InputError: the run or a plan cannot be used.
        RunFolderError: the folder cannot be used, or the disk is full.
        ServerError: the model server cannot be reached.
    """
    config = _config(order)
    folder = order.out or str(Path("runs") / config.name)
    source = config if order.run == STDOUT else order.run
    started = time.monotonic()
    try:
        with progress_bar() as listener:
            tally = batch(
                source,
                folder,
                resume=order.resume,
                limit=order.limit,
                concurrency=order.concurrency,
                model=order.model,
                base_url=order.base_url,
                progress=listener,
            )
    except KeyboardInterrupt:
        note(f"interrupted; {folder} keeps what was made: go on with --resume")
        return INTERRUPTED
    seconds = time.monotonic() - started
    return told(config.name, folder, tally, seconds, allowed=config.checks.max_failures)


def told(name: str, folder: str, tally: Tally, seconds: float, *, allowed: float) -> int:
    """Tell how the dialogues went; 1 when a larger share failed than is allowed."""
    _report(name, folder, tally, seconds)
    if tally.share_failed > allowed:
        note(f"{tally.share_failed:.1%} failed, more than the {allowed:.1%} that the run allows")
        return 1
    return 0


def _config(order: Order) -> RunConfig:
    if order.run == STDOUT:
        return read_run(read_document(order.run), "standard input")
    return load_run(order.run)[0]


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
        TextColumn("{task.fields[failed]}"),
    )
    with Progress(*columns, console=console(sys.stderr)) as bar:
        yield _Bar(bar)


def _rate(tally: Tally) -> float:
    """Dialogues a second since the run began."""
    return (tally.dialogues + tally.failures) / max(time.monotonic() - tally.started, 1e-6)


class _Bar:
    """A progress bar, drawn at most ten times a second."""

    def __init__(self, bar: Progress) -> None:
        self.bar = bar
        self.task = bar.add_task("dialogues", total=None, rate="", failed="")
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
            rate=f"{_rate(tally):.0f}/s",
            failed=f"{tally.failures} failed" if tally.failures else "",
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
        rate = _rate(tally)
        left = f"{tally.left / rate:.0f} s left" if rate else "time left unknown"
        done = tally.total - tally.left
        note(f"{done} of {tally.total} done, {tally.failures} failed, {rate:.0f}/s, {left}")


def _report(name: str, folder: str, tally: Tally, seconds: float) -> None:
    """The run in a few rows, on stdout."""
    reasons = ", ".join(f"{kind} {number}" for kind, number in sorted(tally.reasons.items()))
    rows = [("run", name), ("folder", folder), ("dialogues", str(tally.dialogues)),
            ("failures", f"{tally.failures}" + (f" ({reasons})" if reasons else ""))]  # fmt: skip
    if tally.before:
        failed = f" ({tally.failed_before} of them failures)" if tally.failed_before else ""
        rows.append(("from before", f"{tally.before}{failed}"))
    made = tally.dialogues + tally.failures
    rows.append(("time", f"{seconds:.1f} s" + (f", {made / seconds:.0f} a second" if made else "")))
    tell(rows)
