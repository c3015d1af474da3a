"""What a tool does to which kind of thing: declared, or read from its name and its results."""

from itertools import pairwise

from toolweave.checks.inflection import singular
from toolweave.checks.naming import (
    ARTICLES,
    FACETS,
    IDENTIFIER_WORDS,
    NOT_IDENTIFIED,
    NUMBER_WORDS,
    OTHER_WORDS,
    PERSON,
    PERSON_WORDS,
    STOP_WORDS,
    words,
)
from toolweave.core.tool import Effect, EffectKind, Tool
from toolweave.schema.types import properties_of

VERBS: dict[str, EffectKind] = {
    **dict.fromkeys(
        (
            *("create", "add", "open", "book", "register", "schedule", "submit", "place", "issue"),
            *("send", "make", "new", "post", "insert", "reserve", "order", "buy", "purchase"),
            *("request", "file", "report", "start", "log", "upload", "enroll", "apply", "pay"),
            *("transfer", "generate", "record", "invite", "subscribe", "publish", "write", "hire"),
            *("rent", "initiate", "setup", "save", "charge", "raise", "escalate", "refund"),
            *("deposit", "fork", "clone", "prescribe", "notify", "donate", "invest", "redeem"),
        ),
        "create",
    ),
    **dict.fromkeys(
        (
            *("get", "list", "search", "find", "check", "lookup", "fetch", "track", "calculate"),
            *("estimate", "compare", "read", "show", "view", "retrieve", "query", "describe"),
            *("count", "browse", "locate", "look", "load", "download", "verify", "validate"),
            *("convert", "translate", "compute", "analyze", "recommend", "suggest", "preview"),
            *("monitor", "detect", "predict", "rank", "filter", "summarize", "quote", "is", "has"),
        ),
        "read",
    ),
    **dict.fromkeys(
        (
            *("update", "modify", "change", "set", "assign", "reschedule", "confirm", "approve"),
            *("edit", "move", "rename", "close", "resolve", "complete", "reopen", "activate"),
            *("deactivate", "enable", "disable", "mark", "extend", "renew", "upgrade", "adjust"),
            *("replace", "patch", "put", "configure", "toggle", "turn", "pause", "resume", "stop"),
            *("reject", "accept", "decline", "return", "ship", "dispatch", "lock", "unlock"),
            *("block", "unblock", "reset", "apply_to", "attach", "merge", "finish", "finalize"),
            *("archive", "unarchive", "suspend", "switch"),
        ),
        "update",
    ),
    **dict.fromkeys(
        ("cancel", "delete", "remove", "drop", "unsubscribe", "clear", "revoke", "withdraw"),
        "delete",
    ),
}  # fmt: skip


_ASKING = frozenset({"get", "check", "status", "is", "list", "history"})
_SIGNS = frozenset({"login", "logout", "signin", "signout", "authenticate", "logoff"})


def effect_of(tool: Tool) -> Effect:
    """The declared effect of a tool, or the one its name and results suggest."""
    if tool.effect is not None:
        return Effect(kind=tool.effect.kind, entity=_head(list(words(tool.effect.entity))))
    named = list(words(tool.name))
    place = next((index for index, word in enumerate(named) if word in VERBS), None)
    kind: EffectKind = "read" if place is None else VERBS[named[place]]
    rest = named if place is None else named[place + 1 :] or named[:place]
    phrase = _object(rest)
    entity = _head(phrase)
    made = _made(tool, entity)
    if kind in ("create", "update") and made:
        return Effect(kind="create", entity=made)
    given = {identified(name) for name in properties_of(tool.parameters)}
    if kind in ("update", "delete") and entity not in given:
        entity = next((_head([word]) for word in phrase if _head([word]) in given), entity)
        named = [whose for whose in given if whose and whose != PERSON] or [PERSON]
        if entity not in given and len(named) == 1 and named[0] in given:
            entity = named[0]
    return Effect(kind="update" if kind == "create" and entity in given else kind, entity=entity)


def identified(name: str) -> str | None:
    """The kind of thing that an identifier's name names (``""`` for a bare ``id``), else None."""
    found = words(name)
    if not found:
        return None
    before, last = found[:-1], found[-1]
    if last in IDENTIFIER_WORDS:
        while before and before[-1] in NUMBER_WORDS:
            before = before[:-1]
        return _whose(before)
    if last in NUMBER_WORDS and before and before[-1] not in NOT_IDENTIFIED:
        return _whose(before)
    return "product" if last in ("sku", "isbn", "asin") else None


def _whose(before: tuple[str, ...]) -> str:
    """The entity named by the words before an identifier word."""
    if not before:
        return ""
    others = [word for word in before if word in OTHER_WORDS]
    if others:
        return singular(others[-1])
    if before[-1] in PERSON_WORDS or (before[-1] == "account" and _any_person(before[:-1])):
        return PERSON
    return singular(before[-1])


def _any_person(found: tuple[str, ...]) -> bool:
    return any(word in PERSON_WORDS for word in found)


def _object(rest: list[str]) -> list[str]:
    """The noun phrase that a verb acts on: ``ticket`` of ``ticket to specialist``."""
    phrase: list[str] = []
    for word in rest:
        if word in STOP_WORDS:
            if phrase:
                break
            continue
        phrase.append(word)
    return phrase


def _head(phrase: list[str]) -> str:
    kept = [word for word in phrase if word not in ARTICLES and not word.isdigit()]
    while len(kept) > 1 and kept[-1] in FACETS:
        kept.pop()
    if not kept:
        return "thing"
    head = singular(kept[-1])
    return PERSON if head in PERSON_WORDS else head


def _made(tool: Tool, entity: str) -> str:
    """The kind of thing a result's own identifier names, when no argument names it already."""
    given = {identified(name) for name in properties_of(tool.parameters)}
    fresh = [
        whose
        for name in properties_of(tool.results)
        if (whose := identified(name)) is not None and whose not in given
    ]
    if entity in fresh or "" in fresh:
        return entity
    own = [whose for whose in fresh if whose not in (PERSON, *OTHER_WORDS)]
    return own[0] if own and (entity not in given or _derived(own[0], words(tool.name))) else ""


def _derived(whose: str, named: tuple[str, ...]) -> bool:
    """Whether a noun is made from a verb of the name: ``escalation`` from ``escalate``."""
    return any(len(word) > 4 and whose.startswith(word[:-2]) for word in named)


def signs(name: str) -> bool:
    """Whether a tool of that name signs somebody in or out."""
    found = words(name)
    together = any(
        one in ("log", "sign") and two in ("in", "out", "off") for one, two in pairwise(found)
    )
    return (bool(_SIGNS & {*found}) or together) and not _ASKING & {*found}


def looks_up(tool: Tool) -> bool:
    """Whether a tool is called for what it returns."""
    return effect_of(tool).kind == "read" and not signs(tool.name)
