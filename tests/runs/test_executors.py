"""Whoever does the work, the records are the same; whoever dies, nothing is lost or left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from toolweave.core.errors import InputError
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.runs.batch import batch
from toolweave.runs.executors.choosing import choose
from toolweave.runs.executors.local import LocalExecutor
from toolweave.runs.executors.machine import cores
from toolweave.runs.executors.processes import ProcessesExecutor
from toolweave.runs.tally import Tally

Data = dict[str, Any]
Records = Callable[[Path], dict[str, bytes]]
_MAKERS = '''
import asyncio, os, random
from pathlib import Path
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator

def scripted():
    offline = OfflineGenerator()
    return ScriptedGenerator(offline.answer, name="offline")

class Slow:
    """The offline generator behind waits, as a server's answers come."""
    name = "offline"
    seconds = 0.0

    def __init__(self):
        self.inner, self.stream = OfflineGenerator(), random.Random(os.getpid())

    async def generate(self, task):
        await asyncio.sleep(self.seconds or self.stream.random() / 100)
        return self.inner.answer(task)

class Sleepy(Slow):
    seconds = 0.2

class Deadly(OfflineGenerator):
    """Ends its process in the dialogues of one plan: once, or time and again."""
    plan, times = "telecommunications_sim-000003", 1

    def answer(self, task):
        from toolweave.llm.watching import dialogue_id
        mark = Path(os.environ["MARK"])
        died = len(mark.read_text()) if mark.exists() else 0
        if dialogue_id() == self.plan and died < self.times:
            with mark.open("a") as file:
                file.write("x")
            os._exit(9)
        return super().answer(task)

class Fatal(Deadly):
    times = 99
'''
_CHILD = """
import sys, orjson
from toolweave.runs.batch import batch
given = orjson.loads(sys.argv[1])
try:
    batch(given.pop("run"), given.pop("out"), resume=True, **given)
except KeyboardInterrupt as stop:
    print(stop)
    sys.exit(5)
"""


@pytest.fixture
def makers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A module of generators that every process can import."""
    (tmp_path / "makers_of_tests.py").write_text(_MAKERS)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("MARK", str(tmp_path / "mark"))
    yield "makers_of_tests"
    sys.modules.pop("makers_of_tests", None)


@pytest.fixture(scope="module")
def made(small_run: Data, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "run"
    batch(small_run, folder, executor="local")
    return folder


def begin(out: Path, **given: Any) -> "subprocess.Popen[str]":
    """A batch in a process group of its own."""
    order = orjson.dumps({"out": str(out), **given}).decode()
    paths = os.pathsep.join(filter(None, sys.path))
    return subprocess.Popen(
        [sys.executable, "-c", _CHILD, order], env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
    )  # fmt: skip


def children(process: "subprocess.Popen[str]") -> list[int]:
    """The processes that a process has started."""
    tasks = Path(f"/proc/{process.pid}/task")
    found: list[int] = []
    for task in tasks.iterdir() if tasks.exists() else ():
        found += map(int, (task / "children").read_text().split())
    return found


def wait_for(what: Callable[[], bool], seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.01)
    return False


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@pytest.mark.parametrize("maker", ["", "scripted", "Slow"])
def test_worker_processes_leave_the_bytes_that_one_process_leaves(
    maker: str, makers: str, made: Path, small_run: Data, records: Records, tmp_path: Path
) -> None:
    generator = f"{makers}:{maker}" if maker else None
    folders = {name: tmp_path / name for name in ("processes", "local")}
    for name, folder in folders.items():
        workers = 2 if name == "processes" else None
        batch(small_run, folder, executor=name, workers=workers, generator=generator)
    assert records(folders["processes"]) == records(folders["local"])
    if maker != "scripted":
        assert records(folders["processes"]) == records(made)


def test_a_worker_that_dies_is_replaced_and_its_dialogues_are_made_again(
    makers: str, made: Path, small_run: Data, records: Records, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    batch(small_run, out, executor="processes", workers=2, generator=f"{makers}:Deadly")
    assert (tmp_path / "mark").read_text() == "x"
    assert records(out) == records(made)


def test_a_dialogue_that_always_kills_its_worker_is_one_failure(
    makers: str, made: Path, small_run: Data, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    tally = batch(small_run, out, executor="processes", workers=2, generator=f"{makers}:Fatal")
    assert (tally.dialogues, tally.failures, tally.reasons) == (15, 1, {"WorkerLost": 1})
    failure = orjson.loads((out / "failures.jsonl").read_bytes())
    assert failure["id"] == "telecommunications_sim-000003"
    assert "exit code 9" in failure["reason"]
    rest = [line for line in (made / "dialogues.jsonl").read_bytes().splitlines(True)
            if failure["id"].encode() not in line]  # fmt: skip
    assert (out / "dialogues.jsonl").read_bytes() == b"".join(rest)


def test_the_run_killed_with_its_workers_at_work_leaves_no_process_and_resumes(
    small_run: Data, records: Records, tmp_path: Path
) -> None:
    run, out = {**small_run, "repeats": 20}, tmp_path / "out"
    process = begin(out, run=run, executor="processes", workers=2)
    assert wait_for(lambda: size(out / "dialogues.jsonl") > 100_000)
    workers = children(process)
    assert len(workers) == 2
    process.kill()
    process.communicate()
    assert wait_for(lambda: not any(map(alive, workers)), 10)
    tally = batch(run, out, resume=True, executor="processes", workers=2)
    assert 0 < tally.before < 40
    batch(run, tmp_path / "whole", executor="local")
    assert records(out) == records(tmp_path / "whole")


def under_way(
    out: Path, executor: str, makers: str, run: Data
) -> tuple["subprocess.Popen[str]", list[int]]:
    """A slow run that has made its first dialogues, and its worker processes."""
    process = begin(
        out, run={**run, "repeats": 50}, executor=executor, generator=f"{makers}:Sleepy",
        workers=2 if executor == "processes" else None, concurrency=4,
    )  # fmt: skip
    assert wait_for(lambda: size(out / "dialogues.jsonl") > 0)
    return process, children(process)


@pytest.mark.parametrize(
    ("executor", "number"), [("local", signal.SIGTERM), ("processes", signal.SIGINT)]
)
def test_asked_once_to_stop_a_run_finishes_what_is_under_way(
    executor: str, number: int, makers: str, small_run: Data, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process, workers = under_way(out, executor, makers, small_run)
    process.send_signal(number)
    said, problems = process.communicate(timeout=60)
    assert (process.returncode, said.strip()) == (5, f"signal {int(number)}"), problems
    assert "Traceback" not in problems
    assert not any(map(alive, workers))
    found = (out / "dialogues.jsonl").read_bytes()
    # The others of the four that were under way are there as well.
    assert 4 <= found.count(b"\n") < 100
    assert found.endswith(b"\n")
    assert (out / "failures.jsonl").read_bytes() == b""


@pytest.mark.parametrize("executor", ["local", "processes"])
def test_asked_twice_a_run_stops_at_once(
    executor: str, makers: str, small_run: Data, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process, workers = under_way(out, executor, makers, small_run)
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    _, problems = process.communicate(timeout=60)
    assert process.returncode == 5, problems
    assert "Traceback" not in problems
    # A dialogue takes ten times as long.
    assert time.monotonic() - asked < 1.5
    assert wait_for(lambda: not any(map(alive, workers)), 5)
    assert (out / "dialogues.jsonl").read_bytes().endswith(b"\n")


def test_a_generator_given_as_an_object_stays_in_its_process(
    small_run: Data, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"stays in this process.*module:function"):
        batch(small_run, tmp_path / "out", executor="processes", generator=OfflineGenerator())


def test_a_maker_that_is_not_there_is_one_line(small_run: Data, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'nowhere:maker' cannot be imported"):
        batch(small_run, tmp_path / "out", executor="processes", generator="nowhere:maker")
    assert not (tmp_path / "out").exists()


def test_one_process_is_one_worker(small_run: Data, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="executor local is one worker"):
        batch(small_run, tmp_path / "out", executor="local", workers=2)
    assert not (tmp_path / "out").exists()


def test_ray_that_is_not_installed_is_known_before_anything_is_written(
    small_run: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match="executor ray needs Ray"):
        batch(small_run, tmp_path / "out", executor="ray")
    assert not (tmp_path / "out").exists()


def test_the_executor_is_no_part_of_the_configuration(
    made: Path, small_run: Data, records: Records
) -> None:
    before = records(made)
    tally = batch({**small_run, "executor": "processes", "workers": 3}, made, resume=True)
    assert (tally.before, tally.left) == (16, 0)
    assert records(made) == before


def test_auto_takes_all_cores_where_that_pays() -> None:
    few = choose("auto", None, jobs=100, instant=True)
    waiting = choose("auto", None, jobs=10_000, instant=False)
    many = choose("auto", None, jobs=10_000, instant=True)
    asked = choose("auto", 3, jobs=10_000, instant=False)
    assert isinstance(few, LocalExecutor) and isinstance(waiting, LocalExecutor)
    if cores() > 1:
        assert isinstance(many, ProcessesExecutor) and many.workers == min(cores(), 32)
    assert isinstance(asked, ProcessesExecutor) and asked.workers == 3


def test_progress_knows_how_many_are_under_way(
    makers: str, small_run: Data, tmp_path: Path
) -> None:
    seen: list[int] = []

    def progress(tally: Tally) -> None:
        seen.append(tally.under_way)

    batch(small_run, tmp_path / "out", generator=f"{makers}:Slow", concurrency=4, progress=progress)
    assert 0 < max(seen) <= 4
