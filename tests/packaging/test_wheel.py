"""A wheel built from the checkout works where the checkout is not."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "setuptools"
]
FOLDERS = {name: path for name, path in SETUPTOOLS["package-dir"].items() if name}
LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info")

# One worker builds for all of them.
pytestmark = [pytest.mark.external, pytest.mark.xdist_group("wheel")]


def _run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command outside the checkout; its failure is the test's failure, with both outputs."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=200,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel made from the source archive made from a copy of the checkout."""
    top = tmp_path_factory.mktemp("build")
    copy = top / "checkout"
    copy.mkdir()
    for name in ("src", *FOLDERS.values()):
        shutil.copytree(ROOT / name, copy / name, symlinks=True, ignore=LEFT_BEHIND)
    for name in ("pyproject.toml", "LICENSE", "README.md"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, copy)
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", top / "dist", copy, cwd=top)
    (built,) = (top / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose ``venv`` holds the wheel and borrows every other package from this one."""
    top = tmp_path_factory.mktemp("elsewhere")
    venv.create(top / "venv", with_pip=False, symlinks=True)
    python = top / "venv" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    _run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=top)
    # Folders named in a .pth file are searched, but their own .pth files are not read: the editable
    # install of the checkout stays out of sight.
    (site,) = (top / "venv").glob("lib/python*/site-packages")
    packages = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (site / "borrowed.pth").write_text("\n".join(packages) + "\n", encoding="utf-8")
    return top


def _shipped_files(top: Path) -> set[str]:
    """Paths below ``top``, links followed, that an installed package should hold."""
    return {
        str(path.relative_to(top))
        for folder in (top, *(entry for entry in top.iterdir() if entry.is_symlink()))
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and ".egg-info" not in str(path)
    }


def test_wheel_holds_every_file_of_every_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    held = {name.removeprefix("toolweave/") for name in names if name.startswith("toolweave/")}
    assert held == _shipped_files(ROOT / "src" / "toolweave")


def test_wheel_installs_nothing_beside_its_own_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"toolweave"}


@pytest.mark.parametrize("package", sorted(SETUPTOOLS["packages"]))
def test_installed_packages_come_from_the_wheel(package: str, elsewhere: Path) -> None:
    code = f"import {package} as package; print(package.__file__)"
    place = _run(elsewhere / "venv/bin/python", "-c", code, cwd=elsewhere).stdout.strip()
    assert Path(place).is_relative_to(elsewhere)


def test_installed_simulate_shows_a_dialogue(elsewhere: Path) -> None:
    shown = _run(elsewhere / "venv/bin/toolweave", "simulate", "--seed", "1", cwd=elsewhere).stdout
    again = _run(elsewhere / "venv/bin/toolweave", "simulate", "--seed", "1", cwd=elsewhere).stdout
    assert len(shown.splitlines()) > 10
    assert shown == again


def test_installed_batch_runs_a_shipped_configuration(elsewhere: Path) -> None:
    batch = ("batch", "quickstart", "--limit", "3", "--out", "out")
    _run(elsewhere / "venv/bin/toolweave", *batch, cwd=elsewhere)
    lines = (elsewhere / "out/dialogues.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    assert all(json.loads(line)["messages"] for line in lines)
