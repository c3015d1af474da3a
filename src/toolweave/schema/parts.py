r"""The grammar of paths: ``ticket_id``, ``address.city``, ``tickets[].ticket_id``, ``items[0]``.

A key that holds ``.``, ``[``, ``]`` or ``\`` has each of them preceded by ``\``; the empty key is
written ``\e``. ``[]`` stands for every element, and the empty path for the whole value.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from toolweave.core.errors import SchemaError

MAX_INDEX = 9_999
_TOKEN = re.compile(r"\[(\d{0,9})\]|((?:[^\\.\[\]]|\\[\\.\[\]e])+)")
_SPECIAL = re.compile(r"[\\.\[\]]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Key:
    """The property of an object."""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """One element of an array, counted from 0."""

    position: int


@dataclass(frozen=True, slots=True)
class Each:
    """Every element of an array."""


Part: TypeAlias = Key | Index | Each
EACH = Each()


@lru_cache(maxsize=8192)
def parse(path: str) -> tuple[Part, ...]:
    """The parts of a path. Raises SchemaError when it does not follow the grammar."""
    parts: list[Part] = []
    at = 0
    while at < len(path):
        if parts and path[at] == ".":
            at += 1
            if path[at : at + 1] in ("", ".", "["):
                raise SchemaError(f"path {path!r}: a key is missing at {at} (empty keys are \\e)")
        elif parts and path[at] != "[":
            raise SchemaError(f"path {path!r}: expected . or [ at {at}")
        token = _TOKEN.match(path, at)
        if token is None:
            raise SchemaError(f"path {path!r}: cannot be read at {at} (escape . [ ] with \\)")
        parts.append(_part(path, token))
        at = token.end()
    return tuple(parts)


def _part(path: str, token: "re.Match[str]") -> Part:
    index, key = token.groups()
    if key is not None:
        if "\\e" in key and key != "\\e" and _stray_empty(key):
            raise SchemaError(f"path {path!r}: \\e stands for the empty key and stands alone")
        return Key("" if key == "\\e" else _ESCAPE.sub(r"\1", key))
    if index == "":
        return EACH
    if int(index) > MAX_INDEX:
        raise SchemaError(f"path {path!r}: index {index} is above {MAX_INDEX}")
    return Index(int(index))


def _stray_empty(key: str) -> bool:
    return any(found == "e" for found in _ESCAPE.findall(key))


def format_path(parts: Iterable[Part]) -> str:
    """The path made of these parts; ``parse`` undoes it."""
    text = ""
    for part in parts:
        if isinstance(part, Key):
            text += f".{quoted(part.name)}" if text else quoted(part.name)
        elif isinstance(part, Index):
            text += f"[{part.position}]"
        else:
            text += "[]"
    return text


def quoted(name: str) -> str:
    """A key as it stands in a path."""
    return _SPECIAL.sub(r"\\\g<0>", name) if name else "\\e"


def joined(path: str, name: str) -> str:
    """The path of a property of the value at ``path``."""
    return f"{path}.{quoted(name)}" if path else quoted(name)


def covers(above: tuple[Part, ...], below: tuple[Part, ...]) -> bool:
    """Whether ``below`` is ``above`` or lies inside it; ``[]`` covers every index."""
    if len(above) > len(below):
        return False
    return all(
        mine == other or (isinstance(mine, Each) and isinstance(other, Index))
        for mine, other in zip(above, below, strict=False)
    )
