"""What a field of each kind holds: people, places, amounts, and days that make sense."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from toolweave.checks.kinds import tail
from toolweave.checks.label_words import ABOUT_OTHERS
from toolweave.checks.words import FieldView, split_name
from toolweave.core.model import JsonValue
from toolweave.llm.offline.moments import (
    day_text,
    epoch,
    moment_text,
    month_text,
    time_text,
)
from toolweave.llm.offline.people import (
    CITIES,
    COUNTRY_CODES,
    COUNTRY_OF,
    HOMES,
    STATE_CODES,
    faker,
    street,
)

if TYPE_CHECKING:
    from toolweave.llm.offline.values import Drawer


def fit(value: JsonValue, schema: Mapping[str, Any]) -> JsonValue:
    """A drawn number in the schema's type.

    One out of range is left so, and refused: squeezed in, all would be the range's very end.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if schema.get("type") == "integer":
        return int(value)
    return f"{value:g}" if schema.get("type") == "string" else value


_OTHERS: Final = re.compile(
    r"agent|technician|driver|assign|manager|instructor|seller|doctor|supplier|recipient|attendee|"
    r"participant|invitee|friend|colleague|receiver|employee|patient|\b(?:to|cc|bcc)\b"
)
_ROW: Final = re.compile(r"\[(\d+)\]")
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz"
_PASSWORD_WORDS: Final = (
    "Harbor", "Maple", "Juniper", "Copper", "Lantern", "Pebble", "Orchard", "Falcon", "Willow",
    "Saffron", "Granite", "Meadow", "Comet", "Velvet", "Thistle", "Walnut",
)  # fmt: skip
_PAGES: Final = ("menu", "about", "contact", "news", "catalog", "guide", "events", "help")
_PICTURES: Final = ("harbor-view", "team-lunch", "front-door", "portrait", "garden", "cover")
Maker = Callable[["Drawer", FieldView, Mapping[str, Any]], JsonValue]


def _number(low: float, high: float, step: float) -> Maker:
    def make(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
        steps = round((high - low) / step)
        value = round(low + step * drawer.stream.randint(0, steps), 2)
        return int(value) if schema.get("type") == "integer" else value

    return make


def _amount(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    stream = drawer.stream
    value = stream.choice(
        (stream.randint(2, 40) * 5, stream.randint(15, 480) + stream.choice((0.5, 0.99, 0.25, 0.4)))
    )
    return int(value) if schema.get("type") == "integer" else float(value)


def _faked(name: str) -> Maker:
    def make(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
        return str(getattr(faker(drawer.stream), name)())

    return make


class _Other(NamedTuple):
    """Somebody other than the speaker, the same throughout one call."""

    first_name: str
    last_name: str
    email: str
    phone: str


def _other(drawer: "Drawer", view: FieldView) -> _Other | None:
    """Whom a call is about where that is not the speaker: the contact added, the one written to."""
    if view.prepared or drawer.result_at is not None or "[" in view.path:
        return None
    if not ABOUT_OTHERS & set(split_name(drawer.owner)):
        return None
    stream = random.Random(f"{drawer.cast.seed}/{drawer.owner}/other")
    fake = faker(stream)
    first, last = str(fake.first_name()), str(fake.last_name())
    phone = f"{stream.randint(201, 989)}-555-{stream.randint(100, 9999):04d}"
    mail = f"{first}.{last}".lower().replace(" ", "") + f"@{fake.free_email_domain()}"
    return _Other(first, last, mail, phone)


def _own(attribute: str, fallback: str) -> Maker:
    """The speaker's own detail in what they state; somebody else's in results about others."""

    def make(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
        other = _other(drawer, view)
        if other is not None and attribute in other._fields:
            return str(getattr(other, attribute))
        # Of a list that a tool gives, the speaker comes first; the speaker lists others.
        row = _ROW.search(view.path)
        listed = row is not None and not view.prepared
        own = drawer.result_at is not None and row is not None and row.group(1) == "0"
        others = _OTHERS.search(tail(view.name)) or (listed and not own)
        if others and attribute == "street":
            return street(drawer.stream)
        if others:
            return str(getattr(faker(drawer.stream), fallback)())
        return str(getattr(drawer.cast.human, attribute))

    return make


def _full_name(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    other = _other(drawer, view)
    if other is not None:
        return f"{other.first_name} {other.last_name}"
    if re.match(
        r"(customer|user|contact|guest|passenger|client|applicant|member|full|holder|card ?holder)",
        tail(view.name),
    ):
        return f"{drawer.cast.human.first_name} {drawer.cast.human.last_name}"
    fake = faker(drawer.stream)
    return f"{fake.first_name()} {fake.last_name()}"


def _address(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    human = drawer.cast.human
    return f"{human.street}, {human.city}"


def _city(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    """The speaker's own city where it belongs to an address, any other elsewhere."""
    about = view.description.lower()
    if "city and state" in about or "city, state" in about or ", ca" in about:
        city, state, _ = drawer.stream.choice(HOMES)
        return f"{city}, {STATE_CODES[state]}"
    around = tail(view.path.rpartition(".")[0])
    if re.search(r"address|recipient|contact|delivery|billing|home|pickup", around):
        return drawer.cast.human.city
    return drawer.stream.choice(CITIES)


def _region(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    """The state of the city that is named, if one is; two letters where that is asked for."""
    named = {state for city, state, _ in HOMES if city in drawer.siblings.values()}
    state = next(iter(sorted(named)), None) or str(_own("region", "state")(drawer, view, schema))
    short = re.search(r"(?i)two[- ]letter|2[- ]letter|abbreviat|\bstate code\b", view.description)
    return STATE_CODES.get(state, state) if short else state


def _duration(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    return f"PT{drawer.stream.choice((15, 20, 30, 45, 60, 90))}M"


def _told(drawer: "Drawer") -> Iterator[str]:
    """The texts that are fixed already."""
    return (value for value in drawer.siblings.values() if isinstance(value, str))


def _country(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    """The country of the city that is named, if one is."""
    cities = [value for value in _told(drawer) if value in CITIES]
    if cities:
        return COUNTRY_OF.get(str(cities[-1]), "United States")
    return drawer.stream.choice(
        ("United States", "Canada", "Germany", "Spain", "Japan", "Australia")
    )


def _country_code(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    named = next((value for value in _told(drawer) if value in COUNTRY_CODES), None)
    if named is None and not any(value in CITIES for value in _told(drawer)):
        return drawer.stream.choice(("US", "CA", "DE", "ES", "JP", "AU"))
    return COUNTRY_CODES[str(named or _country(drawer, view, schema))]


def _phone(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    made = str(_own("phone", "phone_number")(drawer, view, schema))
    if re.search(r"(?i)e\.?164|international|country code", view.description):
        return "+1" + re.sub(r"\D", "", made.partition("x")[0])[-10:]
    return made if "x" not in made else _plain_phone(drawer)


def _plain_phone(drawer: "Drawer") -> str:
    return f"{drawer.stream.randint(201, 989)}-555-{drawer.stream.randint(100, 9999):04d}"


def _secret(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    """A passphrase of the speaker's; a client's secret is long and opaque."""
    if re.search(r"client|app|api|webhook|secret", tail(view.name)):
        return _token(drawer, view, schema)
    one, other = drawer.stream.sample(_PASSWORD_WORDS, 2)
    return f"{one}-{other}-{drawer.stream.randint(12, 98)}"


def _token(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    """Letters and digits by turns, of one length per name."""
    size = random.Random(f"token/{tail(view.name)}").choice((16, 20, 24))
    drawn = "".join(drawer.stream.choice(_LETTERS + "23456789") for _ in range(size - 2))
    return f"{drawer.stream.choice(_LETTERS)}{drawer.stream.randint(2, 9)}{drawn}"


def _card_number(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    first = drawer.stream.choice(("4", "4", "5"))
    groups = [f"{drawer.stream.randrange(10_000):04d}" for _ in range(4)]
    return " ".join((first + groups[0][1:], *groups[1:]))


def _username(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    """The speaker's own, made of their name; somebody else's for others."""
    human = drawer.cast.human
    first, last = human.first_name, human.last_name
    row = _ROW.search(view.path)
    if _OTHERS.search(tail(view.name)) or (row is not None and row.group(1) != "0"):
        fake = faker(drawer.stream)
        first, last = str(fake.first_name()), str(fake.last_name())
    form = random.Random(f"{drawer.cast.seed}/username").choice(("{0[0]}{1}", "{0}.{1}", "{0}{2}"))
    made = form.format(first, last, drawer.stream.randint(11, 96))
    return re.sub(r"[^a-z0-9.]", "", made.lower())


def _url(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    site = faker(drawer.stream).domain_name()
    about = f"{tail(view.name)} {view.description[:120].lower()}"
    if re.search(r"image|photo|picture|avatar|logo|icon|thumbnail", about):
        return f"https://{site}/images/{drawer.stream.choice(_PICTURES)}.jpg"
    if re.search(r"webhook|callback|hook", about):
        return f"https://{site}/hooks/updates"
    if re.search(r"repo", about):
        return f"https://{site}/northline/harbor-web.git"
    return f"https://{site}/{drawer.stream.choice(_PAGES)}"


def _choice(*values: JsonValue) -> Maker:
    def make(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
        return drawer.stream.choice(values)

    return make


MAKERS: Final[dict[str, Maker]] = {
    "first_name": _own("first_name", "first_name"),
    "last_name": _own("last_name", "last_name"),
    "person": _full_name,
    "company": _faked("company"),
    "email": _own("email", "email"),
    "phone": _phone,
    "street": _own("street", "street_address"),
    "postcode": _own("postcode", "postcode"),
    "region": _region,
    "address": _address,
    "city": _city,
    "country": _country,
    "country_code": _country_code,
    "currency": _choice("USD", "EUR", "GBP"),
    "language": _choice("English", "Spanish", "French", "German"),
    "timezone": _choice("America/New_York", "Europe/London", "Europe/Berlin", "America/Chicago"),
    "ip": _faked("ipv4_private"),
    "url": _url,
    "hostname": _faked("hostname"),
    "secret": _secret,
    "token": _token,
    "card_number": _card_number,
    "username": _username,
    "month_year": month_text,
    "epoch": epoch,
    "date": day_text,
    "datetime": moment_text,
    "time": time_text,
    "duration": _duration,
    "boolean": _choice(True, False),
    "flag": _choice("true", "false"),
    "amount": _amount,
    "percent": _number(5, 90, 1),
    "rating": _number(3, 5, 0.1),
    "temperature": _number(8, 31, 0.5),
    "weight": _number(1, 40, 0.5),
    "distance": _number(3, 480, 1),
    "minutes": _choice(15, 20, 30, 45, 60, 90),
    "hours": _number(1, 12, 1),
    "days": _number(1, 14, 1),
    "span": _choice(3, 6, 12, 24, 36),
    "count": _number(1, 6, 1),
    "small_count": _number(1, 5, 1),
    "number": _number(1, 60, 1),
    "year": _number(2012, 2025, 1),
    "latitude": _number(29, 47, 0.01),
    "longitude": _number(-121, -74, 0.01),
    "color": _choice("black", "white", "blue", "grey", "red", "green"),
    "place_name": _faked("company"),
}
