"""What is said where a tool is lacking: the assistant's refusal, and words that bring the tool."""

import random
import re
from collections.abc import Mapping
from typing import Final

from toolweave.llm.contexts import ReportContext
from toolweave.llm.offline import frames
from toolweave.llm.offline.phrases import Part, expand, fitting, holes, plain
from toolweave.llm.offline.prose import sentence
from toolweave.llm.offline.wishes import infinitive

_SEVERAL: Final = re.compile(r",| (?:and|then|or|if) ")
_TURNED: Final[Mapping[str, str]] = {
    "my": "your", "me": "you", "i": "you", "i'm": "you're", "i've": "you've", "i'd": "you'd",
    "mine": "yours", "myself": "yourself", "am": "are",
}  # fmt: skip
_PERSON: Final = re.compile(rf"\b(?:{'|'.join(sorted(_TURNED, key=len, reverse=True))})\b", re.I)
# What a wish says to the one it is put to: "show you" is no deed that a function lacks.
_ADDRESSED: Final = re.compile(r"\b(?:you|yourself)\b", re.IGNORECASE)


def refusal(context: ReportContext, stream: random.Random) -> list[Part]:
    """The assistant says that it has nothing to do this with."""
    wish = _deed(context, stream)
    pool = fitting(frames.LACKING, {"w": wish or None})
    parts = expand(stream.choice(pool), stream, {"w": [Part(wish)]}.get)
    return sentence(parts or [Part("I have no function for that")])


def _deed(context: ReportContext, stream: random.Random) -> str:
    """What cannot be done, as an infinitive of the assistant's; empty where no words are known.

    Of several deeds at once only the one that is lacking is named.
    """
    whole = infinitive(context.subgoal)
    if whole and not _SEVERAL.search(whole):
        return turned(whole)
    known = context.words.tool(context.lacks[0].name).wishes
    said = [plain(phrase, stream) for phrase in known if not holes(phrase)]
    alone = [text for text in said if not _SEVERAL.search(text) and not _ADDRESSED.search(text)]
    return turned(stream.choice(alone)) if alone else ""


def turned(wish: str) -> str:
    """A person's wish as the assistant speaks of it: "see my order" → "see your order"."""
    return _PERSON.sub(lambda match: _TURNED[match.group().lower()], wish)


def supply(tone: str, stream: random.Random) -> list[Part]:
    """What is said before a definition that the user hands over."""
    said = plain(stream.choice(frames.SUPPLYING[tone]), stream)
    return sentence([Part(said.removesuffix(":"))], ":" if said.endswith(":") else ".")
