"""Carrying out ``toolweave refine``: the copies, and what came of them in a few rows."""

import time
from pathlib import Path
from typing import Final

from toolweave.cli.inputs import read_twice
from toolweave.cli.ordering import RunOrder
from toolweave.cli.rows import tell
from toolweave.cli.running import check_executor
from toolweave.cli.streams import note
from toolweave.cli.watching import interrupted, watched
from toolweave.configs.changing import changed
from toolweave.configs.refining import RefineConfig, load_refining
from toolweave.runs.folder import REFINED
from toolweave.runs.originals import originals
from toolweave.runs.refine_records import UNFIT, RefineTally
from toolweave.runs.refining import refine

_REASONS: Final = 6


def run(order: RunOrder, source: str) -> int:
    """Refine; the exit code is 1 when more failed than is allowed.

    Raises:
        InputError: the source or the configuration cannot be used.
        RunFolderError: the folder cannot be used, or the disk is full.
        ServerError: the model server cannot be reached.
    """
    check_executor(order.changes.get("executor"))
    config = changed(load_refining(order.config), order.changes, order.config)
    out = _folder(order, Path(source), config)
    if order.dry:
        with read_twice(source) as kept:
            lines = originals(Path(kept)).lines
        copies = f"about {round(lines * config.share)} modified copies"
        note(f"{lines} dialogues would be kept, and {copies} worded by {config.model.name}")
        return 0
    started = time.monotonic()
    try:
        with read_twice(source) as kept, watched(order.watching) as watchers:
            tally = refine(
                config,
                Path(kept),
                out,
                resume=order.resume,
                progress=watchers.progress,
                watcher=watchers.watcher,
                stopping=watchers.stopping,
            )
    except KeyboardInterrupt as stop:
        return interrupted(stop, str(out))
    code = told(config.name, out, tally, config.checks.max_failures)
    note(f"{time.monotonic() - started:.1f} s")
    return code


def told(name: str, out: Path, tally: RefineTally, allowed: float) -> int:
    """Tell how a refinement went; 1 when a larger share failed than is allowed."""
    reasons = ", ".join(f"{kind} {number}" for kind, number in sorted(tally.reasons.items()))
    edits = ", ".join(f"{kind} {number}" for kind, number in sorted(tally.edits.items()))
    rows = [
        ("refinement", name),
        ("folder", str(out)),
        ("originals", str(tally.originals)),
        ("copies", f"{tally.copies}" + (f" ({edits})" if edits else "")),
        ("failures", f"{tally.failures}" + (f" ({reasons})" if reasons else "")),
    ]
    if tally.refined:
        rows.append(("refined before", f"{tally.refined}, kept as they are"))
    if tally.unfit:
        rows.append(("no edit fits", f"{sum(tally.unfit.values())}; {UNFIT} names them"))
        for (kind, reason), number in tally.unfit.most_common(_REASONS):
            rows.append(("", f"{number} x {kind}: {reason}"))
    tell(rows)
    if tally.share_failed > allowed:
        note(f"{tally.share_failed:.1%} failed, more than the {allowed:.1%} that is allowed")
        return 1
    return 0


def _folder(order: RunOrder, source: Path, config: RefineConfig) -> Path:
    if order.out:
        return Path(order.out)
    return source / REFINED if source.is_dir() else Path("runs") / config.name
