"""The form in which a person plays the user: a field per value, and what was typed in it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from toolweave.checks.kinds import FREE_TEXT
from toolweave.checks.words import Words
from toolweave.core.model import JsonValue
from toolweave.graph.playing import Part, meant, wanted
from toolweave.graph.typed import Unfit, expected, options, read_typed
from toolweave.llm.contexts import Slot
from toolweave.memory.views import shortened
from toolweave.schema.text import one_line
from toolweave.schema.types import as_mapping

WORDS: Final = "words"
LONGEST: Final = 4_000
_CHOICES: Final = 60
_CELLS: Final = 12
_ROWS: Final = 4
_FLAT: Final = frozenset({"string", "integer", "number", "boolean"})


class Option(NamedTuple):
    """A choice: what the form sends, and what a person reads."""

    value: str
    text: str


class Cell(NamedTuple):
    """One part of a value of several parts, such as the city of an address."""

    name: str
    label: str
    expected: str
    typed: str
    needed: bool
    choices: Sequence[Option] = ()


class Field(NamedTuple):
    """A value to state.

    Attributes:
        name: what the form calls it.
        label, expected: what is asked for.
        typed: what was typed.
        refused: why that cannot be taken.
        fixed: what the plan says, where it leaves no choice.
        long: whether it is free text.
        choices: what there is to choose from, if it is little.
        ticks: the same, where several may be chosen: the name of each, and whether it is.
        rows: the parts of a value of several parts, or of each of several such values.
    """

    name: str
    label: str
    expected: str
    typed: str = ""
    refused: str = ""
    fixed: str = ""
    long: bool = False
    choices: Sequence[Option] = ()
    ticks: Sequence[tuple[str, Option, bool]] = ()
    rows: Sequence[Sequence[Cell]] = ()


class Typed(NamedTuple):
    """What a person typed into the form.

    Attributes:
        words: their own words.
        values: what could be read, by slot.
        said: how they said it, where that could stand in a sentence.
        refused: why something cannot be read, by slot.
        form: everything as it was typed.
    """

    words: str
    values: Mapping[str, JsonValue]
    said: Mapping[str, str]
    refused: Mapping[str, str]
    form: Mapping[str, str]


NOTHING: Final = Typed("", {}, {}, {}, {})


def fields(part: Part, words: Words, typed: Typed = NOTHING) -> list[Field]:
    """The fields of a part, with what was typed in them."""
    return [
        _Asked(number, slot, words).field(typed.form, typed.refused.get(slot.name, ""))
        for number, slot in enumerate(part.slots)
    ]


def read(part: Part, words: Words, form: Mapping[str, str], now: datetime) -> Typed:
    """What a form holds.

    Args:
        part: what was asked for.
        words: how its values are spoken of.
        form: the texts by the names of their fields.
        now: the clock that relative dates refer to.
    """
    values: dict[str, JsonValue] = {}
    said: dict[str, str] = {}
    refused: dict[str, str] = {}
    for number, slot in enumerate(part.slots):
        if slot.fixed:
            values[slot.name] = slot.fixed[0]
            continue
        asked = _Asked(number, slot, words)
        try:
            text = asked.text(form, now)
            values[slot.name] = meant(slot, text, now)
        except Unfit as reason:
            refused[slot.name] = str(reason)
        else:
            said[slot.name] = asked.said(text)
    return Typed(one_line(form.get(WORDS, "")), values, said, refused, form)


class _Asked:
    """One slot as the form asks for it."""

    def __init__(self, number: int, slot: Slot, words: Words) -> None:
        self.name, self.slot, self.words = f"v{number}", slot, words
        schema = as_mapping(slot.schema)
        self.many = schema.get("type") == "array"
        inner = as_mapping(schema.get("items", True)) if self.many else schema
        self.choices = _options(inner, () if self.many else slot.avoid)
        self.parts = dict(inner.get("properties", {})) if _is_flat(inner) else {}
        self.needed = frozenset(inner.get("required", ()))
        most = schema.get("maxItems") if self.many else 1
        # A schema may write a whole number as 2.0.
        self.most = None if most is None else int(most)
        self.rows = range(_ROWS if self.most is None else min(_ROWS, self.most))

    def field(self, form: Mapping[str, str], refused: str) -> Field:
        """The field, with what was typed in it."""
        slot = self.slot
        described = slot.view.description.strip().rstrip(".")
        simple = self.choices or self.parts
        if self.many and simple and self.most is not None:
            described = f"{described}; at most {self.most}" if described else f"at most {self.most}"
        field = Field(
            self.name, slot.view.label, described if simple else wanted(slot), refused=refused
        )
        if slot.fixed:
            return field._replace(fixed=shortened(slot.fixed[0]), expected=described)
        if self.parts:
            return field._replace(rows=[list(self._cells(row, form)) for row in self.rows])
        if self.many and self.choices:
            ticks = [(name, one, name in form) for name, one in self._ticks()]
            return field._replace(ticks=ticks)
        free = slot.view.kind in FREE_TEXT
        return field._replace(typed=form.get(self.name, ""), choices=self.choices, long=free)

    def text(self, form: Mapping[str, str], now: datetime) -> str:
        """What was typed, on one line; JSON for what has several parts.

        Raises:
            Unfit: nothing, too much, or a part that is no such value.
        """
        if self.parts:
            rows = [row for number in self.rows if (row := self._row(number, form))]
            read = [self._values(row, now) for row in rows]
            if not read:
                raise Unfit("nothing was typed")
            return _json(read if self.many else read[0])
        if self.many and self.choices:
            ticked = [one.value for name, one in self._ticks() if name in form]
            if not ticked:
                raise Unfit("nothing was chosen")
            return _json(ticked)
        text = _short(form.get(self.name, ""))
        if self.choices and not text:
            raise Unfit("nothing was chosen")
        return text

    def said(self, text: str) -> str:
        """How a person would say what was typed; empty where it was put together."""
        if self.parts or (self.many and self.choices):
            return ""
        return next((one.text for one in self.choices if one.value == text), text)

    def _ticks(self) -> Iterator[tuple[str, Option]]:
        for number, one in enumerate(self.choices):
            yield f"{self.name}.{number}", one

    def _cells(self, row: int, form: Mapping[str, str]) -> Iterator[Cell]:
        for number, (part, schema) in enumerate(self.parts.items()):
            name = f"{self.name}.{row}.{number}"
            view = self._view(part, schema)
            told = expected(schema, view.kind)
            if told == "text":
                told = view.description.strip().rstrip(".")
            choices = _options(as_mapping(schema))
            yield Cell(name, view.label, told, form.get(name, ""), part in self.needed, choices)

    def _row(self, row: int, form: Mapping[str, str]) -> dict[str, str]:
        """What was typed in a row, by part; empty where nothing was."""
        held = {
            part: form.get(f"{self.name}.{row}.{number}", "").strip()
            for number, part in enumerate(self.parts)
        }
        return held if any(held.values()) else {}

    def _values(self, row: Mapping[str, str], now: datetime) -> dict[str, JsonValue]:
        values: dict[str, JsonValue] = {}
        for part, typed in row.items():
            if not typed and part not in self.needed:
                continue
            schema = self.parts[part]
            view = self._view(part, schema)
            try:
                values[part] = read_typed(
                    _short(typed), schema, now=now, words=view.value_words(), kind=view.kind
                )
            except Unfit as reason:
                raise Unfit(f"{view.label}: {reason}") from reason
        return values

    def _view(self, part: str, schema: Any) -> Any:
        path = f"{self.slot.view.path}{'[]' if self.many else ''}.{part}"
        return self.words.field(self.slot.tool, path, schema)


def _is_flat(schema: Mapping[str, Any]) -> bool:
    """Whether a value has a few parts, none of which has parts of its own."""
    parts = schema.get("properties")
    if not isinstance(parts, Mapping) or not 0 < len(parts) <= _CELLS:
        return False
    return all(str(as_mapping(one).get("type")) in _FLAT for one in parts.values())


def _options(schema: Mapping[str, Any], avoided: Sequence[JsonValue] = ()) -> list[Option]:
    found = options(schema)
    if len(found) > _CHOICES:
        return []
    return [Option(one, one.replace("_", " ")) for one in found if one not in avoided]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _short(text: str) -> str:
    if len(text) > LONGEST:
        raise Unfit(f"it is longer than {LONGEST:,} characters")
    return one_line(text)
