"""What is deployed, as its files say it: the image, the containers and the unit."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from typer.main import get_command

from toolweave.cli.main import app

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]


class Image(NamedTuple):
    """A Dockerfile: its instructions in order, and the last one of each kind in its last stage."""

    instructions: tuple[tuple[str, str], ...]
    last: dict[str, str]

    def all(self, kind: str) -> list[str]:
        return [said for one, said in self.instructions if one == kind]

    def command(self, kind: str) -> list[str]:
        """An instruction in exec form; the shell's form is no JSON."""
        said = self.last[kind]
        found: list[str] = json.loads(said[said.index("[") :])
        return found

    @property
    def environment(self) -> dict[str, str]:
        return dict(one.split("=", 1) for one in shlex.split(self.last["ENV"]))


@pytest.fixture(scope="session")
def image() -> Image:
    """The Dockerfile."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    whole = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", text))
    lines = [line.partition(" ") for line in whole.splitlines() if line]
    made = tuple((kind, said.strip()) for kind, _, said in lines)
    start = max(at for at, (kind, _) in enumerate(made) if kind == "FROM")
    return Image(made, dict(made[start:]))


@pytest.fixture(scope="session")
def compose() -> Json:
    """The compose file."""
    read: Json = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="session")
def service(compose: Json) -> Json:
    """Our service in the compose file."""
    found: Json = compose["services"]["toolweave"]
    return found


@pytest.fixture(scope="session")
def unit() -> dict[str, list[str]]:
    """The settings of the unit; a setting may come several times."""
    settings: dict[str, list[str]] = {}
    for line in (ROOT / "deploy" / "toolweave.service").read_text(encoding="utf-8").splitlines():
        if re.match(r"\w+=", line):
            name, _, value = line.partition("=")
            settings.setdefault(name, []).append(value)
    return settings


Parse = Callable[[list[str]], Json]


@pytest.fixture(scope="session")
def parse() -> Parse:
    """Reads a command line as ``toolweave`` itself would; what it does not know is an error."""

    def read(words: list[str]) -> Json:
        program, name, *arguments = words
        assert Path(program).name == "toolweave"
        command: Any = get_command(app)
        given: Json = command.commands[name].make_context(name, arguments).params
        return {"command": name, **given}

    return read


def seconds(text: str) -> float:
    """How long ``45s``, ``1m30s`` or ``45`` is."""
    units = {"h": 3600, "m": 60, "s": 1, "": 1}
    parts = re.findall(r"(\d+)([hms]?)", text)
    assert "".join(map("".join, parts)) == text
    return sum(int(number) * units[unit] for number, unit in parts)
