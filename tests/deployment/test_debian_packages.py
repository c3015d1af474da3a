"""What CI installs: only where it may, in bounded time, and never in the way of the checks."""

import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "debian_packages.sh"
APT = """#!/usr/bin/env bash
echo "$*" >>"$CALLS"
[[ "$*" != *broken* ]] || { echo "E: Unable to locate package broken"; exit 100; }
[[ "$*" != *slow* ]] || sleep 30
"""
DPKG = """#!/usr/bin/env bash
[[ "${*: -1}" == here ]] && printf installed
"""
Install = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Where apt-get writes down what it was called with."""
    return tmp_path / "calls"


@pytest.fixture
def install(tmp_path: Path, calls: Path) -> Install:
    """Runs the script with an apt-get and a dpkg-query that only pretend."""
    for name, text in (("apt-get", APT), ("dpkg-query", DPKG)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"

    def run(
        *packages: str, script: Path = SCRIPT, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        given = {"PATH": path, "CALLS": str(calls), **(environment or {"CI": "1"})}
        command = ["bash", str(script), *packages]
        return subprocess.run(command, env=given, capture_output=True, text=True, timeout=60)

    return run


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root installs packages")


def test_nothing_is_installed_outside_ci(install: Install, calls: Path) -> None:
    for environment in ({"LANG": "C"}, {"CI": ""}):
        done = install("lacking", environment=environment)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not calls.exists()


def test_nothing_is_asked_of_apt_where_all_is_there(install: Install, calls: Path) -> None:
    assert install("here").returncode == 0
    assert not calls.exists()


@as_root
def test_only_what_is_lacking_is_installed_and_quietly(install: Install, calls: Path) -> None:
    done = install("here", "lacking")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    update, *installed = calls.read_text().splitlines()
    assert update.endswith("update")
    assert [line.split()[-1] for line in installed] == ["lacking"]


@as_root
def test_a_package_that_cannot_be_had_is_one_line_and_the_rest_is_installed(
    install: Install, calls: Path
) -> None:
    done = install("broken", "lacking")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == (
        "broken is not installed (E: Unable to locate package broken); "
        "tests that need it are skipped\n"
    )
    assert calls.read_text().splitlines()[-1].endswith("install --yes --no-install-recommends "
                                                       "--no-upgrade lacking")  # fmt: skip


@as_root
def test_an_archive_that_does_not_answer_is_given_up(install: Install, tmp_path: Path) -> None:
    hasty = tmp_path / "hasty.sh"
    text, changed = re.subn(r"(?m)^MOST_SECONDS=\d+$", "MOST_SECONDS=2", SCRIPT.read_text())
    assert changed == 1
    hasty.write_text(text)
    started = time.monotonic()
    done = install("slow", "lacking", script=hasty)
    assert time.monotonic() - started < 15
    assert done.returncode == 0
    assert done.stderr.startswith("slow is not installed (nothing after ")


def test_ci_asks_for_what_the_tests_look_for() -> None:
    (line,) = re.findall(
        r"(?m)^\s*scripts/debian_packages\.sh (.+)$", (ROOT / ".ci/run").read_text()
    )
    assert {"postgresql", "chromium"} <= set(line.split())
    assert os.access(SCRIPT, os.X_OK)
