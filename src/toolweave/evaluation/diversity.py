"""Diversity: how varied the texts of many dialogues are, plain and with their values masked."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import Final, Literal, NamedTuple

from toolweave.core.model import Record
from toolweave.core.seeding import digest, rng
from toolweave.evaluation.conversation import Conversation, Speaker
from toolweave.evaluation.frames import FrameFigures, Frames
from toolweave.evaluation.masking import masked_texts
from toolweave.evaluation.ngrams import TextFigures, Vocabulary, text_figures

# Tokens that are kept for the figures of texts; a larger file is sampled by dialogue.
BUDGET: Final = 1_000_000
SPEAKERS: Final[tuple[Speaker, ...]] = ("user", "assistant")
Voice = Literal["user", "assistant", "both"]
VOICES: Final[tuple[Voice, ...]] = ("user", "assistant", "both")


class VoiceFigures(Record):
    """The texts of users, of assistants or of both, as they are and with their values masked."""

    voice: Voice
    plain: TextFigures
    masked: TextFigures


class SpeakerFrames(Record):
    """The sentence frames of users or of assistants."""

    speaker: Speaker
    frames: FrameFigures


class DiversityFigures(Record):
    """Diversity of ``dialogues``; the figures of texts rest on ``measured`` of them.

    Frames are counted over all dialogues. A file of more than a million tokens is sampled for
    the rest, by seed.
    """

    dialogues: int
    measured: int
    voices: tuple[VoiceFigures, ...]
    frames: tuple[SpeakerFrames, ...]


class Spoken(NamedTuple):
    """One message of a sampled dialogue in tokens, as it is and masked."""

    speaker: Speaker
    plain: "array[int]"
    masked: "array[int]"


class Kept(NamedTuple):
    """A sampled dialogue; those with the smallest ``order`` are kept."""

    order: int
    place: int
    said: tuple[Spoken, ...]

    @property
    def tokens(self) -> int:
        """How many tokens it holds."""
        return sum(len(spoken.plain) for spoken in self.said)


class Diversity:
    """Gathers the texts of dialogues one after another, in bounded memory."""

    def __init__(self, seed: int = 0, budget: int = BUDGET) -> None:
        self.seed, self.budget = seed, budget
        self._words = Vocabulary()
        self._frames: Mapping[Speaker, Frames] = {speaker: Frames() for speaker in SPEAKERS}
        # A heap with the greatest order first: what leaves first when the budget is spent.
        self._heap: list[tuple[int, int, Kept]] = []
        self._dialogues = self._tokens = 0

    def add(self, held: Conversation, masked: Sequence[str] | None = None) -> None:
        """One more dialogue; ``masked`` are its texts where they were masked before."""
        self._dialogues += 1
        if masked is None:
            masked = masked_texts(held)
        for speaker, frames in self._frames.items():
            texts = zip(held.said, masked, strict=True)
            frames.add(text for said, text in texts if said.speaker == speaker)
        order = digest(self.seed, "diversity", self._dialogues)
        if self._tokens >= self.budget and order > -self._heap[0][0]:
            return
        kept = Kept(
            order,
            self._dialogues,
            tuple(
                Spoken(said.speaker, self._words.encode(said.text), self._words.encode(text))
                for said, text in zip(held.said, masked, strict=True)
            ),
        )
        self._tokens += kept.tokens
        heappush(self._heap, (-order, -kept.place, kept))
        while len(self._heap) > 1 and self._tokens - self._heap[0][2].tokens >= self.budget:
            self._tokens -= heappop(self._heap)[2].tokens

    def figures(self) -> DiversityFigures:
        """The figures of what was added so far."""
        return DiversityFigures(
            dialogues=self._dialogues,
            measured=len(self._heap),
            voices=tuple(self.voice(voice) for voice in VOICES),
            frames=tuple(
                SpeakerFrames(speaker=speaker, frames=frames.figures())
                for speaker, frames in self._frames.items()
            ),
        )

    def tokens(self, voice: Voice) -> int:
        """How many tokens are at hand: the fewer of the plain and the masked ones."""
        plain = sum(len(text) for text in self._texts(voice, masked=False))
        return min(plain, sum(len(text) for text in self._texts(voice, masked=True)))

    def voice(self, voice: Voice, tokens: int | None = None) -> VoiceFigures:
        """The figures of a voice over the first ``tokens`` of dialogues drawn by seed, or all."""
        plain, masked = (
            text_figures(
                _cut(self._texts(voice, masked=masked), tokens), rng(self.seed, "texts", voice)
            )
            for masked in (False, True)
        )
        return VoiceFigures(voice=voice, plain=plain, masked=masked)

    def _texts(self, voice: Voice, *, masked: bool) -> Iterator["array[int]"]:
        for *_, kept in sorted(self._heap, key=lambda item: -item[0]):
            for spoken in kept.said:
                if voice in ("both", spoken.speaker):
                    yield spoken.masked if masked else spoken.plain


def _cut(texts: Iterator["array[int]"], tokens: int | None) -> Sequence["array[int]"]:
    """Texts of that many tokens in all; the last is shortened."""
    if tokens is None:
        return list(texts)
    cut: list[array[int]] = []
    for text in texts:
        if tokens <= 0:
            break
        cut.append(text[:tokens])
        tokens -= len(text)
    return cut
