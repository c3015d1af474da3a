"""Policies: what dialogues must and must not do, whatever their plan says."""

from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

import jsonschema_rs
from pydantic import Field, model_validator

from toolweave.configs.shipping import shipped, shipped_names
from toolweave.core.errors import InputError, SchemaError
from toolweave.core.model import JsonValue, Record
from toolweave.schema.documents import STDIN, read_document
from toolweave.schema.records import build, input_error, joined

Act = Literal["delete", "pay"]
Shape = Literal["email", "phone", "card", "iban", "ssn", "ipv4"]
Place = Literal["user", "assistant", "tool", "arguments"]
LONGEST_PATTERN = 500


class Names(Record):
    """Which tools are meant: name patterns such as ``*refund*``, and what they do."""

    tools: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()

    @model_validator(mode="after")
    def _names_some(self) -> Self:
        if not self.tools and not self.acts:
            raise ValueError("no tools are named: give tools or acts")
        return self


class Condition(Record):
    """Something that must hold: ``at`` is a path in the call's arguments.

    With ``result_of``, it is a path in any earlier successful result of such a tool instead.
    """

    at: str = Field(min_length=1)
    operator: Literal["==", "!=", "<", "<=", ">", ">=", "exists"] = "=="
    value: JsonValue = None
    result_of: str = ""


class Order(Record):
    """``then`` is called only after a call of ``first`` has succeeded.

    ``same`` are a path in the arguments or the result of ``first``, and one in the arguments of
    ``then``, that must hold the same value: both calls are then about one thing.
    """

    name: str
    first: tuple[str, ...] = Field(min_length=1)
    then: tuple[str, ...] = Field(min_length=1)
    same: tuple[str, str] | None = None


class Confirmation(Names):
    """The user agrees before the call, or the call says so in a parameter.

    The assistant must have announced the call, and the user's latest message must agree.
    ``parameter`` names an argument that says so in its stead when it is ``equals``.
    """

    name: str
    parameter: str = ""
    equals: JsonValue = True


class Ban(Names):
    """Tools that are not called, unless every one of ``unless`` holds."""

    name: str
    unless: tuple[Condition, ...] = ()


class SignIn(Record):
    """``tools`` are called only after one of ``by`` has succeeded. By default, all other tools."""

    name: str
    by: tuple[str, ...] = Field(min_length=1)
    tools: tuple[str, ...] = ("*",)
    free: tuple[str, ...] = ()


class Limit(Names):
    """At most so many calls in a dialogue or in a turn, all named tools counted together."""

    name: str
    at_most: int = Field(ge=0)
    per: Literal["dialogue", "turn"] = "dialogue"


class PersonalData(Record):
    """Data of a shape that must not occur, or of which every occurrence must match ``must_match``.

    The shape is a known one, or a ``pattern`` of one's own. ``places`` are whose texts are read;
    ``allowed`` are patterns of occurrences that are fine, such as the shop's own address.
    """

    name: str
    shape: Shape | None = None
    pattern: str = ""
    places: tuple[Place, ...] = Field(default=("assistant",), min_length=1)
    must_match: str = ""
    allowed: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if (self.shape is None) == (not self.pattern):
            raise ValueError("give either a shape or a pattern")
        return self

    def patterns(self) -> dict[str, str]:
        """Every pattern in the rule by its place in it."""
        given = {"pattern": self.pattern, "must_match": self.must_match}
        given |= {joined("allowed", index): text for index, text in enumerate(self.allowed)}
        return {place: text for place, text in given.items() if text}


class Policy(Record):
    """A policy in format version 1. Every rule has a name, which findings give."""

    version: Literal[1]
    name: str = ""
    order: tuple[Order, ...] = ()
    confirm: tuple[Confirmation, ...] = ()
    forbid: tuple[Ban, ...] = ()
    sign_in: tuple[SignIn, ...] = ()
    limits: tuple[Limit, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()

    @model_validator(mode="after")
    def _has_rules(self) -> Self:
        rules = (self.order, self.confirm, self.forbid, self.sign_in, self.limits)
        if not any((*rules, self.personal_data)):
            raise ValueError("the policy has no rules")
        return self


def load_policy(name: str) -> Policy:
    """The policy in a YAML or JSON file, or the shipped one of that name.

    Raises InputError naming file, place and mend, also for a pattern that cannot be used.
    """
    path = Path(name)
    if name != STDIN and not path.exists():
        found = shipped("policies", name)
        if found is None:
            known = ", ".join(shipped_names("policies"))
            mend = f"check the path; shipped policies: {known}"
            raise InputError("there is no such file", file=name, mend=mend)
        path = found
    policy = build(Policy, read_document(path), file=str(path))
    for index, rule in enumerate(policy.personal_data):
        for place, pattern in rule.patterns().items():
            _usable(pattern, str(path), f"personal_data[{index}].{place}")
    return policy


def _usable(pattern: str, file: str, place: str) -> None:
    if len(pattern) > LONGEST_PATTERN:
        problem = f"the pattern is longer than {LONGEST_PATTERN} characters"
        raise input_error(problem, file=file, place=place, mend="shorten it")
    try:
        linear(pattern)
    except SchemaError as error:
        raise input_error(str(error), file=file, place=place, mend="correct it") from error


@lru_cache(maxsize=256)
def linear(pattern: str) -> jsonschema_rs.Draft202012Validator:
    """The pattern for an engine whose time is linear in the text, whatever the pattern.

    Raises SchemaError where it is malformed, or looks around or back, which that engine cannot.
    """
    try:
        return jsonschema_rs.Draft202012Validator(
            {"pattern": pattern}, offline=True, pattern_options=jsonschema_rs.RegexOptions()
        )
    except ValueError as error:
        problem = f"{pattern[:80]!r} is no regular expression without look-around and references"
        raise SchemaError(problem) from error
