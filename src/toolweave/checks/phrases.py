"""Where a text holds a phrase word by word, or with a few words between its own."""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Final

from toolweave.checks.folding import Folded, bounded, fold, needle, places_of
from toolweave.checks.spans import Span, within
from toolweave.checks.words_en import Token, split_words, stems, tokens

# What may stand between the words of one option: "the box is torn", "keep it upright".
_BETWEEN: Final = 2
_LIGHT: Final = frozenset(
    ["is", "was", "are", "were", "be", "been", "has", "have", "had", "got", "it", "them"]
)
_PARTED: Final = re.compile(r"[.!?;:]|\b(?:not|never|no|nor|without|or|but)\b|n['\u2019]t\b")


def phrase_places(text: str, phrase: str, *, exact: bool = False) -> list[Span]:
    """Places of ``phrase`` word by word, in any light inflection unless ``exact``."""
    folded = fold(text)
    wanted = needle(phrase)
    if exact or not stems(wanted):
        return original_spans(text, folded, places_of(folded.text, wanted))
    found = []
    row, size = tokens(folded.text), len(stems(wanted))
    first = stems(wanted)[0]
    for place in range(len(row) - size + 1):
        if row[place].stem != first:
            continue
        part = row[place : place + size]
        if tuple(token.stem for token in part) == stems(wanted) and all(
            folded.text[left.end : right.start] in (" ", "-", "/", "", " - ")
            for left, right in pairwise(part)
        ):
            found.append(Span(part[0].start, part[-1].end))
    return original_spans(
        text, folded, [span for span in found if bounded(folded.text, span.start, span.end)]
    )


def original_spans(text: str, folded: Folded, spans: Sequence[Span]) -> list[Span]:
    """Spans of a folded text as spans of the text itself."""
    return [folded.span(span.start, span.end, len(text)) for span in spans]


def loose_places(text: str, spoken: str, members: Collection[str], value: str) -> list[Span]:
    """Places where the words of an enum member stand in order with a few others between them, as
    in "the box is torn": in one sentence, undenied, and without another member among them.
    """
    folded, wanted = fold(text), stems(needle(spoken))
    row = tokens(folded.text)
    if len(wanted) < 2:
        return []
    found = []
    for place, token in enumerate(row):
        part = _in_order(row[place : place + len(wanted) + _BETWEEN], wanted, folded.text)
        if token.stem != wanted[0] or not part:
            continue
        span = Span(token.start, part[-1].end)
        if not _PARTED.search(folded.text[span.start : span.end]):
            found.append(span)
    rivals = [
        rival
        for member in members
        if member != value
        for rival in phrase_places(text, split_words(member))
    ]
    original = original_spans(text, folded, found)
    return [span for span in original if not any(within(rival, [span]) for rival in rivals)]


def _in_order(row: Sequence[Token], wanted: Sequence[str], folded: str) -> list[Token]:
    """The row's words up to the last wanted one, with light words alone between them, or none."""
    found: list[Token] = []
    for token in row:
        if token.stem == wanted[len(found)]:
            found.append(token)
        elif folded[token.start : token.end] not in _LIGHT:
            return []
        if len(found) == len(wanted):
            return found
    return []


def outside_longer_members(
    text: str, value: str, members: Collection[str], found: list[Span]
) -> list[Span]:
    """Without the places that belong to a longer member ("paid" within "not paid")."""
    mine = set(stems(needle(split_words(value))))
    for member in members:
        longer = stems(needle(split_words(member)))
        if member != value and len(longer) > len(mine) and mine <= set(longer):
            covers = phrase_places(text, split_words(member))
            found = [span for span in found if not within(span, covers)]
    return found
