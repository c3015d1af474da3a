"""The phrases of a drafted tool: how it is asked for, and what is said when it is done."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from toolweave.checks.effects import identified
from toolweave.checks.words import plural, split_name
from toolweave.checks.words_en import listed
from toolweave.core.lexicon import ToolWords
from toolweave.core.tool import Tool
from toolweave.drafting.deed import Deed, deed_of, thing
from toolweave.drafting.nouns import counted, head, is_plural, mine, one, the
from toolweave.drafting.verbs import participle, said, with_object
from toolweave.drafting.weaving import HOLE, Weave, weave

_MOST: Final = 14
_SECRET: Final = frozenset({"token", "key", "secret", "password", "hash", "signature"})
_CONTAINERS: Final = frozenset(
    listed("directory folder playlist cart basket channel group team album board")
)
_NUMBERED: Final = frozenset({"id", "identifier", "uuid", "guid"})


def draft_tool(tool: Tool) -> ToolWords:
    """The words of a tool, drafted from its name, description and parameters."""
    deed = deed_of(tool)
    woven = weave(tool, deed)
    return ToolWords(
        wishes=_few(_wishes(deed, woven)),
        again=_few(_again(deed, woven)),
        done=_few(_done(tool, deed, woven)),
        **_counted(deed),
    )


def _few(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrases))[:_MOST]


def _wishes(deed: Deed, woven: Weave) -> Iterator[str]:
    for core in _cores(deed, again=False):
        yield core
        if len(woven.tails) > 1:
            yield core + "".join(woven.tails)
        for tail in woven.tails:
            yield core + tail
    verbs = ["see what's in"] if _holds(deed) else said(deed.verb)[:3]
    for verb in verbs:
        for instead in woven.instead:
            yield with_object(verb, instead)
            for tail in woven.tails:
                yield with_object(verb, instead) + tail


def _again(deed: Deed, woven: Weave) -> Iterator[str]:
    for core in _cores(deed, again=True):
        yield core
        for tail in woven.tails:
            yield core + tail


def _cores(deed: Deed, *, again: bool) -> list[str]:
    """The deed as bare infinitives that state no value."""
    noun, family = deed.noun, deed.family
    if family == "sign_in":
        return ["log me in", "sign me in", "get me logged in"]
    if family == "sign_out":
        return ["log me out", "sign me out"]
    verbs = said(deed.verb)
    if deed.towards:
        whom = one(thing(noun))
        if deed.verb in ("transfer", "connect", "escalate", "forward", "hand"):
            return [f"put me through to {whom}", f"{deed.verb} me to {whom}"]
        return [f"{verb} {'it ' if family != 'send' else ''}to {whom}" for verb in verbs]
    if not noun:
        return [f"{verb} {'that' if again else 'something'}" for verb in verbs]
    if _holds(deed):
        return [f"see what's in {the(noun, again=again)}", f"list {the(noun, again=again)}"]
    if family in ("list", "search"):
        return _listing(deed)
    if family in ("make", "send", "pay"):
        return [with_object(verb, one(noun)) for verb in verbs]
    whose = f"my {noun}" if deed.own and not again else _at_hand(deed, "my", again=again)
    return [with_object(verb, whose) for verb in verbs]


def _at_hand(deed: Deed, whose: str, *, again: bool = False) -> str:
    """What is there already: "my booking"; of a part, "the flights on my reservation"."""
    words = deed.noun.split()
    if deed.family == "change" and len(words) == 2 and mine(words[0]) and deed.many:
        return f"the {words[1]} on {'that' if again else whose} {words[0]}"
    if deed.own or (mine(deed.noun) and not again):
        return f"{whose} {deed.noun}"
    return the(deed.noun, again=again)


def _holds(deed: Deed) -> bool:
    """Whether a single thing is listed for what is in it."""
    return deed.verb == "list" and head(deed.noun) in _CONTAINERS


def _listing(deed: Deed) -> list[str]:
    """To see several things: "show me my bookings", "look for direct flights"."""
    things = deed.noun if deed.many or not counted(deed.noun) else plural(deed.noun)
    if deed.family == "search":
        return [f"find {things}", f"look for {things}", f"search for {things}", f"find me {things}"]
    if deed.own or mine(things):
        return [f"show me my {things}", f"see my {things}", f"go through my {things}",
                f"list my {things}"]  # fmt: skip
    if not counted(thing(things)):
        return [f"show me the {things}", f"see the {things}", f"check the {things}"]
    return [f"see which {things} there are", f"show me the {things}", f"list the {things}",
            f"tell me which {things} there are"]  # fmt: skip


def _done(tool: Tool, deed: Deed, woven: Weave) -> Iterator[str]:
    """The first sentence when it is done; what was looked up speaks for itself."""
    if deed.family == "sign_in":
        yield from ("you're [logged|signed] in[ now|]", "that worked, you're [logged|signed] in")
    elif deed.family == "sign_out":
        yield from ("you're [logged|signed] out[ now|]", "I've [logged|signed] you out")
    elif deed.family in ("look", "list", "search", "test"):
        own = deed.own or (mine(deed.noun) and deed.family != "search")
        noun = deed.noun if deed.family != "search" or deed.many else plural(deed.noun)
        if deed.family == "test":
            yield from (f"I've checked {_at_hand(deed, 'your')}",
                        f"I've gone over {_at_hand(deed, 'your')}")  # fmt: skip
            return
        known = f"{'your' if own else 'the'} {noun}"
        here = "here are" if is_plural(head(noun)) else "here's"
        yield from (f"{here} {known}", f"I have {known} here", f"I've got {known} in front of me")
    elif deed.family == "compute":
        yield from _computed(tool, deed)
    else:
        yield from _acted(tool, deed, woven)


def _acted(tool: Tool, deed: Deed, woven: Weave) -> Iterator[str]:
    past = participle(said(deed.verb)[0])
    noun = deed.noun
    if deed.towards:
        yield f"you're being {past} to {one(thing(noun))}" if deed.verb in (
            "transfer", "connect", "escalate", "forward",
        ) else f"that's {past} to {one(thing(noun))}"  # fmt: skip
        return
    if not noun:
        yield from ("that's done", "done", "I've done that for you")
        return
    made = deed.family in ("make", "send", "pay")
    whose = _at_hand(deed, "your")
    be = "are" if deed.many else "is"
    stated = f"I've {past} {one(noun) if made and not mine(noun) else whose}"
    if head(noun) in ("support", "help"):
        yield f"I've {past} {noun}"
        return
    number = _number(tool) if made else ""
    yield from (stated, f"{whose} {be} {past}[ now|]", f"done, {whose} {be} {past}")
    for tail in woven.tails:
        yield f"{stated}{tail}"
    if number:
        label = _label(number)
        yield f"{whose} {be} {past}; the {label} is {{{number}}}"
        yield f"{stated}, under {label} {{{number}}}"


def _computed(tool: Tool, deed: Deed) -> Iterator[str]:
    """A result that is one value is the answer itself."""
    fields = [
        name for name, schema in _results(tool).items()
        if isinstance(schema, Mapping) and schema.get("type") in ("number", "integer", "string")
    ]  # fmt: skip
    noun = deed.noun or "result"
    if len(fields) == 1:
        yield from (f"[that comes to|that makes|it comes to] {{{fields[0]}}}",
                    f"the {noun} [is|comes to] {{{fields[0]}}}")  # fmt: skip
    else:
        yield f"here's the {noun}"


def _counted(deed: Deed) -> dict[str, tuple[str, ...]]:
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
