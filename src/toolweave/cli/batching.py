"""Carrying out ``toolweave batch``: the run, and the table at its end."""

import time
from pathlib import Path

from toolweave.cli.ordering import RunOrder
from toolweave.cli.rows import tell
from toolweave.cli.running import check_executor
from toolweave.cli.streams import STDOUT, note
from toolweave.cli.watching import figures, interrupted, watched
from toolweave.configs.run import RunConfig, load_run, read_run
from toolweave.runs.batch import batch, configured
from toolweave.runs.estimating import estimate
from toolweave.runs.generators import check_budget
from toolweave.runs.jobs import total
from toolweave.runs.repertoire import Repertoire
from toolweave.runs.spending import spending, spending_rows
from toolweave.runs.tally import Tally
from toolweave.schema.documents import read_document


def run_batch(order: RunOrder) -> int:
    """Run the batch; the exit code is 1 when more failed than the run allows.

    Raises:
        InputError: the run or a plan cannot be used.
        RunFolderError: the folder cannot be used, or the disk is full.
        ServerError: the model server cannot be reached.
        BudgetError: the budget is spent and dialogues are left.
    """
    config = _config(order)
    check_executor(order.changes.get("executor"))
    folder = order.out or str(Path("runs") / config.name)
    source = config if order.config == STDOUT else order.config
    _estimate(source, order)
    if order.dry:
        return 0
    started = time.monotonic()
    try:
        with watched(order.watching) as watchers:
            tally = batch(
                source,
                folder,
                resume=order.resume,
                progress=watchers.progress,
                watcher=watchers.watcher,
                stopping=watchers.stopping,
                trace=order.watching.trace,
                **order.changes,
            )
    except KeyboardInterrupt as stop:
        return interrupted(stop, folder)
    seconds = time.monotonic() - started
    return told(config.name, folder, tally, seconds, allowed=config.checks.max_failures)


def told(name: str, folder: str, tally: Tally, seconds: float, *, allowed: float) -> int:
    """Tell how the dialogues went; 1 when a larger share failed than is allowed."""
    _report(name, folder, tally, seconds)
    if tally.share_failed > allowed:
        note(f"{tally.share_failed:.1%} failed, more than the {allowed:.1%} that the run allows")
        return 1
    return 0


def _estimate(source: RunConfig | str, order: RunOrder) -> None:
    """Tell what the run would make, and take of a model if one is named."""
    config, folder = configured(source, Path(), order.changes)
    if config.model.name != "offline":
        check_budget(config.model, config.budget)
        note(f"estimate for {config.model.name}: {estimate(config, folder).line()}")
    elif order.dry:
        plans = Repertoire(config.plans, folder, config.lexicon)
        note(f"{total(config, plans)} dialogues would be made, without any call of a model")


def _config(order: RunOrder) -> RunConfig:
    if order.config == STDOUT:
        return read_run(read_document(order.config), "standard input")
    return load_run(order.config)[0]


def _report(name: str, folder: str, tally: Tally, seconds: float) -> None:
    """The run in a few rows, on stdout."""
    reasons = ", ".join(f"{kind} {number}" for kind, number in sorted(tally.reasons.items()))
    rows = [("run", name), ("folder", folder), ("dialogues", str(tally.dialogues)),
            ("failures", f"{tally.failures}" + (f" ({reasons})" if reasons else ""))]  # fmt: skip
    if tally.before:
        failed = f" ({tally.failed_before} of them failures)" if tally.failed_before else ""
        rows.append(("from before", f"{tally.before}{failed}"))
    rows.extend((name, str(number)) for name, number in sorted(tally.counts.items()))
    if tally.spent["calls"] or tally.spent["cached"]:
        rows.append(("model", ", ".join(one for one in figures(tally) if "failed" not in one)))
        rows.extend(spending_rows(spending(Path(folder))))
    made = tally.dialogues + tally.failures
    rows.append(("time", f"{seconds:.1f} s" + (f", {made / seconds:.0f} a second" if made else "")))
    tell(rows)
