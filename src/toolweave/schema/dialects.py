"""Schemas of older dialects and looser writers, made into JSON Schema 2020-12."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from toolweave.core.errors import SchemaError
from toolweave.schema.dialect_steps import STEPS, Hidden
from toolweave.schema.dialect_values import mend_default
from toolweave.schema.foreign_types import JSON_TYPE
from toolweave.schema.keywords import mapped
from toolweave.schema.pointers import lookup
from toolweave.schema.refs import metaschema_faults
from toolweave.schema.types import Schema, to_text

Find = Callable[[str], object]

MOST_DEFINITIONS: Final = 32
_ROUNDS: Final = 40


class Modernizer:
    """Converts schemas that share definitions; what it changed is counted in ``changes``.

    Args:
        find: the schema that a reference names. Raises SchemaError where there is none.
        hidden: properties marked so are left out (``readOnly`` ones of a request).
    """

    def __init__(self, find: Find, hidden: Hidden = "") -> None:
        self.find, self.hidden = find, hidden
        self.changes: Counter[str] = Counter()
        self._names: dict[str, str] = {}
        self._refs: dict[str, str] = {}
        self._done: dict[str, tuple[Schema, Counter[str]]] = {}

    def convert(self, schema: object) -> dict[str, Any] | bool:
        """The schema in 2020-12, its references pointing to ``$defs``.

        Raises:
            SchemaError: a reference does not resolve, or is not local.
        """
        if isinstance(schema, bool):
            return schema
        if not isinstance(schema, Mapping):
            return self._shorthand(schema)
        made = {key: value for key, value in schema.items() if isinstance(key, str)}
        for step in STEPS:
            step(self, made)
        converted = mapped(made, lambda _, child: self.convert(child))
        mend_default(self, converted)
        return converted

    def whole(self, schema: Schema) -> Schema:
        """A converted schema together with the definitions that it leads to, all mended.

        The nearest ``MOST_DEFINITIONS`` are written out; what lies deeper is left open.
        """
        found: dict[str, Schema] = {}
        wanted = sorted(_named_in(schema))
        for name in wanted:
            if len(found) >= MOST_DEFINITIONS:
                self.changes[f"what lies beyond {MOST_DEFINITIONS} definitions was left open"] = 1
                found[name] = {}
                continue
            found[name] = self._definition(self._refs[name])
            wanted.extend(sorted(_named_in(found[name]) - set(wanted)))
        if isinstance(schema, bool):
            return schema
        made = {key: value for key, value in schema.items() if key != "$defs"}
        if found:
            made["$defs"] = {name: found[name] for name in sorted(found)}
        return self._mended(made)

    def _definition(self, ref: str) -> Schema:
        """What a reference names, converted once however many schemas lead there."""
        if ref not in self._done:
            before, self.changes = self.changes, Counter()
            try:
                made: Schema = self.convert(self.find(ref))
                self._done[ref] = (
                    self._mended(made) if isinstance(made, dict) else made,
                    self.changes,
                )
            finally:
                self.changes = before
        made, changes = self._done[ref]
        self.changes.update(changes)
        return made

    def begin(self) -> None:
        """Forget what was changed so far: another tool begins."""
        self.changes = Counter()

    def notes(self) -> list[str]:
        """What was changed, in one phrase each."""
        return [f"{text} ({n} times)" if n > 1 else text for text, n in self.changes.items()]

    def defined(self, ref: str) -> str:
        """The name under ``$defs`` of what a reference names."""
        if ref not in self._names:
            last = re.sub(r"[^A-Za-z0-9_.-]+", "_", ref.rpartition("/")[2].lstrip("#"))[:60]
            base = name = last or "root"
            number = 1
            while name in self._refs:
                number += 1
                name = f"{base}_{number}"
            self._names[ref], self._refs[name] = name, ref
        return self._names[ref]

    def _shorthand(self, schema: object) -> dict[str, Any] | bool:
        if isinstance(schema, str) and schema.casefold() in JSON_TYPE:
            self.changes[f"the bare type {schema!r} became a schema"] += 1
            return self.convert({"type": schema})
        self.changes["what was no schema was taken as anything"] += 1
        return {}

    def _mended(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Without the keywords that the metaschema refuses."""
        for _ in range(_ROUNDS):
            faults = [path for path, _ in metaschema_faults(schema) if path]
            if not faults:
                break
            for path in sorted(faults, key=lambda path: [str(part) for part in path], reverse=True):
                keyword = next((p for p in reversed(path) if isinstance(p, str)), "")
                if _removed(schema, path):
                    self.changes[f"an unusable {keyword!r} was left out"] += 1
        return schema


def modern(
    schema: object, *, find: Find | None = None, hidden: Hidden = ""
) -> tuple[Schema, list[str]]:
    """The schema in 2020-12, standing alone, and what was changed.

    Raises:
        SchemaError: it is no schema, or a reference does not resolve or is not local.
    """
    if not isinstance(schema, bool | Mapping):
        raise SchemaError(f"a schema is an object or a boolean, not {schema!r:.60}")
    work = Modernizer(find or partial(lookup, root=schema), hidden)
    made = work.whole(work.convert(schema))
    return made, work.notes()


def _named_in(schema: Schema) -> set[str]:
    """The definitions that a converted schema refers to."""
    text = to_text(schema)
    if '"#/$defs/' not in text:
        return set()
    return set(re.findall(r'"\$ref":"#/\$defs/([A-Za-z0-9_.-]+)"', text))


def _removed(schema: Any, path: list[str | int]) -> bool:
    node = schema
    for part in path[:-1]:
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            return False
    last = path[-1]
    if isinstance(node, dict) and last in node:
        del node[last]
        return True
    if isinstance(node, list) and isinstance(last, int) and last < len(node):
        del node[last]
        return True
    return False
