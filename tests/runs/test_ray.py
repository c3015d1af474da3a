"""Jobs on a Ray cluster: the same records, even where a node is lost half-way."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
import pytest

from toolweave.core.errors import InputError
from toolweave.runs.batch import batch

Data = dict[str, Any]
Records = Callable[[Path], dict[str, bytes]]
# Ray looks for the address that others reach this machine by, and insists on it; in a network
# namespace with nothing but a loopback interface that is the loopback.
# A process namespace of its own leaves nothing running behind.
_ALONE = ["unshare", "-rnpf", "--mount-proc", "--kill-child", "sh", "-c",
          'ip link set lo up && exec "$0" "$@"']  # fmt: skip
_CLUSTER = """
import sys, orjson, os
from ray.cluster_utils import Cluster
from toolweave.runs.batch import batch

def main():
    cluster = Cluster(initialize_head=True,
                      head_node_args={"num_cpus": 1, "include_dashboard": False})
    other = cluster.add_node(num_cpus=1)
    os.environ["RAY_ADDRESS"] = cluster.address
    killed = []

    def progress(tally):
        if tally.dialogues >= tally.total // 2 and not killed:
            killed.append(tally.dialogues)
            cluster.remove_node(other, allow_graceful=False)

    tally = batch(orjson.loads(sys.argv[1]), sys.argv[2], executor="ray", workers=2,
                  progress=progress)
    print(f"killed at {killed}, {tally.dialogues} made", flush=True)
    # Taking the cluster down in order takes longer than the run.
    os._exit(0)

main()
"""


def test_without_ray_the_mend_is_named(
    small_run: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match=r"needs Ray.*toolweave\[ray\]"):
        batch(small_run, tmp_path / "out", executor="ray")


def test_an_address_where_no_cluster_is_fails_soon(
    small_run: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("RAY_ADDRESS", f"127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(InputError, match=r"no Ray cluster: .*RAY_ADDRESS"):
            batch(small_run, tmp_path / "out", executor="ray")


@pytest.mark.external
def test_a_cluster_that_loses_a_node_leaves_the_records_of_one_process(
    small_run: Data, records: Records, tmp_path: Path
) -> None:
    if find_spec("ray") is None:
        pytest.skip("Ray is not installed")
    if (
        sys.platform != "linux"
        or subprocess.run([*_ALONE, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("this machine lets nobody have a network of their own")
    paths = os.pathsep.join(filter(None, sys.path))
    surroundings = {**os.environ, "PYTHONPATH": paths, "RAY_USAGE_STATS_ENABLED": "0"}
    surroundings.pop("RAY_ADDRESS", None)
    done = subprocess.run(
        [*_ALONE, sys.executable, "-c", _CLUSTER, orjson.dumps(small_run), tmp_path / "ray"],
        env=surroundings, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1:] == ["killed at [8], 16 made"], done.stderr[-2000:]
    batch(small_run, tmp_path / "local", executor="local")
    assert records(tmp_path / "ray") == records(tmp_path / "local")
