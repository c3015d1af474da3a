"""The deed that a description's first sentence tells."""

import re
from collections.abc import Sequence
from typing import Final

from toolweave.checks.words_en import listed
from toolweave.drafting.names import CUTS, Named
from toolweave.drafting.verbs import FAMILY, stem

_NOT_SAID: Final = frozenset(
    listed(
        "api json endpoint client string parameter object resource mime array url tool server "
        "database metadata html http https argument input output function given specified "
        "specific provided response request payload schema"
    )
)
_SENTENCE: Final = re.compile(r"[A-Za-z][A-Za-z0-9 ,'-]{2,200}")
_DETERMINERS: Final = frozenset(
    listed("a an the all any some this that my your its existing specific given")
)


def told_by(description: str) -> Named | None:
    """The deed of a description's first sentence, where it is one that people could say."""
    text = description.split("Tool description:")[-1].strip()
    first = re.split(r"[.;:(\n]", text[:400], maxsplit=1)[0].strip()
    if not _SENTENCE.fullmatch(first):
        return None
    words = first.split()
    verb = stem(words[0].strip(","))
    if not verb:
        return None
    return Named(verb, FAMILY[verb], _object(words[1:]))


def _object(words: Sequence[str]) -> str:
    """The object at the head of the words: ``a single file using gzip`` → single file."""
    kept: list[str] = []
    for word in words:
        low = word.lower().strip(",")
        if (low in CUTS and low != "of") or low in ("that", "which", "whether", "it", "back"):
            break
        if not (low in _DETERMINERS and not kept):
            kept.append(low if not word.isupper() else word.strip(","))
        if word.endswith(","):
            break
    while kept and kept[-1] in ("of", "a", "an", "the"):
        kept.pop()
    if not 0 < len(kept) <= 6 or set(kept) & _NOT_SAID:
        return ""
    return " ".join(kept)
