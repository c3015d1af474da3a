"""The choice grammar of lexicons: ``[a|b]`` picks one alternative, ``{name}`` is filled in."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from toolweave.core.errors import InputError


class Part(NamedTuple):
    """A piece of text; ``ref`` names the value it states, if it states one."""

    text: str
    ref: str = ""


class Hole(NamedTuple):
    """A place to fill in."""

    name: str


class Choice(NamedTuple):
    """Alternatives, each a sequence of nodes."""

    options: tuple[tuple["Node", ...], ...]


Node = str | Hole | Choice
Fill = Callable[[str], Sequence[Part] | None]
_TOKEN = re.compile(r"\{[^{}]+\}|[\[\]|]|[^\[\]{}|]+|[{}]")
_MAX_DEPTH = 12


@lru_cache(maxsize=8192)
def parse(phrase: str) -> tuple[Node, ...]:
    """The phrase as nodes.

    Raises:
        InputError: a bracket is left open or closed twice.
    """
    tokens = _TOKEN.findall(phrase)
    nodes, rest = _sequence(phrase, tokens, 0, 0)
    if rest != len(tokens):
        raise InputError(f"phrase {phrase!r} closes a bracket it never opened")
    return nodes


def _sequence(phrase: str, tokens: list[str], at: int, depth: int) -> tuple[tuple[Node, ...], int]:
    nodes: list[Node] = []
    while at < len(tokens) and tokens[at] not in ("]", "|"):
        token = tokens[at]
        if token == "[":
            choice, at = _choice(phrase, tokens, at + 1, depth + 1)
            nodes.append(choice)
            continue
        nodes.append(Hole(token[1:-1].strip()) if len(token) > 2 and token[0] == "{" else token)
        at += 1
    if depth == 0 and at < len(tokens) and tokens[at] == "|":
        raise InputError(f"phrase {phrase!r} has '|' outside brackets")
    return tuple(nodes), at


def _choice(phrase: str, tokens: list[str], at: int, depth: int) -> tuple[Choice, int]:
    if depth > _MAX_DEPTH:
        raise InputError(f"phrase {phrase[:60]!r} nests brackets too deeply")
    options: list[tuple[Node, ...]] = []
    while True:
        option, at = _sequence(phrase, tokens, at, depth)
        options.append(option)
        if at >= len(tokens):
            raise InputError(f"phrase {phrase!r} leaves a bracket open")
        at += 1
        if tokens[at - 1] == "]":
            return Choice(tuple(options)), at


@lru_cache(maxsize=8192)
def holes(phrase: str) -> frozenset[str]:
    """Every name the phrase may ask for, in any alternative."""
    return frozenset(_holes(parse(phrase)))


def _holes(nodes: Sequence[Node]) -> set[str]:
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, Hole):
            names.add(node.name)
        elif isinstance(node, Choice):
            for option in node.options:
                names |= _holes(option)
    return names


def fitting(phrases: Sequence[str], fill: Mapping[str, object]) -> list[str]:
    """The phrases whose every hole has something to fill it."""
    return [p for p in phrases if all(fill.get(name) is not None for name in holes(p))]


def expand(phrase: str, rng: random.Random, fill: Fill) -> list[Part] | None:
    """The phrase with every choice made and every hole filled; None when a hole stays empty."""
    return _expand(parse(phrase), rng, fill)


def _expand(nodes: Sequence[Node], rng: random.Random, fill: Fill) -> list[Part] | None:
    parts: list[Part] = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(Part(node))
        elif isinstance(node, Hole):
            filled = fill(node.name)
            if filled is None:
                return None
            parts.extend(filled)
        else:
            chosen = _expand(rng.choice(node.options), rng, fill)
            if chosen is None:
                return None
            parts.extend(chosen)
    return parts


def plain(phrase: str, rng: random.Random) -> str:
    """A phrase without holes as text; a hole's name stands for itself."""
    return text_of(expand(phrase, rng, lambda name: [Part(name)]) or [])


def text_of(parts: Sequence[Part]) -> str:
    """The text alone."""
    return "".join(part.text for part in parts)
