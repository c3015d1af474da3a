"""Looking words up: a domain's lexicon first, then the general one, then names and descriptions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from toolweave.checks.described import measure
from toolweave.checks.inflection import plural, singular
from toolweave.checks.kinds import BREAKS, KINDS, core, kind_of
from toolweave.checks.label_words import (
    ABOUT_OTHERS,
    ACRONYMS,
    AUXILIARIES,
    BARE,
    BEGINNINGS,
    DETAILS,
    FACETS,
    GROUPS,
    HOURS_OF,
    KNOWN_FOR,
    LOOKING,
    NOISE_BEFORE,
    NOISE_BEHIND,
    OF_THEIR_OWN,
    OPERANDS,
    OWN_DETAIL,
    PLACES,
    PREPOSITIONS,
    RELATIVE,
    SOMEBODYS,
    SPELT_OUT,
    TRAVEL,
    UNIT_TAILS,
    VAGUE_NOUNS,
    WRITTEN_TO,
)
from toolweave.checks.readings import CURRENCY_WORDS
from toolweave.core.errors import SchemaError
from toolweave.core.lexicon import EntityWords, FieldWords, Lexicon, Situation, ToolWords
from toolweave.schema.paths import Key, parse

UNSIGNED = "unsigned"
"""The unit of a number that is said without any sign of money, whatever its name."""
_ONE_OF_TWO = re.compile(r"([a-z]{3,}(?=[12])|)([12ab])")
_EMPTY_FIELD = FieldWords()
_EMPTY_TOOL = ToolWords()


@lru_cache(maxsize=4096)
def split_name(name: str) -> tuple[str, ...]:
    """The lower-case words of an identifier: ``supportTicketID`` → support, ticket, id."""
    return tuple(part.lower() for part in BREAKS.split(name) if part)


@lru_cache(maxsize=4096)
def spoken(name: str) -> str:
    """An identifier as people would say it: ``requester_id`` → "requester ID"."""
    return " ".join(ACRONYMS.get(part, part) for part in split_name(name)) or name


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

    ``drafted`` holds words for tools that the domain's lexicon does not know; ``unsigned`` names
    those whose amounts have no sign of their own, because another field of theirs names a currency.
    """

    def __init__(
        self,
        domain: Lexicon | None,
        general: Lexicon,
        drafted: Lexicon | None = None,
        unsigned: frozenset[str] = frozenset(),
    ) -> None:
        self.domain, self.general, self.drafted, self.unsigned = domain, general, drafted, unsigned
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
        drafted = self.drafted.situations if self.drafted is not None else ()
        return self.domain_situations or drafted

    @property
    def domain_situations(self) -> tuple[Situation, ...]:
        """The situations that somebody wrote down for the domain."""
        return self.domain.situations if self.domain is not None else ()

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
        if kind == "file_path" and LOOKING & set(split_name(tool)) and one in ("path", "root"):
            kind = "folder_path"
        base = self.general.fields.get(kind, _EMPTY_FIELD)
        if special is None:
            base = common_words(self.general, kind, one, parent, description) or base
            if kind in DETAILS and _of_others(tool, leaf):
                # "My number" is wrong of somebody else's.
                base = self.general.fields.get("detail of others", base)
        words = _merge(special, base) if special else base
        prepared = special is not None
        held = special.label if special else base.label
        if not special and kind == "email" and {"email", "mail"} & set(split_name(leaf)):
            held = "email address"
        label = held or label_of(leaf, kind, schema)
        if kind in ("boolean", "flag") and not words.words:
            words = words.model_copy(update=_yes_or_no(label))
        elif kind == "enum" and not words.words and (told := _agreeing(schema)):
            words = words.model_copy(update=_yes_or_no(label, *told))
        units = in_units(schema, words, "" if tool in self.unsigned else None)
        return FieldView(path, leaf, label, kind, words, description, units, prepared)

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
    cut = next((at for at, part in enumerate(parts) if at > 1 and part in PREPOSITIONS), None)
    kept = [part for part in parts[:cut] if not part.isdigit()]
    while len(kept) > 1 and kept[-1] in FACETS:
        kept.pop()
    return singular(kept[-1]) if kept else ""


def common_words(
    general: Lexicon, kind: str, name: str, parent: str, description: str
) -> FieldWords | None:
    """The general words of the longest common noun that a name ends in, over those of its kind.

    A name whose kind says nothing ("name", "title") is looked up by the noun around it, and any
    name first with the unit its description gives ("height meters").
    """
    if kind in OF_THEIR_OWN:
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
    return kind != "person" or noun in KNOWN_FOR


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
        if parts and len(full) > 1 and parts[-1] in (UNIT_TAILS if len(parts) > 1 else ()):
            yield from (full[at:-1] for at in starts[:-1])
        if parts and len(full) > 1 and parts[-1] in BARE:
            yield from (full[at:-1] for at in starts[:-1])


def label_of(leaf: str, kind: str, schema: Mapping[str, Any]) -> str:
    """What people call a field that nobody prepared: ``duration_minutes`` → "duration"."""
    parts = list(split_name(leaf))
    if not parts:
        return "value"
    if kind == "number" and (nth := OPERANDS.get("".join(parts))):
        return f"{nth} number"
    if parts == ["path"] and kind in ("file_path", "folder_path"):
        return "file" if kind == "file_path" else "folder"
    parts = _without_unit(parts, kind)
    if kind in ("date", "datetime", "time") and parts[-1] in RELATIVE:
        return _moment_label(parts)
    if len(parts) > 1 and parts[-1] == "at":
        parts = [*parts[:-1], "time"]
    parts = _without_noise(parts, kind)
    if ended := _end_label(parts, kind):
        return ended
    ending = _ONE_OF_TWO.fullmatch(parts[-1])
    if ending and len(parts) > 1:
        nth = "first" if ending[2] in ("1", "a") else "second"
        parts = [nth, *parts[:-1], *([ending[1]] if ending[1] else [])]
    label = spoken("_".join(SPELT_OUT.get(part, part) for part in parts))
    if schema.get("type") == "object" and parts[-1] not in GROUPS:
        label += " details"
    return label


def _end_label(parts: Sequence[str], kind: str) -> str:
    """How either end of a way, a message or a conversion is called, if the name is of one."""
    ending = PLACES.get(parts[-1]) if kind in ("city", "airport_code") else None
    if ending and (len(parts) == 1 or parts[0] in TRAVEL):
        return ending[kind == "airport_code"]
    if tuple(parts) in BEGINNINGS:
        return BEGINNINGS[tuple(parts)]
    if len(parts) == 2 and parts[0] in ("from", "to"):
        return f"{'source' if parts[0] == 'from' else 'target'} {spoken(parts[1])}"
    if list(parts) not in (["from"], ["to"]):
        return ""
    if kind in WRITTEN_TO:
        return "sender" if parts[0] == "from" else "recipient"
    noun = VAGUE_NOUNS.get(kind, spoken(kind))
    return f"{'original' if parts[0] == 'from' else 'target'} {noun}"


def _of_others(tool: str, leaf: str) -> bool:
    """Whether a name, an address or a number is somebody else's than the speaker's."""
    mine = bool(OWN_DETAIL & set(split_name(leaf)))
    return not mine or bool(ABOUT_OTHERS & set(split_name(tool)))


def _without_unit(parts: list[str], kind: str) -> list[str]:
    """A name without the verb of a yes or no, and without the unit of a number."""
    if kind in ("boolean", "flag") and len(parts) > 1 and parts[0] in AUXILIARIES:
        parts = parts[1:]
    if len(parts) > 1 and parts[-1] in UNIT_TAILS and parts[0] not in HOURS_OF:
        parts = parts[:-1]
    return parts


_ENDS = {"min": "earliest", "max": "latest", "minimum": "earliest", "maximum": "latest"}


def _without_noise(parts: list[str], kind: str) -> list[str]:
    """A name without the words that say nothing of what it holds, where others remain."""
    if kind in ("first_name", "last_name"):
        return parts[-2:]
    if len(parts) == 2 and parts[0] in ("time", "date") and parts[1] in _ENDS:
        return [_ENDS[parts[1]], parts[0]]
    while len(parts) > 1 and parts[0] in NOISE_BEFORE and parts[1] not in SOMEBODYS:
        parts = parts[1:]
    while len(parts) > 1 and parts[-1] in NOISE_BEHIND and not parts[-2].endswith("ed"):
        parts = parts[:-1]
    return parts


def _moment_label(parts: Sequence[str]) -> str:
    """``last_modified_after`` → "earliest last modified date"."""
    end = "earliest" if parts[-1] in ("after", "since", "from") else "latest"
    rest = [part for part in parts[:-1] if part != "date"]
    return " ".join((end, *rest, "date"))


def _agreeing(schema: Mapping[str, Any]) -> tuple[str, str] | None:
    """The two values of an enum that says yes or no; None for any other."""
    values = {str(value).lower(): str(value) for value in schema.get("enum", ())}
    return (values["yes"], values["no"]) if set(values) == {"yes", "no"} else None


def _yes_or_no(
    label: str, yes: str = "true", no: str = "false"
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Ways to want a thing or not, by its name alone."""
    wanted = (f"with {label}", f"yes to {label}")
    spared = (f"without {label}", f"no {label}", f"no need for {label}")
    return {
        "words": {yes: wanted, no: spared},
        "clauses": {yes: wanted, no: spared},
    }


def in_units(
    schema: Mapping[str, Any], words: FieldWords, currency: str | None = None
) -> Mapping[str, Any]:
    """The schema of a number with the unit it is spoken in.

    ``currency`` is what the toolset says of money: None where nothing is known (the words' own
    unit stands), a code where amounts are in it, and '' where a currency is named elsewhere, so
    that a bare amount has no sign.
    """
    if not words.unit or "x-unit" in schema or schema.get("type") not in ("number", "integer"):
        return schema
    unit = words.unit
    if currency is not None and unit in CURRENCY_WORDS:
        unit = currency or UNSIGNED
    return {**schema, "x-unit": unit}


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


def general(path: str) -> str:
    """A path with every index made ``[]``: the key that lexicons use."""
    if "[" not in path:
        return path
    return "".join(
        piece if at == 0 else "[]" + piece.partition("]")[2]
        for at, piece in enumerate(path.split("["))
    )
