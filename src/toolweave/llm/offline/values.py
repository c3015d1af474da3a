"""Realistic values: from the situation, the lexicon, field semantics, and then the schema."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from toolweave.checks.described import bounds, examples, options
from toolweave.checks.kinds import tail
from toolweave.checks.words import FieldView, Words
from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.llm.contexts import Cast
from toolweave.llm.offline.agreeing import settled
from toolweave.llm.offline.makers import MAKERS, fit
from toolweave.llm.offline.phrases import plain
from toolweave.schema.sampling import MISSING, Missing, sample
from toolweave.schema.validators import validator

_INDEX = re.compile(r"\[\d+\]")
_SHAPES = ("@@-#####", "@@@-####", "@######", "########", "@@####")
# Kinds for which a description's examples show what is meant.
_OPEN_KINDS = frozenset(
    {"word", "name", "query", "title", "thing_name", "text", "category", "status", "unit",
     "reason", "file_path", "folder_path", "file_name", "language", "language_code", "currency",
     "color", "place_name", "airport_code", "country_code"}
)  # fmt: skip
_NOT_CHOSEN = frozenset(
    {"identifier", "person", "first_name", "last_name", "email", "phone", "date", "datetime",
     "time", "secret", "token", "card_number", "url", "address", "street", "postcode", "username"}
)  # fmt: skip
_SPEAKERS = frozenset({"user", "customer", "member", "client", "guest", "account"})
_COMMAS = re.compile(r"comma[- ](?:separated|delimited)|separated by commas?", re.IGNORECASE)
_LOWER = re.compile(r"\b(?:in |must be |all )?lower-?\s?case\b", re.IGNORECASE)
_UPPER = re.compile(r"\b(?:in |must be |all )?upper-?\s?case\b", re.IGNORECASE)
_OWN_SHAPES = ("@-#####", "#######", "@@#####", "@@@-#####", "####-####")


class Drawer:
    """Draws values for one step of one dialogue.

    Args:
        words: the words of the toolset.
        cast: the dialogue's person, clock and situation.
        stream: randomness of this step.
        siblings: values already fixed, by leaf name, so that what belongs together agrees.
        owner: the tool whose fields are drawn, for the lexicon.
        result_at: the moment of the call, where results are drawn: what a tool says happened
            has happened by then.
        stated: names of fields that are the speaker's to state; a result that lists other cases
            does not take them from the speaker's situation.
    """

    def __init__(
        self,
        words: Words,
        cast: Cast,
        stream: random.Random,
        siblings: Mapping[str, JsonValue],
        owner: str = "",
        result_at: datetime | None = None,
        stated: frozenset[str] = frozenset(),
    ) -> None:
        self.words, self.cast, self.stream, self.owner = words, cast, stream, owner
        self.siblings: dict[str, JsonValue] = dict(siblings)
        self.result_at, self.stated = result_at, stated
        # What a tool was given it gives back as it was.
        self.given = frozenset(siblings) if result_at is not None else frozenset()
        self.listed: dict[str, list[JsonValue]] = {}
        self.described: dict[str, str] = {}

    def value(
        self, view: FieldView, schema: Mapping[str, Any], avoid: tuple[JsonValue, ...] = ()
    ) -> JsonValue:
        """A valid value for the field, unlike those to ``avoid``.

        Raises:
            SchemaError: the schema admits none.
        """
        check = validator(schema)
        said = schema if self.result_at is not None else without_numbers(schema)
        for candidate in chain(self._chosen(schema), self._candidates(view, schema)):
            if candidate not in avoid and check.valid(candidate):
                self.siblings[view.name] = candidate
                return candidate
        for attempt in range(20):
            # The speaker's own details are always the same: another value is somebody else's.
            draw = self._nested(view.path) if attempt < 10 else None
            drawn = sample(said, self.stream, draw=draw, optional=_share(schema))
            if drawn not in avoid:
                self.siblings[view.name] = drawn
                return drawn
        raise SchemaError(f"no other value than {avoid!r} fits {view.path!r}")

    def _chosen(self, schema: Mapping[str, Any]) -> Iterator[JsonValue]:
        """One or two of the choices, for a list of them: nobody names them all."""
        items = schema.get("items")
        choices = items.get("enum") if isinstance(items, Mapping) else None
        if schema.get("type") == "array" and isinstance(choices, list) and len(choices) > 1:
            for count in (self.stream.choice((1, 1, 2)), len(choices)):
                yield self.stream.sample(choices, min(count, len(choices)))

    def _nested(self, root: str) -> Callable[[str, Any, random.Random], JsonValue | Missing]:
        def draw(path: str, schema: Any, stream: random.Random) -> JsonValue | Missing:
            joint = "" if not path or path.startswith("[") else "."
            return self.leaf(f"{root}{joint}{path}".strip("."), schema)

        return draw

    def leaf(self, path: str, schema: Any) -> JsonValue | Missing:
        """A candidate for the leaf at ``path``, or ``MISSING``: the sampler then decides."""
        if not isinstance(schema, Mapping):
            return MISSING
        schema = self._told(path, schema)
        view = self.words.field(self.owner, path, schema)
        if view.kind == "group":
            return MISSING
        check = validator(schema)
        taken = self.listed.setdefault(_INDEX.sub("[]", path), []) if "[" in path else []
        repeated: JsonValue | Missing = MISSING
        for candidate in self._candidates(view, schema):
            if not check.valid(candidate):
                continue
            if candidate in taken and self._tells_apart(view, path, candidate, taken):
                repeated = candidate
                continue
            taken.append(candidate)
            self.siblings.setdefault(view.name, candidate)
            return candidate
        return repeated

    def _tells_apart(
        self, view: FieldView, path: str, candidate: JsonValue, taken: list[JsonValue]
    ) -> bool:
        """Whether the rows of a list should differ in this: texts and amounts do, states mostly."""
        if view.kind == "enum" and not path.endswith("]"):
            return len(taken) > 1 and {*map(str, taken)} == {str(candidate)}
        if isinstance(candidate, str):
            return True
        return not isinstance(candidate, bool) and view.kind in ("amount", "number", "distance")

    def _told(self, path: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema with its list's description, where an element has none of its own."""
        own = schema.get("description")
        if isinstance(own, str) and own:
            self.described[path] = own
            return schema
        held = self.described.get(path[: path.rfind("[")], "") if path.endswith("]") else ""
        return {**schema, "description": held} if held else schema

    def _candidates(self, view: FieldView, schema: Mapping[str, Any]) -> Iterator[JsonValue]:
        """Candidates that agree with what is fixed already, best first."""
        for candidate in self._formed(view, schema):
            value = settled(candidate, view.name, self.siblings)
            if not isinstance(value, Missing):
                yield value

    def _formed(self, view: FieldView, schema: Mapping[str, Any]) -> Iterator[JsonValue]:
        """Candidates in the form that the description asks for."""
        if view.prepared or view.kind == "enum":
            yield from self._drawn(view, schema)
            return
        low, high = bounds(view.description)
        commas = _COMMAS.search(view.description)
        several: list[str] = []
        for candidate in self._drawn(view, schema):
            if isinstance(candidate, str):
                if _LOWER.search(view.description):
                    candidate = candidate.lower()
                elif _UPPER.search(view.description):
                    candidate = candidate.upper()
                if commas and len(several) < 2 and candidate not in several:
                    several.append(candidate)
                    continue
                yield ", ".join(several) if several else candidate
            elif (
                isinstance(candidate, bool)
                or not isinstance(candidate, int | float)
                or ((low is None or low <= candidate) and (high is None or candidate <= high))
            ):
                yield candidate
        if several:
            yield ", ".join(several)
        yield from self._within(view, schema)

    def _within(self, view: FieldView, schema: Mapping[str, Any]) -> Iterator[JsonValue]:
        """Round numbers between the bounds of the schema and of the description."""
        if schema.get("type") not in ("number", "integer"):
            return
        told = bounds(view.description)
        low, high = schema.get("minimum", told.low), schema.get("maximum", told.high)
        if high is None or not (isinstance(high, int | float) and high <= 1_000_000):
            return
        low = low if isinstance(low, int | float) else min(1, high)
        for _ in range(2):
            drawn = self.stream.uniform(low, high)
            if schema.get("type") == "integer" or high - low >= 20:
                yield round(drawn)
            yield round(drawn, 1 if high - low >= 2 else 2)

    def _drawn(self, view: FieldView, schema: Mapping[str, Any]) -> Iterator[JsonValue]:
        """Candidates, best first; several of each so that one can fit a narrow schema."""
        situation = self.cast.situation
        if situation and view.name in situation.values and view.name not in self.stated:
            yield from self._some(situation.values[view.name])
        if not view.prepared:
            yield from self._offered(view, schema)
        if view.words.shape:
            yield from (self.shaped(view) for _ in range(2))
        if view.words.values:
            yield from self._some(_typed(view.words.values, schema))
        if view.kind == "enum":
            # A schema's own words are no phrases to be expanded.
            listed = tuple(schema.get("enum", ()))
            yield from self.stream.sample(listed, min(3, len(listed)))
            return
        yield from self._counted(view, schema)
        given = schema.get("examples")
        if isinstance(given, list) and given:
            yield self.stream.choice(given)
        if view.prepared and view.kind in _OPEN_KINDS:
            yield from self._some(examples(view.description))
        maker = MAKERS.get(view.kind)
        if maker is not None:
            for _ in range(3):
                yield fit(maker(self, view, schema), schema)

    def _counted(self, view: FieldView, schema: Mapping[str, Any]) -> Iterator[JsonValue]:
        """Identifiers, and numbers within the range of their words."""
        numeric = schema.get("type") in ("number", "integer")
        ranged = view.words.minimum is not None or view.words.maximum is not None
        if view.kind == "identifier" and numeric and not ranged:
            yield from (self.numbered(view) for _ in range(2))
        elif view.kind == "identifier" and not view.words.shape:
            yield from (self.shaped(view) for _ in range(2))
        if numeric and ranged:
            yield self._between(view, schema)

    def _offered(self, view: FieldView, schema: Mapping[str, Any]) -> Iterator[JsonValue]:
        """What was given already, and what the description names: choices and examples."""
        if view.name in self.given and "[" not in view.path:
            yield self.siblings[view.name]
        if schema.get("type") in ("number", "integer") or view.kind == "enum":
            return
        choices = () if view.kind in _NOT_CHOSEN else options(view.description)
        if choices:
            yield from self._some(choices)
        shown = examples(view.description)
        if view.kind == "identifier":
            codes = [text for text in shown if _is_code(text)]
            if codes and not view.words.values:
                yield self._like(codes[0], view)
        elif view.kind in _OPEN_KINDS and shown:
            # A lone example shows the form; everybody's value need not be that one.
            usual = self.words.general.fields.get(view.kind)
            vague = usual is not None and usual.values == view.words.values
            own = bool(view.words.values) and len(shown) == 1 and not vague
            if not own or self.stream.random() < 0.3:
                yield from self._some(shown)

    def _some(self, values: tuple[JsonValue, ...]) -> Iterator[JsonValue]:
        first = self.stream.sample(range(len(values)), min(3, len(values)))
        rest = (at for at in range(len(values)) if at not in first)
        for at in (*first, *rest):
            value = values[at]
            yield plain(value, self.stream) if isinstance(value, str) else value

    def shaped(self, view: FieldView) -> str:
        """An identifier; all of one kind in a dialogue have one shape."""
        shape = view.words.shape
        if not shape:
            own = re.search(
                r"customer|user|requester|client|member|account|policy", tail(view.name)
            )
            pick = random.Random(f"{self.cast.seed}/{view.name}")
            shape = pick.choice(_OWN_SHAPES if own else _SHAPES)
        return shape_to_id(shape, self.stream)

    def _like(self, example: str, view: FieldView) -> str:
        """An identifier of the shape of an example: a prefix stays, the rest is drawn."""
        human = self.cast.human
        if re.fullmatch(r"[a-z]+[_.][a-z]+[_.]?[0-9]+", example) and _SPEAKERS & {
            *tail(view.name).split()
        }:
            mark = "." if "." in example else "_"
            return f"{human.first_name}{mark}{human.last_name}{mark}".lower() + str(
                self.stream.randint(102, 9870)
            )
        shape = re.sub(r"[0-9]", "#", example)
        if re.fullmatch(r"[A-Z#]+", shape):
            shape = re.sub(r"[A-Z]", "@", shape)
        return shape_to_id(shape, self.stream)

    def numbered(self, view: FieldView) -> int:
        """A whole number as an identifier, as wide as all of its kind in a dialogue."""
        wide = random.Random(f"{self.cast.seed}/{view.name}/width").choice((4, 5, 6))
        return self.stream.randrange(10 ** (wide - 1), 10**wide)

    def _between(self, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
        low = view.words.minimum if view.words.minimum is not None else 0.0
        high = view.words.maximum if view.words.maximum is not None else max(low * 4, 10.0)
        drawn = self.stream.uniform(low, high)
        if not view.prepared:
            drawn = float(round(drawn)) if high - low >= 20 else round(drawn * 2) / 2
            if drawn.is_integer():
                return int(drawn)
        return _nice(drawn, schema)


def _share(schema: Any) -> float:
    """How likely an optional property is given: a small object is given for most of its own."""
    held = schema
    while isinstance(held, Mapping) and "items" in held:
        held = held["items"]
    properties = held.get("properties") if isinstance(held, Mapping) else None
    few = isinstance(properties, Mapping) and len(properties) <= 4 and not held.get("required")
    return 0.85 if few else 0.4


def _typed(values: tuple[JsonValue, ...], schema: Mapping[str, Any]) -> tuple[JsonValue, ...]:
    """The values of the schema's own type; all of them where none is."""
    kind = schema.get("type")
    if kind in ("number", "integer"):
        numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
        whole = [v for v in numbers if isinstance(v, int)]
        return tuple(whole if kind == "integer" else numbers)
    if kind == "string":
        return tuple(value for value in values if isinstance(value, str))
    return values


def _is_code(text: str) -> bool:
    return " " not in text and 3 <= len(text) <= 24 and any(char.isdigit() for char in text)


def without_numbers(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema without the optional identifiers inside it: who tags a pet knows no numbers."""
    items, properties = schema.get("items"), schema.get("properties")
    if isinstance(items, Mapping):
        return {**schema, "items": without_numbers(items)}
    if not isinstance(properties, Mapping) or "$ref" in schema:
        return schema
    needed = schema.get("required", ())
    kept = {
        name: without_numbers(held) if isinstance(held, Mapping) else held
        for name, held in properties.items()
        if name in needed or name.lower() not in ("id", "uuid", "guid")
    }
    return {**schema, "properties": kept} if kept else schema


def shape_to_id(shape: str, stream: random.Random) -> str:
    """``@@-####`` → ``KD-4821``: ``@`` a letter not confused with a digit, ``#`` a digit."""
    text = "".join(
        stream.choice("ABCDEFGHJKLMNPRSTVWXYZ") if ch == "@" else
        stream.choice("0123456789") if ch == "#" else ch
        for ch in shape
    )  # fmt: skip
    return text.replace("0", "4", 1) if re.match(r"0+$", text) else text


def _nice(number: float, schema: Mapping[str, Any]) -> JsonValue:
    if schema.get("type") == "integer":
        return round(number)
    return round(number, 2) if number < 1000 else round(number / 5) * 5.0
