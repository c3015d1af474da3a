"""What is said where a tool is lacking: the assistant's refusal, and words that bring the tool."""

import random
import re
from collections.abc import Mapping
from typing import Final

from toolweave.llm.contexts import ReportContext
from toolweave.llm.offline.phrases import Part, expand, fitting, holes, plain
from toolweave.llm.offline.prose import sentence
from toolweave.llm.offline.wishes import infinitive

# Where a tool is lacking: honest about that, and nothing asked for.
LACKING: Final = (
    "[I'm afraid|sorry, but] I can't {w}: [I have no function for that|there's no tool for it].",
    "I [can't|cannot] {w} with what I have: [nothing here does that|none of my tools does that].",
    "[sorry, |]I have nothing here that would let me {w}.",
    "to {w}, I'd need a function that I [don't have|haven't been given].",
    "I'd [like|be glad] to, but I have no [means|way] to {w}[ at the moment| right now|].",
    "[I'm sorry|sorry], the tools I have [don't cover that|don't reach that far].",
    "I [don't|do not] have a function that [can do this|does this|would do that], "
    "[sorry|I'm afraid].",
    "that isn't [something|a thing] I can do [right now|at the moment]: "
    "the tool for it is missing.",
    "[unfortunately, |]I have no tool that lets me {w}, so I can't do it[ for you|].",
    "I looked at what I can use, and there's [no way|nothing] to {w}[, I'm afraid|].",
    "I can't, [sorry|I'm afraid]. [What I'd need for that isn't|The function for that isn't] "
    "available to me.",
    "I [won't be able to|can't] {w}: I [have not|haven't] got the right function[ for it|].",
    "that [takes|needs] a function I [don't have|lack], so I can't {w}[ as things stand|].",
    "[at the moment|as it stands|right now] I have no way to {w}[, sorry|].",
)  # fmt: skip
# Before the definition of a function that the user hands over; most end in a colon.
SUPPLYING: Final[dict[str, tuple[str, ...]]] = {
    "neutral": (
        "[here is|here's] the function [you need|for that|that was missing], "
        "[please use it|go ahead]:",
        "you can use this one[ now|]:", "I've just been given this for you[, please try again|]:",
        "[there is|there's] a function for it, [it just wasn't switched on|here it is]:",
        "[okay|all right], [this|the following] should [do it|cover it|help]:",
        "it has [just |now |]been added, this is how it looks:",
    ),
    "casual": (
        "ah, [forgot to give you this|you need this one]:", "ok, [try|use] this one then:",
        "[here you go|there you go], [this should do it|that's the one for it]:",
        "oh right, that one was off. It's on now:", "my bad, here's the missing piece:",
        "[ok|right], I got this [from the team|from the admin], give it another go:",
    ),
    "formal": (
        "[please find|I am providing] the [missing |required |]function [below|here]:",
        "[the function for this|the one you need] has now been enabled. Its definition reads:",
        "you may use the following function [for this purpose|for that]:",
        "I have been asked to pass this on to you, [please proceed with it|kindly use it]:",
        "[I understand|very well]. [This function|The following] should [suffice|serve]:",
    ),
    "worried": (
        "[oh, |]is this what you need? It was sent to me [just now|a minute ago]:",
        "[I hope|maybe] [this is the right one|this helps|this works], "
        "[please try again|could you try]:",
        "sorry, I should have given you this [earlier|first]:",
        "[oh no|hm], [they|somebody] said you'd need this one then:",
        "I [found|got] this for you, does it [do|work]?",
    ),
    "annoyed": (
        "[fine|right], then [take|use] this:", "[seriously? Okay|well], here's the function:",
        "[okay|right], now you have it, so [go ahead|please get on with it]:",
        "somebody forgot to switch it on. There:",
        "[here|there]. That's the one [you want|for it]:",
    ),
    "cheerful": (
        "[no problem|no worries], here it comes:",
        "[good news|luckily], I have [just the thing|it here]:",
        "[ta-da|there we go], [freshly switched on|this should do the trick]:",
        "[easy|we can fix that], [try|use] this one:", "[aha|ah], then you'll be needing this:",
    ),
}  # fmt: skip

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
    pool = fitting(LACKING, {"w": wish or None})
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
    said = plain(stream.choice(SUPPLYING[tone]), stream)
    return sentence([Part(said.removesuffix(":"))], ":" if said.endswith(":") else ".")
