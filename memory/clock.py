"""Times as schemas want them: a moment written as a date, a time, an epoch or plain text."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from toolweave.core.model import JsonValue


def moment(text: str) -> datetime:
    """The moment of an ISO text such as the world's clock; one without offset is in UTC.

    Raises ValueError for other text.
    """
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def moment_of(value: JsonValue) -> datetime | None:
    """The moment that a date, date-time or epoch value names, if it names one."""
    if isinstance(value, str):
        try:
            return moment(value)
        except ValueError:
            return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e11:
        return datetime.fromtimestamp(value, UTC)
    return None


def written(now: datetime) -> str:
    """A moment as RFC 3339 text to the second, ``Z`` for UTC."""
    zoned = now if now.tzinfo is not None else now.replace(tzinfo=UTC)
    text = zoned.isoformat(timespec="seconds")
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def fitted(now: datetime, schema: Mapping[str, Any], *, day: bool = False) -> JsonValue:
    """A moment as the type and format of a schema ask: epoch seconds for a number.

    Text without a format is a date when ``day``, else a date-time.
    """
    named = schema.get("type", "string")
    types = (named,) if isinstance(named, str) else tuple(named)
    if "string" not in types and ("integer" in types or "number" in types):
        epoch = int(now.timestamp() if now.tzinfo else now.replace(tzinfo=UTC).timestamp())
        return epoch - epoch % 86_400 if day else epoch
    form = schema.get("format", "date" if day else "date-time")
    if form == "date":
        return now.date().isoformat()
    if form == "time":
        return written(now).split("T")[1]
    return written(now)


def later(clock: str, seconds: int) -> str:
    """The clock moved forward, in the same offset."""
    return (datetime.fromisoformat(clock) + timedelta(seconds=seconds)).isoformat()
