"""Carrying out ``toolweave refine``: the copies, and what came of them in a few rows."""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from toolweave.cli.rows import tell
from toolweave.cli.streams import INTERRUPTED, STDOUT, note
from toolweave.cli.watching import progress_bar
from toolweave.configs.refining import RefineConfig, load_refining
from toolweave.runs.folder import REFINED
from toolweave.runs.refine_records import UNFIT, RefineTally
from toolweave.runs.refining import refine
from toolweave.schema.records import build

_REASONS: Final = 6


class Order(NamedTuple):
    """What was asked for on the command line."""

    source: str
    config: str
    out: str | None
    resume: bool
    seed: int | None
    model: str | None
    base_url: str | None


def run(order: Order) -> int:
    """Refine; the exit code is 1 when more failed than is allowed.

    Raises:
        InputError: the source or the configuration cannot be used.
        RunFolderError: the folder cannot be used, or the disk is full.
        ServerError: the model server cannot be reached.
    """
    config = _changed(load_refining(order.config), order)
    out = _folder(order, config)
    started = time.monotonic()
    try:
        with _at_hand(order.source) as source, progress_bar() as listener:
            tally = refine(config, source, out, resume=order.resume, progress=listener)
    except KeyboardInterrupt:
        note(f"interrupted; {out} keeps what was made: go on with --resume")
        return INTERRUPTED
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
    if order.seed is not None:
        data["seed"] = order.seed
    if order.model is not None:
        data["model"]["name"] = order.model
    if order.base_url is not None:
        data["model"]["base_url"] = order.base_url
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
