"""Dialogues to report on, and a page read the way a browser reads it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from toolweave.core.dialogue import Dialogue
from toolweave.evaluation.figures import Measuring
from toolweave.reporting.report import Subject, report
from toolweave.runs.simulation import simulate
from toolweave.schema.types import json_bytes

VOID = frozenset({"meta", "br"})
PLANS = ("tourism_city_break", "online_banking_card_fraud", "customer_support_case")


@dataclass
class Element:
    """One element: its attributes, what is written in it, and its parent."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    text: str = ""
    inside: list["Element"] = field(default_factory=list)


class Page(HTMLParser):
    """Every element of a page in order; complains of elements that are not closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert not self._open, [one.tag for one in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self._open[-1] if self._open else None
        made = Element(tag, {name: value or "" for name, value in attrs}, parent)
        self.elements.append(made)
        if parent is not None:
            parent.inside.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one.text += data

    def all(self, tag: str) -> list[Element]:
        """The elements of that name."""
        return [one for one in self.elements if one.tag == tag]


@pytest.fixture(scope="session")
def made() -> list[Dialogue]:
    """A few dialogues of ours."""
    return [simulate(plan, seed=seed) for plan in PLANS for seed in range(2)]


@pytest.fixture(scope="session")
def run_folder(made: list[Dialogue], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with dialogues, and with what came to nothing."""
    folder = tmp_path_factory.mktemp("run")
    _write(folder / "dialogues.jsonl", [one.dump() for one in made])
    _write(
        folder / "failures.jsonl",
        [
            {"id": f"x-{n}", "kind": "GenerationError", "reason": f"no other value than '{n}'"}
            for n in range(3)
        ],
    )
    _write(folder / "dropped.jsonl", [{"goal": "g1", "reason": "nobody can give it"}])
    return folder


@pytest.fixture(scope="session")
def write() -> Callable[[Path, list[dict[str, Any]]], Path]:
    """Writes records as JSON lines."""
    return _write


@pytest.fixture(scope="session")
def html_of() -> Callable[..., str]:
    """Makes the page about a file."""

    def made(path: Path, **more: Any) -> str:
        return report(Subject(path.name, str(path), {}, **more), Measuring()).html

    return made


@pytest.fixture(scope="session")
def read_page() -> Callable[[str], Page]:
    """Reads a page."""
    return Page


def _write(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_bytes(b"".join(json_bytes(record) + b"\n" for record in records))
    return path
