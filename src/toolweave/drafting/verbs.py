"""The verbs of tools' names: how people say them, and their participles."""

import re
from functools import lru_cache
from typing import Final, Literal

from toolweave.checks.naming import NOUN_VERBS
from toolweave.checks.words_en import listed

Family = Literal[
    "look", "list", "search", "compute", "test", "sign_in", "sign_out", "make", "send", "pay",
    "change", "end", "act",
]  # fmt: skip

_FAMILIES: Final[dict[Family, str]] = {
    "look": "get fetch retrieve read show view see display describe lookup inspect load "
    "preview monitor track download locate peek examine access explain watch",
    "list": "list browse enumerate",
    "search": "search find query discover filter recommend suggest",
    "compute": "calculate compute estimate predict forecast measure evaluate convert "
    "translate count sum compare analyze analyse summarize summarise detect classify rank "
    "transcribe solve quote",
    "test": "check validate verify test is has can confirm_availability",
    "sign_in": "login signin authenticate log_in sign_in",
    "sign_out": "logout signout log_out sign_out",
    "make": "create add open book register schedule submit place make new insert reserve "
    "order buy purchase request file log upload generate record publish write hire rent "
    "initiate setup save raise plan draft compose build prescribe draw paint design plot "
    "set_up clone fork duplicate import arrange sign_up enroll apply subscribe provision "
    "append attach adopt commit",
    "send": "send post share email message notify contact invite tweet reply forward call "
    "text ping alert dispatch deliver comment broadcast mention report retweet respond "
    "answer ask remind",
    "pay": "pay fund top_up invest transfer refund charge donate redeem withdraw deposit tip "
    "send_money",
    "change": "update modify change set edit move rename assign reschedule adjust configure "
    "replace patch put mark extend renew upgrade toggle enable disable activate "
    "deactivate reset approve confirm accept reject decline resolve complete finish "
    "reopen escalate merge turn_on turn_off pause resume stop lock unlock block unblock "
    "pin unpin mute unmute follow unfollow like unlike star unstar sort tag label archive "
    "restore copy retry run execute trigger invoke play skip fill press turn increase "
    "decrease rotate scale swap link unlink sync refresh release hold ship return rate "
    "review vote claim check_in check_out checkout exchange authorize grant deny promote "
    "demote rollback join collect pick_up drop_off admit discharge void capture settle treat "
    "diagnose water "
    "feed plant harvest park launch start deploy push pull",
    "end": "cancel delete remove drop unsubscribe clear revoke close terminate discard "
    "destroy uninstall detach leave quit purge erase unregister dismiss",
    "act": "echo gzip compress encrypt decrypt encode decode format resize crop render parse "
    "scan export print simulate think do go give take use visit drive navigate shorten "
    "screenshot wait subtract multiply divide listen inspect draw_up",
}
FAMILY: Final[dict[str, Family]] = {
    verb: family for family, verbs in _FAMILIES.items() for verb in verbs.split()
}
# More of them that drafts meet; what a result is called does not hang on these.
AMBIGUOUS: Final = NOUN_VERBS | frozenset(
    listed(
        "plan review rate call message text email comment like star label tag pin link "
        "access count import export filter copy run play press fill turn scale release "
        "claim hold use visit give take check process exchange fund water plant park answer "
        "ask remind draw paint design push pull commit collect treat feed watch screenshot "
        "wait"
    )
)
PARTICLES: Final = frozenset({"in", "out", "up", "on", "off"})
_SAID: Final[dict[str, tuple[str, ...]]] = {
    "get": ("look up", "check", "pull up", "see"),
    "fetch": ("look up", "pull up"),
    "retrieve": ("look up", "pull up", "get"),
    "lookup": ("look up",),
    "query": ("look up",),
    "describe": ("pull up", "look up"),
    "display": ("show me",),
    "show": ("show me",),
    "view": ("see", "look at", "pull up"),
    "load": ("pull up",),
    "inspect": ("look at", "check"),
    "return": ("return",),
    "read": ("read", "open"),
    "track": ("track", "follow"),
    "search": ("search for", "find", "look for"),
    "find": ("find", "look for"),
    "browse": ("look through",),
    "discover": ("find",),
    "list": ("list", "see", "go through"),
    "create": ("create", "set up"),
    "insert": ("add",),
    "new": ("create",),
    "initiate": ("start",),
    "setup": ("set up",),
    "generate": ("generate", "put together"),
    "compose": ("write",),
    "submit": ("submit", "hand in"),
    "schedule": ("schedule", "arrange"),
    "purchase": ("buy", "get", "take out"),
    "update": ("update", "change"),
    "modify": ("change", "update"),
    "edit": ("change", "edit"),
    "patch": ("update",),
    "put": ("update",),
    "delete": ("delete", "get rid of", "remove"),
    "remove": ("remove", "take out"),
    "destroy": ("delete",),
    "terminate": ("end", "terminate"),
    "calculate": ("work out", "calculate"),
    "compute": ("work out", "calculate"),
    "evaluate": ("work out", "evaluate"),
    "estimate": ("get an estimate of", "estimate"),
    "checkout": ("check out",),
    "subtract": ("subtract",),
    "navigate": ("go to", "open"),
    "screenshot": ("take a screenshot of",),
    "watch": ("watch", "keep an eye on"),
    "authorize": ("authorise", "approve"),
    "verify": ("verify", "double-check", "confirm"),
    "validate": ("check", "validate"),
    "is_available": ("check",),
    "test": ("test",),
    "resolve": ("resolve", "mark _ as resolved"),
    "close": ("close",),
    "toggle": ("toggle", "switch _ on or off"),
    "turn_on": ("turn _ on", "switch _ on"),
    "turn_off": ("turn _ off", "switch _ off"),
    "enable": ("turn on", "enable"),
    "disable": ("turn off", "disable"),
    "trigger": ("start", "kick off"),
    "execute": ("run",),
    "invoke": ("run",),
    "analyze": ("analyse", "look into"),
    "summarize": ("summarise", "sum up"),
    "provision": ("set up",),
    "message": ("message",),
    "notify": ("notify",),
}  # fmt: skip
_PAST: Final[dict[str, str]] = {
    "send": "sent", "make": "made", "set": "set", "put": "put", "pay": "paid", "buy": "bought",
    "begin": "begun", "hold": "held", "write": "written", "read": "read", "give": "given",
    "do": "done", "go": "gone", "see": "seen", "show": "shown", "cut": "cut", "take": "taken",
    "find": "found", "get": "got", "leave": "left", "quit": "left", "drive": "driven",
    "build": "built", "withdraw": "withdrawn", "think": "thought", "reset": "reset", "run": "run",
    "take out": "taken out", "work out": "worked out", "get rid of": "removed", "tell": "told",
    "transfer": "transferred", "submit": "submitted", "format": "formatted", "refer": "referred",
    "commit": "committed", "set up": "set up", "put together": "put together",
    "cancel": "cancelled", "forget": "forgotten", "draw": "drawn", "feed": "fed",
    "go to": "opened", "take a screenshot of": "taken a screenshot of", "reply": "replied",
    "new": "created", "label": "labelled",
}  # fmt: skip


def with_object(verb: str, thing: str) -> str:
    """A verb with its object in its place: "mark the ticket as resolved"."""
    return verb.replace(" _", f" {thing}") if " _" in verb else f"{verb} {thing}"


def said(verb: str) -> tuple[str, ...]:
    """What people say for a verb of a name: ``fetch`` → look up, pull up."""
    return _SAID.get(verb, (verb.replace("_", " "),))


@lru_cache(maxsize=2048)
def participle(verb: str) -> str:
    """``book`` → booked, ``set up`` → set up, ``apply`` → applied, ``drop`` → dropped."""
    verb = verb.replace(" _", "").replace("_", " ")
    if verb in _PAST:
        return _PAST[verb]
    head, _, rest = verb.partition(" ")
    if rest:
        return f"{participle(head)} {rest}"
    if verb.endswith("e"):
        return verb + "d"
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    # Short verbs double their last letter: dropped, planned.
    doubled = re.fullmatch(r"[^aeiou]*[aeiou][bdgmnprt]", verb)
    return verb + verb[-1] + "ed" if doubled else verb + "ed"


def stem(word: str) -> str:
    """A description's verb in its plain form: ``Retrieves`` → retrieve, ``searches`` → search."""
    low = word.lower()
    for form in (low, low.removesuffix("es"), low.removesuffix("s"), low[:-3] + "y"):
        if form in FAMILY and (form == low or low.endswith("s")):
            return form
    return ""
