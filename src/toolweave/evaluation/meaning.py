"""Semantic spread: how far apart the first requests of dialogues are, by sentence embeddings."""

from typing import Final

from toolweave.core.errors import InputError
from toolweave.core.model import Record
from toolweave.evaluation.conversation import Conversation
from toolweave.evaluation.lots import Lots
from toolweave.llm.embedding import make_embedder

SAMPLED: Final = 1000


class SpreadFigures(Record):
    """The mean cosine distance of the ``texts`` in pairs: 0 where all mean the same.

    ``spread`` is None where it could not be measured, and ``absent`` says why.
    """

    texts: int
    spread: float | None
    embedder: str = ""
    absent: str = ""


class Meaning:
    """Keeps the first requests of up to a thousand dialogues, drawn by seed."""

    def __init__(self, seed: int) -> None:
        self._lots = Lots(seed, "meaning", SAMPLED)
        self._texts: dict[int, str] = {}

    def add(self, number: int, held: Conversation) -> None:
        """One more dialogue."""
        text = next((said.text for said in held.said if said.speaker == "user"), "")
        drawn = self._lots.draw(number)
        if drawn.leaves is not None:
            self._texts.pop(drawn.leaves, None)
        if drawn.wanted and text:
            self._texts[number] = text

    def figures(self) -> SpreadFigures:
        """The spread of what is kept; without the extra and its weights, why there is none."""
        texts = list(self._texts.values())
        try:
            embedder = make_embedder("minilm")
        except InputError as error:
            return SpreadFigures(texts=len(texts), spread=None, absent=str(error))
        if len(texts) < 2:
            absent = "fewer than two dialogues"
            return SpreadFigures(texts=len(texts), spread=None, absent=absent)
        total = embedder.encode(texts).sum(axis=0)
        # The products of all pairs out of the square of the sum, the diagonal left out.
        alike = (float(total @ total) - len(texts)) / (len(texts) * (len(texts) - 1))
        return SpreadFigures(texts=len(texts), spread=1 - alike, embedder=embedder.name)
