"""The assistant's questions: short, about exactly what is missing, in the user's words."""

import random
import re
from collections.abc import Sequence

from toolweave.checks.saying import say
from toolweave.llm.contexts import Question, QuestionContext, Slot
from toolweave.llm.offline import frames
from toolweave.llm.offline.belonging import things, whose
from toolweave.llm.offline.phrases import Part, expand, fitting
from toolweave.llm.offline.prose import joined, lowered, paragraph, render, sentence
from toolweave.llm.offline.speech import PROSE

# Only a question that opens like one runs on with "and".
_INVERTED = re.compile(
    r"(?i)(?:what|which|who|whose|where|when|why|how|can|could|may|do|does|is|are|shall|should|will|"
    r"would)\b"
)
_ASKED_TO_DO = re.compile(r"(?i)\b(?:can|could|would|will) you\b|\bplease\b")
# How often a question to somebody who asked for something opens with a yes.
_ASSENTS = 0.2
_FEW = 5
_OTHER_WORDS = 6


def question(context: QuestionContext, stream: random.Random) -> Question:
    """One message that asks for all the slots."""
    text = _text(context, stream)
    if context.again:
        said = "\n".join(line.text for line in context.history)
        for _ in range(_OTHER_WORDS):
            if text.split(". ", 1)[-1].casefold() not in said.casefold():
                break
            text = _text(context, stream)
    return Question(question=text)


def _text(context: QuestionContext, stream: random.Random) -> str:
    text, _ = render(paragraph(_led(_lead(context, stream), _asked(context, stream))))
    return text


def _led(lead: str, asked: Sequence[list[Part]]) -> list[list[Part]]:
    """The lead as a sentence of its own, or run on into the question where it ends in a comma."""
    if not lead.endswith(","):
        return [sentence([Part(lead)]), *asked]
    return [sentence([Part(f"{lead} "), *lowered(asked[0])]), *asked[1:]]


def _lead(context: QuestionContext, stream: random.Random) -> str:
    """What comes before the question; most questions need nothing."""
    if context.again:
        several = len(context.slots) > 1
        return stream.choice(frames.INSISTING_ON_SEVERAL if several else frames.INSISTING)
    first = not any(line.role == "assistant" for line in context.history)
    trouble = any(slot.view.kind == "problem" for slot in context.slots)
    upset = context.cast.human.persona.tone in ("annoyed", "worried")
    if first and trouble and upset and stream.random() < 0.5:
        return stream.choice(frames.SORRY)
    said = next((line.text for line in reversed(context.history) if line.role == "user"), "")
    if _ASKED_TO_DO.search(said) and stream.random() < _ASSENTS:
        return stream.choice(frames.ASSENTING)
    return ""


def _asked(context: QuestionContext, stream: random.Random) -> list[list[Part]]:
    slots = context.slots
    if len(slots) == 1:
        return [sentence(_whole(context, slots[0], stream), "?")]
    prepared = all(slot.view.prepared for slot in slots)
    if len(slots) == 2 and (prepared or _open(slots) or stream.random() < 0.45):
        first, second = (_whole(context, slot, stream) for slot in slots)
        joinable = _INVERTED.match("".join(part.text for part in first)) is not None
        link = stream.choice((", and ", ", and ", " And ")) if joinable else " And "
        tail = second if link == " And " else lowered(second)
        head = _without_mark(first) + ("?" if link == " And " else "")
        return [sentence([Part(head), Part(link), *lowered(tail)], "?")]
    if len({slot.view.label for slot in slots}) < len(slots):
        # "The first day and the first day" asks for one thing twice.
        return [sentence(_whole(context, slot, stream), "?") for slot in slots]
    labels = [[Part(_labelled(context, slot, stream))] for slot in slots]
    listed = joined(labels)
    clauses = any(not whose(slot.view, "your") for slot in slots)
    phrase = stream.choice(frames.NEEDING_TO_KNOW if clauses else frames.NEEDING)
    return [sentence(expand(phrase, stream, {"list": listed}.get) or listed, "?")]


def _open(slots: Sequence[Slot]) -> bool:
    return any(slot.view.kind in (*PROSE, "boolean") for slot in slots)


def _without_mark(parts: Sequence[Part]) -> str:
    return "".join(part.text for part in parts).rstrip("?. ")


def _whole(context: QuestionContext, slot: Slot, stream: random.Random) -> list[Part]:
    """A whole question for one slot."""
    options = _options(context, slot, stream)
    fill = {
        "options": [Part(options)] if options else None,
        "label": [Part(slot.view.label)],
        "your": [Part(whose(slot.view, "your"))],
        "things": things(slot.view),
    }
    phrases = fitting(slot.view.words.asks, fill)
    fallback = "[which {label}|what {label}] [should it be|would you like]: {options}?"
    if not phrases:
        phrases = [fallback] if options else ["what's {your} {label}?"]
    parts = expand(stream.choice(phrases), stream, fill.get)
    return parts or [Part(f"what's {whose(slot.view, 'your')} {slot.view.label}?")]


def _labelled(context: QuestionContext, slot: Slot, stream: random.Random) -> str:
    text = f"{whose(slot.view, 'your')} {slot.view.label}".lstrip()
    options = _options(context, slot, stream)
    # "The electricity or gas" has named its choices.
    return f"{text} ({options})" if options and options not in text else text


def _options(context: QuestionContext, slot: Slot, stream: random.Random) -> str:
    """The choices of a short enum in words: "technical, billing or legal"."""
    choices = slot.schema.get("enum", ())
    if not 2 <= len(choices) <= _FEW:
        return ""
    said = [
        say(
            choice,
            slot.schema,
            random.Random(0),
            now=context.cast.now,
            words={},
            field=slot.view.name,
        )
        for choice in choices
    ]
    return "".join(part.text for part in joined([[Part(text)] for text in said], last=" or "))
