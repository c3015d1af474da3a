"""Wordings of questions: which ways of asking go with which words in a parameter's name."""

import re
from typing import NamedTuple


class Wording(NamedTuple):
    """Ways of asking for a parameter whose name or label holds one of ``heads``."""

    heads: frozenset[str]
    pattern: re.Pattern[str]


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


def _wording(heads: str, *ways: str) -> Wording:
    return Wording(_words(heads), re.compile("|".join(ways)))


# Words that say nothing about what is asked.
STOP = _words(
    "a an the is are was be been do does did to of for in on at by with from as it its this that",
    "these those i we you he she they me us your my our their his her what which when where who",
    "why how would could can should will shall may might like want need please provide give tell",
    "let know share confirm specify and or if so there any some have has had s d ll m re ve just",
    "also get set use used using unique",
)

# Different words for one thing.
ONE_THING = {
    "identifier": "id", "ident": "id", "number": "id", "no": "id", "num": "id", "code": "id",
    "reference": "id", "ref": "id", "ids": "id", "numbers": "id", "codes": "id",
    "quantity": "count", "qty": "count", "telephone": "phone", "mobile": "phone", "cell": "phone",
    "mail": "email",
}  # fmt: skip

SUFFIXES = ("ations", "ation", "ings", "ing", "ions", "ion", "ies", "ed", "es", "s", "e", "y")

YES_NO = re.compile(
    r"\b(?:do|does|did|is|are|would|will|should|shall|can|has|have)"
    r" (?:you|i|we|it|this|that|the|they|there)\b|whether|\bif\b"
)

WORDINGS = (
    _wording(
        "description descriptions issue issues problem details detail symptom symptoms incident"
        " complaint fault defect damage summary content body text situation",
        r"what(?:'s| is| was| has| have| seems?| exactly)?[^?]{0,30}\b(?:wrong|going|happen|trouble"
        r"|problem|matter|issue|bother|see|seeing|notice|like)",
        r"tell me|details?|describ|explain|walk me through|more about|a bit more|your own words",
        r"what should it say|what would you like (?:it )?to say",
    ),
    _wording(
        "note notes comment comments remark remarks message instructions feedback memo body text",
        r"what (?:should|shall|would|do|can|else)[^?]{0,40}\b(?:tell|say|know|pass|add|include"
        r"|mention|write|put|note|hear)",
        r"anything (?:else )?(?:you|i|we|they|to|the)|details?|explain|pass (?:on|along)",
        r"tell (?:me|them|us)|background|in your own words|describ",
    ),
    _wording(
        "date dates day time datetime deadline start end begin departure arrival due checkin in out"
        " checkout schedule period from until since dob birthday birth expiry appointment pickup"
        " delivery hour month year when",
        r"\bwhen\b|(?:what|which|any) (?:date|day|time|month|year|hour|week|period|slot)",
        r"how (?:soon|late|early|long|far back|recent|old)|by what|from what|until|since|due",
    ),
    _wording(
        "amount price cost total budget fee sum value payment salary rate limit max min balance"
        " maximum minimum",
        r"how (?:much|high|low|large|big|far)|\$",
        r"what(?:'s| is) (?:the|your) (?:price|cost|budget|total|limit)",
        r"up to|at most|at least|spend|pay",
    ),
    _wording(
        "quantity number count size units guests people passengers copies items seats nights limit"
        " age max min adults children top page rows results maximum minimum days",
        r"how (?:many|much|large|big|old|long)|number of|what size",
    ),
    _wording(
        "duration length minutes hours days weeks months term interval frequency",
        r"how (?:long|often|many|frequent|regular)|for what",
    ),
    _wording(
        "location address city place street region country site area destination origin town venue"
        " zip postcode postal state zone district warehouse store branch depot property station"
        " airport port from to",
        r"\bwhere\b|what(?:'s| is) (?:the|your) (?:area|place|home|address)|address",
        r"(?:what|which) (?:city|town|place|area|country|region|branch|store|one|site)",
    ),
    _wording(
        "person name customer user client employee contact recipient owner passenger patient author"
        " agent assignee assigned tenant buyer seller first last full manager driver student",
        r"\bwho(?:'s|m|se)?\b|\bname|call(?:ed)? (?:it|you|them|this)|under what|called|title",
    ),
    _wording(
        "reason cause why motive justification purpose",
        r"\bwhy\b|what made|reason|how come|what for|what happened|behind",
        r"what(?:'s| is| was)? (?:wrong|the (?:matter|problem|issue))",
    ),
    _wording(
        "email phone contact mobile fax",
        r"reach|contact|get (?:back )?(?:to|in touch)|where (?:can|should|shall)",
        r"send (?:it|them|this)|call you|best (?:way|number)",
    ),
    _wording(
        "id number code reference serial account sku vin iban identifier",
        r"\bnumber|\bcode|\bid\b|reference|\bwhich\b|identif",
        r"on (?:your|the) (?:card|paper|bill|label|policy)",
    ),
    _wording(
        "priority urgency severity level importance",
        r"how (?:urgent|soon|serious|bad|important|severe|quickly|pressing|critical|fast)",
        r"urgen|pressing|rush",
    ),
    _wording(
        "status state outcome result stage",
        r"what (?:should|shall|would|status|state)|mark|set (?:it|this|that)|where does|put it",
        r"how (?:should|did|far)|move it",
    ),
    _wording(
        "category type kind mode class method format option plan cabin topic genre model channel"
        " style",
        r"(?:what|which) (?:kind|type|sort|one|of|plan|way|option|category|genre|model|method)",
        r"how (?:would|should|do|will)|is (?:it|this|that)|would you (?:prefer|like|rather)",
        r"prefer|rather|what's it about",
    ),
    _wording(
        "query keyword keywords search term topic subject title question",
        r"what (?:are|should|would|do|shall|is|topic|about)|look(?:ing)? for|search|find|about",
    ),
)
