"""Realistic values for fields: from the situation, the lexicon, field semantics, then the schema."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from toolweave.core.errors import SchemaError
from toolweave.core.model import JsonValue
from toolweave.llm.contexts import Cast
from toolweave.checks.kinds import tail
from toolweave.llm.offline.people import faker
from toolweave.llm.offline.phrases import plain
from toolweave.checks.words import FieldView, Words
from toolweave.schema.sampling import MISSING, Missing, sample
from toolweave.schema.validators import validator

_EXAMPLE = re.compile(
    r"(?:e\.g\.,?|for example,?|such as|example:|like)\s*(.+?)(?:[.;)]\s|[.;)]?$)", re.IGNORECASE
)
_QUOTED = re.compile(r"['\"“‘`]([^'\"”’`]{1,60})['\"”’`]")
_PAST = re.compile(
    r"\b(birth|dob|purchase|bought|incident|loss|occurred|since|reported|issued|hired|created|"
    r"started|last|previous|opened|accident|order)\b"
)
_LATER = re.compile(
    r"\b(end|return|check ?out|until|to|due|deadline|expiry|finish|dropoff|arrival)\b"
)
_EARLIER = re.compile(r"\b(start|begin|depart|departure|check ?in|from|pickup|since)\b")
_ANNOUNCED = re.compile(
    r"\b(callback|reply|due|eta|expected|estimated|arriv\w*|deliver\w*|visit|appointment|next|until|by|"
    r"ready|slot|pickup|scheduled|deadline|response|follow)\b"
)
_DONE = re.compile(
    r"\b(at|added|created|opened|logged|recorded|submitted|requested|processed|sent|issued|placed|"
    r"booked|confirmed|assigned|approved|filed|received|reported|started|cancelled|closed|paid|"
    r"blocked|updated|registered|creation|changed|last|since|order)\b"
)
_SHAPES = ("@@-#####", "@@@-####", "@######", "########", "@@####")
_OWN_ANNOUNCED = re.compile(
    r"\b(callback|reply|due|eta|expected|estimated|arriv\w*|deliver\w*|visit|appointment|next|until|by|"
    r"ready|slot|pickup|scheduled|deadline|response|follow)\b"
)
_DONE = re.compile(
    r"\b(at|added|created|opened|logged|recorded|submitted|requested|processed|sent|issued|placed|"
    r"booked|confirmed|assigned|approved|filed|received|reported|started|cancelled|closed|paid|"
    r"blocked|updated|registered|creation|changed|last|since|order)\b"
)
_SHAPES = ("@-#####", "#######", "@@#####", "@@@-#####", "####-####")


class Drawer:
    """Draws values for one step of one dialogue.

    Args:
        words: the words of the toolset.
        cast: the dialogue's person, clock and situation.
        stream: randomness of this step.
        siblings: values already fixed, by leaf name, so that what belongs together agrees.
        owner: the tool whose fields are drawn, for the lexicon.
        result_at: the moment of the call, where results are drawn: what a tool says happened
            has happened by then, and elements of a list are of other cases than the speaker's.
    """

    def __init__(
        self,
        words: Words,
        cast: Cast,
        stream: random.Random,
        siblings: Mapping[str, JsonValue],
        owner: str = "",
        result_at: datetime | None = None,
    ) -> None:
        self.words, self.cast, self.stream, self.owner = words, cast, stream, owner
        self.siblings: dict[str, JsonValue] = dict(siblings)
        self.result_at = result_at

    def value(
        self, view: FieldView, schema: Mapping[str, Any], avoid: tuple[JsonValue, ...] = ()
    ) -> JsonValue:
        """A valid value for the field, unlike those to ``avoid``.

        Raises:
            SchemaError: the schema admits none.
        """
        check = validator(schema)
        for candidate in self._candidates(view, schema):
            if candidate not in avoid and check.valid(candidate):
                self.siblings[view.name] = candidate
                return candidate
        for _ in range(20):
            drawn = sample(schema, self.stream, draw=self._nested(view.path), optional=0.4)
            if drawn not in avoid:
                self.siblings[view.name] = drawn
                return drawn
        raise SchemaError(f"no other value than {avoid!r} fits {view.path!r}")

    def _nested(self, root: str) -> Callable[[str, Any, random.Random], JsonValue | Missing]:
        def draw(path: str, schema: Any, stream: random.Random) -> JsonValue | Missing:
            return self.leaf(f"{root}.{path}".strip(".") if path else root, schema)

        return draw

    def leaf(self, path: str, schema: Any) -> JsonValue | Missing:
        """A candidate for the leaf at ``path``, or ``MISSING``: the sampler then decides."""
        if not isinstance(schema, Mapping):
            return MISSING
        view = self.words.field(self.owner, path, schema)
        if view.kind == "group":
            return MISSING
        check = validator(schema)
        for candidate in self._candidates(view, schema):
            if check.valid(candidate):
                self.siblings.setdefault(view.name, candidate)
                return candidate
        return MISSING

    def _candidates(self, view: FieldView, schema: Mapping[str, Any]) -> Iterator[JsonValue]:
        """Candidates, best first; several of each so that one can fit a narrow schema."""
        situation = self.cast.situation
        if self.result_at is None and situation and view.name in situation.values:
            yield from self._some(situation.values[view.name])
        if view.kind == "enum":
            yield from self._some(tuple(schema.get("enum", ())))
            return
        if view.words.values:
            yield from self._some(view.words.values)
        if view.kind == "identifier" or view.words.shape:
            yield from (self.shaped(view) for _ in range(2))
        if view.words.minimum is not None or view.words.maximum is not None:
            yield self._between(view, schema)
        yield from self._examples(view, schema)
        maker = _MAKERS.get(view.kind)
        if maker is not None:
            for _ in range(3):
                yield _fit(maker(self, view, schema), schema)

    def _some(self, values: tuple[JsonValue, ...]) -> Iterator[JsonValue]:
        for value in self.stream.sample(values, min(3, len(values))):
            yield plain(value, self.stream) if isinstance(value, str) else value

    def shaped(self, view: FieldView) -> str:
        """An identifier; all of one kind in a dialogue have one shape."""
        shape = view.words.shape
        if not shape:
            own = re.search(
                r"customer|user|requester|client|member|account|policy", tail(view.name)
            )
            pick = random.Random(f"{self.cast.seed}/{view.name}")
            shape = pick.choice(_OWN_SHAPES if own else _SHAPES)
        return shape_to_id(shape, self.stream)

    def _between(self, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
        low = view.words.minimum if view.words.minimum is not None else 0.0
        high = view.words.maximum if view.words.maximum is not None else max(low * 4, 10.0)
        return _nice(self.stream.uniform(low, high), schema)

    def _examples(self, view: FieldView, schema: Mapping[str, Any]) -> Iterator[JsonValue]:
        given = schema.get("examples")
        if isinstance(given, list) and given:
            yield self.stream.choice(given)
        if view.kind in _MAKERS and view.kind not in (
            "word",
            "name",
            "query",
            "title",
            "thing_name",
        ):
            return
        found = _EXAMPLE.search(view.description)
        if found and schema.get("type") == "string":
            quoted = _QUOTED.findall(found.group(1))
            plain_list = [part.strip(" '\"") for part in re.split(r",| or ", found.group(1))]
            options = quoted or [part for part in plain_list if 0 < len(part) <= 40]
            if options:
                yield self.stream.choice(options)


def shape_to_id(shape: str, stream: random.Random) -> str:
    """``@@-####`` → ``KD-4821``: ``@`` a letter that is not confused with a digit, ``#`` a digit."""
    text = "".join(
        stream.choice("ABCDEFGHJKLMNPRSTVWXYZ") if ch == "@" else
        stream.choice("0123456789") if ch == "#" else ch
        for ch in shape
    )  # fmt: skip
    return text.replace("0", "4", 1) if re.match(r"0+$", text) else text


def _nice(number: float, schema: Mapping[str, Any]) -> JsonValue:
    if schema.get("type") == "integer":
        return round(number)
    return round(number, 2) if number < 1000 else round(number / 5) * 5.0


def _fit(value: JsonValue, schema: Mapping[str, Any]) -> JsonValue:
    """Squeeze a drawn number into the schema's range and type."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    low, high = schema.get("minimum"), schema.get("maximum")
    if isinstance(low, int | float) and value < low:
        value = low
    if isinstance(high, int | float) and value > high:
        value = high
    if schema.get("type") == "integer":
        return int(value)
    return value


Maker = Callable[[Drawer, FieldView, Mapping[str, Any]], JsonValue]


def _date(drawer: Drawer, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    return _day(drawer, view).isoformat()


def _day(drawer: Drawer, view: FieldView) -> date:
    text, now, stream = tail(view.name), drawer.cast.now, drawer.stream
    if "birth" in text or "dob" in text:
        return date(stream.randint(1955, 2003), stream.randint(1, 12), stream.randint(1, 28))
    if _LATER.search(text):
        for name, value in drawer.siblings.items():
            if isinstance(value, str) and _EARLIER.search(tail(name)):
                start = _as_date(value)
                if start:
                    return start + timedelta(days=stream.choice((1, 2, 3, 4, 5, 7, 10, 14)))
    if drawer.result_at is not None:
        return _result_day(drawer, view, text)
    ahead = not _PAST.search(text)
    days = stream.choice((1, 2, 3, 4, 5, 6, 8, 9, 12, 15, 20, 27, 33, 45))
    return (now + timedelta(days=days if ahead else -days)).date()


def _result_day(drawer: Drawer, view: FieldView, text: str) -> date:
    """A tool's day: soon for what it announces, today for its own doing, earlier in lists."""
    assert drawer.result_at is not None
    stream, today = drawer.stream, drawer.result_at.date()
    if _ANNOUNCED.search(text):
        return today + timedelta(days=stream.choice((1, 1, 2, 2, 3, 4, 5, 6, 8, 10)))
    if _DONE.search(text):
        listed = "[" in view.path
        return today - timedelta(days=stream.choice((1, 2, 3, 5, 8, 12, 19, 26)) if listed else 0)
    return today + timedelta(days=stream.choice((2, 4, 5, 7, 9, 12, 16, 21, 30)))


def _as_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _clock_time(drawer: Drawer) -> str:
    hour, minute = drawer.stream.randint(8, 18), drawer.stream.choice((0, 0, 15, 30, 30, 45))
    return f"{hour:02d}:{minute:02d}"


def _datetime(drawer: Drawer, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    day = _day(drawer, view)
    if drawer.result_at is not None and day == drawer.result_at.date():
        moment = drawer.result_at.replace(tzinfo=None, microsecond=0)
    else:
        moment = datetime.fromisoformat(f"{day.isoformat()}T{_clock_time(drawer)}:00")
    return moment.isoformat() + ("Z" if schema.get("format") == "date-time" else "")


def _time(drawer: Drawer, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    return _clock_time(drawer) + (":00Z" if schema.get("format") == "time" else "")


def _number(low: float, high: float, step: float) -> Maker:
    def make(drawer: Drawer, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
        steps = round((high - low) / step)
        value = round(low + step * drawer.stream.randint(0, steps), 2)
        return int(value) if schema.get("type") == "integer" else value

    return make


def _amount(drawer: Drawer, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    stream = drawer.stream
    value = stream.choice(
        (stream.randint(2, 40) * 5, stream.randint(15, 480) + stream.choice((0.5, 0.99, 0.25, 0.4)))
    )
    return int(value) if schema.get("type") == "integer" else float(value)


def _faked(name: str) -> Maker:
    def make(drawer: Drawer, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
        return str(getattr(faker(drawer.stream), name)())

    return make


def _own(attribute: str, fallback: str) -> Maker:
    """The speaker's own detail in what they state; somebody else's in results about others."""

    def make(drawer: Drawer, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
        others = re.search(
            r"agent|technician|driver|assign|manager|instructor|seller|doctor|supplier|recipient",
            tail(view.name),
        )
        if others:
            return str(getattr(faker(drawer.stream), fallback)())
        return str(getattr(drawer.cast.human, attribute))

    return make


def _full_name(drawer: Drawer, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    if re.match(
        r"(customer|user|contact|guest|passenger|client|applicant|member|full|holder)",
        tail(view.name),
    ):
        return f"{drawer.cast.human.first_name} {drawer.cast.human.last_name}"
    fake = faker(drawer.stream)
    return f"{fake.first_name()} {fake.last_name()}"


def _address(drawer: Drawer, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    human = drawer.cast.human
    return f"{human.street}, {human.city}"


def _duration(drawer: Drawer, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
    return f"PT{drawer.stream.choice((15, 20, 30, 45, 60, 90))}M"


def _choice(*values: JsonValue) -> Maker:
    def make(drawer: Drawer, view: FieldView, schema: Mapping[str, Any]) -> JsonValue:
        return drawer.stream.choice(values)

    return make


_MAKERS: dict[str, Maker] = {
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
    "city": _faked("city"),
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
