"""Realistic values: from the situation, the lexicon, field semantics, and then the schema."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from toolweave.checks.kinds import tail
from toolweave.checks.words import FieldView, Words
from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.llm.contexts import Cast
from toolweave.llm.offline.makers import MAKERS, fit
from toolweave.llm.offline.phrases import plain
from toolweave.schema.sampling import MISSING, Missing, sample
from toolweave.schema.validators import validator

_EXAMPLE = re.compile(
    r"(?:e\.g\.,?|for example,?|such as|example:|like)\s*(.+?)(?:[.;)]\s|[.;)]?$)", re.IGNORECASE
)
_QUOTED = re.compile(r"['\"“‘`]([^'\"”’`]{1,60})['\"”’`]")
_INDEX = re.compile(r"\[\d+\]")
_SHAPES = ("@@-#####", "@@@-####", "@######", "########", "@@####")
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
        self.listed: dict[str, list[JsonValue]] = {}

    def value(
        self, view: FieldView, schema: Mapping[str, Any], avoid: tuple[JsonValue, ...] = ()
    ) -> JsonValue:
        """A valid value for the field, unlike those to ``avoid``.

        Raises:
            SchemaError: the schema admits none.
        """
        check = validator(schema)
        for candidate in self._candidates(view, schema):
            if candidate not in avoid and check.valid(candidate):
                self.siblings[view.name] = candidate
                return candidate
        for attempt in range(20):
            # The speaker's own details are always the same: another value is somebody else's.
            draw = self._nested(view.path) if attempt < 10 else None
            drawn = sample(schema, self.stream, draw=draw, optional=0.4)
            if drawn not in avoid:
                self.siblings[view.name] = drawn
                return drawn
        raise SchemaError(f"no other value than {avoid!r} fits {view.path!r}")

    def _nested(self, root: str) -> Callable[[str, Any, random.Random], JsonValue | Missing]:
        def draw(path: str, schema: Any, stream: random.Random) -> JsonValue | Missing:
            return self.leaf(f"{root}.{path}".strip(".") if path else root, schema)

        return draw

    def leaf(self, path: str, schema: Any) -> JsonValue | Missing:
        """A candidate for the leaf at ``path``, or ``MISSING``: the sampler then decides."""
        if not isinstance(schema, Mapping):
            return MISSING
        view = self.words.field(self.owner, path, schema)
        if view.kind == "group":
            return MISSING
        check = validator(schema)
        taken = self.listed.setdefault(_INDEX.sub("[]", path), []) if "[" in path else []
        repeated: JsonValue | Missing = MISSING
        for candidate in self._candidates(view, schema):
            if not check.valid(candidate):
                continue
            if isinstance(candidate, str) and candidate in taken and view.kind != "enum":
                repeated = candidate
                continue
            taken.append(candidate)
            self.siblings.setdefault(view.name, candidate)
            return candidate
        return repeated

    def _candidates(self, view: FieldView, schema: Mapping[str, Any]) -> Iterator[JsonValue]:
        """Candidates, best first; several of each so that one can fit a narrow schema."""
        situation = self.cast.situation
        if situation and view.name in situation.values and view.name not in self.stated:
            yield from self._some(situation.values[view.name])
        if view.words.shape:
            yield from (self.shaped(view) for _ in range(2))
        if view.words.values:
            yield from self._some(view.words.values)
        if view.kind == "enum":
            yield from self._some(tuple(schema.get("enum", ())))
            return
        if view.kind == "identifier" and not view.words.shape:
            yield from (self.shaped(view) for _ in range(2))
        if view.words.minimum is not None or view.words.maximum is not None:
            yield self._between(view, schema)
        yield from self._examples(view, schema)
        maker = MAKERS.get(view.kind)
        if maker is not None:
            for _ in range(3):
                yield fit(maker(self, view, schema), schema)

    def _some(self, values: tuple[JsonValue, ...]) -> Iterator[JsonValue]:
        for value in self.stream.sample(values, min(3, len(values))):
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

    def _between(self, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
        low = view.words.minimum if view.words.minimum is not None else 0.0
        high = view.words.maximum if view.words.maximum is not None else max(low * 4, 10.0)
        return _nice(self.stream.uniform(low, high), schema)

    def _examples(self, view: FieldView, schema: Mapping[str, Any]) -> Iterator[JsonValue]:
        given = schema.get("examples")
        if isinstance(given, list) and given:
            yield self.stream.choice(given)
        if view.kind in MAKERS and view.kind not in (
            "word",
            "name",
            "query",
            "title",
            "thing_name",
        ):
            return
        found = _EXAMPLE.search(view.description)
        if found and schema.get("type") == "string":
            quoted = _QUOTED.findall(found.group(1))
            plain_list = [part.strip(" '\"") for part in re.split(r",| or ", found.group(1))]
            options = quoted or [part for part in plain_list if 0 < len(part) <= 40]
            if options:
                yield self.stream.choice(options)


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
