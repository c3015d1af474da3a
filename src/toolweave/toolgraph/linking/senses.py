"""What a value is (money, a distance, a moment, a place, a name, a text), from its words."""

from collections.abc import Sequence
from typing import Final

from toolweave.checks.inflection import singular
from toolweave.checks.naming import OTHER_WORDS, PERSON_WORDS

# Words that name a measure when the value is a number. The first row that a word stands in counts.
_NUMBERS: Final = {
    "money": "price cost amount fee total balance payment charge salary wage rent premium "
    "deductible budget refund deposit income revenue subtotal tax fare profit expense expenditure "
    "principal debt sale earning interest bill invoice loan mortgage turnover spend spending worth "
    "duty postage payout payoff allowance bonus commission tip cash fund capital investment "
    "saving dividend pension royalty donation toll usd eur gbp dollar euro discount credit",
    "rate": "percent percentage rate ratio probability confidence humidity pct share chance margin "
    "efficiency accuracy",
    "length": "distance length height width depth radius diameter perimeter altitude elevation km "
    "mile meter metre kilometer kilometre mileage circumference mi cm foot inch range",
    "mass": "weight mass kg gram kilogram pound lb",
    "duration": "duration minute hour day second week month period term night time delay "
    "lifetime eta wait",
    "temperature": "temperature temp celsius fahrenheit",
    "speed": "speed pace velocity mbps bandwidth kmh mph",
    "area": "area surface acreage hectare acre footage sqft",
    "volume": "volume litre liter gallon",
    "energy": "energy kwh power calorie watt joule consumption wattage",
    "storage": "gb mb byte storage memory",
    "score": "score rating star grade gpa rank ranking bmi index level point",
    "count": "count quantity number qty unit seat guest stock copy size capacity people adult "
    "child room bag step attempt population inventory participant passenger person night num",
    "year": "year",
    "age": "age",
    "place": "latitude longitude lat lon lng coordinate",
    "secret": "cvv cvc pin verification otp",
    "status": "status state",
    "paging": "page limit offset cursor per skip",
}
_TEXTS: Final = {
    "identifier": "id identifier uuid guid reference ref sku iban serial barcode isbn",
    "secret": "password token secret key pin otp credential passphrase cvv cvc verification",
    "moment": "timestamp datetime",
    "date": "date day birthday birthdate deadline dob expiry since until",
    "time": "time clock",
    "email": "email mail",
    "phone": "phone mobile telephone fax",
    "url": "url link website uri href",
    "place": "city location address place town country region state province district street "
    "destination origin airport station county postcode zip area neighbourhood neighborhood "
    "latitude longitude coordinate geo route stop depot hub exchange suburb",
    "currency": "currency",
    "language": "language locale",
    "person": "person author artist director actor customer recipient sender guest patient driver "
    "owner contact attendee singer composer speaker teacher employee manager player "
    "fullname passenger",
    "login": "username login handle nickname",
    "company": "company organization organisation brand manufacturer vendor supplier employer "
    "merchant ticker symbol stock carrier airline",
    "file": "file path image photo picture audio video document attachment recording pdf folder "
    "directory thumbnail",
    "status": "status state success ok acknowledgement confirmation outcome result error",
    "category": "category type kind genre class tag topic label sentiment mood severity priority "
    "level mode format unit theme interest cuisine diet",
    "name": "name title subject song album movie film book product item model article recipe "
    "restaurant hotel event game show series podcast band team headline",
    "text": "text message content body note comment description summary passage sentence paragraph "
    "lyric joke quote poem story translation definition review feedback caption data string input "
    "answer response transcript letter article essay advice fact trivia explanation document "
    "instruction word output speech script snippet abstract bio news overview",
    "query": "query keyword search term phrase q",
    "code": "code",
}
_BY_NUMBER: Final = {
    word: sense for sense, row in reversed(_NUMBERS.items()) for word in row.split()
}
_BY_TEXT: Final = {word: sense for sense, row in reversed(_TEXTS.items()) for word in row.split()}
_FORMATS: Final = {
    "date": "date", "moment": "moment", "time": "time", "email": "email", "url": "url",
    "uuid": "identifier",
}  # fmt: skip

_PEOPLE: Final = (
    PERSON_WORDS | OTHER_WORDS | {"full", "first", "last", "given", "family", "handler"}
)
_UNKNOWN: Final = frozenset({"words", "number", "group", ""})
_NOT_BY_HINT: Final = frozenset({"paging", "count", "code", "status"})
_EMPTY_WORDS: Final = "the a an first second third new current"
_EMPTY: Final = frozenset(_EMPTY_WORDS.split())
_BETWEEN: Final = frozenset(
    {
        "per",
        "to",
        "of",
        "for",
        "by",
        "in",
        "at",
        "from",
        "on",
        "left",
        "with",
        "that",
        "which",
        "where",
    }
)

# Inputs that take whatever can be measured, or whatever can be written down.
_ANY_NUMBER_WORDS: Final = (
    "number value x y n num operand first second a b base factor dividend divisor figure "
    "addend term"
)
ANY_NUMBER: Final = frozenset(_ANY_NUMBER_WORDS.split())
_ANY_TEXT_WORDS: Final = (
    "text data content message body string input payload passage sentence paragraph document "
    "script snippet"
)
ANY_TEXT: Final = frozenset(_ANY_TEXT_WORDS.split())
SENSES: Final = tuple(
    dict.fromkeys(("", "number", "words", "flag", "group", *_NUMBERS, *_TEXTS, "any_text"))
)
MEASURES: Final = frozenset({"number", *_NUMBERS})
CODES: Final = {sense: code for code, sense in enumerate(SENSES)}
# How near two senses are that are not one: the first as a source of the second.
_NEAR: Final = {
    ("number", "*number"): 0.4,
    ("*number", "number"): 0.6,
    ("words", "*text"): 0.3,
    ("*text", "words"): 0.3,
    ("text", "any_text"): 1.0,
    ("words", "any_text"): 0.7,
    ("name", "any_text"): 0.6,
    ("query", "any_text"): 0.5,
    ("category", "any_text"): 0.4,
    ("url", "any_text"): 0.4,
    ("file", "any_text"): 0.3,
    ("secret", "any_text"): 0.4,
    ("code", "any_text"): 0.3,
    ("group", "any_text"): 0.5,
    ("any_text", "text"): 0.8,
    ("name", "query"): 0.7,
    ("text", "query"): 0.5,
    ("category", "query"): 0.6,
    ("person", "query"): 0.5,
    ("company", "query"): 0.5,
    ("words", "query"): 0.5,
    ("place", "query"): 0.6,
    ("group", "query"): 0.5,
    ("group", "name"): 0.5,
    ("name", "place"): 0.3,
    ("name", "person"): 0.5,
    ("person", "name"): 0.5,
    ("company", "name"): 0.6,
    ("name", "company"): 0.5,
    ("text", "name"): 0.2,
    ("words", "name"): 0.3,
    ("name", "text"): 0.4,
    ("category", "name"): 0.3,
    ("moment", "date"): 0.6,
    ("date", "moment"): 0.6,
    ("moment", "time"): 0.6,
    ("date", "time"): 0.4,
    ("time", "moment"): 0.5,
    ("code", "identifier"): 0.5,
    ("identifier", "code"): 0.5,
    ("url", "file"): 0.6,
    ("file", "url"): 0.6,
    ("count", "number"): 0.6,
    ("secret", "number"): 0.0,
    ("status", "number"): 0.0,
    ("paging", "number"): 0.1,
    ("place", "number"): 0.1,
    ("status", "category"): 0.3,
    ("category", "status"): 0.3,
    ("duration", "count"): 0.3,
    ("count", "duration"): 0.3,
    ("year", "date"): 0.2,
}


# Senses so common that sharing them says less.
_COMMON: Final = {
    "": 0.3, "flag": 0.2, "group": 0.4, "words": 0.3, "number": 0.6, "category": 0.3,
    "status": 0.4, "date": 0.5, "moment": 0.4, "time": 0.5, "count": 0.5, "name": 0.6,
    "person": 0.8, "code": 0.4, "file": 0.8, "score": 0.6, "paging": 0.3, "duration": 0.7,
}  # fmt: skip


def nearness(source: str, target: str) -> float:
    """How well a value of one sense serves as another: 1 the same, 0 another thing altogether."""
    if source == target:
        return _COMMON.get(source, 1.0)
    if "" in (source, target):
        return 0.3
    wide = (
        "*number" if source in _NUMBERS else "*text",
        "*number" if target in _NUMBERS else "*text",
    )
    for pair in ((source, target), (wide[0], target), (source, wide[1])):
        if pair in _NEAR:
            return _NEAR[pair]
    return 0.0


# Words for the two ends of something; a value of one end is none of the other.
_ENDS: Final = (
    ("from start origin departure source begin sender pickup before opening",
     "to end destination arrival target finish recipient dropoff after closing"),
    ("first given", "last family"),
    ("min minimum low lowest", "max maximum high highest"),
    ("old", "new"),
    ("in", "out"),
)  # fmt: skip
_SIDES: Final = {
    word: number * sign
    for number, pair in enumerate(_ENDS, 1)
    for words, sign in zip(pair, (1, -1), strict=True)
    for word in words.split()
}
# Words before a measure that do not say of what it is one.
_PLAIN_WORDS: Final = (
    "total average net gross original final current new monthly annual daily weekly max min "
    "maximum minimum estimated refundable discounted converted base basic per due unit "
    "amount value price cost fee charge balance payment paid sum money rate number count quantity "
    "weight mass distance length height width time duration temperature score size level "
    "minute hour day week month year kg km mile cm usd eur gbp dollar euro percent percentage"
)
_PLAIN: Final = frozenset(_PLAIN_WORDS.split())


def side_of(name: Sequence[str]) -> int:
    """Which end of something a name means: 0 none; the other end has the opposite number."""
    return next((_SIDES[word] for word in name if word in _SIDES), 0)


def qualifier(name: Sequence[str]) -> str:
    """Of what a measure is one: ``travel`` of ``travel_cost``; nothing where the name is silent."""
    return " ".join(word for word in name if word not in _PLAIN and len(word) > 2)


def sense_of(
    name: Sequence[str],
    types: frozenset[str],
    format_: str,
    hints: Sequence[Sequence[str]] = (),
    *,
    taken: bool,
    identifier: bool,
) -> str:
    """What the value is.

    ``name`` is the words of its name, ``types`` its JSON types, ``hints`` the words of whatever
    else tells of it, which help where the name does not; ``taken`` says that a tool takes it
    (rather than returns it), so that a name such as ``text`` means "any text".
    """
    found = _named(_head(name), types, format_, taken=taken, identifier=identifier)
    if found not in _UNKNOWN or _any_measure(name):
        return found
    for hint in hints:
        said = [word for word in _head(hint) if word not in _EMPTY]
        told = _named(said, types, format_, taken=taken, identifier=False)
        if told not in _UNKNOWN and told not in _NOT_BY_HINT:
            return told
    return found


def _any_measure(name: Sequence[str]) -> bool:
    return bool(name) and singular(name[-1]) in ANY_NUMBER


def _named(
    name: Sequence[str], types: frozenset[str], format_: str, *, taken: bool, identifier: bool
) -> str:
    if types == {"boolean"}:
        return "flag"
    if identifier:
        return "identifier"
    if format_ in _FORMATS:
        return _FORMATS[format_]
    if types and types <= {"number", "integer"}:
        return _numeric(name, taken)
    if "email" in name or ("mail" in name and "e" in name):
        return "email"
    if taken and name and name[-1] in ANY_TEXT:
        return "any_text"
    if len(name) > 1 and name[-1] == "name" and name[-2] in _PEOPLE:
        return "person"
    if types and types <= {"object", "array"}:
        found = _last(name, _BY_TEXT)
        return found or "group"
    return _last(name, _BY_TEXT) or ("words" if "string" in types else "")


def _numeric(name: Sequence[str], taken: bool) -> str:
    if taken and name and singular(name[-1]) in ANY_NUMBER and len(name) < 3:
        return "number"
    # min_price and total_days are what stands behind them.
    return _last(name, _BY_NUMBER) or "number"


def _head(name: Sequence[str]) -> Sequence[str]:
    """What stands before a preposition: ``price`` of ``price per night``."""
    cut = next((at for at, word in enumerate(name) if at and word in _BETWEEN), len(name))
    return name[:cut]


def _last(name: Sequence[str], senses: dict[str, str]) -> str:
    """The sense of the last word that has one."""
    for word in reversed(name):
        if (found := senses.get(singular(word))) is not None:
            return found
    return ""
