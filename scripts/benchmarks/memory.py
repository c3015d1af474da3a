"""Memory of a run of many dialogues: how much, and whether it grows."""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson

from scripts.benchmarks.timing import Row

DIALOGUES: Final = 100_000
MOST_MB: Final = 500
MOST_GROWTH: Final = 1.15
TITLE: Final = f"{DIALOGUES} short offline dialogues: memory of the run and of its largest worker"
_PLAN: Final = {
    "version": 1, "id": "chat", "goal": "Say hello.", "tools": "customer_support",
    "segments": [{"kind": "chat", "steps": [
        {"act": "user_request"}, {"act": "assistant_response"},
    ]}],
}  # fmt: skip
_CHILD: Final = """
import sys, orjson, resource
from toolweave.runs.batch import batch
run, out, plan = orjson.loads(sys.argv[1]), sys.argv[2], sys.argv[3]
seen = []
def tell(tally):
    if (tally.dialogues + tally.failures) * 5 // tally.total > len(seen):
        seen.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
tally = batch(run, out, progress=tell)
own, others = (resource.getrusage(who).ru_maxrss // 1024
               for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(orjson.dumps([seen, own, others, tally.dialogues, tally.failures]).decode())
"""


def rows(given: argparse.Namespace) -> Iterator[Row]:
    """One run in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(folder) / "chat.json"
        plan.write_bytes(orjson.dumps(_PLAN))
        run = {"version": 1, "name": "memory", "plans": [str(plan)], "repeats": DIALOGUES}
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, orjson.dumps(run), str(Path(folder) / "out"), str(plan)],
            capture_output=True, check=True,
        )  # fmt: skip
        spent = time.perf_counter() - started
    seen, own, worker, made, failed = orjson.loads(done.stdout)
    assert made + failed == DIALOGUES
    yield Row(f"the run, after its last record: {made} dialogues", spent, own, "MB", MOST_MB)
    yield Row("the run, beside after a fifth of it", spent, seen[-1] / seen[0], "x", MOST_GROWTH)
    yield Row("its largest worker", spent, worker, "MB", MOST_MB)
