"""The systemd unit: systemd takes it, and what it says is what the service does."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.deployment.conftest import seconds
from toolweave.graph.checkpoints import SQLITE, check_url
from toolweave.service.serving import GRACE_SECONDS
from toolweave.service.settings import STORE_VARIABLE, is_loopback

if TYPE_CHECKING:
    from tests.deployment.conftest import Parse

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "toolweave.service"
README = (ROOT / "deploy" / "README.md").read_text("utf-8")
Settings = dict[str, list[str]]

analysed = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def test_its_command_is_one_that_toolweave_knows(unit: Settings, parse: Parse) -> None:
    (command,) = unit["ExecStart"]
    given = parse(shlex.split(command))
    assert given["command"] == "serve"
    assert given["workers"] > 1
    assert is_loopback(given["host"])
    assert f"python3 -m venv {Path(shlex.split(command)[0]).parents[1]}" in README


def test_its_store_lies_in_the_folder_that_systemd_makes(unit: Settings) -> None:
    (said,) = unit["Environment"]
    name, _, store = said.partition("=")
    assert name == STORE_VARIABLE
    store = check_url(store.replace("%S", "/var/lib"))
    folder = Path("/var/lib") / unit["StateDirectory"][0]
    assert Path(store.removeprefix(SQLITE)).parent == folder
    assert unit["WorkingDirectory"] == ["%S/toolweave"]
    # Without a hyphen: no key, no service.
    assert unit["EnvironmentFile"] == ["/etc/toolweave/environment"]
    assert unit["EnvironmentFile"][0] in README


def test_it_waits_for_requests_to_finish(unit: Settings) -> None:
    assert seconds(unit["TimeoutStopSec"][0]) > GRACE_SECONDS
    assert unit["KillMode"] == ["mixed"]
    assert unit["Restart"] == ["on-failure"]


@analysed
@pytest.mark.external
def test_systemd_takes_it(tmp_path: Path) -> None:
    # The package is not installed where the unit will find it, but a program has to be there.
    text = re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT.read_text("utf-8"))
    copy = tmp_path / UNIT.name
    copy.write_text(text)

    def verified() -> tuple[int, str]:
        command = ["systemd-analyze", "verify", str(copy)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        told = "\n".join(line for line in done.stderr.splitlines() if UNIT.name in line)
        return done.returncode, told

    assert verified() == (0, "")
    copy.write_text(text.replace("ProtectSystem=strict", "ProtectSystem=mostly"))
    assert "mostly" in verified()[1]


@analysed
@pytest.mark.external
def test_systemd_finds_little_that_it_could_do_to_the_machine() -> None:
    command = [
        "systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(UNIT),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze reads no files")
    assert done.returncode == 0, done.stdout
