"""What a run has taken of its model so far, by task, from its usage file."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import orjson

from toolweave.llm.usage import Spent, Usage
from toolweave.runs.estimating import short
from toolweave.runs.folder import USAGE


def spending(folder: Path) -> Usage:
    """The sum of the run's usage records, of all its sessions together."""
    usage = Usage()
    path = folder / USAGE
    if not path.is_file():
        return usage
    names = {field.name for field in fields(Spent)}
    with path.open("rb") as file:
        for line in file:
            for task, spent in _tasks(line):
                usage.add(task, Spent(**{name: spent[name] for name in names & spent.keys()}))
    return usage


def spending_rows(usage: Usage) -> list[tuple[str, str]]:
    """A row per task, the dearest first."""
    ordered = sorted(
        usage.by_task.items(), key=lambda one: (-one[1].cost, -one[1].prompt_tokens, one[0])
    )
    return [(task, _words(spent)) for task, spent in ordered]


def _tasks(line: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return  # torn by a kill
    if isinstance(record, dict):
        yield from ((name, one) for name, one in record.items() if isinstance(one, dict))


def _words(spent: Spent) -> str:
    told = [f"{spent.calls} calls" if spent.calls else ""]
    told.append(f"{spent.cached} from the cache" if spent.cached else "")
    if spent.calls:
        told.append(f"{short(spent.prompt_tokens)} tokens read")
        told.append(f"{short(spent.completion_tokens)} written")
    told.append(f"cost {spent.cost:.2f}" if spent.cost else "")
    return ", ".join(part for part in told if part)
