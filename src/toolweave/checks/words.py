"""Looking words up: a domain's lexicon first, then the general one, then names and descriptions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from toolweave.checks.described import measure
from toolweave.checks.kinds import BREAKS, KINDS, core, kind_of
from toolweave.core.errors import SchemaError
from toolweave.core.lexicon import EntityWords, FieldWords, Lexicon, ToolWords
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
# Where these stand last, the noun before them or around the field says what it holds.
_BARE = frozenset(
    {"name", "title", "query", "search", "keyword", "keywords", "term", "q", "text", "string",
     "names", "titles", "list", "items", "value", "label", "type"}
)  # fmt: skip
# Tools with such words in their names are given the folder to look in.
_LOOKING = frozenset({"search", "list", "find", "tree", "glob", "watch", "ls"})
_PREPOSITIONS = frozenset({"to", "for", "by", "with", "from", "in", "of", "on", "at", "and", "as"})
_FACETS = frozenset(
    {"details", "detail", "info", "information", "status", "list", "history", "summary", "data",
     "records", "results", "options", "profile", "metadata", "item", "items", "request", "log",
     "entry", "record", "stats", "v1", "v2", "api", "tool", "tree"}
)  # fmt: skip
# Kinds that makers know all about, and those that are told by their words alone.
_OF_THEIR_OWN = frozenset(
    {"boolean", "flag", "enum", "group", "date", "datetime", "time", "email", "phone", "first_name",
     "last_name", "street", "postcode", "address", "latitude", "longitude", "uuid", "epoch",
     "airport_code", "currency", "language", "language_code", "timezone", "country",
     "country_code", "region", "city", "ip", "hostname", "card_number", "username", "token", "url",
     "base64", "month_year", "problem"}
)  # fmt: skip
_KNOWN_FOR = frozenset({"artist", "singer", "author", "director", "actor", "player", "doctor"})
_NOISE_BEFORE = frozenset({"user", "my", "input", "the", "your", "given", "in"})
_NOISE_BEHIND = frozenset({"str", "string", "list", "value", "input", "array", "param", "arg"})
# What is said with its owner: "user ID", not "ID".
_SOMEBODYS = frozenset(
    {"id", "ids", "name", "names", "number", "type", "role", "status", "group", "agent", "level",
     "data", "key", "code"}
)  # fmt: skip
_RELATIVE = frozenset({"after", "before", "since", "until"})
_TRAVEL = frozenset({"travel", "trip", "flight", "journey", "ride", "from", "to"})
# How a place and an airport at either end of a way are called.
_PLACES = {
    "from": ("place of departure", "departure airport"), "to": ("destination", "arrival airport"),
    "origin": ("starting point", "departure airport"),
    "destination": ("destination", "destination airport"),
}  # fmt: skip
# Numbers that are told apart by their place alone.
_OPERANDS = {
    name: nth
    for nth, names in (("first", "a num1 number1 value1 operand1 n1 x1"),
                       ("second", "b num2 number2 value2 operand2 n2 x2"),
                       ("third", "c num3 number3 value3 operand3 n3 x3"))
    for name in names.split()
}  # fmt: skip
_WRITTEN_TO = frozenset({"email", "phone", "person", "group"})
_VAGUE_NOUNS = {
    "city": "place", "word": "value", "file_path": "path", "folder_path": "folder",
    "language_code": "language", "identifier": "account",
}  # fmt: skip
_SPELT_OUT = {"urls": "links", "dir": "folder", "lang": "language", "lat": "latitude",
              "lng": "longitude", "lon": "longitude", "max": "maximum", "min": "minimum",
              "tz": "time zone", "timezone": "time zone", "desc": "description", "msg": "message",
              "src": "source", "dest": "destination", "ids": "IDs",
              "pwd": "password", "cc": "CC", "bcc": "BCC", "num": "number", "amt": "amount",
              "pct": "percentage", "temp": "temperature", "q": "search term",
              "iata": "airport", "cwd": "folder", "exp": "expiry", "db": "database",
              "param": "parameter", "params": "parameters", "ssn": "SSN", "doc": "document",
              "repo": "repository", "config": "configuration", "org": "organization"}  # fmt: skip
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
    """The words for one toolset: a domain lexicon over the general one."""

    def __init__(self, domain: Lexicon | None, general: Lexicon) -> None:
        self.domain, self.general = domain, general
        self._views: dict[tuple[str, str, str], tuple[Mapping[str, Any], FieldView]] = {}

    def tool(self, name: str) -> ToolWords:
        """The words of a tool; empty when nobody prepared it."""
        return self.domain.tools.get(name, _EMPTY_TOOL) if self.domain else _EMPTY_TOOL

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
        special = self._prepared(tool, path, leaf)
        # One of a list is called by the singular of the list's name.
        one = _single(leaf) if path.endswith("]") else leaf
        parent = _parent(path) or tool_noun(tool)
        kind = kind_of(one, schema, parent=parent)
        if kind == "date" and one == "day" and path.endswith("]"):
            kind = "word"
        if kind == "file_path" and _LOOKING & set(split_name(tool)) and one in ("path", "root"):
            kind = "folder_path"
        base = self.general.fields.get(kind, _EMPTY_FIELD)
        if special is None:
            base = common_words(self.general, kind, one, parent, description) or base
        words = _merge(special, base) if special else base
        prepared = special is not None
        held = special.label if special else base.label
        if not special and kind == "email" and not {"email", "mail"} & set(split_name(leaf)):
            held = ""
        label = held or label_of(leaf, kind, schema)
        if kind in ("boolean", "flag") and not words.words:
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


def _single(name: str) -> str:
    """A list's name in the singular: ``photoUrls`` → "photo url"."""
    parts = split_name(name)
    return " ".join((*parts[:-1], singular(parts[-1]))) if parts else name


@lru_cache(maxsize=4096)
def tool_noun(name: str) -> str:
    """The noun a tool's name ends in, before any preposition: ``addPet`` → "pet"."""
    before, _, last = name.rpartition(".")
    # "email.forward" is about an email.
    parts = list(split_name(last or name))
    if before and len(parts) == 1:
        parts = list(split_name(before))
    cut = next((at for at, part in enumerate(parts) if at > 1 and part in _PREPOSITIONS), None)
    kept = [part for part in parts[:cut] if not part.isdigit()]
    while len(kept) > 1 and kept[-1] in _FACETS:
        kept.pop()
    return singular(kept[-1]) if kept else ""


def common_words(
    general: Lexicon, kind: str, name: str, parent: str, description: str
) -> FieldWords | None:
    """The general words of the longest common noun that a name ends in, over those of its kind.

    A name whose kind says nothing ("name", "title") is looked up by the noun around it, and any
    name first with the unit its description gives ("height meters").
    """
    if kind in _OF_THEIR_OWN:
        return None
    base = general.fields.get(kind, _EMPTY_FIELD)
    for key in _keys(kind, name, parent, measure(description)):
        for spelt in (" ".join(key), " ".join((*key[:-1], singular(key[-1])))):
            found = general.fields.get(spelt)
            if found is not None and spelt not in KINDS and _suits(kind, spelt):
                return _merge(found, base).model_copy(update={"label": found.label or base.label})
    return None


def _suits(kind: str, noun: str) -> bool:
    """Whether a noun says who is meant, where a person is: "owner name" is not an account's."""
    return kind != "person" or noun in _KNOWN_FOR


def _keys(kind: str, name: str, parent: str, unit: str) -> Iterator[tuple[str, ...]]:
    """The endings of a name, the longest first; then those of its name without additions."""
    plain = tuple("query" if part == "q" else part for part in split_name(name)[-4:])
    for parts in dict.fromkeys((plain, tuple(core(" ".join(plain)).split()))):
        full = (*split_name(parent)[-2:], *parts)
        starts = range(len(full))
        if unit:
            yield from ((*full[at:], unit) for at in starts)
        if kind == "unit":
            yield from ((*full[at:], "unit") for at in starts)
        yield from (full[at:] for at in starts)
        if parts and len(full) > 1 and parts[-1] in (_UNIT_TAILS if len(parts) > 1 else ()):
            yield from (full[at:-1] for at in starts[:-1])
        if parts and len(full) > 1 and parts[-1] in _BARE:
            yield from (full[at:-1] for at in starts[:-1])


def label_of(leaf: str, kind: str, schema: Mapping[str, Any]) -> str:
    """What people call a field that nobody prepared: ``duration_minutes`` → "duration"."""
    parts = list(split_name(leaf))
    if not parts:
        return "value"
    if kind == "number" and (nth := _OPERANDS.get("".join(parts))):
        return f"{nth} number"
    parts = _without_unit(parts, kind)
    if kind in ("date", "datetime", "time") and parts[-1] in _RELATIVE:
        return _moment_label(parts)
    if len(parts) > 1 and parts[-1] == "at":
        parts = [*parts[:-1], "time"]
    parts = _without_noise(parts, kind)
    if ended := _end_label(parts, kind):
        return ended
    label = spoken("_".join(_SPELT_OUT.get(part, part) for part in parts))
    if schema.get("type") == "object" and parts[-1] not in _GROUPS:
        label += " details"
    return label


def _end_label(parts: Sequence[str], kind: str) -> str:
    """How either end of a way, a message or a conversion is called, if the name is of one."""
    ending = _PLACES.get(parts[-1]) if kind in ("city", "airport_code") else None
    if ending and (len(parts) == 1 or parts[0] in _TRAVEL):
        return ending[kind == "airport_code"]
    if list(parts) not in (["from"], ["to"]):
        return ""
    if kind in _WRITTEN_TO:
        return "sender" if parts[0] == "from" else "recipient"
    noun = _VAGUE_NOUNS.get(kind, spoken(kind))
    return f"{'original' if parts[0] == 'from' else 'target'} {noun}"


def _without_unit(parts: list[str], kind: str) -> list[str]:
    """A name without the verb of a yes or no, and without the unit of a number."""
    if kind in ("boolean", "flag") and len(parts) > 1 and parts[0] in _AUXILIARIES:
        parts = parts[1:]
    if len(parts) > 1 and parts[-1] in _UNIT_TAILS and parts[0] not in _HOURS_OF:
        parts = parts[:-1]
    return parts


def _without_noise(parts: list[str], kind: str) -> list[str]:
    """A name without the words that say nothing of what it holds, where others remain."""
    if kind in ("first_name", "last_name"):
        return parts[-2:]
    while len(parts) > 1 and parts[0] in _NOISE_BEFORE and parts[1] not in _SOMEBODYS:
        parts = parts[1:]
    while len(parts) > 1 and parts[-1] in _NOISE_BEHIND and not parts[-2].endswith("ed"):
        parts = parts[:-1]
    return parts


def _moment_label(parts: Sequence[str]) -> str:
    """``last_modified_after`` → "earliest last modified date"."""
    end = "earliest" if parts[-1] in ("after", "since", "from") else "latest"
    rest = [part for part in parts[:-1] if part != "date"]
    return " ".join((end, *rest, "date"))


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
