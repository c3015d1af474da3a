"""Jobs: what comes of them, what is told meanwhile, and that none outlives the studio."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from toolweave.core.errors import InputError
from toolweave.studio.jobs import Job, Queue, Tell

ROOT = Path(__file__).parents[2]


@pytest.fixture
def queue() -> Iterator[Queue]:
    made = Queue("test")
    yield made
    made.close()


def add(one: int, other: int, tell: Tell) -> int:
    tell(one)
    time.sleep(0.5)
    return one + other


def refuse(_: Tell) -> None:
    raise InputError("there is nothing", file="x.jsonl")


def vanish(_: Tell) -> None:
    Path("/nowhere/at/all").read_text()


def die(_: Tell) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def linger(path: Path, _: Tell) -> None:
    """Starts a process of its own, and neither ends by itself."""
    below = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    path.with_suffix(".part").write_text(f"{os.getpid()} {below.pid}")
    path.with_suffix(".part").rename(path)
    time.sleep(300)


def until_there(path: Path) -> list[int]:
    for _ in range(600):
        if path.exists():
            return [int(one) for one in path.read_text().split()]
        time.sleep(0.05)
    raise AssertionError("the job did not begin")


def ended(pid: int) -> bool:
    """Whether a process is gone, or has been ended and waits to be buried by whoever is above."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_job_has_a_result_and_tells_its_count(queue: Queue) -> None:
    first, second = queue.put(Job(partial(add, 2, 3))), queue.put(Job(partial(add, 20, 30)))
    assert not second.begun
    assert first.finished.wait(30)
    assert (first.result, first.count, first.problem) == (5, 2, "")
    assert second.finished.wait(30)
    assert second.result == 50


def test_what_goes_wrong_is_said_and_the_next_job_is_done(queue: Queue) -> None:
    jobs = [queue.put(Job(work)) for work in (refuse, vanish, die)]
    last = queue.put(Job(partial(add, 1, 1)))
    assert last.finished.wait(60)
    assert [one.problem for one in jobs] == [
        "x.jsonl: there is nothing",
        "/nowhere/at/all: No such file or directory",
        "the work broke off without a result; the log may say why",
    ]
    with pytest.raises(InputError, match="there is nothing"):
        _ = jobs[0].result


def test_where_no_process_can_be_started_it_is_said_and_the_next_job_is_done(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(_: Job[int]) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    with monkeypatch.context() as patched:
        patched.setattr("toolweave.studio.jobs._started", none_left)
        job = queue.put(Job(partial(add, 2, 3)))
        assert job.finished.wait(30)
        assert job.problem == "no process can be started: Resource temporarily unavailable"
    again = queue.put(Job(partial(add, 2, 3)))
    assert again.finished.wait(30)
    assert again.result == 5


def test_a_job_that_takes_too_long_ends_with_all_it_started(queue: Queue, tmp_path: Path) -> None:
    path = tmp_path / "pids"
    # How long a process takes to begin depends on what else the machine does.
    for seconds in (4, 16, 64):
        job = queue.put(Job(partial(linger, path), seconds=seconds))
        assert job.finished.wait(2 * seconds + 30)
        assert job.problem == f"it takes longer than {seconds} seconds"
        if path.exists():
            break
    assert all(map(ended, until_there(path)))


def test_closing_ends_what_is_under_way_and_what_waits(queue: Queue, tmp_path: Path) -> None:
    under_way = queue.put(Job(partial(linger, tmp_path / "pids")))
    waiting = queue.put(Job(partial(add, 1, 1)))
    pids = until_there(tmp_path / "pids")
    queue.close()
    assert all(map(ended, pids))
    assert under_way.problem
    assert waiting.problem == queue.put(Job(refuse)).problem == "the studio is closing"


def test_a_job_ends_with_the_process_that_wanted_it(tmp_path: Path) -> None:
    script = """
        import time
        from functools import partial
        from pathlib import Path
        from tests.studio.test_jobs import linger
        from toolweave.studio.jobs import Job, Queue

        if __name__ == "__main__":
            Queue("test").put(Job(partial(linger, Path(r"PATH"))))
            time.sleep(300)
    """
    path = tmp_path / "main.py"
    path.write_text(textwrap.dedent(script).replace("PATH", str(tmp_path / "pids")))
    studio = subprocess.Popen([sys.executable, str(path)], env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])})  # fmt: skip  # noqa: E501
    try:
        pids = until_there(tmp_path / "pids")
    finally:
        studio.kill()
        studio.wait()
    assert all(map(ended, pids))
