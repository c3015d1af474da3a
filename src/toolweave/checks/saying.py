"""One human form of a JSON value, varied by a random stream, that ``matching.find`` finds again."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Literal, NamedTuple

from toolweave.checks.durations_en import UNIT_OF_NAME
from toolweave.checks.forms_iso import parse_moment
from toolweave.checks.hints import Hints, hints, item_schema, property_schema
from toolweave.checks.matching import NO_WORDS, Words, as_decimal, find, leaves
from toolweave.checks.numbers_en import spell
from toolweave.checks.readings import CURRENCY_WORDS, SYMBOLS
from toolweave.checks.saying_time import moment_forms
from toolweave.checks.words import UNSIGNED
from toolweave.checks.words_en import listed, split_words
from toolweave.core.model import JsonValue
from toolweave.schema.types import Schema

Style = Literal["neutral", "terse", "formal"]
_MONEY = frozenset(
    listed(
        "price amount cost fee fees total budget subtotal salary payment balance refund charge "
        "premium deposit rent wage income revenue fare deductible payout tip spend invoice price "
        "money currency usd eur gbp dollars euros"
    )
)
_NOT_MONEY = frozenset(
    listed("count number quantity items id percent percentage pct days hours nights")
)
_PERCENT = frozenset(listed("percent percentage pct"))
_SHARES = frozenset(listed("rate discount share ratio tax vat margin probability"))
_PLAIN_DIGITS = frozenset(listed("id year zip postcode postal code number identifier port version"))
_SYMBOL_OF = {code: symbol for symbol, code in SYMBOLS.items()}
_ADDRESS = frozenset(listed("street city postcode zip postal road town address line1 house"))
_FIRST = frozenset(("first_name", "given_name", "firstname", "firstName", "givenName"))
_LAST = frozenset(("last_name", "family_name", "surname", "lastname", "lastName", "familyName"))
_MAX_PARTS = 200


class Voice(NamedTuple):
    """How to say it: the random stream, the clock, extra words per value and the style."""

    rng: Random
    now: datetime
    words: Words
    style: Style
    in_list: bool = False


# Fields whose values are names of their own, which keep their capitals.
_PLACED = frozenset(
    {"location", "city", "country", "region", "place", "language", "brand", "airport", "origin",
     "destination", "team", "nationality"}
)  # fmt: skip


def say(
    value: JsonValue,
    schema: Schema,
    rng: Random,
    *,
    now: datetime,
    words: Words = NO_WORDS,
    style: Style = "neutral",
    field: str = "",
) -> str:
    """``value`` as a person would say it; ``find`` finds it in the result.

    Args:
        schema: the JSON Schema of the value; ``format``, ``enum``, ``x-unit`` and the description
            are used.
        now: the clock that relative dates refer to.
        words: further human words per value in its JSON spelling.
        field: the name of the property; it tells money, percentages, years and ids apart.

    Returns:
        The words; '' for null, empty text and empty containers.
    """
    voice = Voice(rng, now, words, style)
    for text in _forms(value, schema, field, voice):
        if find(text, value, schema, now=now, words=words) is not None:
            return text
    return plainly(value, schema)


def plainly(value: JsonValue, schema: Schema) -> str:
    """The scalars of ``value`` as they are, one after the other, parted by semicolons."""
    parts = (_plain(leaf.value) for leaf in leaves(value, schema))
    return "; ".join(part for part in parts if part)


def _plain(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(value.split()) if isinstance(value, str) else str(value)


def _forms(value: JsonValue, schema: Schema, field: str, voice: Voice) -> Iterator[str]:
    """Candidates, the best first; a container has one."""
    if value is None or isinstance(value, int | float | str):
        yield from _scalar_forms(value, schema, field, voice)
    elif sum(1 for _ in zip(range(_MAX_PARTS), leaves(value, schema), strict=False)) < _MAX_PARTS:
        yield from _container_forms(value, schema, field, voice)


def _scalar_forms(value: JsonValue, schema: Schema, field: str, voice: Voice) -> Iterator[str]:
    hint = hints(schema)
    key = ("true" if value else "false") if isinstance(value, bool) else str(value)
    extra = [phrase for phrase in voice.words.get(key, ()) if phrase.strip()]
    own = _own_forms(value, hint, schema, field, voice)
    if extra:
        extra = voice.rng.sample(extra, len(extra))
        share = 1.0 if isinstance(value, bool) else len(extra) / (len(extra) + 1)
        yield from [*extra, *own] if voice.rng.random() < share else [*own, *extra]
    else:
        yield from own


def _own_forms(
    value: JsonValue, hint: Hints, schema: Schema, field: str, voice: Voice
) -> list[str]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number_forms(as_decimal(value), hint, schema, field, voice)
    if not isinstance(value, str):
        return [_plain(value)]
    text = _plain(value)
    if moment := parse_moment(text, voice.now):
        return [*moment_forms(moment, voice.rng, voice.now, voice.style), text]
    if text in hint.enum or re.fullmatch(r"[a-z0-9]+(?:_[a-z0-9]+)+", text):
        is_code = len(text) <= 3 and text.isupper()
        proper = text[:1].isupper() and bool(_PLACED & set(split_words(field).lower().split()))
        return [text] if is_code or proper else [split_words(text), text]
    return [text]


def _number_forms(
    number: Decimal, hint: Hints, schema: Schema, field: str, voice: Voice
) -> list[str]:
    if not number.is_finite() or "E" in str(number):
        return [str(number).lower()]
    names = split_words(field).lower().split()
    told = set(names) | set(re.findall(r"[a-z]+", hint.description)[:12])
    digits = f"{number:f}"
    if names and names[-1] in _PLAIN_DIGITS:
        return [digits]
    if told & _PERCENT or hint.unit in ("%", *_PERCENT):
        return _percent_forms(number, schema, voice)
    if names and names[-1] in _SHARES and 0 < number < 1:
        return _percent_forms(number, {"maximum": 1}, voice)
    currency = _currency(hint, names, told)
    if currency:
        return _money_forms(number, currency, voice)
    unit = UNIT_OF_NAME.get(hint.unit) or _unit_named(names)
    if hint.unit == UNSIGNED:
        unit = None
    counted = _count_forms(number, voice)
    if unit and len(names[-1] if names else hint.unit) > 2:
        plural = unit if number == 1 else f"{unit}s"
        return [f"{form} {plural}" for form in counted]
    return counted


def _unit_named(names: list[str]) -> str | None:
    """The unit of time a name ends in; "rating min" is a least rating, no length of time."""
    if not names or (names[-1] == "min" and names[0] not in ("duration", "time", "length")):
        return None
    return UNIT_OF_NAME.get(names[-1])


def _currency(hint: Hints, names: list[str], told: set[str]) -> str:
    """The currency code where the value is money, else ''."""
    if hint.unit.upper() in CURRENCY_WORDS:
        return hint.unit.upper()
    if hint.unit == UNSIGNED or (names and names[-1] in _NOT_MONEY):
        return ""
    # A total is money only where nothing else is totalled: "total", "total price", "total_kwh" not.
    counted = names[1:] if len(names) > 1 and names[0] == "total" else names
    is_money = set(counted) & _MONEY or hint.unit in ("money", "currency")
    if not (is_money or hint.formats & {"currency", "money"} or (not names and told & _MONEY)):
        return ""
    codes = (code for code in CURRENCY_WORDS if code.lower() in told)
    return next(codes, "USD")


def _money_forms(number: Decimal, currency: str, voice: Voice) -> list[str]:
    sign, size = ("-", number.copy_negate()) if number < 0 else ("", number)
    shown = f"{size:,f}" if size == size.to_integral_value() else _two_decimals(size)
    shown = shown.removesuffix(".0")
    symbol = _SYMBOL_OF.get(currency)
    named = CURRENCY_WORDS[currency].split()
    noun = named[1] if len(named) > 1 and named[1].islower() and size != 1 else named[0]
    noun = currency if noun.upper() == currency else noun
    written = f"{sign}{symbol}{shown}" if symbol else f"{sign}{currency} {shown}"
    if voice.style != "neutral" or voice.rng.random() < 0.6 or voice.in_list:
        return [written, f"{sign}{shown} {noun}"]
    forms = [f"{sign}{shown} {noun}"]
    if size == size.to_integral_value() and size < 100:
        forms.insert(0, f"{'minus ' if sign else ''}{spell(int(size))} {noun}")
    return [*forms, written]


def _two_decimals(size: Decimal) -> str:
    shown = f"{size:,f}"
    return shown + "0" if len(shown.split(".")[-1]) == 1 else shown


def _percent_forms(number: Decimal, schema: Schema, voice: Voice) -> list[str]:
    limit = schema.get("maximum") if isinstance(schema, Mapping) else None
    if isinstance(limit, int | float) and limit <= 1:
        number = number.scaleb(2)
    shown = f"{number:f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    forms = [f"{shown}%", f"{shown} percent"]
    if number == number.to_integral_value() and 0 <= number <= 100 and not voice.in_list:
        forms.append(f"{spell(int(number))} percent")
    if voice.style == "neutral":
        voice.rng.shuffle(forms)
    return forms


def _count_forms(number: Decimal, voice: Voice) -> list[str]:
    whole = number == number.to_integral_value()
    if whole and abs(number) < 10000:
        digits = str(int(number))
        small = 1 <= number <= 12 and not voice.in_list and voice.style != "terse"
        if small and voice.rng.random() < 0.6:
            return [spell(int(number)), digits]
        return [digits]
    return [f"{number:,f}".removesuffix(".0") if whole else f"{number:,f}"]


def _container_forms(value: JsonValue, schema: Schema, field: str, voice: Voice) -> Iterator[str]:
    inner = voice._replace(in_list=True)
    if isinstance(value, list):
        parts = [
            _first_form(item, item_schema(schema, place), field, inner)
            for place, item in enumerate(value)
        ]
        yield join_and([part for part in parts if part])
    elif isinstance(value, Mapping):
        yield _object_form(value, schema, inner)


def _first_form(value: JsonValue, schema: Schema, field: str, voice: Voice) -> str:
    for text in _forms(value, schema, field, voice):
        if find(text, value, schema, now=voice.now, words=voice.words) is not None:
            return text
    return plainly(value, schema)


def join_and(parts: list[str]) -> str:
    """ "a", "a and b", "a, b and c"; semicolons where a part holds a comma."""
    if len(parts) < 2:
        return "".join(parts)
    comma = "; " if any("," in part for part in parts) else ", "
    return comma.join(parts[:-1]) + " and " + parts[-1]


def _object_form(value: Mapping[str, JsonValue], schema: Schema, voice: Voice) -> str:
    said = {
        name: _first_form(part, property_schema(schema, name), name, voice)
        for name, part in value.items()
    }
    said = {name: text for name, text in said.items() if text}
    first = next((name for name in said if name in _FIRST), None)
    last = next((name for name in said if name in _LAST), None)
    if first and last:
        full = f"{said.pop(first)} {said.pop(last)}"
        return ", ".join([full, *_labelled(said, value)])
    words = {word for name in value for word in split_words(name).lower().split()}
    if len(words & _ADDRESS) >= 2:
        return _address(said)
    counting = next((name for name in said if _counts(name, value[name])), None)
    if counting and len(said) > 1:
        number = said.pop(counting)
        return f"{number} x " + ", ".join(_labelled(said, value))
    return ", ".join(_labelled(said, value))


def _counts(name: str, value: JsonValue) -> bool:
    """Whether a property says how many there are of what the object names."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and split_words(name).lower().split()[-1:] in (["quantity"], ["qty"])


def _address(said: Mapping[str, str]) -> str:
    """An address in its order, the house number before the street without a comma."""
    parts: list[str] = []
    for name, text in said.items():
        if parts and parts[-1].isdigit() and "street" in name.lower():
            parts[-1] += f" {text}"
        else:
            parts.append(text)
    return ", ".join(parts)


def _labelled(said: Mapping[str, str], value: Mapping[str, JsonValue]) -> list[str]:
    """Texts as they are; bare numbers and yes/no after what they are about."""
    out = []
    for name, text in said.items():
        bare = isinstance(value[name], bool) or re.fullmatch(r"-?[0-9][0-9,.]*", text)
        label = split_words(name) if bare else ""
        out.append(f"{label} {text}" if label else text)
    return out
