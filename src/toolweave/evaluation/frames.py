"""Sentence frames: how often the same sentence comes again when its values are masked."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from toolweave.core.model import Record

TOP: Final = 10
# Beyond this many different frames the rarest are forgotten, and counts become lower bounds.
KEPT: Final = 300_000
_LIST_MARK = re.compile(r"^(?:[-*\u2022>#]+|\d{1,3}[.)])\s+")
_VALUE = re.compile(r"\{\w+\}")
_WORD = re.compile(r"[^\W\d_]")
_SENTENCE_END = re.compile(r"(?<=[.!?\u2026])\s+|(?<=[.!?\u2026][\"'\u201d\u2019)])\s+")


class FrameShare(Record):
    """A frame, and the number and share of the dialogues that it occurs in."""

    frame: str
    dialogues: int
    share: float


class FrameFigures(Record):
    """The most frequent sentence frames of one speaker.

    ``frames`` counts different ones among ``sentences``. ``bare`` are the sentences that are
    nothing but values ("{order_number}."): they have no wording that could come again, so they are
    ranked apart from ``top``. ``uncertain`` is by how many dialogues a count may be too low, 0
    unless there were too many frames to hold.
    """

    sentences: int
    frames: int
    top: tuple[FrameShare, ...]
    bare: tuple[FrameShare, ...] = ()
    uncertain: int = 0


class Frames:
    """Counts the dialogues in which each frame occurs, in bounded memory."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept, self._floor = kept, 0
        self._counts: dict[str, int] = {}
        self._sentences = self._forgotten = self._dialogues = 0

    def add(self, texts: Iterable[str]) -> None:
        """The masked texts of one speaker in one more dialogue."""
        found = [frame for text in texts for frame in sentences(text)]
        self._sentences += len(found)
        self._dialogues += 1
        for frame in dict.fromkeys(found):
            self._counts[frame] = self._counts.get(frame, 0) + 1
        while len(self._counts) > self._kept:
            self._forget()

    def figures(self, top: int = TOP) -> FrameFigures:
        """The figures so far, the most frequent frames first."""
        ranked = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
        worded = (item for item in ranked if has_words(item[0]))
        bare = (item for item in ranked if not has_words(item[0]))
        return FrameFigures(
            sentences=self._sentences,
            frames=len(self._counts) + self._forgotten,
            top=tuple(self._share(*item) for item in islice(worded, top)),
            bare=tuple(self._share(*item) for item in islice(bare, top)),
            uncertain=self._floor,
        )

    def _share(self, frame: str, count: int) -> FrameShare:
        return FrameShare(frame=frame, dialogues=count, share=count / self._dialogues)

    def _forget(self) -> None:
        """Lossy counting: what is left out was seen at most ``uncertain`` times since the last."""
        rarest = min(self._counts.values())
        before = len(self._counts)
        self._counts = {f: n - rarest for f, n in self._counts.items() if n > rarest}
        self._forgotten += before - len(self._counts)
        self._floor += rarest


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, white space evened out; a line end ends one, list marks go."""
    for line in text.splitlines():
        for sentence in _SENTENCE_END.split(_LIST_MARK.sub("", line.strip())):
            if even := " ".join(sentence.split()):
                yield even


def has_words(frame: str) -> bool:
    """Whether a frame says anything besides its values."""
    return _WORD.search(_VALUE.sub("", frame)) is not None
