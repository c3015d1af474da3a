"""However often a run is killed, at whatever moment: resumed, it ends as the undisturbed one."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from toolweave.runs.batch import batch

Data = dict[str, Any]
Records = Callable[[Path], dict[str, bytes]]
# Every attempt is a fork of a process that has imported everything, so that most of its short
# life is work: beginning, making, writing, sorting.
_KILLER = """
import os, random, signal, sys, time
from pathlib import Path
import orjson
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.runs.batch import batch
from toolweave.runs.executors import processes

def size():
    path = Path(given["out"], "dialogues.jsonl")
    return path.stat().st_size if path.exists() else 0

def wait(seconds, until):
    deadline = time.monotonic() + (seconds or 30)
    while time.monotonic() < deadline and (seconds or size() < until):
        time.sleep(0.002)

given = orjson.loads(sys.argv[1])
stream, killed = random.Random(given["seed"]), 0
for _ in range(given["kills"]):
    child = os.fork()
    if not child:
        batch(given["run"], given["out"], resume=True, executor=given["executor"],
              workers=given["workers"])
        os._exit(0)
    # Somewhere in the beginning of the run, or after it has written so much more.
    wait(stream.uniform(0, given["longest"]) if stream.random() < 0.2 else 0,
         size() + stream.uniform(0, 2 * given["share"]))
    os.kill(child, signal.SIGKILL)
    killed += os.waitpid(child, 0)[1] == signal.SIGKILL
tally = batch(given["run"], given["out"], resume=True, executor="local")
print(orjson.dumps([killed, tally.before]).decode())
"""


def outlast(kills: int, run: Data, out: Path, executor: str, longest: float) -> list[int]:
    """How many of the kills hit a run at work, and how many records were there at the end."""
    given = {
        "run": run, "out": str(out), "kills": kills, "executor": executor, "longest": longest,
        "workers": 2 if executor == "processes" else None, "seed": 11,
        # What is to be written between two kills, so that the last ones find the run at work too.
        "share": 2 * 13_000 * run["repeats"] / kills,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", _KILLER, orjson.dumps(given).decode()], capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found: list[int] = orjson.loads(done.stdout)
    return found


def test_eight_kills_change_nothing(small_run: Data, records: Records, tmp_path: Path) -> None:
    run = {**small_run, "repeats": 20}
    killed, before = outlast(8, run, tmp_path / "killed", "local", 0.6)
    assert killed > 4 and before > 10
    batch(run, tmp_path / "whole")
    assert records(tmp_path / "killed") == records(tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("executor", "kills", "repeats", "longest"),
    [("local", 200, 400, 0.6), ("processes", 40, 400, 6.0)],
)
def test_two_hundred_kills_change_nothing(
    executor: str, kills: int, repeats: int, longest: float,
    small_run: Data, records: Records, tmp_path: Path,
) -> None:  # fmt: skip
    run = {**small_run, "repeats": repeats}
    killed, before = outlast(kills, run, tmp_path / "killed", executor, longest)
    print(f"{executor}: {killed} kills hit, {before} of {2 * repeats} records before the last run")
    assert killed > kills // 2
    batch(run, tmp_path / "whole", executor="processes", workers=2)
    assert records(tmp_path / "killed") == records(tmp_path / "whole")
