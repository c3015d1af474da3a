"""Field semantics: what sort of thing a parameter or output holds, from its name and schema."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from toolweave.checks.described import written

# Where the words of a snake_case, kebab-case, dotted or camelCase name part.
BREAKS = re.compile(r"[_\-.\s/\[\]]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# The last words of a name decide; the first row that fits wins. Names are the field's common ones.
_BY_TAIL: tuple[tuple[str, str], ...] = (
    (r"(?:credit |debit |payment |bank )?card (?:number|no|num)", "card_number"),
    (r"password|passwd|passphrase|passcode|secret|pwd", "secret"),
    (r"token|(?:api|access|private|public|secret|encryption|session|auth|ssh) ?key|bearer|jwt|"
     r"credentials?|apikey|signature|hash|checksum|cursor", "token"),
    (r"total (?!(?:price|cost|amount|fee|payment|charge|balance|refund|premium|tax|rent)s?\b).*",
     "count"),
    (r"(hourly|daily|nightly|weekly|monthly|room|day|night|exchange) rate", "amount"),
    (r"first name|given name|forename", "first_name"),
    (r"last name|surname|family name", "last_name"),
    (r"(company|organi[sz]ation|employer|business|vendor|supplier|carrier|manufacturer)( name)?",
     "company"),
    (r"(hotel|restaurant|venue|store|shop|branch|property|warehouse|school|airline) name",
     "place_name"),
    (r"(product|item|model|part|device|equipment|crop|course|film|movie|book) name",
     "thing_name"),
    (r"product|item|model|device", "thing_name"),
    (r"(user|login|account|screen|display|nick) ?name|username|handle|login", "username"),
    (r"(user|customer|contact|guest|passenger|agent|owner|technician|driver|patient|student|"
     r"employee|manager|client|applicant|recipient|member|full|assignee|instructor|teacher|"
     r"tenant|landlord|buyer|seller|candidate|attendee|participant|cardholder|holder|player|travell?er|visitor|author|artist|speaker|host|parent|child|"
     r"partner|spouse|friend|colleague|witness|beneficiary|sender|receiver|payee|doctor|nurse|vet|"
     r"lawyer|attorney|judge|actor|singer|writer|staff|team member|person|companion) names?|"
     r"name on (?:the )?card",
     "person"),
    (r"(?:user|customer|client|patient|student|employee|friend|colleague|candidate|tenant|"
     r"applicant|attendee|participant|invitee|teammate)", "person"),
    (r"assigned to|assignee|assigned (agent|technician)|contact person|passenger|guest|driver|"
     r"technician|instructor|approved by|created by|author|director|requested by|"
     r"manager", "person"),
    (r"e ?mail( address)?", "email"),
    (r"(phone|mobile|telephone|cell|contact)( number| no)?", "phone"),
    (r"(source |target |destination |new |old |output |input |save )?(file ?name|document name)",
     "file_name"),
    (r"(folder|directory|dir)( path)?|cwd|working dir(ectory)?|folder name",
     "folder_path"),
    (r"(file )?path|file|attachment", "file_path"),
    (r"(urls?|links?|website|uri|href|homepage|web page|webhook|tracking url)", "url"),
    (r"postcode|postal code|zip( code)?", "postcode"),
    (r"(?:wallet|contract|crypto|btc|eth) address", "token"),
    (r"ip(?:v4)? address", "ip"),
    (r"(?:street|street address|address line(?: ?1)?|line ?1|house)", "street"),
    (r"(address|location address|delivery address|shipping address|billing address)", "address"),
    (r"city|town|municipality", "city"),
    (r"state|province|region|county", "region"),
    (r"country( name)?", "country"),
    (r"country code", "country_code"),
    (r"(origin|destination|departure|arrival|pickup|dropoff|location|place|site|area|from|to)"
     r"( city| location| point)?", "city"),
    (r"lat|latitude", "latitude"),
    (r"lon|lng|long|longitude", "longitude"),
    (r"(base |source |target |from |to |quote )?currenc(y|ies)( code)?", "currency"),
    (r"language code|lang|locale|locale code", "language_code"),
    (r"language", "language"),
    (r"time ?zone|tz", "timezone"),
    (r"ip( address)?|ipv4", "ip"),
    (r"(iata|airport) code|iata", "airport_code"),
    (r"(problem|issue|complaint|incident)", "problem"),
    (r"description|details", "text"),
    (r"message|body|text|content|contents|prompt|sentence|paragraph|caption|tweet|bio|"
     r"about|greeting|announcement", "text"),
    (r"(notes?|comments?|remarks?|instructions?|feedback|summary)", "note"),
    (r"reason|justification|cause|purpose", "reason"),
    (r"title|subject|headline|topic", "title"),
    (r"query|search term|keywords?|search|q|term|search string|search text|search query", "query"),
    (r"(currency |total |unit |net |gross )?(price|cost|amount|fee|total|balance|payment|"
     r"charge|salary|rent|"
     r"premium|deductible|budget|refund|deposit|limit|value|income|revenue|subtotal|tax|"
     r"fare|discount amount|"
     r"usd|eur|principal|debt|wage|paid|due)", "amount"),
    (r"(?:percent|percentage) off", "percent"),
    (r"(percent|percentage|pct|rate|ratio|discount|share|score|probability|confidence|"
     r"utili[sz]ation|humidity)",
     "percent"),
    (r"(rating|stars)", "rating"),
    (r"(temperature|temp)( c| celsius)?", "temperature"),
    (r"(weight|mass)( kg)?", "weight"),
    (r"(distance)( km)?|km|mileage", "distance"),
    (r"(duration|minutes|mins)", "minutes"),
    (r"hours?", "hours"),
    (r"(days|nights|interval days|day count)", "days"),
    (r"weeks|months|years|term months|term", "span"),
    (r"(quantity|qty|count|number of .*|num .*|units?|seats?|guests|passengers|stock|copies|"
     r"amount of .*|size|"
     r"capacity|total .*|max results|limit|attempts|people|adults|children|rooms|bags?)", "count"),
    (r"page|offset|index", "small_count"),
    (r"year", "year"),
    (r"status|state", "status"),
    (r"category|type|kind|class", "category"),
    (r"colou?r", "color"),
    (r"name", "name"),
)  # fmt: skip
_TAIL_RULES = tuple((re.compile(rf"(?:.* )?(?:{rule})$"), kind) for rule, kind in _BY_TAIL)
_NUMERIC: Final = frozenset(
    {"amount", "percent", "rating", "temperature", "weight", "distance", "minutes", "hours", "days",
     "span", "count", "small_count", "year", "latitude", "longitude"}
)  # fmt: skip
# Kinds whose names end in "number" or "code" and that are no identifiers for that.
_CODED = frozenset({"card_number", "phone", "postcode", "country_code", "currency", "airport_code",
                    "language_code", "token", "secret"})  # fmt: skip
_FORMATS = {
    "date": "date", "date-time": "datetime", "time": "time", "email": "email", "uri": "url",
    "ipv4": "ip", "duration": "duration", "uuid": "uuid", "binary": "base64", "byte": "base64",
    "hostname": "hostname", "idn-email": "email", "iri": "url",
}  # fmt: skip
_ID_TAIL = re.compile(
    r"(?:.* )?(?:id|identifier|uuid|guid|key|code|ref|reference|sku|vin|iban|serial|isbn|"
    r"number|"
    r"(?:order|account|policy|ticket|case|tracking|invoice|serial|confirmation|flight|booking|"
    r"reservation|reference|customer|member|claim|part|batch|lot|meter|permit|license|licence|"
    r"registration|employee|student|transaction|check|contract|purchase order|po) (?:number|"
    r"no|num))$"
)
_DATE_TAIL = re.compile(
    r"(?:.* )?(?:date|date of (?:birth|issue|expiry|purchase|loss|incident|hire|visit)|"
    r"day|on|deadline|dob|birthday|birth date|expiry|expiration|since|until|"
    r"due|check ?in|check ?out|after|before|(?:birth|start|end|due|travel)date)$"
)
_DATETIME_TAIL = re.compile(
    r"(?:.* )?(?:at|timestamp|datetime|started|starts|ends|finished|date time|last updated|"
    r"updated|created)$"
)
_TIME_TAIL = re.compile(r"(?:.* )?(?:time|eta|from time|to time)$")


FREE_TEXT: Final = frozenset({"problem", "note", "reason", "text"})
"""Kinds that a person words."""

KINDS: Final = frozenset(
    {*(kind for _, kind in _BY_TAIL), *_FORMATS.values(), "identifier", "number", "word", "enum",
     "boolean", "group", "month_year", "flag", "unit", "epoch", "time", "datetime", "date"}
)  # fmt: skip
"""Every kind there is."""

# Names that say where or what for, not what: the words around them decide.
_VAGUE = re.compile(
    r"(?:.* )?(?:from|to|origin|destination|source|target|value|unit|base|input|output|location|"
    r"start|end|old|new|departure|arrival|data|dest|dst|src|departing|arriving|recipients?|cc|bcc|"
    r"sender|attendees?|participants?|invitees?|receiver)$"
)
_TOLD_BY: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{cue})\b", re.IGNORECASE), kind)
    for cue, kind in (
        (r"currenc(?:y|ies)", "currency"),
        (r"units?", "unit"),
        (r"language|translate", "language"),
        (r"time ?zone|iana", "timezone"),
        (r"iata|(?:airport|3[ -]letter|three[ -]letter) code|code of the \w+ airport",
         "airport_code"),
        (r"folder|directory", "folder_path"),
        (r"files?|path|mv|cp", "file_path"),
        (r"e-?mails?", "email"),
        (r"phone|sms", "phone"),
        (r"account", "identifier"),
        (r"message|invit\w+|meeting|notification|attendees?|participants?|recipients?|sender|"
         r"receiver", "person"),
        (r"(?:start|end) (?:date|day)|date (?:from|to)", "date"),
        (r"(?:event|meeting|appointment|booking|slot|call|class|shift) (?:start|end)", "datetime"),
    )
)  # fmt: skip
_MONEY = re.compile(
    r"\b(?:price|cost|money|currenc\w+|amount|dollars?|usd|eur|payment|budget|salary|fee|worth)\b",
    re.IGNORECASE,
)
_SPENDING_LIMIT = re.compile(
    r"(?:.* )?(?:credit|budget|spend(?:ing)?|daily|card|price|cost|transfer|withdrawal|overdraft|"
    r"coverage|payment|loan|expense|purchase|monthly|fare|liability|policy) limit$"
)
_FOLDER = re.compile(r"\b(?:folder|directory|dir)\b")
# Which names, described with which words, hold what.
_TOLD_FORMS: tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...] = tuple(
    (re.compile(named), re.compile(cue, re.IGNORECASE), kind)
    for named, cue, kind in (
        (r"(?<!date)$", r"\b(?:iso[- ]?8601|rfc[- ]?3339)\b(?! date\b)", "datetime"),
        (r"", r"alpha-2", "country_code"),
        (r"^day$", r"week", "word"),
        (r"country", r"two[- ]letter|2[- ]letter|iso", "country_code"),
        (r"language|lang$", r"\bcode|639|locale", "language_code"),
        (r"airport", r"\b(?:iata|code)\b", "airport_code"),
    )
)
# What a range, a filter or a rate adds to the name of a number.
_ADDED = re.compile(
    r"\b(?:min|max|minimum|maximum|lowest|highest|target|current|initial|total|average|new|old|"
    r"default|desired|preferred)\b|\bper (?:night|day|hour|month|week|year|person|unit|item)\b"
)
_NUMBERED = re.compile(r"(?<=[a-z]{3})(?: ?[12]| [abxy])$")
_DESCRIBES = re.compile(r"(?:.* )?(?:description|details|desc)$")
_TROUBLE = re.compile(
    r"\b(?:ticket|issue|problem|bug|incident|complaint|claim|fault|damage|error|symptom|case|repair|"
    r"maintenance|support|accident|dispute|outage|trouble|grievance|concern|emergency|"
    r"what happened)",
    re.IGNORECASE,
)
_FLAG = re.compile(r"(?:include|is|has|show|with|enable|allow|use|force|only|should|send)\b.*")
# A plural that is given as a whole number says how many.
_COUNTED = re.compile(
    r"(?:.* )?(?!status|address|radius|gas|class|celsius|bus|seconds|pixels|bytes|grams|"
    r"meters|feet|degrees|points)[a-z]{2,}[^su]s$"
)
_EPOCH = re.compile(r"\b(?:unix|epoch)\b", re.IGNORECASE)


def core(text: str) -> str:
    """A name in words without what a range or a rate adds, and without its number in a pair."""
    return " ".join(_ADDED.sub(" ", _NUMBERED.sub("", text)).split())


@lru_cache(maxsize=4096)
def tail(name: str) -> str:
    """A name as lower-case words: ``dateOfBirth`` → "date of birth"."""
    return " ".join(part.lower() for part in BREAKS.split(name) if part)


def kind_of(name: str, schema: Mapping[str, Any], parent: str = "") -> str:
    """What the field holds: ``date``, ``amount``, ``person``, ``identifier``, ``enum`` and so on.

    Args:
        name: the leaf name, such as ``requester_id``.
        schema: its schema, already resolved.
        parent: the name of the object around it, or the noun of its tool, which decides for a
            bare ``name`` or ``id``.
    """
    types = schema.get("type")
    kinds = {types} if isinstance(types, str) else set(types or ())
    if "enum" in schema:
        return "enum"
    if "boolean" in kinds:
        return "boolean"
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if kinds & {"object", "array"}:
        return "group"
    text, description = tail(name), str(schema.get("description", ""))[:1_000]
    full = f"{tail(parent)} {text}".strip()
    if kinds & {"number", "integer"} and "string" not in kinds:
        return _number_kind(text, f"{full} {description}", "integer" in kinds)
    if schema.get("format") == "password":
        return "secret"
    kind = _string_kind(text, full, description)
    if kind == "word" and core(text) not in ("", text):
        kind = _string_kind(core(text), full, description)
    if text == "value":
        return kind
    return _quantity(text) or kind if kind == "word" and kinds == {"string"} else kind


def _number_kind(text: str, around: str, whole: bool) -> str:
    if _EPOCH.search(around) or text.endswith("timestamp"):
        return "epoch"
    if text == "value" and not _MONEY.search(around):
        return "number"
    if text.endswith("limit") and not (_SPENDING_LIMIT.match(text) or _MONEY.search(around)):
        return "count" if text in ("limit", "max limit", "page limit") else "number"
    if found := _quantity(text) or _quantity(core(text)):
        return found
    if text != "number" and _ID_TAIL.match(text):
        return "identifier"
    return "count" if whole and _COUNTED.match(text) else "number"


def _quantity(text: str) -> str:
    """The kind of number that a name means, if any."""
    for rule, kind in _TAIL_RULES:
        if kind in _NUMERIC and rule.match(text):
            return kind
    return ""


# What a summary is a headline of rather than an account.
_HEADLINED = re.compile(r"(?:.* )?(?:event|meeting|issue|task|appointment)s? summary")


def _string_kind(text: str, full: str, description: str) -> str:
    if told := _told_kind(text, full, description):
        return told
    if _HEADLINED.fullmatch(full):
        return "title"
    kinds = [
        # "create_user.name" is a person's name rather than a user name.
        "person" if kind == "username" and candidate != text else kind
        for candidate in (text, full)
        for rule, kind in _TAIL_RULES
        if kind not in _NUMERIC and kind != "name" and rule.match(candidate)
    ]
    # A number or code is an identifier unless a rule names its like: phones, postcodes, cards.
    if _ID_TAIL.match(text) and not (kinds and kinds[0] in _CODED):
        return "identifier"
    return kinds[0] if kinds else _when_kind(text)


def _told_kind(text: str, full: str, description: str) -> str:
    """What the description decides: the form of a moment, or what a vague name stands for."""
    form = written(description)
    if form:
        return _moment_kind(form)
    # Without a word of its own, the noun of the tool tells: "currency from".
    around = f"{full} {description}"
    if _VAGUE.match(text):
        told = next((kind for cue, kind in _TOLD_BY if cue.search(around)), "")
        if told:
            return told
    for named, cue, kind in _TOLD_FORMS:
        if named.search(text) and cue.search(description):
            return kind
    if text == "path" and _FOLDER.search(full):
        return "folder_path"
    if _DESCRIBES.match(text) and _TROUBLE.search(around):
        return "problem"
    return "flag" if _is_flag(text, description) else ""


def _is_flag(text: str, description: str) -> bool:
    """Whether a string holds a yes or no: ``includeRemoved``, "If true, …"."""
    return _FLAG.match(text) is not None and "true" in description.lower()


def _moment_kind(form: str) -> str:
    """A day, a time or a moment, by its directives."""
    if "%H" in form:
        return "datetime" if "%d" in form else "time"
    return "date" if "%d" in form else "month_year"


def _when_kind(text: str) -> str:
    if _DATETIME_TAIL.match(text):
        return "datetime"
    if _DATE_TAIL.match(text):
        return "date"
    if _TIME_TAIL.match(text):
        return "time"
    return "name" if text.endswith("name") else "word"
