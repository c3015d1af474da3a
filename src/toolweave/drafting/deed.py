"""What a tool does: the verb, and what it acts on."""

from collections.abc import Mapping
from typing import NamedTuple

from toolweave.checks.inflection import singular
from toolweave.core.tool import Tool
from toolweave.drafting.descriptions import told_by
from toolweave.drafting.names import Named, named_by, nouns_of
from toolweave.drafting.nouns import head, is_plural
from toolweave.drafting.verbs import Family

# With one of these the tool is about whomever it names, not about the speaker.
_NAMING = frozenset({"username", "user_name", "handle", "screen_name", "name", "email"})


class Deed(NamedTuple):
    """A verb and its object.

    Attributes:
        verb: as in the tool's name: ``fetch``.
        family: what sort of doing it is.
        noun: the object in words without an article ("exchange rate"), or ``""``.
        many: whether the object is more than one thing.
        own: it is the speaker's, as in ``get_user_tickets``.
        goal: where it goes to or comes from: " to my cart".
        towards: the object is where to, not what: ``transfer_to_human_agents``.
    """

    verb: str
    family: Family
    noun: str
    many: bool = False
    own: bool = False
    goal: str = ""
    towards: bool = False


def deed_of(tool: Tool) -> Deed:
    """What the tool does. A name that says too little is helped out by the description."""
    named = named_by(tool.name)
    if named is not None and (named.noun or named.family in ("sign_in", "sign_out")):
        return _settled(named, tool)
    told = told_by(tool.description)
    if named is None:
        noun = nouns_of(tool.name)
        if told is not None and told.noun and (told.family != "look" or " " not in noun):
            return Deed(told.verb, told.family, told.noun, is_plural(head(told.noun)))
        return Deed("get", "look", noun or "result", is_plural(head(noun)))
    noun = told.noun if told is not None else ""
    return Deed(named.verb, named.family, noun, is_plural(head(noun)))


def _settled(named: Named, tool: Tool) -> Deed:
    given = tool.parameters.get("properties")
    others = bool(_NAMING & set(given if isinstance(given, Mapping) else ()))
    return Deed(
        named.verb, named.family, named.noun, is_plural(head(named.noun)),
        own=named.own and not others, goal=named.goal, towards=named.towards,
    )  # fmt: skip


def thing(noun: str) -> str:
    """The noun phrase in the singular: ``direct flights`` → direct flight."""
    words = noun.split()
    return " ".join([*words[:-1], singular(words[-1])]) if words and " of " not in noun else noun
