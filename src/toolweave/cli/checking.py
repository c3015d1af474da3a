"""Carrying out ``toolweave check``: find out what the file holds, check it, show the findings."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.table import Table
from rich.text import Text

from toolweave.checks.plan_check import check_plan
from toolweave.cli.inputs import named_tools, plan_source, read_twice
from toolweave.cli.showing import console
from toolweave.cli.streams import STDOUT, counted, is_terminal, one_line
from toolweave.configs.policy import Policy, load_policy
from toolweave.configs.shipping import shipped
from toolweave.core.errors import InputError
from toolweave.core.finding import Finding
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.evaluation.checking import Checked, check
from toolweave.planners.paper import is_paper_plan
from toolweave.planners.reading import load_plan, load_plans
from toolweave.schema.documents import LIMIT, parse_document, unreadable
from toolweave.schema.types import json_bytes

STDIN_NAME: Final = "standard input"
_PLAN_SUFFIXES: Final = (".yaml", ".yml")


@dataclass
class Counts:
    """What was checked, and what was found."""

    checked: int = 0
    errors: int = 0
    warnings: int = 0

    def add(self, findings: Iterable[Finding]) -> None:
        """Count one more record."""
        self.checked += 1
        for finding in findings:
            if finding.severity == "error":
                self.errors += 1
            else:
                self.warnings += 1


class Order(NamedTuple):
    """What to check against what, as the command line names it."""

    file: str
    tools: str | None = None
    lexicon: str = ""
    plan: str | None = None
    policy: str | None = None


class Measures(NamedTuple):
    """What dialogues are held against."""

    toolset: Toolset | None
    lexicon: str
    plan: Plan | None
    policy: Policy | None


def run(order: Order, *, as_json: bool) -> int:
    """Check the file; the exit code is 1 when there are errors.

    Raises:
        InputError: the file, or what it is to be checked against, cannot be read.
    """
    measures = _measures(order)
    counts = Counts()
    with _at_hand(order.file) as (path, name):
        what, checked = _checked(path, name, measures)
        if as_json:
            _print_json(checked, counts)
        else:
            _print_text(checked, counts)
            print(_summary(what, counts), flush=True)
    return 1 if counts.errors else 0


def _measures(order: Order) -> Measures:
    toolset = named_tools(order.tools)
    policy = load_policy(order.policy) if order.policy else None
    if order.plan is None:
        return Measures(toolset, order.lexicon, None, policy)
    loaded = load_plan(plan_source(order.plan), toolset)
    return Measures(loaded.toolset, order.lexicon, loaded.plan, policy)


def _checked(path: Path, name: str, measures: Measures) -> tuple[str, Iterator[Checked]]:
    """What the file holds, and its records with their findings."""
    if holds_plan(path):
        return "plan", _plans(path, name, measures.toolset)
    return "dialogue", _dialogues(path, name, measures)


def _plans(path: Path, name: str, toolset: Toolset | None) -> Iterator[Checked]:
    for loaded in load_plans(path, toolset):
        yield Checked("", loaded.plan.id, tuple(check_plan(loaded.plan, loaded.toolset, name)))


def _dialogues(path: Path, name: str, measures: Measures) -> Iterator[Checked]:
    for checked in check(path, *measures):
        renamed = (
            finding.model_copy(update={"file": finding.file.replace(str(path), name, 1)})
            for finding in checked.findings
        )
        yield checked._replace(findings=tuple(renamed))


@contextmanager
def _at_hand(file: str) -> Iterator[tuple[Path, str]]:
    """The file and its name; standard input is kept in a temporary file, to be read twice."""
    with read_twice(file) as kept:
        if file == STDOUT:
            yield Path(kept), STDIN_NAME
            return
        path = Path(file)
        if not path.exists():
            path = shipped("plans", file) or path
        yield path, file


def holds_plan(path: Path) -> bool:
    """Whether a file holds plans rather than dialogues, by its name or its first record.

    Raises:
        InputError: it cannot be read.
    """
    if path.suffix.lower() in _PLAN_SUFFIXES:
        return True
    try:
        with path.open("rb") as stream:
            head = stream.readline(LIMIT)
            first = _read(head)
            if first is None:
                first = _read(head + stream.read(LIMIT))
    except OSError as error:
        unreadable(str(path), error)
    if not isinstance(first, Mapping) or "messages" in first:
        return False
    return "segments" in first or is_paper_plan(first)


def _read(raw: bytes) -> object:
    """The document, or None where this is none (or not all of one)."""
    try:
        text = raw.decode("utf-8-sig")
        return parse_document(text, file="record.json") if text.strip() else None
    except (UnicodeDecodeError, InputError):
        return None


def _print_json(records: Iterable[Checked], counts: Counts) -> None:
    found: list[dict[str, Any]] = []
    for checked in records:
        counts.add(checked.findings)
        found += [{"id": checked.id, **_entry(finding)} for finding in checked.findings]
    whole = {
        "checked": counts.checked, "errors": counts.errors, "warnings": counts.warnings,
        "findings": found,
    }  # fmt: skip
    print(json_bytes(whole, indent=True).decode())


def _entry(finding: Finding) -> dict[str, Any]:
    return {"severity": finding.severity, **finding.dump()}


def _print_text(records: Iterable[Checked], counts: Counts) -> None:
    """A table per record for a person, a line per finding otherwise."""
    table = is_terminal(sys.stdout)
    at = console(sys.stdout)
    for checked in records:
        counts.add(checked.findings)
        if table and checked.findings:
            at.print(Text(one_line(_name(checked)), style="bold"))
            at.print(_table(checked.findings))
        elif not table:
            for finding in checked.findings:
                print(f"{finding.severity}: {one_line(finding.line())}")


def _name(checked: Checked) -> str:
    return " · ".join(part for part in (checked.place, checked.id) if part) or "findings"


def _table(findings: Iterable[Finding]) -> Table:
    table = Table(box=None, padding=(0, 1), show_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("where", max_width=26)
    table.add_column("what", ratio=1)
    for finding in findings:
        where = [
            f"message {finding.message}" if finding.message is not None else "",
            f"step {finding.step}" if finding.step is not None else "",
            finding.at,
        ]
        mend = f" ({finding.mend})" if finding.mend else ""
        colour = "red" if finding.severity == "error" else "yellow"
        table.add_row(
            Text(finding.severity, style=colour),
            Text(one_line(", ".join(part for part in where if part))),
            Text(one_line(f"{finding.problem}{mend}")),
        )
    return table


def _summary(what: str, counts: Counts) -> str:
    records = f"{counted(counts.checked, what)} checked"
    if not counts.errors and not counts.warnings:
        return f"{records}: nothing found"
    return f"{records}: {counted(counts.errors, 'error')}, {counted(counts.warnings, 'warning')}"
