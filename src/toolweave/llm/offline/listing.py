"""List results: what counts as one, how much of it is told, and how it is strung together."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from toolweave.core.model import JsonValue
from toolweave.llm.offline.phrases import Part, text_of
from toolweave.llm.offline.prose import joined

_MOST_ITEMS: Final = 3


def shown_of(count: int, chosen: frozenset[int]) -> list[int]:
    """The elements to name: the first three, and those the user is going to pick."""
    if count == _MOST_ITEMS + 1:
        # Nobody leaves out a single one.
        return list(range(count))
    first = list(range(min(count, _MOST_ITEMS)))
    late = sorted(index for index in chosen if _MOST_ITEMS <= index < count)
    kept = max(0, _MOST_ITEMS - len(late))
    return sorted([*first[:kept], *late])


def listed(items: list[list[Part]], more: int) -> list[Part]:
    """The items strung together, and how many more there are."""
    if not items:
        return []
    if more > 0:
        items = [*items, [Part(f"{count_word(more)} more")]]
    long = any(", " in text_of(item) or len(text_of(item)) > 45 for item in items)
    return joined(
        items, last="; and " if long and len(items) > 2 else " and ", between="; " if long else ", "
    )


def by_length(
    none: Sequence[str], one: Sequence[str], many: Sequence[str], count: int, noun: str
) -> tuple[Sequence[str], Sequence[str]]:
    """The lexicon's phrases for a list of this length, and general ones."""
    if count == 0:
        return none, (f"I [found|see] no {noun}.", f"there are no {noun} [for that|that match].",
                      f"nothing came up[ for that|]: no {noun}.")  # fmt: skip
    if count == 1:
        return one, ("I found one {noun}: {items}.", "there's [just |]one {noun}: {items}.",
                     "[just|only] one: {items}.")  # fmt: skip
    return many, ("I found {count} {noun}: {items}.", "there are {count} {noun}: {items}.",
                  "[here's what came up|these came up]: {items}.")  # fmt: skip


def main_list(result: JsonValue) -> tuple[str, Sequence[JsonValue]] | None:
    """The list a result consists of, with its path; None for results about one thing."""
    if isinstance(result, list):
        return "", result
    if not isinstance(result, Mapping):
        return None
    lists = [(key, value) for key, value in result.items() if isinstance(value, list)]
    others = [value for value in result.values() if isinstance(value, str | float | int | Mapping)
              and not isinstance(value, bool)]  # fmt: skip
    if len(lists) == 1 and len(others) <= 1:
        return lists[0]
    return None


def scalars(value: JsonValue, path: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Every scalar outside lists, with its path."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from scalars(item, f"{path}.{key}" if path else str(key))
    elif not isinstance(value, list) and value is not None:
        yield path, value


def count_word(count: int) -> str:
    """Small counts in words."""
    names = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return names[count] if count < len(names) else str(count)
