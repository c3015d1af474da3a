"""An embedder without a model: the words of a text and their letters, the rare ones weighing most.

Every word becomes a vector of hashed features: itself, its stem, its runs of three to five letters
and what its synonyms share. A text is the sum of its words' vectors, weighted by how rare the words
are among the texts at hand. Texts encoded in one call, or after ``fit``, share one weighting.
"""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from toolweave.checks.inflection import singular
from toolweave.checks.naming import words
from toolweave.llm.embedding import LEXICAL

if TYPE_CHECKING:
    from toolweave.llm.embedding import Vectors

DIMENSIONS: Final = 256
_LONGEST: Final = 60
_CHUNK: Final = 8192
_GRAMS: Final = (3, 4, 5)
_WHOLE, _SHARED, _LETTERS = 1.0, 0.8, 0.7
_WORD: Final = re.compile(r"[^\W_]+")
# Words that tools use for one another; a group's first word names it.
SYNONYM_GROUPS: Final = tuple(
    tuple(group.split())
    for group in (
        "price cost amount fee charge sum fare rate",
        "identifier id uuid guid reference ref code number key",
        "text message content body note comment passage sentence paragraph",
        "title name heading headline label caption",
        "location place city address area town region venue",
        "start begin from origin departure source opening",
        "end finish until destination arrival target",
        "image picture photo",
        "file document attachment upload",
        "customer client user member requester buyer",
        "order purchase",
        "booking reservation",
        "product item article goods sku",
        "shipment parcel package delivery",
        "employee staff worker",
        "engineer technician mechanic",
        "meeting appointment event calendar visit",
        "movie film",
        "phone telephone mobile sms",
        "email mail",
        "duration length minute hour period",
        "quantity count number total",
        "ticket case issue incident",
        "category type kind class genre",
        "status state",
        "salary wage pay income earning",
        "keyword query term search topic",
        "url link website uri",
        "company organization business firm",
        "latitude lat",
        "longitude lon lng",
        "summary description detail overview",
        "garage workshop shop store",
        "doctor physician",
        "car vehicle",
        "date day",
        "rating score stars",
    )
)
_SHARED_BY: Final = {
    word: tuple(group[0] for group in SYNONYM_GROUPS if word in group)
    for group in SYNONYM_GROUPS
    for word in group
}
_MASKS: Final = {
    word: sum(1 << at for at, group in enumerate(SYNONYM_GROUPS) if word in group)
    for word in _SHARED_BY
}
# Grammar, and what every description says.
_EMPTY_WORDS: Final = (
    "a an the of to for in on at by with from and or as is are be been was were this that "
    "these those it its their his her your which who whom what when where how if then than "
    "into per e g i eg ie etc use used using given returned return specified optional "
    "required can may will should must not no any all each via about"
)
_EMPTY: Final = frozenset(_EMPTY_WORDS.split())


class LexicalEmbedder:
    """Vectors from words, stems, letters and synonyms, weighted by rarity."""

    name = LEXICAL
    semantic = False

    def __init__(self) -> None:
        self._rarity: dict[str, float] | None = None

    def fit(self, texts: Sequence[str]) -> None:
        """Take these texts as what says which words are rare."""
        self._rarity = rarity(list(map(text_words, texts)))

    def encode(self, texts: Sequence[str]) -> "Vectors":
        """One row per text; rows of texts that share no word or letters are near 0."""
        import numpy

        split = [text_words(text) for text in texts]
        weights = self._rarity if self._rarity is not None else rarity(split)
        vocabulary: dict[str, int] = {}
        numbers = [[vocabulary.setdefault(word, len(vocabulary)) for word in one] for one in split]
        known = numpy.zeros((max(1, len(vocabulary)), DIMENSIONS), numpy.float32)
        unseen = max(weights.values(), default=1.0)
        for word, place in vocabulary.items():
            known[place] = _vector(word) * weights.get(word, unseen)
        rows = numpy.zeros((len(texts), DIMENSIONS), numpy.float32)
        for start in range(0, len(texts), _CHUNK):
            part = numbers[start : start + _CHUNK]
            filled = [at for at, one in enumerate(part) if one]
            if not filled:
                continue
            flat = numpy.fromiter((n for one in part for n in one), numpy.int64)
            lengths = [len(part[at]) for at in filled]
            edges = numpy.cumsum([0, *lengths[:-1]])
            rows[[start + at for at in filled]] = numpy.add.reduceat(known[flat], edges, axis=0)
        norms = numpy.linalg.norm(rows, axis=1, keepdims=True)
        unit: Vectors = rows / numpy.maximum(norms, 1e-9)
        return unit


def meanings(word: str) -> int:
    """The groups of synonyms that a word belongs to, a bit for each."""
    return _MASKS.get(word, 0)


@lru_cache(maxsize=65536)
def text_words(text: str) -> tuple[str, ...]:
    """The distinct words of a text that say something, in the singular, in order."""
    found = (singular(word) for part in _WORD.findall(text[:600]) for word in words(part))
    kept = [word for word in dict.fromkeys(found) if word not in _EMPTY]
    return tuple(kept[:_LONGEST])


def rarity(split: Sequence[Sequence[str]]) -> dict[str, float]:
    """How much each word says: the logarithm of the share of texts without it, at least 0.3."""
    held = Counter(word for one in split for word in one)
    total = len(split)
    most = math.log(1 + total) or 1.0
    return {word: max(0.3, math.log((1 + total) / n) / most) for word, n in held.items()}


@lru_cache(maxsize=65536)
def _vector(word: str) -> "Vectors":
    import numpy

    vector = numpy.zeros(DIMENSIONS, numpy.float32)
    for feature, weight in _features(word):
        digest = hashlib.blake2b(feature.encode(), digest_size=8).digest()
        for half in (digest[:4], digest[4:]):
            place = int.from_bytes(half, "big")
            vector[place % DIMENSIONS] += weight if place >> 31 else -weight
    norm = float(numpy.linalg.norm(vector))
    unit: Vectors = vector / norm if norm else vector
    return unit


def _features(word: str) -> Iterator[tuple[str, float]]:
    yield f"w:{word}", _WHOLE
    for shared in _SHARED_BY.get(word, ()):
        yield f"s:{shared}", _SHARED
    padded = f"^{word[:24]}$"
    grams = [padded[at : at + n] for n in _GRAMS for at in range(len(padded) - n + 1)]
    for gram in grams:
        yield f"g:{gram}", _LETTERS / math.sqrt(len(grams))
