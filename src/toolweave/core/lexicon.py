"""Lexicons: how people of one domain word its fields, tools and situations.

Every string marked *phrase* is written in a small choice grammar: ``[a|b|c]`` picks one
alternative (``[very |]`` makes a word optional, brackets nest), ``{name}`` is filled in.
"""

from typing import Literal

from pydantic import Field

from toolweave.core.model import JsonValue, Record


class FieldWords(Record):
    """How one parameter or output is spoken of. Keyed in a lexicon by leaf name or ``tool.path``.

    Attributes:
        label: noun phrase without article ("customer number").
        asks: phrases; whole questions from the assistant ("What's your customer number?").
            ``{options}`` lists the choices of an enum.
        tells: phrases; a clause in which the user states it ("my customer number is {value}").
        answers: phrases; the user's short answer when asked ("It's {value}.").
        reports: phrases; a clause in which the assistant gives it ("it's marked {value}").
        words: human words for enum and boolean values ("high": ["urgent", "high priority"]).
        clauses: whole user clauses per enum or boolean value ("high": ["it's pretty urgent"]).
            Each must contain one of the value's ``words`` or its spelling in words.
        values: realistic values; strings are phrases.
        shape: pattern of an identifier: ``#`` a digit, ``@`` a capital, the rest literal.
        unit: "USD", "EUR", "%", "kg", "km", "min", "h", …, appended or prefixed when spoken.
        minimum, maximum: the plausible range of a number.
    """

    label: str = ""
    asks: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    clauses: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    values: tuple[JsonValue, ...] = ()
    shape: str = ""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None


class ToolWords(Record):
    """How one tool is asked for and reported on.

    Attributes:
        wishes: phrases; what the user wants done, as a bare infinitive ("open a support ticket").
            ``{parameter}`` weaves in a value; a wish is used only when all its values are stated.
        again: phrases like ``wishes`` for a later turn, where its object is already in the
            conversation ("escalate that ticket").
        done: phrases; the assistant's first sentence after success ("I've opened ticket
            {ticket_id}."). ``{output}`` and ``{parameter}`` weave in values.
        none, one, many: phrases for a list result, by its length; ``{count}``, ``{items}``.
        item: phrases; one element of a list result, ``{key}`` from the element.
        failed: phrases; the assistant's sentence when the call failed; ``{reason}``.
    """

    wishes: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    one: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    item: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


class EntityWords(Record):
    """How one kind of thing is named: ``noun`` ("ticket"), ``plural``, and ways to point at it."""

    noun: str
    plural: str = ""
    refer: tuple[str, ...] = ()


class Situation(Record):
    """Why somebody turns up: opening phrases, and field values that belong together.

    ``tools`` names the tools that such a user starts with (any when empty). ``values`` maps a field
    name to the values that fit; ``openings`` are whole sentences that state none of them.
    """

    tools: tuple[str, ...] = ()
    openings: tuple[str, ...] = ()
    values: dict[str, tuple[JsonValue, ...]] = Field(default_factory=dict)


class Exchange(Record):
    """A remark or request of the user that no tool serves, and what fits as an answer: phrases."""

    says: tuple[str, ...]
    answers: tuple[str, ...]


class Lexicon(Record):
    """The words of one domain.

    Attributes:
        requests: phrases; what a user says in so many words to have a segment's calls made, in the
            first turn. The key joins the tools of the segment with ``+`` (``book_room``,
            ``create_ticket+get_ticket``). One or more whole sentences; ``{parameter}`` weaves in a
            value, ``{pick}`` the element picked from a list ("the second one").
        follow_ups: the same for later turns, where a request follows from what was just learnt.
        small_talk: what people of this domain remark in passing.
        refusals: by the subgoal of a refusal segment, how it is asked for and declined.
    """

    version: Literal[1]
    domain: str
    entities: dict[str, EntityWords] = Field(default_factory=dict)
    fields: dict[str, FieldWords] = Field(default_factory=dict)
    tools: dict[str, ToolWords] = Field(default_factory=dict)
    situations: tuple[Situation, ...] = ()
    requests: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    follow_ups: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    small_talk: tuple[Exchange, ...] = ()
    refusals: dict[str, Exchange] = Field(default_factory=dict)
