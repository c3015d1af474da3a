"""The folders, their links and the lists in pyproject.toml agree."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "toolweave"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
FOLDERS = {name: ROOT / path for name, path in SETUPTOOLS["package-dir"].items() if name}


def _packages(top: Path, name: str) -> set[str]:
    """Dotted names of the packages at and below ``top``; links are not followed."""
    return {
        ".".join((name, *init.parent.relative_to(top).parts))
        for init in top.rglob("__init__.py")
        if not any(parent.is_symlink() for parent in init.parents if parent != top)
    }


def test_every_package_is_declared_and_every_declared_package_exists() -> None:
    found = _packages(SOURCE, "toolweave")
    for name, folder in FOLDERS.items():
        found |= _packages(folder, name)
    assert found == set(SETUPTOOLS["packages"])


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_every_folder_has_its_link(name: str) -> None:
    link = ROOT / "src" / Path(*name.split("."))
    assert link.is_symlink()
    assert link.readlink() == Path("../..") / FOLDERS[name].name


def test_every_link_has_its_folder_in_the_project_file() -> None:
    links = {f"toolweave.{entry.name}" for entry in SOURCE.iterdir() if entry.is_symlink()}
    assert links == set(FOLDERS)


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_linked_folders_hold_no_sub_packages(name: str) -> None:
    assert _packages(FOLDERS[name], name) == {name}


def test_bare_folder_names_are_banned_and_linted_once() -> None:
    ruff = PROJECT["tool"]["ruff"]
    banned = ruff["lint"]["flake8-tidy-imports"]["banned-api"]
    bare = {name.removeprefix("toolweave.") for name in FOLDERS}
    assert set(banned) == bare
    assert set(ruff["extend-exclude"]) == {f"src/toolweave/{name}" for name in bare}


def test_every_file_kind_in_the_packages_is_shipped() -> None:
    shipped = {Path(pattern).suffix for pattern in SETUPTOOLS["package-data"]["*"]} | {".py"}
    files = [
        path
        for top in (SOURCE, *FOLDERS.values())
        for path in top.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != "py.typed"
    ]
    assert {path.suffix for path in files} <= shipped


def test_constraints_pin_versions_and_name_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    for line in lines:
        name, equals, version = line.partition("==")
        assert equals and name and version, line
        assert not {"/", "@", ":", " "} & set(line), line
