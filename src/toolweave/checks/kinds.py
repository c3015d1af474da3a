"""Field semantics: what sort of thing a parameter or output holds, from its name and schema."""

import re
from collections.abc import Mapping
from typing import Any

# Where the words of a snake_case, kebab-case, dotted or camelCase name part.
BREAKS = re.compile(r"[_\-.\s/\[\]]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# The last words of a name decide; the first row that fits wins. Names are the field's common ones.
_BY_TAIL: tuple[tuple[str, str], ...] = (
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
    (r"(user|customer|contact|guest|passenger|agent|owner|technician|driver|patient|student|"
     r"employee|manager|client|applicant|recipient|member|full|assignee|instructor|teacher|"
     r"tenant|landlord|buyer|seller|candidate|attendee|participant|cardholder|holder|player|travell?er|visitor|author|artist|speaker|host|parent|child|"
     r"partner|spouse|friend|colleague|witness|beneficiary|sender|receiver|payee|doctor|nurse|vet|"
     r"lawyer|attorney|judge|actor|singer|writer|staff|team member|person|companion) names?",
     "person"),
    (r"assigned to|assignee|assigned (agent|technician)|contact person|passenger|guest|driver|"
     r"technician|instructor|approved by|created by|author|director|requested by|"
     r"manager", "person"),
    (r"e ?mail( address)?", "email"),
    (r"(phone|mobile|telephone|cell|contact)( number| no)?", "phone"),
    (r"url|link|website|uri|href|tracking url", "url"),
    (r"postcode|postal code|zip( code)?", "postcode"),
    (r"(street|street address|address line( ?1)?|line ?1|house)", "street"),
    (r"(address|location address|delivery address|shipping address|billing address)", "address"),
    (r"city|town|municipality", "city"),
    (r"state|province|region|county", "region"),
    (r"country( name)?", "country"),
    (r"country code", "country_code"),
    (r"(origin|destination|departure|arrival|pickup|dropoff|location|place|site|area|from|to)"
     r"( city| location| point)?", "city"),
    (r"lat|latitude", "latitude"),
    (r"lon|lng|long|longitude", "longitude"),
    (r"currency( code)?", "currency"),
    (r"language|locale", "language"),
    (r"time ?zone|tz", "timezone"),
    (r"ip( address)?", "ip"),
    (r"(description|details|problem|issue|complaint|symptoms?|incident)", "problem"),
    (r"(notes?|comments?|remarks?|instructions?|message|body|text|feedback|summary|"
     r"content)", "note"),
    (r"reason|justification|cause|purpose", "reason"),
    (r"title|subject|headline|topic", "title"),
    (r"query|search term|keywords?|search|q|term", "query"),
    (r"(currency |total |unit |net |gross )?(price|cost|amount|fee|total|balance|payment|"
     r"charge|salary|rent|"
     r"premium|deductible|budget|refund|deposit|limit|value|income|revenue|subtotal|tax|"
     r"fare|discount amount|"
     r"usd|eur|principal|debt|wage|paid|due)", "amount"),
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
_NUMERIC = frozenset(
    {"amount", "percent", "rating", "temperature", "weight", "distance", "minutes", "hours", "days",
     "span", "count", "small_count", "year", "latitude", "longitude"}
)  # fmt: skip
_FORMATS = {
    "date": "date", "date-time": "datetime", "time": "time", "email": "email", "uri": "url",
    "ipv4": "ip", "duration": "duration", "uuid": "uuid",
}  # fmt: skip
_ID_TAIL = re.compile(
    r"(?:.* )?(?:id|identifier|uuid|guid|key|token|code|ref|reference|sku|vin|iban|serial|"
    r"(?:order|account|policy|ticket|case|tracking|invoice|serial|confirmation|flight|booking|"
    r"reservation|reference|customer|member|claim|part|batch|lot|meter|permit|license|licence|"
    r"registration|employee|student|transaction|check|contract|purchase order|po) (?:number|"
    r"no|num))$"
)
_DATE_TAIL = re.compile(
    r"(?:.* )?(?:date|day|on|deadline|dob|birthday|birth date|expiry|expiration|since|until|"
    r"due|check ?in|"
    r"check ?out)$"
)
_DATETIME_TAIL = re.compile(
    r"(?:.* )?(?:at|timestamp|datetime|date time|last updated|updated|created)$"
)
_TIME_TAIL = re.compile(r"(?:.* )?(?:time|eta|from time|to time)$")


def tail(name: str) -> str:
    """A name as lower-case words: ``dateOfBirth`` → "date of birth"."""
    return " ".join(part.lower() for part in BREAKS.split(name) if part)


def kind_of(name: str, schema: Mapping[str, Any], parent: str = "") -> str:
    """What the field holds: ``date``, ``amount``, ``person``, ``identifier``, ``enum`` and so on.

    Args:
        name: the leaf name, such as ``requester_id``.
        schema: its schema, already resolved.
        parent: the name of the object around it, which decides for a bare ``name`` or ``id``.
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
    text = tail(name)
    if kinds & {"number", "integer"} and "string" not in kinds:
        return _number_kind(text)
    return _string_kind(text, f"{tail(parent)} {text}".strip(), str(schema.get("description", "")))


def _number_kind(text: str) -> str:
    for rule, kind in _TAIL_RULES:
        if kind in _NUMERIC and rule.match(text):
            return kind
    return "number" if not _ID_TAIL.match(text) else "identifier"


def _string_kind(text: str, full: str, description: str) -> str:
    if _ID_TAIL.match(text) and not text.endswith(("country code", "postal code", "zip code")):
        return "identifier"
    if re.search(r"YYYY-MM-DD[T ]", description):
        return "datetime"
    if re.search(r"YYYY-MM-DD", description):
        return "date"
    for candidate in (text, full):
        for rule, kind in _TAIL_RULES:
            if kind not in _NUMERIC and rule.match(candidate) and kind != "name":
                return kind
    return _when_kind(text)


def _when_kind(text: str) -> str:
    if _DATETIME_TAIL.match(text):
        return "datetime"
    if _DATE_TAIL.match(text):
        return "date"
    if _TIME_TAIL.match(text):
        return "time"
    return "name" if text.endswith("name") else "word"
