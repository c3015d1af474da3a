"""How varied texts are: type/token, distinct n-grams, their entropy, and self-BLEU."""

import math
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from random import Random
from typing import Final

from toolweave.core.model import Record

# Utterances that self-BLEU compares with each other.
SAMPLED: Final = 1000
ORDER: Final = 4
# Stands for no match at all, so that one missing order does not make the whole zero.
_EPSILON: Final = 0.1
_TOKEN = re.compile(r"\{\w+\}|[^\W_]+(?:['\u2019][^\W_]+)*|[^\w\s]")


class TextFigures(Record):
    """Figures of some texts; they depend on ``tokens``, so compare only at equal counts.

    ``type_token`` and the ``distinct`` shares are different ones by all; entropies are in bits.
    ``self_bleu`` (0 to 1, lower is more varied) is the mean BLEU-4 of up to 1,000 utterances
    drawn by seed, each against the others.
    """

    texts: int
    tokens: int
    types: int
    type_token: float
    distinct_2: float
    distinct_3: float
    entropy_1: float
    entropy_3: float
    self_bleu: float


class Vocabulary:
    """Tokens as numbers, so that a million of them take little memory."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def encode(self, text: str) -> "array[int]":
        """The tokens of a text: words in lower case, punctuation marks, masked values."""
        numbers = self._numbers
        found = (match.group().lower() for match in _TOKEN.finditer(text))
        return array("L", (numbers.setdefault(token, len(numbers)) for token in found))


def text_figures(texts: Sequence[Sequence[int]], random: Random) -> TextFigures:
    """The figures of encoded texts; n-grams never reach from one text into the next."""
    words = Counter(chain.from_iterable(texts))
    pairs, triples = (Counter(chain.from_iterable(_grams(t, n) for t in texts)) for n in (2, 3))
    sampled = texts if len(texts) <= SAMPLED else random.sample(list(texts), SAMPLED)
    return TextFigures(
        texts=len(texts),
        tokens=words.total(),
        types=len(words),
        type_token=_distinct(words),
        distinct_2=_distinct(pairs),
        distinct_3=_distinct(triples),
        entropy_1=_entropy(words.values()),
        entropy_3=_entropy(triples.values()),
        self_bleu=self_bleu(sampled),
    )


def self_bleu(texts: Sequence[Sequence[int]]) -> float:
    """Mean BLEU of each text against all others (Zhu et al., Texygen), in linear time.

    Up to 4-grams of equal weight, counts clipped to the largest in any other text, an order
    without a match counted as 0.1, the brevity penalty against the nearest length.
    """
    if len(texts) < 2:
        return 0.0
    scores = [0.0] * len(texts)
    for order in range(1, ORDER + 1):
        for place, precision in enumerate(_precisions(texts, order)):
            scores[place] += math.log(precision) / ORDER
    lengths = Counter(len(text) for text in texts)
    total = sum(
        math.exp(score + _brevity(len(text), lengths))
        for text, score in zip(texts, scores, strict=True)
        if text
    )
    return total / len(texts)


def _precisions(texts: Sequence[Sequence[int]], order: int) -> Iterator[float]:
    """Of each text, the share of its n-grams that another text has, too, at least 0.1 of one."""
    counts = [Counter(_grams(text, order)) for text in texts]
    # The largest count of each n-gram in any text, whose it is, and the largest elsewhere.
    best: dict[tuple[int, ...], tuple[int, int, int]] = {}
    for place, counted in enumerate(counts):
        for gram, count in counted.items():
            first, owner, second = best.get(gram, (0, -1, 0))
            if count > first:
                best[gram] = (count, place, first)
            elif count > second:
                best[gram] = (first, owner, count)
    for place, counted in enumerate(counts):
        shared = 0
        for gram, count in counted.items():
            first, owner, second = best[gram]
            shared += min(count, second if owner == place else first)
        yield (shared or _EPSILON) / max(counted.total(), 1)


def _brevity(length: int, lengths: Counter[int]) -> float:
    """The logarithm of the penalty for being shorter than the nearest other text."""
    others = (other for other, n in lengths.items() if other != length or n > 1)
    nearest = min(others, key=lambda other: (abs(other - length), other), default=length)
    return min(0.0, 1 - nearest / length)


def _grams(text: Sequence[int], order: int) -> Iterator[tuple[int, ...]]:
    return zip(*(text[start:] for start in range(order)), strict=False)


def _distinct(counts: Counter[int] | Counter[tuple[int, ...]]) -> float:
    total = counts.total()
    return len(counts) / total if total else 0.0


def _entropy(counts: Iterable[int]) -> float:
    held = list(counts)
    total = sum(held)
    return -sum(n / total * math.log2(n / total) for n in held) if len(held) > 1 else 0.0
