"""Exporting: the time and the memory that many dialogues take, for every consumer."""

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Final, NamedTuple

from toolweave.configs.pipeline import load_pipeline
from toolweave.export.exporters import EXPORTERS
from toolweave.export.exporting import Wish, export
from toolweave.export.splitting import Split
from toolweave.runs.folder import DIALOGUES
from toolweave.runs.pipeline import generate

DIALOGUES_MADE: Final = 100_000
MOST_SECONDS: Final = 300.0
MOST_MB: Final = 1024


class Measured(NamedTuple):
    """One export: dialogues kept, seconds, and the most memory its process took."""

    kept: int
    seconds: float
    megabytes: int


def main(arguments: list[str]) -> int:
    """Print a line per consumer: 0 when all keep to the targets, 1 when not."""
    parser = argparse.ArgumentParser(prog="benchmark.py export", description=__doc__)
    parser.add_argument("--dialogues", type=int, default=DIALOGUES_MADE)
    parser.add_argument("--to", nargs="*", default=list(EXPORTERS), choices=list(EXPORTERS))
    given = parser.parse_args(arguments)
    met = True
    with tempfile.TemporaryDirectory() as scratch:
        file = _repeated(given.dialogues, Path(scratch))
        print(f"{given.dialogues} dialogues, {file.stat().st_size >> 20} MB")
        for name in given.to:
            got = _apart(str(file), name, str(Path(scratch) / name))
            met &= got.seconds <= MOST_SECONDS and got.megabytes <= MOST_MB
            print(f"{name}: {got.kept} kept, {got.seconds:.0f} s, {got.megabytes} MB", flush=True)
    return 0 if met else 1


def _repeated(count: int, scratch: Path) -> Path:
    """A file of real dialogues over and over, each with an id and a plan of its own."""
    config, base = load_pipeline("smoke")
    generate(config, base, scratch / "run")
    lines = (scratch / "run" / DIALOGUES).read_bytes().splitlines()
    records = [json.loads(line) for line in lines]
    file = scratch / "many.jsonl"
    with file.open("w", encoding="utf-8") as out:
        for number, record in enumerate(islice(cycle(records), count)):
            plan = {**record["plan"], "id": f"{record['plan']['id']}-{number}"}
            fresh = {**record, "id": f"{record['id']}-{number}", "plan": plan}
            out.write(json.dumps(fresh, separators=(",", ":")) + "\n")
    return file


def _apart(file: str, name: str, out: str) -> Measured:
    """One export in a process of its own, whose memory nothing else has used."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_export, (file, name, out))


def _export(file: str, name: str, out: str) -> Measured:
    started = time.perf_counter()
    # A benchmark set takes the held-out part alone, so it is measured whole.
    split = Split(None if name == "bfcl" else 0.95)
    tally = export(Wish(run=file, to=name, out=Path(out), split=split))
    spent = time.perf_counter() - started
    return Measured(tally.kept, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
