"""What is said when a tool's call is done: the deed, and lists by their length."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from toolweave.checks.effects import identified
from toolweave.checks.inflection import plural
from toolweave.checks.words import split_name
from toolweave.core.tool import Tool
from toolweave.drafting.deed import Deed, thing
from toolweave.drafting.nouns import counted, head, is_plural, mine, one, the
from toolweave.drafting.objects import HANDING, SINGLED, STATES, WHETHER, at_hand
from toolweave.drafting.verbs import participle, said
from toolweave.drafting.weaving import HOLE, Weave

_SECRET: Final = frozenset({"token", "key", "secret", "password", "hash", "signature"})
_NUMBERED: Final = frozenset({"id", "identifier", "uuid", "guid"})


def done(tool: Tool, deed: Deed, woven: Weave) -> Iterator[str]:
    """The first sentence when it is done; what was looked up speaks for itself."""
    if deed.family == "sign_in":
        yield from ("you're [logged|signed] in[ now|]", "that worked, you're [logged|signed] in")
    elif deed.family == "sign_out":
        yield from ("you're [logged|signed] out[ now|]", "I've [logged|signed] you out")
    elif deed.verb in WHETHER:
        yield "I've checked that"
    elif deed.family == "test":
        yield f"I've checked {at_hand(deed, 'your')}"
        yield f"I've gone over {at_hand(deed, 'your')}"
    elif deed.family in ("look", "list", "search"):
        yield from _found(deed)
    elif deed.family == "compute":
        yield from _computed(tool, deed)
    elif deed.towards or deed.goal or not deed.noun or deed.verb == "mark":
        yield from _moved(deed)
    else:
        yield from _acted(tool, deed, woven)


def _found(deed: Deed) -> Iterator[str]:
    own = deed.own or (mine(deed.noun) and deed.family != "search")
    noun = deed.noun or "result"
    if deed.family == "search" and not deed.many and not SINGLED & set(noun.split()):
        noun = plural(noun)
    known = f"{'your' if own else 'the'} {noun}"
    here = "here are" if is_plural(head(noun)) else "here's"
    yield from (f"{here} {known}", f"I have {known} here", f"I've got {known} in front of me")


def _moved(deed: Deed) -> Iterator[str]:
    """What went somewhere, became something, or has no object to name."""
    past, noun = participle(said(deed.verb)[0]), deed.noun
    goal = (f" to {the(noun)}" if deed.towards else deed.goal).replace(" my ", " your ")
    if deed.towards and deed.verb in HANDING:
        yield f"you're being {past} to {one(thing(noun))}"
    elif goal:
        yield from (f"that's {past}{goal}", f"it's {past}{goal} now", f"I've {past} it{goal}")
    elif noun:
        yield f"{at_hand(deed, 'your') if noun not in STATES else 'it'} is marked[ now|]"
    else:
        yield from ("that's done", "done", "I've done that for you")


def _acted(tool: Tool, deed: Deed, woven: Weave) -> Iterator[str]:
    past, noun = participle(said(deed.verb)[0]), deed.noun
    made = deed.family in ("make", "send", "pay")
    whose = at_hand(deed, "your")
    stated = f"I've {past} {one(noun) if made and not mine(noun) else whose}"
    if head(noun) in ("support", "help"):
        yield f"I've {past} {noun}"
        return
    be = "are" if deed.many else "is"
    yield from (stated, f"{whose} {be} {past}[ now|]", f"done, {whose} {be} {past}")
    for tail in woven.tails:
        yield f"{stated}{tail}"
    if number := _number(tool) if made else "":
        label = _label(number)
        yield f"{whose} {be} {past}; the {label} is {{{number}}}"
        yield f"{stated}, under {label} {{{number}}}"


def _computed(tool: Tool, deed: Deed) -> Iterator[str]:
    """A result that is one value is the answer itself."""
    fields = [
        name for name, schema in _results(tool).items()
        if isinstance(schema, Mapping) and schema.get("type") in ("number", "integer")
    ]  # fmt: skip
    noun = deed.noun or "result"
    if len(fields) == 1:
        yield from (f"[that comes to|that makes|it comes to] {{{fields[0]}}}",
                    f"the {noun} [is|comes to] {{{fields[0]}}}")  # fmt: skip
    else:
        yield f"{'here are' if is_plural(head(noun)) else 'here is'} the {noun}"


def counted_list(deed: Deed) -> dict[str, tuple[str, ...]]:
    """How a list is told, by its length."""
    if deed.family not in ("list", "search") or not deed.noun:
        return {}
    single = thing(deed.noun)
    if not counted(single):
        return {}
    many = plural(single)
    if (deed.own or mine(single)) and deed.family != "search":
        return {
            "none": (f"you have no {many}[ at the moment| right now|]",),
            "one": (f"you have [just |]one {single}: {{items}}",),
            "many": (f"you have {{count}} {many}: {{items}}",
                     f"there are {{count}} {many}[ on file|]: {{items}}"),
        }  # fmt: skip
    return {
        "none": (f"I [found|see] no {many}", f"there are no {many}[ for that| that match|]"),
        "one": (f"I found [just |]one {single}: {{items}}",
                f"there's [just |]one {single}: {{items}}"),
        "many": (f"I found {{count}} {many}: {{items}}", f"there are {{count}} {many}: {{items}}"),
    }  # fmt: skip


def _number(tool: Tool) -> str:
    """The output under which people find what was made: its number, no token."""
    given = tool.parameters.get("properties")
    for name in _results(tool):
        named = identified(name) is not None and not _SECRET & set(split_name(name))
        if named and name not in (given if isinstance(given, Mapping) else {}):
            return name
    return ""


def _label(name: str) -> str:
    """``booking_id`` → "booking number"."""
    words = [word for word in split_name(name) if word not in _NUMBERED]
    return " ".join([*words, "number"]) if words and words[-1] != "number" else "number"


def _results(tool: Tool) -> Mapping[str, Any]:
    found = tool.results.get("properties")
    known = found if isinstance(found, Mapping) else {}
    return {name: schema for name, schema in known.items() if HOLE.fullmatch(name)}
