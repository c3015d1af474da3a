"""Pieces of text, each with the ties that meet in it: contents cut at spans, results as JSON."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from toolweave.core.model import JsonValue
from toolweave.reporting.ties import Tie
from toolweave.schema.parts import Each, Index, Key, Part
from toolweave.schema.types import same

_DEEPEST: Final = 24
_INDENT: Final = "  "


class Piece(NamedTuple):
    """A run of text; ``ties`` are the ids of what meets in it.

    ``anchor`` names it on a page, ``target`` is the anchor of the tie's other end.
    """

    text: str
    ties: tuple[str, ...] = ()
    anchor: str = ""
    target: str = ""


class Span(NamedTuple):
    """``content[start:end]`` belongs to a tie."""

    start: int
    end: int
    tie: str


def cut(text: str, spans: Iterable[Span], whole: Sequence[str] = ()) -> list[Piece]:
    """The text in pieces; the ties of a piece are those of all spans over it, and ``whole``."""
    held = [
        Span(max(span.start, 0), min(span.end, len(text)), span.tie)
        for span in spans
        if max(span.start, 0) < min(span.end, len(text))
    ]
    edges = sorted({0, len(text), *(s.start for s in held), *(s.end for s in held)})
    pieces: list[Piece] = []
    for start, end in pairwise(edges):
        over = (span.tie for span in held if span.start <= start and end <= span.end)
        pieces.append(Piece(text[start:end], tuple(dict.fromkeys((*whole, *over)))))
    return pieces


@dataclass(slots=True)
class _Writer:
    """Writes JSON as people read it, and marks what the ties take."""

    ties: Sequence[Tie]
    pieces: list[Piece] = field(default_factory=list)

    def write(self, value: JsonValue, at: tuple[Part, ...], indent: str) -> None:
        """One value and what is in it."""
        here = tuple(tie.id for tie in self.ties if _meets(tie, at, value))
        flat = _flat(value)
        if here or flat is not None or len(indent) > _DEEPEST * len(_INDENT):
            text = flat if flat is not None else json.dumps(value, ensure_ascii=False)
            self.pieces.append(Piece(text, here))
            return
        keyed = isinstance(value, dict)
        inner = indent + _INDENT
        self.pieces.append(Piece("{" if keyed else "["))
        for number, (part, name, held) in enumerate(_inside(value)):
            self.pieces.append(Piece(f"{',' if number else ''}\n{inner}{name}"))
            self.write(held, (*at, part), inner)
        self.pieces.append(Piece(f"\n{indent}{'}' if keyed else ']'}"))


def result_pieces(value: JsonValue, ties: Sequence[Tie]) -> list[Piece]:
    """A result as indented JSON; places that ties take from carry their ids."""
    writer = _Writer(_settled(value, ties))
    writer.write(value, (), "")
    return writer.pieces


def _settled(value: JsonValue, ties: Sequence[Tie]) -> list[Tie]:
    """Ties whose values stand nowhere at their output mean every place there."""
    settled: list[Tie] = []
    for tie in ties:
        places = [held for at, held in _places(value, ()) if _at(tie, at)]
        meant = any(_equal(tie, one, held) for one in tie.values for held in places)
        settled.append(tie if meant else tie._replace(values=()))
    return settled


def _places(value: JsonValue, at: tuple[Part, ...]) -> Iterator[tuple[tuple[Part, ...], JsonValue]]:
    yield at, value
    if len(at) <= _DEEPEST:
        for part, _, held in _inside(value):
            yield from _places(held, (*at, part))


def _inside(value: JsonValue) -> Iterator[tuple[Part, str, JsonValue]]:
    if isinstance(value, dict):
        for name, held in value.items():
            yield Key(name), f"{json.dumps(name, ensure_ascii=False)}: ", held
    elif isinstance(value, list):
        for number, held in enumerate(value):
            yield Index(number), "", held


def _meets(tie: Tie, at: tuple[Part, ...], value: JsonValue) -> bool:
    return _at(tie, at) and (not tie.values or any(_equal(tie, one, value) for one in tie.values))


def _at(tie: Tie, at: tuple[Part, ...]) -> bool:
    wanted = tie.output
    return (
        wanted is not None
        and len(wanted) == len(at)
        and all(
            want == part or (isinstance(want, Each) and isinstance(part, Index))
            for want, part in zip(wanted, at, strict=True)
        )
    )


def _equal(tie: Tie, one: JsonValue, held: JsonValue) -> bool:
    """Whether a value is the one held there, or is what an assistant says of it."""
    if same(one, held):
        return True
    stated = tie.call < 0 and isinstance(one, str) and isinstance(held, str | int | float)
    return stated and held != "" and str(held) in str(one)


def _flat(value: JsonValue) -> str | None:
    """A scalar, or a container with nothing in it, in one line."""
    if isinstance(value, dict | list) and value:
        return None
    return json.dumps(value, ensure_ascii=False)
