"""Carrying out ``toolweave refine``: the copies, and what came of them in a few rows."""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from toolweave.cli.rows import tell
from toolweave.cli.running import executor_name
from toolweave.cli.streams import STDOUT, note
from toolweave.cli.watching import Watching, interrupted, watched
from toolweave.configs.refining import RefineConfig, load_refining
from toolweave.runs.folder import REFINED
from toolweave.runs.originals import originals
from toolweave.runs.refine_records import UNFIT, RefineTally
from toolweave.runs.refining import refine
from toolweave.schema.records import build

_REASONS: Final = 6


class Order(NamedTuple):
    """What was asked for on the command line.

    ``changes`` override the refinement's own settings, ``words_by`` those of its model; what is
    None does not.
    """

    source: str
    config: str
    out: str | None
    resume: bool
    changes: Mapping[str, Any]
    words_by: Mapping[str, str | None]
    watching: Watching
    dry: bool


def run(order: Order) -> int:
    """Refine; the exit code is 1 when more failed than is allowed.

    Raises:
        InputError: the source or the configuration cannot be used.
        RunFolderError: the folder cannot be used, or the disk is full.
        ServerError: the model server cannot be reached.
    """
    executor_name(order.changes.get("executor"))
    config = _changed(load_refining(order.config), order)
    out = _folder(order, config)
    if order.dry:
        with _at_hand(order.source) as source:
            lines = originals(source).lines
        copies = f"about {round(lines * config.share)} modified copies"
        note(f"{lines} dialogues would be kept, and {copies} worded by {config.model.name}")
        return 0
    started = time.monotonic()
    try:
        with _at_hand(order.source) as source, watched(order.watching) as watchers:
            tally = refine(
                config,
                source,
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


def _changed(config: RefineConfig, order: Order) -> RefineConfig:
    data = config.model_dump(mode="json")
    data |= {name: value for name, value in order.changes.items() if value is not None}
    data["model"] |= {name: value for name, value in order.words_by.items() if value is not None}
    return build(RefineConfig, data, file=order.config)


def _folder(order: Order, config: RefineConfig) -> Path:
    if order.out:
        return Path(order.out)
    source = Path(order.source)
    return source / REFINED if source.is_dir() else Path("runs") / config.name


@contextmanager
def _at_hand(source: str) -> Iterator[Path]:
    """The source's path; standard input is kept in a temporary file, to be read twice."""
    if source != STDOUT:
        yield Path(source)
        return
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
        kept.flush()
        yield Path(kept.name)
