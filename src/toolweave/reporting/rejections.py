"""What came to nothing, and why: the reasons that a run wrote down, alike ones together."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from toolweave.schema.documents import LIMIT, unreadable

# Groups that are told apart; the rest is counted together.
_GROUPS: Final = 500
_TOLD: Final = 60
_EXAMPLES: Final = 3
# Reasons that one record may have.
_MOST: Final = 20
_LONGEST: Final = 400
_OTHER: Final = "other reasons"
_UNREADABLE: Final = "a line that cannot be read"
# Names, values and numbers differ where the reason is the same.
_OWN = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")


class Rejection(NamedTuple):
    """Records that were rejected for one reason: the first one's words, and some of their ids."""

    file: str
    kind: str
    reason: str
    number: int
    examples: tuple[str, ...]


class Rejected(NamedTuple):
    """All rejections, the most frequent first, and how many records each file holds."""

    total: int
    by_file: Mapping[str, int]
    listed: tuple[Rejection, ...]


@dataclass(slots=True)
class _Group:
    kind: str
    reason: str
    number: int = 0
    examples: list[str] = field(default_factory=list)


def rejected(files: Iterable[Path]) -> Rejected:
    """The reasons in these files of JSON lines, in memory that does not grow.

    Raises:
        InputError: a file cannot be read.
    """
    groups: dict[tuple[str, str, str], _Group] = {}
    totals: Counter[str] = Counter()
    for path in files:
        for record in _records(path):
            totals[path.name] += 1
            named = _text(record, "id") or _text(record, "goal")
            for kind, reason in dict.fromkeys(_reasons(record)):
                key = (path.name, kind, _OWN.sub("…", reason))
                if key not in groups and len(groups) >= _GROUPS:
                    key, kind, reason = (path.name, "", _OTHER), "", _OTHER
                group = groups.setdefault(key, _Group(kind, reason))
                group.number += 1
                if len(group.examples) < _EXAMPLES:
                    group.examples.append(named)
    ranked = sorted(groups.items(), key=lambda item: (-item[1].number, item[0]))
    return Rejected(
        totals.total(),
        totals,
        tuple(
            Rejection(file, one.kind, one.reason, one.number, tuple(filter(None, one.examples)))
            for (file, _, _), one in ranked[:_TOLD]
        ),
    )


def _records(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        opened = path.open("rb")
    except OSError as error:
        unreadable(str(path), error)
    with opened as stream:
        while raw := stream.readline(LIMIT + 1):
            if not raw.strip():
                continue
            try:
                record = orjson.loads(raw)
            except orjson.JSONDecodeError:
                record = None
            yield record if isinstance(record, dict) else {"reason": _UNREADABLE}


def _reasons(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each reason of a record with its kind; one that fits nowhere has a reason for every edit."""
    edits = record.get("edits")
    named = edits[:_MOST] if isinstance(edits, list) else []
    held: list[Mapping[str, Any]] = [one for one in named if isinstance(one, dict)]
    for one in held or [record]:
        yield _text(one, "kind"), _text(one, "reason") or _text(one, "error")


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name, "")
    return value[:_LONGEST] if isinstance(value, str) else ""
