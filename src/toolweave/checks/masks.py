"""Masks: which generic names stand for which tools and parameters, and words found through them."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

from toolweave.checks.words import FieldView, Words
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import SchemaError
from toolweave.core.lexicon import ToolWords
from toolweave.core.model import JsonObject
from toolweave.schema.parts import Key, format_path, parse

MASKING: Final = "schema_masking"
"""The kind of the modification that says how a dialogue is masked."""


class Mask(NamedTuple):
    """Generic names by original ones; a parameter's name has one mask in all tools.

    ``derived`` are the original names of tools whose effect is declared only because the masked
    name does not tell it.
    """

    tools: Mapping[str, str]
    parameters: Mapping[str, str]
    derived: tuple[str, ...] = ()

    def inverse(self) -> "Mask":
        """Original names by generic ones."""
        return Mask(
            {mask: name for name, mask in self.tools.items()},
            {mask: name for name, mask in self.parameters.items()},
            self.derived,
        )

    def detail(self) -> JsonObject:
        """The mask as a modification holds it."""
        return {
            "tools": dict(self.tools),
            "parameters": dict(self.parameters),
            "derived": list(self.derived),
        }


def mask_of(dialogue: Dialogue) -> Mask | None:
    """How a dialogue says it is masked; None where it is not, or says it in no usable way."""
    for modification in dialogue.modifications:
        if modification.kind == MASKING:
            found = modification.detail
            tools, parameters = _names(found.get("tools")), _names(found.get("parameters"))
            derived = found.get("derived", [])
            if tools is not None and parameters is not None and isinstance(derived, list):
                return Mask(tools, parameters, tuple(map(str, derived)))
    return None


def _names(found: object) -> dict[str, str] | None:
    """Names by names, none of them twice; None where a record holds something else."""
    if not isinstance(found, dict):
        return None
    texts = all(isinstance(name, str) and name for pair in found.items() for name in pair)
    return found if texts and len(set(found.values())) == len(found) else None


def renamed_path(path: str, names: Mapping[str, str]) -> str:
    """The path with its keys renamed; a path that cannot be read stays as it is."""
    try:
        parts = parse(path)
    except SchemaError:
        return path
    changed = [Key(names.get(p.name, p.name)) if isinstance(p, Key) else p for p in parts]
    return format_path(changed) if list(parts) != changed else path


class MaskedWords(Words):
    """The words of the original tools, found by the generic names that stand for them."""

    def __init__(self, words: Words, mask: Mask) -> None:
        super().__init__(words.domain, words.general, words.drafted, words.unsigned)
        self._words, self._mask = words, mask

    @cached_property
    def _back(self) -> Mask:
        return self._mask.inverse()

    def _tool(self, name: str) -> str:
        return self._back.tools.get(name, name)

    def tool(self, name: str) -> ToolWords:
        """The words of the tool that is meant."""
        return self._words.tool(self._tool(name))

    def prepared(self, name: str) -> bool:
        """Whether somebody wrote down how the tool that is meant is spoken of."""
        return self._words.prepared(self._tool(name))

    def field(self, tool: str, path: str, schema: Mapping[str, Any]) -> FieldView:
        """The view of the field that is meant."""
        return self._words.field(
            self._tool(tool), renamed_path(path, self._back.parameters), schema
        )
