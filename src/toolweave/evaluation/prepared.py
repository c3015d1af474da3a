"""What a plan and its tools demand, prepared once and kept for every dialogue that shares them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from toolweave.checks.asking import AskTarget, ask_target
from toolweave.checks.masks import Mask, MaskedWords
from toolweave.checks.renaming import Renaming
from toolweave.checks.words import Words, general
from toolweave.configs import wording
from toolweave.configs.shipping import shipped
from toolweave.core.binding import UserBinding
from toolweave.core.dialogue import ShownTool
from toolweave.core.plan import Plan, PlannedCall, Provision
from toolweave.core.tool import Tool
from toolweave.schema.paths import leaves, schema_at
from toolweave.schema.types import Schema, as_mapping
from toolweave.schema.validators import Validator, validator

KEPT = 64
_CAPITALISED = re.compile(r"\b[A-Z][A-Za-z]*\b")


class PreparedTool:
    """One tool with its validators, and its schemas and words by path."""

    def __init__(self, tool: Tool, words: Words) -> None:
        self.tool = tool
        self.words = words
        self.parameters: Validator = validator(tool.parameters)
        self.results: Validator | None = validator(tool.results) if tool.results else None
        self._schemas: dict[tuple[bool, str], Schema | None] = {}
        self._spoken: dict[tuple[bool, str], Mapping[str, Sequence[str]]] = {}

    def parameter(self, path: str) -> Schema | None:
        """The schema of the parameter at a path; None when none is declared there."""
        return self._schema(True, path)

    def output(self, path: str) -> Schema | None:
        """The schema of the output at a path, ``True`` where the tool does not describe results."""
        return self._schema(False, path) if self.tool.results else True

    def parameter_words(self, path: str) -> Mapping[str, Sequence[str]]:
        """How the values of that parameter are said."""
        return self._said(True, path)

    def output_words(self, path: str) -> Mapping[str, Sequence[str]]:
        """How the values of that output are said."""
        return self._said(False, path)

    def spoken(self, path: str) -> tuple[Schema, Mapping[str, Sequence[str]]]:
        """The schema of the output at a path, and how its values are said."""
        schema = self.output(path)
        return True if schema is None else schema, self.output_words(path)

    def _schema(self, parameter: bool, path: str) -> Schema | None:
        key = (parameter, path)
        if key not in self._schemas:
            whole = self.tool.parameters if parameter else self.tool.results
            self._schemas[key] = schema_at(whole, path)
        return self._schemas[key]

    def _said(self, parameter: bool, path: str) -> Mapping[str, Sequence[str]]:
        key = (parameter, path)
        if key not in self._spoken:
            schema = self._schema(parameter, path)
            view = self.words.field(self.tool.name, general(path), as_mapping(schema or True))
            self._spoken[key] = view.value_words()
        return self._spoken[key]

    def said(self) -> Iterator[str]:
        """Capitalised words of the domain itself (GB, VIN), which name no particular thing."""
        known = self.words.tool(self.tool.name)
        texts = [self.tool.description, *known.done, *known.none, *known.one, *known.many]
        texts += [*known.item, *known.failed]
        for whole in (self.tool.parameters, self.tool.results):
            for leaf in leaves(whole):
                schema = as_mapping(leaf.schema)
                view = self.words.field(self.tool.name, leaf.path, schema)
                texts += [view.label, view.description, view.words.unit]
                texts += [*view.words.asks, *view.words.reports, *map(str, schema.get("enum", ()))]
                texts += [word for said in view.words.words.values() for word in said]
        for text in texts:
            yield from _CAPITALISED.findall(text)

    def target(self, path: str) -> AskTarget:
        """The parameter as something that can be asked for."""
        schema = as_mapping(self.parameter(path) or True)
        return ask_target(self.words.field(self.tool.name, general(path), schema))


class Prepared:
    """A plan's slots and calls beside the tools that the dialogue shows."""

    def __init__(self, plan: Plan, tools: Sequence[Tool], words: Words) -> None:
        self.tools = {tool.name: PreparedTool(tool, words) for tool in tools}
        self.steps = tuple(plan.steps())
        self.calls: dict[str, PlannedCall] = {}
        for call in plan.calls():
            if call.succeeds or call.id not in self.calls:
                self.calls[call.id] = call
        self.slots: dict[str, list[tuple[int, Provision]]] = {}
        for number, provision in plan.provisions():
            self.slots.setdefault(provision.slot, []).append((number, provision))
        self.attempts = tuple(plan.calls())
        self._readings: dict[str, list[tuple[Schema, Mapping[str, Sequence[str]]]]] = {}
        self.uses: dict[str, tuple[str, str]] = {}
        for call in plan.meant():
            for path, binding in call.arguments.items():
                if isinstance(binding, UserBinding):
                    self.uses.setdefault(binding.slot, (call.tool, path))
        self.vocabulary = "\n".join(
            sorted({word for t in self.tools.values() for word in t.said()})
        )
        self.targets = {slot: self._target(slot) for slot in self.slots}

    def provided(self, slot: str, before: int) -> tuple[int, Provision | None]:
        """The last step before ``before`` that states the slot, and what it states there."""
        stated = [item for item in self.slots.get(slot, ()) if item[0] < before]
        return stated[-1] if stated else (0, None)

    def readings(self, slot: str) -> list[tuple[Schema, Mapping[str, Sequence[str]]]]:
        """What each parameter that the slot feeds lets its value be, and how that is said."""
        if slot not in self._readings:
            uses = dict.fromkeys(
                (call.tool, path)
                for call in self.attempts
                for path, binding in call.arguments.items()
                if isinstance(binding, UserBinding) and binding.slot == slot
            )
            self._readings[slot] = [
                (True if schema is None else schema, self.tools[tool].parameter_words(path))
                for tool, path in uses
                if tool in self.tools
                for schema in (self.tools[tool].parameter(path),)
            ]
        return self._readings[slot]

    def place(self, slot: str) -> tuple[PreparedTool | None, str]:
        """The tool and the parameter path that a slot first serves."""
        if slot in self.uses:
            tool, path = self.uses[slot]
            return self.tools.get(tool), path
        call_id, _, path = slot.partition(".")
        call = self.calls.get(call_id)
        return (self.tools.get(call.tool) if call else None), path

    def target(self, slot: str) -> AskTarget:
        """A slot as something that can be asked for."""
        return self.targets.get(slot) or self._target(slot)

    def _target(self, slot: str) -> AskTarget:
        tool, path = self.place(slot)
        return tool.target(path) if tool else AskTarget(path or slot)


def prepared(
    plan: Plan,
    shown: Sequence[ShownTool],
    lexicon: str,
    words: Words | None,
    mask: Mask | None = None,
) -> Prepared:
    """The preparation of this plan with these tools; kept by content, so equal copies share it.

    Without ``words``, those of the shipped lexicon of that name, or the general ones. Words are
    looked up by the names behind a ``mask``; all else goes by the names that are shown.
    """
    tools = tuple(item.tool for item in shown)
    text = "\n".join(
        (lexicon, repr(mask), plan.model_dump_json(), *(tool.model_dump_json() for tool in tools))
    )
    return _kept(_Key(text, plan, tools, lexicon, words, mask))


class _Key:
    """A cache key that is compared by text and carries what it stands for."""

    def __init__(
        self,
        text: str,
        plan: Plan,
        tools: tuple[Tool, ...],
        lexicon: str,
        words: Words | None,
        mask: Mask | None,
    ) -> None:
        self.text, self.plan, self.tools, self.words = text, plan, tools, words
        self.lexicon, self.mask = lexicon, mask

    def __hash__(self) -> int:
        return hash(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.text == other.text and self.words is other.words


@lru_cache(maxsize=KEPT)
def _kept(key: _Key) -> Prepared:
    words, mask = key.words, key.mask
    if words is None:
        # A record may name any file: only what ships is read.
        known = key.lexicon if shipped("lexicons", key.lexicon) else ""
        back = Renaming(mask, back=True) if mask is not None else None
        meant = tuple(map(back.tool, key.tools)) if back is not None else key.tools
        words = wording.words_for(meant, known)
    if mask is not None:
        words = MaskedWords(words, mask)
    return Prepared(key.plan, key.tools, words)
