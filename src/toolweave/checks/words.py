"""Looking words up: a domain's lexicon first, then the general one, then names and descriptions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from toolweave.checks.kinds import BREAKS, kind_of
from toolweave.core.errors import SchemaError
from toolweave.core.lexicon import EntityWords, FieldWords, Lexicon, Situation, ToolWords
from toolweave.schema.paths import Key, parse

_ACRONYMS = {"id": "ID", "url": "URL", "sku": "SKU", "vin": "VIN", "iban": "IBAN", "pin": "PIN",
             "ip": "IP", "vat": "VAT", "gps": "GPS", "api": "API", "isbn": "ISBN", "usd": "USD",
             "eta": "ETA", "sim": "SIM", "imei": "IMEI", "cvv": "CVV", "dob": "date of birth",
             "qty": "quantity", "num": "number", "no": "number", "addr": "address"}  # fmt: skip
_AUXILIARIES = frozenset(
    {"is", "has", "have", "include", "includes", "with", "want", "wants", "need", "needs", "allow",
     "allows", "enable", "enabled", "require", "requires", "use", "add", "show", "send"}
)  # fmt: skip
_UNIT_TAILS = frozenset(
    {"minutes", "mins", "hours", "days", "seconds", "km", "kg", "usd", "eur", "percent", "pct",
     "celsius", "miles", "meters", "metres", "cm", "mm"}
)  # fmt: skip
_HOURS_OF = frozenset({"opening", "business", "working", "office", "number", "total", "max", "min"})
_GROUPS = frozenset(
    {"details", "info", "information", "data", "address", "preferences", "options", "settings",
     "name", "range", "period", "filters", "criteria", "s"}
)  # fmt: skip
_IRREGULAR = {
    "people": "person", "children": "child", "men": "man", "women": "woman", "feet": "foot",
    "movies": "movie", "cookies": "cookie", "series": "series", "news": "news", "data": "data",
    "analyses": "analysis", "criteria": "criterion", "addresses": "address", "buses": "bus",
    "indices": "index", "policies": "policy", "knives": "knife", "leaves": "leave",
}  # fmt: skip
_IRREGULAR_PLURALS = {one: many for many, one in _IRREGULAR.items()}
_EMPTY_FIELD = FieldWords()
_EMPTY_TOOL = ToolWords()


@lru_cache(maxsize=4096)
def split_name(name: str) -> tuple[str, ...]:
    """The lower-case words of an identifier: ``supportTicketID`` → support, ticket, id."""
    return tuple(part.lower() for part in BREAKS.split(name) if part)


@lru_cache(maxsize=4096)
def spoken(name: str) -> str:
    """An identifier as people would say it: ``requester_id`` → "requester ID"."""
    return " ".join(_ACRONYMS.get(part, part) for part in split_name(name)) or name


@dataclass(frozen=True, slots=True)
class FieldView:
    """One parameter or output with everything known about how it is spoken of."""

    path: str
    name: str
    label: str
    kind: str
    words: FieldWords
    description: str
    schema: Mapping[str, Any]
    prepared: bool

    def value_words(self) -> Mapping[str, Sequence[str]]:
        """Human words per enum or boolean value."""
        return self.words.words


class Words:
    """The words for one toolset: a domain's lexicon, drafts for the rest, the general one.

    ``drafted`` holds words for tools that the domain's lexicon does not know.
    """

    def __init__(
        self, domain: Lexicon | None, general: Lexicon, drafted: Lexicon | None = None
    ) -> None:
        self.domain, self.general, self.drafted = domain, general, drafted
        self._views: dict[tuple[str, str, str], tuple[Mapping[str, Any], FieldView]] = {}

    def tool(self, name: str) -> ToolWords:
        """The words of a tool: prepared by somebody, else drafted, else none."""
        for lexicon in (self.domain, self.drafted):
            if lexicon is not None and name in lexicon.tools:
                return lexicon.tools[name]
        return _EMPTY_TOOL

    def prepared(self, name: str) -> bool:
        """Whether somebody wrote down how the tool is spoken of."""
        return self.domain is not None and name in self.domain.tools

    @property
    def situations(self) -> tuple[Situation, ...]:
        """Why people turn up: as the domain's lexicon tells, else as drafted."""
        own = self.domain.situations if self.domain is not None else ()
        return own or (self.drafted.situations if self.drafted is not None else ())

    def entity(self, name: str) -> EntityWords:
        """The words of a kind of thing, made from its name when nobody prepared it."""
        key = name.lower().replace(" ", "_")
        if self.domain and key in self.domain.entities:
            return self.domain.entities[key]
        return EntityWords(noun=spoken(name), plural=plural(spoken(name)))

    def field(self, tool: str, path: str, schema: Mapping[str, Any]) -> FieldView:
        """The view of the field at ``path`` of a tool's parameters or results."""
        key = (tool, path, str(schema.get("type", "")) + str(schema.get("format", "")))
        held = self._views.get(key)
        if held is not None and held[0] == schema:
            return held[1]
        view = self._field(tool, path, schema)
        # Only a tool's own schemas recur; one narrowed for a single result must not stand in for
        # them, or what is said would depend on what was asked before.
        if held is None and "const" not in schema:
            self._views[key] = (schema, view)
        return view

    def _field(self, tool: str, path: str, schema: Mapping[str, Any]) -> FieldView:
        leaf = _leaf(path)
        description = str(schema.get("description", ""))
        kind = kind_of(leaf, schema, parent=_parent(path))
        special = self._prepared(tool, path, leaf)
        base = self.general.fields.get(kind, _EMPTY_FIELD)
        words = _merge(special, base) if special else base
        prepared = special is not None
        label = (special.label if special else "") or label_of(leaf, kind, schema)
        if kind == "boolean" and not words.words:
            words = words.model_copy(update=_yes_or_no(label))
        return FieldView(
            path, leaf, label, kind, words, description, _in_units(schema, words), prepared
        )

    def _prepared(self, tool: str, path: str, leaf: str) -> FieldWords | None:
        if self.domain is None:
            return None
        fields = self.domain.fields
        for key in (f"{tool}.{path}", path, leaf):
            if key in fields:
                return fields[key]
        return None


def _leaf(path: str) -> str:
    """The innermost name of a path, as its owner spelt it: ``a.b[].c`` → ``c``."""
    try:
        keys = [part.name for part in parse(path) if isinstance(part, Key)]
    except SchemaError:
        return path
    return keys[-1] if keys else path


def label_of(leaf: str, kind: str, schema: Mapping[str, Any]) -> str:
    """What people call a field that nobody prepared: ``duration_minutes`` → "duration"."""
    parts = list(split_name(leaf))
    if not parts:
        return "value"
    if kind == "boolean" and len(parts) > 1 and parts[0] in _AUXILIARIES:
        parts = parts[1:]
    if len(parts) > 1 and parts[-1] in _UNIT_TAILS and parts[0] not in _HOURS_OF:
        parts = parts[:-1]
    if len(parts) > 1 and parts[-1] == "at":
        parts = [*parts[:-1], "time"]
    label = spoken("_".join(parts))
    if schema.get("type") == "object" and parts[-1] not in _GROUPS:
        label += " details"
    return label


def _yes_or_no(label: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """Ways to want a thing or not, by its name alone."""
    wanted = (f"with {label}", f"yes to {label}")
    spared = (f"without {label}", f"no {label}", f"no need for {label}")
    return {
        "words": {"true": wanted, "false": spared},
        "clauses": {"true": wanted, "false": spared},
    }


def _in_units(schema: Mapping[str, Any], words: FieldWords) -> Mapping[str, Any]:
    """The schema of a number with the unit it is spoken in."""
    if not words.unit or "x-unit" in schema or schema.get("type") not in ("number", "integer"):
        return schema
    return {**schema, "x-unit": words.unit}


def _merge(special: FieldWords, base: FieldWords) -> FieldWords:
    """The special words, completed by the general ones."""
    kept = {
        name: getattr(base, name)
        for name in FieldWords.model_fields
        if name != "label" and not getattr(special, name) and getattr(base, name)
    }
    return special.model_copy(update=kept) if kept else special


def _parent(path: str) -> str:
    parts = path.replace("[]", "").split(".")
    return parts[-2] if len(parts) > 1 else ""


def plural(noun: str) -> str:
    """The plural of an English noun phrase, by rule."""
    if noun in _IRREGULAR:
        return noun
    if noun in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[noun]
    if not noun or (noun.endswith("s") and not noun.endswith("ss")):
        return noun
    if re.search(r"(s|x|z|ch|sh)$", noun):
        return noun + "es"
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + "s"


@lru_cache(maxsize=16384)
def singular(word: str) -> str:
    """The singular of an English noun, by rule."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zzes")):
        return word[:-2]
    # Statuses and bonuses, but not warehouses, causes and uses.
    if word.endswith("uses") and not word.endswith(("auses", "ouses", "fuses")) and word != "uses":
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def general(path: str) -> str:
    """A path with every index made ``[]``: the key that lexicons use."""
    if "[" not in path:
        return path
    return "".join(
        piece if at == 0 else "[]" + piece.partition("]")[2]
        for at, piece in enumerate(path.split("["))
    )
