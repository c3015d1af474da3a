"""What a field of each kind holds: people, places, amounts, and days that make sense."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from toolweave.checks.kinds import tail
from toolweave.checks.words import FieldView
from toolweave.core.model import JsonValue
from toolweave.llm.offline.people import CITIES, faker, street

if TYPE_CHECKING:
    from toolweave.llm.offline.values import Drawer

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?")
_PAST = re.compile(
    r"\b(birth|dob|purchase|bought|incident|loss|occurred|since|reported|issued|hired|created|"
    r"started|last|previous|opened|accident|order)\b"
)
_LATER = re.compile(
    r"\b(end|return|check ?out|until|to|due|deadline|expiry|finish|dropoff|arrival)\b"
)
_EARLIER = re.compile(r"\b(start|begin|depart|departure|check ?in|from|pickup|since)\b")
_ANNOUNCED = re.compile(
    r"\b(callback|reply|due|eta|expected|estimated|arriv\w*|deliver\w*|visit|appointment|next|"
    r"until|by|reminder|ready|slot|pickup|scheduled|deadline|response|follow)\b"
)
_DONE = re.compile(
    r"\b(at|added|created|opened|logged|recorded|submitted|requested|processed|sent|issued|placed|"
    r"booked|booking|payment|transaction|posted|purchase|invoice|confirmed|assigned|approved|"
    r"filed|received|reported|started|cancelled|closed|paid|"
    r"blocked|updated|registered|creation|changed|last|since|order)\b"
)


def fit(value: JsonValue, schema: Mapping[str, Any]) -> JsonValue:
    """A drawn number in the schema's type.

    One out of range is left so, and refused: squeezed in, all would be the range's very end.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if schema.get("type") == "integer":
        return int(value)
    return value


Maker = Callable[["Drawer", FieldView, Mapping[str, Any]], JsonValue]


def _date(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    return _day(drawer, view).isoformat()


def _day(drawer: "Drawer", view: FieldView) -> date:
    text, now, stream = tail(view.name), drawer.cast.now, drawer.stream
    if "birth" in text or "dob" in text:
        return date(stream.randint(1955, 2003), stream.randint(1, 12), stream.randint(1, 28))
    if drawer.result_at is not None:
        return _result_day(drawer, view, text)
    if _LATER.search(text):
        start = next(_starts(drawer), None)
        if start:
            return start + timedelta(days=stream.choice((1, 2, 3, 4, 5, 7, 10, 14)))
    known = next((d for d in _known_days(drawer) if d >= now.date()), None)
    if known and not _PAST.search(text):
        return known
    ahead = not _PAST.search(text)
    days = stream.choice((1, 2, 3, 4, 5, 6, 8, 9, 12, 15, 20, 27, 33, 45))
    return (now + timedelta(days=days if ahead else -days)).date()


def _result_day(drawer: "Drawer", view: FieldView, text: str) -> date:
    """A tool's day: soon for what it announces, today for its own doing, earlier in lists."""
    assert drawer.result_at is not None
    stream, today = drawer.stream, drawer.result_at.date()
    if "cancel" in text or "deadline" in text:
        room = min(((day - today).days for day in _starts(drawer)), default=0)
        if room > 1:
            return today + timedelta(days=max(1, room - stream.choice((1, 2, 3))))
    if _ANNOUNCED.search(text):
        return today + timedelta(days=stream.choice((1, 1, 2, 2, 3, 4, 5, 6, 8, 10)))
    since = next((day for day in _starts(drawer) if day < today), None)
    if "[" in view.path and (since or _DONE.search(text)):
        ago = (today - since).days if since else 30
        return today - timedelta(days=stream.randint(0, min(ago, 45)))
    if _DONE.search(text):
        return today
    return today + timedelta(days=stream.choice((2, 4, 5, 7, 9, 12, 16, 21, 30)))


def _starts(drawer: "Drawer") -> Iterator[date]:
    """The days at which something begins, among what is fixed already."""
    for name, value in drawer.siblings.items():
        if isinstance(value, str) and _EARLIER.search(tail(name)):
            day = _as_date(value)
            if day:
                yield day


def _known_days(drawer: "Drawer") -> Iterator[date]:
    """The days that were named before; what follows is mostly about the same one."""
    for name, value in drawer.siblings.items():
        if isinstance(value, str) and not _LATER.search(tail(name)):
            day = _as_date(value)
            if day and abs(day.year - drawer.cast.now.year) <= 3:
                yield day


def _as_date(text: str) -> date | None:
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _clock_time(drawer: "Drawer") -> str:
    hour, minute = drawer.stream.randint(8, 18), drawer.stream.choice((0, 0, 15, 30, 30, 45))
    return f"{hour:02d}:{minute:02d}"


def _datetime(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    day = _day(drawer, view)
    if drawer.result_at is not None and day == drawer.result_at.date():
        moment = drawer.result_at.replace(tzinfo=None, microsecond=0)
    else:
        moment = datetime.fromisoformat(f"{day.isoformat()}T{_clock_time(drawer)}:00")
    return moment.isoformat() + ("Z" if schema.get("format") == "date-time" else "")


def _time(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    return _clock_time(drawer) + (":00Z" if schema.get("format") == "time" else "")


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


def _own(attribute: str, fallback: str) -> Maker:
    """The speaker's own detail in what they state; somebody else's in results about others."""

    def make(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
        others = re.search(
            r"agent|technician|driver|assign|manager|instructor|seller|doctor|supplier|recipient",
            tail(view.name),
        )
        if others and attribute == "street":
            return street(drawer.stream)
        if others:
            return str(getattr(faker(drawer.stream), fallback)())
        return str(getattr(drawer.cast.human, attribute))

    return make


def _full_name(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    if re.match(
        r"(customer|user|contact|guest|passenger|client|applicant|member|full|holder)",
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
    around = tail(view.path.rpartition(".")[0])
    if re.search(r"address|recipient|contact|delivery|billing|home|pickup", around):
        return drawer.cast.human.city
    return drawer.stream.choice(CITIES)


def _duration(drawer: "Drawer", view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    return f"PT{drawer.stream.choice((15, 20, 30, 45, 60, 90))}M"


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
    "phone": _own("phone", "phone_number"),
    "street": _own("street", "street_address"),
    "postcode": _own("postcode", "postcode"),
    "region": _own("region", "state"),
    "address": _address,
    "city": _city,
    "country": _choice("United States", "Canada", "Germany", "Spain", "Japan", "Australia"),
    "country_code": _choice("US", "CA", "DE", "ES", "JP", "AU"),
    "currency": _choice("USD", "EUR", "GBP"),
    "language": _choice("English", "Spanish", "French", "German"),
    "timezone": _choice("America/New_York", "Europe/London", "Europe/Berlin", "America/Chicago"),
    "ip": _faked("ipv4_private"),
    "url": _faked("url"),
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "duration": _duration,
    "boolean": _choice(True, False),
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
