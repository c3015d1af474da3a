"""The image: built from what it needs, pinned, without rights, and healthy when the service is."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from toolweave.graph.checkpoints import SQLITE, check_url
from toolweave.service.settings import STORE_VARIABLE, is_loopback

if TYPE_CHECKING:
    from tests.deployment.conftest import Image, Json, Parse

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = r"\[([\w,]+)\]"


def extras_of(image: Image) -> set[str]:
    (installed,) = re.findall(rf"dist/\*\.whl\){EXTRAS}", " ".join(image.all("RUN")))
    return set(installed.split(","))


def test_it_has_a_python_that_the_package_names(image: Image) -> None:
    (version,) = {re.match(r"python:([\d.]+)-slim", said)[1] for said in image.all("FROM")}  # type: ignore[index]
    named = f"Programming Language :: Python :: {version}"
    assert named in PROJECT["project"]["classifiers"]
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(version)


def test_it_brings_every_extra_that_serving_takes(image: Image) -> None:
    extras = extras_of(image)
    assert extras <= PROJECT["project"]["optional-dependencies"].keys()
    assert {"web", "postgres", "mcp"} <= extras


def test_everything_in_it_is_pinned(image: Image) -> None:
    installs = re.findall(r"pip install (.*?)(?: && |$)", " && ".join(image.all("RUN")))
    assert len(installs) == 2
    assert all(said.startswith("--constraint constraints.txt ") for said in installs)
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {canonicalize_name(line.partition("==")[0]) for line in lines if "==" in line}
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [Requirement(one) for one in PROJECT["project"]["dependencies"]]
    wanted += [Requirement(one) for extra in extras_of(image) for one in extras[extra]]
    wanted += [Requirement("build"), Requirement("setuptools")]
    assert needed(wanted) - pinned == set()


def needed(wanted: list[Requirement]) -> set[str]:
    """The names of all packages that the requirements bring."""
    found: set[str] = set()
    seen: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        one = wanted.pop()
        name = canonicalize_name(one.name)
        found.add(name)
        if (name, frozenset(one.extras)) in seen:
            continue
        seen.add((name, frozenset(one.extras)))
        try:
            requires = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        for text in requires:
            more = Requirement(text)
            marker = more.marker
            if marker is None or any(
                marker.evaluate({"extra": extra}) for extra in ("", *one.extras)
            ):
                wanted.append(more)
    return found


def test_it_runs_without_rights_and_hears_when_it_is_told_to_stop(image: Image) -> None:
    assert int(image.last["USER"]) >= 1000
    assert image.last["STOPSIGNAL"] == "SIGTERM"
    # In the shell's form they would be its children, which it tells nothing.
    assert image.command("ENTRYPOINT")
    assert image.command("CMD")


def test_its_command_is_one_that_toolweave_knows(image: Image, parse: Parse) -> None:
    entry = image.command("ENTRYPOINT")
    assert entry[0] in PROJECT["project"]["scripts"]
    given = parse([*entry, *image.command("CMD")])
    assert given["command"] == "serve"
    assert given["workers"] > 1
    # Otherwise nobody outside of the container reaches it.
    assert not is_loopback(given["host"])
    assert given["port"] == int(image.last["EXPOSE"])


def test_its_store_lies_where_it_may_write(image: Image) -> None:
    store = check_url(image.environment[STORE_VARIABLE])
    assert store.startswith(SQLITE)
    volume = image.last["VOLUME"]
    assert Path(store.removeprefix(SQLITE)).parent == Path(volume) == Path(image.last["WORKDIR"])
    made = f"install --directory --owner toolweave --group toolweave --mode 0700 {volume}"
    assert made in image.last["RUN"]


@pytest.mark.xdist_group("served")
def test_it_is_healthy_while_the_service_answers_and_no_longer(
    image: Image, tmp_path: Path
) -> None:
    from tests.service.conftest import Process

    service = Process(
        f"sqlite:///{tmp_path}/store.db",
        ["--allow-host", "service.example"],
        {"TOOLWEAVE_API_KEY": "a-key-of-sufficient-length"},
    )
    program, *arguments = image.command("HEALTHCHECK")
    assert program == "python"
    port = image.last["EXPOSE"]
    assert f":{port}/" in arguments[-1]
    command = [
        sys.executable,
        *(one.replace(f":{port}/", f":{service.port}/") for one in arguments),
    ]
    # A proxy that the environment names must not be asked for the service's own address.
    environment = {**os.environ, "http_proxy": "http://127.0.0.1:9"}

    def healthy() -> bool:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=30)
        return done.returncode == 0

    assert not healthy()
    service.start()
    try:
        assert healthy()
    finally:
        service.kill()
    assert not healthy()


def let_through(path: str) -> bool:
    """Whether ``.dockerignore`` lets a file reach the build: the last rule that fits decides."""
    kept = True
    for rule in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        if rule and not rule.startswith("#"):
            form = re.escape(rule.removeprefix("!"))
            form = form.replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
            if re.fullmatch(f"{form}(?:/.*)?", path):
                kept = rule.startswith("!")
    return kept


def test_the_build_gets_all_that_the_wheel_is_made_from() -> None:
    places = PROJECT["tool"]["setuptools"]["package-dir"]
    for package in PROJECT["tool"]["setuptools"]["packages"]:
        name = next((one for one in places if one and package.startswith(one)), "")
        folder = Path(places[name]) / package.removeprefix(name).strip(".").replace(".", "/")
        files = [one for one in (ROOT / folder).glob("*") if one.is_file()]
        assert files, package
        lost = [one for one in files if not let_through(str(one.relative_to(ROOT)))]
        assert [one.name for one in lost if one.suffix != ".pyc"] == []
    project = PROJECT["project"]
    for file in ("pyproject.toml", "constraints.txt", project["readme"], *project["license-files"]):
        assert (ROOT / file).is_file()
        assert let_through(file)


@pytest.mark.parametrize(
    "path",
    [
        ".env", ".git/config", "runs/q/dialogues.jsonl", "toolweave.db", "tests/conftest.py",
        "configs/.env", "src/toolweave/__pycache__/x.pyc", "src/toolweave.egg-info/PKG-INFO",
        "answers.sqlite", "compose.yaml",
    ],
)  # fmt: skip
def test_the_build_gets_nothing_else(path: str) -> None:
    assert not let_through(path)


def test_what_compose_builds_is_this_image(service: Json) -> None:
    assert service["build"] == "."
