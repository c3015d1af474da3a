"""Values that go together, as a pack says: a folding chair is furniture."""

from collections.abc import Callable, Iterator, Sequence

from toolweave.core.domain import Match
from toolweave.core.model import JsonObject, JsonValue


def fitting(
    name: str, matches: Sequence[Match], value_of: Callable[[str], JsonValue]
) -> list[str] | None:
    """The values of an attribute that go with all that is known; None where any does.

    Args:
        name: the attribute.
        matches: what goes with what.
        value_of: the value of another attribute, or None.
    """
    found: list[str] | None = None
    for match in matches:
        allowed: tuple[str, ...] = ()
        if match.of == name:
            allowed = _listed(match, value_of(match.by))
        elif match.by == name and isinstance(wanted := value_of(match.of), str):
            allowed = tuple(key for key, values in match.values.items() if wanted in values)
        if allowed:
            found = [one for one in allowed if found is None or one in found]
    return found or None


def mended(held: JsonObject, matches: Sequence[Match]) -> Iterator[tuple[str, JsonValue]]:
    """Better values for what does not go with the rest of an object."""
    for match in matches:
        allowed = _listed(match, held.get(match.by))
        if match.of in held and allowed and held[match.of] not in allowed:
            yield match.of, allowed[0]


def _listed(match: Match, value: JsonValue) -> tuple[str, ...]:
    return match.values.get(value, ()) if isinstance(value, str) else ()
