"""Nothing is lost or made twice: runs killed at any moment, disks that fill up, torn lines."""

import errno
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from toolweave.configs.pipeline import PipelineConfig
from toolweave.configs.run import RunConfig
from toolweave.core.errors import RunFolderError
from toolweave.runs import folder
from toolweave.runs.batch import batch
from toolweave.runs.folder import sort_by_id
from toolweave.runs.pipeline import generate
from toolweave.schema.records import build

Data = dict[str, Any]
Records = Callable[[Path], dict[str, bytes]]
_CHILD = """
import sys, orjson
from toolweave.runs.batch import batch
batch(orjson.loads(sys.argv[1]), sys.argv[2], resume=True)
"""
_FILLED = """
import sys, orjson
from toolweave.configs.pipeline import PipelineConfig
from toolweave.configs.run import RunConfig
from toolweave.core.errors import RunFolderError
from toolweave.runs.batch import batch
try:
    batch(orjson.loads(sys.argv[1]), sys.argv[2])
except RunFolderError as error:
    print(error)
    sys.exit(7)
"""


@pytest.fixture(scope="module")
def long_run(small_run: Data) -> Data:
    return {**small_run, "repeats": 25}


@pytest.fixture(scope="module")
def undisturbed(long_run: Data, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("undisturbed") / "run"
    batch(long_run, made)
    return made


def child(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-c", code, *map(str, arguments)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def start(run: Data, out: Path) -> "subprocess.Popen[bytes]":
    command = child(_CHILD, orjson.dumps(run).decode(), out)
    return subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE)


def kill_at(size: int, out: Path, process: "subprocess.Popen[bytes]") -> bool:
    """Kill the process once its records have so many bytes; whether it was still at work."""
    records = out / "dialogues.jsonl"
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if records.exists() and records.stat().st_size >= size:
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.001)
    process.communicate()
    return process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_killed_at_random_points_and_resumed_equals_the_undisturbed_one(
    seed: int, long_run: Data, undisturbed: Path, records: Records, tmp_path: Path
) -> None:
    out, stream = tmp_path / "run", random.Random(seed)
    whole = (undisturbed / "dialogues.jsonl").stat().st_size
    points = sorted(stream.randrange(1, int(whole * 0.9)) for _ in range(2))
    killed = [kill_at(point, out, start(long_run, out)) for point in points]
    assert killed[0]
    last = start(long_run, out)
    assert last.wait(timeout=120) == 0, last.stderr and last.stderr.read()
    last.communicate()
    assert records(out) == records(undisturbed)


@pytest.mark.parametrize("cut", [1, 2, 700])
def test_a_torn_last_line_is_dropped_and_made_again(
    cut: int, small_run: Data, records: Records, tmp_path: Path
) -> None:
    batch(small_run, tmp_path / "whole")
    shutil.copytree(tmp_path / "whole", tmp_path / "torn")
    path = tmp_path / "torn" / "dialogues.jsonl"
    os.truncate(path, path.stat().st_size - cut)
    tally = batch(small_run, tmp_path / "torn", resume=True)
    assert tally.dialogues == 1
    assert records(tmp_path / "torn") == records(tmp_path / "whole")


def test_a_file_of_nothing_but_a_torn_line_is_emptied(
    small_run: Data, records: Records, tmp_path: Path
) -> None:
    batch(small_run, tmp_path / "whole")
    torn = tmp_path / "torn"
    torn.mkdir()
    shutil.copy(tmp_path / "whole" / "run.yaml", torn)
    (torn / "dialogues.jsonl").write_bytes(b'{"id":"customer_' + b"x" * 200_000)
    batch(small_run, torn, resume=True)
    assert records(torn) == records(tmp_path / "whole")


class _Full:
    """A file on a disk that has no room for more than the first half of a record."""

    def __init__(self, inner: Any, room: list[int]) -> None:
        self._inner, self._room = inner, room

    def write(self, data: bytes) -> int:
        if len(data) > self._room[0]:
            self._inner.write(data[: self._room[0]])
            self._room[0] = 0
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._room[0] -= len(data)
        written: int = self._inner.write(data)
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Records fit until the number of bytes in the list is used up."""
    room = [25_000]
    entered = folder.RunFolder.__enter__

    def enter(self: folder.RunFolder) -> folder.RunFolder:
        entered(self)
        files: dict[str, Any] = self._files
        for name, file in list(files.items()):
            files[name] = _Full(file, room)
        return self

    monkeypatch.setattr(folder.RunFolder, "__enter__", enter)
    yield room


def test_a_full_disk_is_one_clear_error_and_leaves_whole_records(
    small_run: Data, small_disk: list[int], records: Records, tmp_path: Path
) -> None:
    with pytest.raises(RunFolderError, match=r"no space left.*--resume") as caught:
        batch(small_run, tmp_path / "full")
    assert "\n" not in str(caught.value)
    written = (tmp_path / "full" / "dialogues.jsonl").read_bytes()
    assert written.endswith(b"\n")
    assert all(orjson.loads(line)["id"] for line in written.splitlines())
    small_disk[0] = 10**9
    batch(small_run, tmp_path / "full", resume=True)
    batch(small_run, tmp_path / "roomy")
    assert records(tmp_path / "full") == records(tmp_path / "roomy")


def run_filled(run: Data, out: Path, **options: Any) -> "subprocess.CompletedProcess[bytes]":
    command = child(_FILLED, orjson.dumps(run).decode(), out)
    return subprocess.run(
        command, env=environment(), capture_output=True, timeout=120, check=False, **options
    )


def test_a_file_that_may_not_grow_is_one_error_and_resuming_completes_it(
    small_run: Data, records: Records, tmp_path: Path
) -> None:
    """The kernel itself writes a part of a record and refuses the rest."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, resource.RLIM_INFINITY))

    done = run_filled(small_run, tmp_path / "out", preexec_fn=limit)
    assert done.returncode == 7, done.stderr
    assert len(done.stdout.splitlines()) == 1
    written = (tmp_path / "out" / "dialogues.jsonl").read_bytes()
    assert written.endswith(b"\n")
    assert len(written) <= 30_000
    batch(small_run, tmp_path / "out", resume=True)
    batch(small_run, tmp_path / "roomy")
    assert records(tmp_path / "out") == records(tmp_path / "roomy")


def test_a_really_full_file_system_is_one_error(small_run: Data, tmp_path: Path) -> None:
    mounted = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size=64k none "$0" && exec "$@"']
    try:
        possible = subprocess.run([*mounted, tmp_path, "true"], capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if possible.returncode:
        pytest.skip("this machine lets nobody mount a file system of their own")
    command = child(_FILLED, orjson.dumps(small_run).decode(), tmp_path / "out")
    done = subprocess.run(
        [*mounted, tmp_path, *command], env=environment(), capture_output=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 7, done.stderr
    assert b"no space left on the disk" in done.stdout
    assert len(done.stdout.splitlines()) == 1


def test_a_folder_that_cannot_be_made_is_one_error(small_run: Data, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RunFolderError, match="file"):
        batch(small_run, tmp_path / "file" / "out")


def test_a_run_file_that_cannot_be_read_is_one_error(small_run: Data, tmp_path: Path) -> None:
    (tmp_path / "run.yaml").write_bytes(b"{")
    with pytest.raises(RunFolderError, match="name another folder"):
        batch(small_run, tmp_path, resume=True)


def test_sorting_keeps_every_byte_of_every_record(tmp_path: Path) -> None:
    stream = random.Random(4)
    lines = [orjson.dumps({"id": f"d{n:03d}", "text": "ä" * stream.randrange(99)}) + b"\n"
             for n in range(200)]  # fmt: skip
    shuffled = stream.sample(lines, len(lines))
    (tmp_path / "x.jsonl").write_bytes(b"".join(shuffled))
    sort_by_id(tmp_path / "x.jsonl")
    assert (tmp_path / "x.jsonl").read_bytes() == b"".join(lines)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.jsonl"]


def test_a_line_that_is_no_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(b'{"id":"a"}\n[1]\n')
    with pytest.raises(RunFolderError, match=r"x\.jsonl, line 2.*is no record"):
        sort_by_id(tmp_path / "x.jsonl")


@pytest.mark.parametrize("digest", ["6059926735541719", "0123456701234567", "1_2", "on", "~"])
def test_a_digest_that_reads_as_something_else_is_known_again(
    small_run: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digest: str
) -> None:
    monkeypatch.setattr(RunConfig, "digest", lambda _: digest)
    batch(small_run, tmp_path / "out")
    assert batch(small_run, tmp_path / "out", resume=True).before == 16


def test_a_pipelines_digest_that_reads_as_a_number_is_known_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PipelineConfig, "digest", lambda _: "6059926735541719")
    config = build(PipelineConfig, {
        "version": 1, "kind": "pipeline", "name": "p", "plans": {"count": 2},
        "sources": [{"tools": "telecommunications"}], "links": {"embedder": "lexical"},
    })  # fmt: skip
    for resume in (False, True):
        assert generate(config, tmp_path, tmp_path / "out", resume=resume).plans == 2
