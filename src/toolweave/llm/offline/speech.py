"""The user's side: requests, answers to questions, corrections and small talk."""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Final

from toolweave.checks.numbers_en import spell
from toolweave.checks.saying import Style, say
from toolweave.checks.words import FieldView, split_name
from toolweave.core.lexicon import Lexicon
from toolweave.core.model import JsonValue
from toolweave.llm.contexts import Pointer, Slot, Utterance, UtteranceContext, Wish
from toolweave.llm.offline import frames
from toolweave.llm.offline.belonging import things, whose
from toolweave.llm.offline.calendar import hand_of
from toolweave.llm.offline.choosing import described, picks
from toolweave.llm.offline.lacking import supply
from toolweave.llm.offline.leading import lead_of, led, opening_of, small_talk
from toolweave.llm.offline.phrases import Part, expand, fitting, holes, plain
from toolweave.llm.offline.prose import joined, lowered, paragraph, render, sentence
from toolweave.llm.offline.values import Drawer
from toolweave.llm.offline.wishes import assistant_only, combined, prepared, slot_names

# How often what is picked is called by its name rather than by its place or price.
_BY_NAME: Final = 0.4
# What tells what happened or how something looks, and how often that is announced.
_RECOUNTED: Final = frozenset(
    {"description", "details", "problem", "issue", "symptoms", "incident", "complaint", "happened",
     "summary"}
)  # fmt: skip
_ANNOUNCED: Final = 0.25
_NEVER_REPEATED: Final = frozenset(
    {"identifier", "uuid", "address", "email", "phone", "note", "text"}
)
_VERBATIM: Final = frozenset(
    {"identifier", "uuid", "email", "url", "secret", "token", "card_number", "username",
     "file_path", "folder_path", "file_name", "hostname", "base64", "month_year", "epoch"}
)  # fmt: skip
_SENTENCE_END: Final = re.compile(r"[.?!](?=\s|$|\])")
_BACK: Final = re.compile(r"(?i)\b(?:that|those|these|this|it|its|them|they|there)\b")
_MOMENTS: Final = frozenset({"date", "datetime", "time"})
PROSE: Final = frozenset({"problem", "note", "reason"})
_FEW_WORDS: Final = 4
_STYLES: Final[dict[str, Style]] = {"terse": "terse", "normal": "neutral", "chatty": "neutral"}


def utterance(context: UtteranceContext, stream: random.Random) -> Utterance:
    """A user message that states exactly the planned values, and those values."""
    values = drawn_values(context, stream)
    speaker = Speaker(context, values, stream)
    if context.supplies:
        parts = supply(speaker.tone, stream)
    elif context.question:
        parts = speaker.reply()
    elif context.kind == "correction" and context.slots:
        parts = speaker.correction()
    elif context.kind == "chat":
        parts = speaker.chat()
    else:
        parts = speaker.request()
    text, _ = render(parts)
    return Utterance(utterance=text, values=values)


def drawn_values(context: UtteranceContext, stream: random.Random) -> dict[str, JsonValue]:
    """A value for every slot: the planned one, else a drawn one that agrees with its siblings."""
    values: dict[str, JsonValue] = {}
    # What is taken back is known no longer: the new day is not to be that of the old one.
    gone = [value for slot in context.slots for value in slot.avoid]
    known = {name: value for name, value in context.known.items() if value not in gone}
    drawer = Drawer(context.words, context.cast, stream, known)
    for slot in context.slots:
        drawer.owner = slot.tool
        if slot.fixed:
            values[slot.name] = slot.fixed[0]
            drawer.siblings[slot.view.name] = slot.fixed[0]
        else:
            values[slot.name] = drawer.value(slot.view, slot.schema, slot.avoid)
    return values


class Speaker:
    """One user step being put into words."""

    def __init__(
        self, context: UtteranceContext, values: Mapping[str, JsonValue], stream: random.Random
    ) -> None:
        self.context, self.values, self.stream = context, values, stream
        self.slots: dict[str, Slot] = {slot.name: slot for slot in context.slots}
        self.names = slot_names(context)
        self.unsaid: list[str] = [slot.name for slot in context.slots]
        persona = context.cast.human.persona
        self.tone, self.length = persona.tone or "neutral", persona.length or "normal"
        self.unpicked: list[Pointer] = [item for item in context.pointers if picks(item)]

    def said(self, name: str) -> list[Part] | None:
        """The value of a slot in human form; None for a name that is not on offer."""
        key = name if name in self.slots else self.names.get(name)
        if key is None:
            return None
        if key in self.unsaid:
            self.unsaid.remove(key)
        return [Part(self.form(self.slots[key]), key)]

    def form(self, slot: Slot) -> str:
        """A human form of the slot's value; one speaker has one way of giving dates and times."""
        value, kind = self.values[slot.name], slot.view.kind
        if kind in _VERBATIM:
            return str(value)
        if kind in ("count", "small_count") and isinstance(value, int) and 0 < value < 13:
            return spell(value) if self.length != "terse" else str(value)
        stream = self.stream
        if kind in _MOMENTS:
            stream = random.Random(f"{self.context.cast.seed}/{kind}/user")
        text = say(
            value,
            {**slot.schema, "x-unit": slot.view.schema.get("x-unit", "")},
            stream,
            now=self.context.cast.now,
            words=slot.view.value_words(),
            style=_STYLES[self.length],
            field=slot.view.name,
        )
        if kind == "date" and isinstance(value, str) and any(char.isdigit() for char in text):
            # Not by its weekday, then: the day and month in this speaker's order.
            by_hand = hand_of(self.context.cast.seed, "user").moment(value, self.context.cast.now)
            return by_hand or text
        return text

    def clause(self, key: str, pool: str) -> list[Part]:
        """A clause (``tells``) or an answer (``answers``) that states the slot's value."""
        slot = self.slots[key]
        if key in self.unsaid:
            self.unsaid.remove(key)
        value = self.values[key]
        words = slot.view.words
        ready = words.clauses.get(_word_key(value), ())
        if ready and (pool == "tells" or self.stream.random() < 0.7):
            told = expand(self.stream.choice(ready), self.stream, lambda name: None) or []
            names = words.words.get(_word_key(value), ())
            return named_clause(told, key, [name for name in names if name[:1].isupper()])
        if slot.view.kind in PROSE or _is_prose(value):
            return self.told_at_length(slot, str(value), pool)
        form = self.form(slot)
        phrases = [p for p in getattr(words, pool) if "{value}" in p] or [
            _fallback(slot.view, pool)
        ]
        fill = {"value": [Part(form, key)], "label": [Part(slot.view.label)],
                "my": [Part(whose(slot.view, "my"))], "things": things(slot.view)}  # fmt: skip
        phrases = fitting(phrases, fill) or ["{value}"]
        parts = expand(self.stream.choice(phrases), self.stream, fill.get)
        return parts or [Part(form, key)]

    def told_at_length(self, slot: Slot, text: str, pool: str) -> list[Part]:
        """Free text in the user's own words, now and then announced."""
        said = [Part(text, slot.name)]
        ready = [
            p for p in getattr(slot.view.words, pool) if p == "{value}" or p.endswith(": {value}")
        ]
        if any(phrase != "{value}" for phrase in ready):
            return expand(self.stream.choice(ready), self.stream, {"value": said}.get) or said
        recounts = _RECOUNTED & set(split_name(slot.view.name)) and _is_prose(text)
        if not recounts or self.stream.random() >= _ANNOUNCED:
            return said
        return [Part(f"{plain(self.stream.choice(frames.TELLING), self.stream)} "), *said]

    def request(self) -> list[Part]:
        """A request: situation, wish and values in some natural order."""
        opening = opening_of(self.context, self.stream)
        line = self.line(short=bool(opening))
        wish = line or self.wish()
        rest = self.clauses()
        pointers = [self.pointer(item, frames.MEANING) for item in self.unpicked_once()]
        # A line of the lexicon brings its own reaction to what was said before.
        spoken = self.context.first or not line
        lead = lead_of(self.context, self.stream, short=bool(opening)) if spoken else []
        order = self.stream.random()
        if line or (opening and (order < 0.62 or not self._situated())):
            body = [opening, wish, *pointers, *rest]
        elif opening and order < 0.85:
            body = [wish, opening, *pointers, *rest]
        else:
            body = [wish, opening, *pointers, *rest]
        body = [item for item in body if item]
        if lead and body:
            body[0] = led(lead, body[0])
        return paragraph(self.cased(item) for item in body)

    def unpicked_once(self) -> list[Pointer]:
        """What is still to be pointed at; one thing that serves twice is named once."""
        return list({described(item): item for item in self.unpicked}.values())

    def _situated(self) -> bool:
        """Whether somebody wrote down why people of this domain turn up."""
        return bool(self.context.words.domain_situations)

    def cased(self, parts: Sequence[Part]) -> list[Part]:
        """A sentence; hurried typists leave the capital out now and then."""
        done = sentence(parts)
        persona = self.context.cast.human.persona
        typist = random.Random(f"{self.context.cast.seed}/typing")
        if persona.tone == "casual" and persona.length == "terse" and typist.random() < 0.5:
            return lowered(done)
        return done

    def line(self, *, short: bool = False) -> list[Part]:
        """The request in so many words, where the lexicon has it for these calls.

        ``short`` prefers a single sentence: after an opening, more of them would be a pile.
        """
        domain = self.context.words.domain
        if domain is None:
            return []
        if self.context.kind == "refusal":
            exchange = domain.refusals.get(self.context.subgoal)
            says = exchange.says if exchange else ()
            return prepared(says, frozenset(self.names), self.stream, self.filled) or []
        pool = self.ready_lines(domain)
        if not pool:
            return []
        names = frozenset(self.names) | ({"pick"} if self.unpicked else frozenset())
        single = [phrase for phrase in pool if len(_SENTENCE_END.findall(phrase)) == 1]
        if short and (said := prepared(single, names, self.stream, self.filled)):
            return said
        return prepared(pool, names, self.stream, self.filled) or []

    def ready_lines(self, domain: Lexicon) -> Sequence[str]:
        """What the lexicon has for these calls at this point of the conversation."""
        wishes = self.context.wishes
        found = self._lines_of(domain, wishes)
        served = wishes[:-1] and all(wish.feeds_later and wish.reads for wish in wishes[:-1])
        if found or not served or self.context.condition:
            return found
        # What is only looked up on the way is the assistant's affair.
        return self._lines_of(domain, wishes[-1:])

    def _lines_of(self, domain: Lexicon, wishes: Sequence[Wish]) -> Sequence[str]:
        key = "+".join(wish.tool.name for wish in wishes)
        if self.context.first:
            return domain.requests.get(key, ())
        later = domain.follow_ups.get(key, ())
        if any(wish.at_hand for wish in wishes):
            return later
        # Where nothing was spoken of, "those" and "that one" hang in the air.
        return [line for line in later if not _BACK.search(line)] or domain.requests.get(key, ())

    def filled(self, name: str) -> list[Part] | None:
        """A slot's value, or the element picked from a list."""
        if name != "pick":
            return self.said(name)
        if not self.unpicked:
            return None
        pointer = self.unpicked.pop(0)
        return [Part(self.which(pointer))]

    def which(self, pointer: Pointer) -> str:
        """What is picked, by its name or by what sets it apart."""
        if not pointer.named or self.stream.random() >= _BY_NAME:
            return described(pointer)
        bare = pointer.named[0].islower() and not re.match(r"(?:an?|the|one|two)\b", pointer.named)
        return f"the {pointer.named}" if bare else pointer.named

    def wish(self) -> list[Part]:
        """The wish in a frame that fits the speaker."""
        wish = combined(self.context, self.stream, self.said)
        text = "".join(part.text for part in wish)
        only = assistant_only(text)
        pool: tuple[str, ...]
        if self.length == "terse" and self.stream.random() < 0.6:
            pool = frames.TERSE_ASKING if only else frames.TERSE
        elif only or self.stream.random() < 0.5:
            pool = frames.ASKING[self.tone]
        else:
            pool = frames.WANTING[self.tone]
        if re.search(r"\bme\b", text):
            pool = tuple(frame for frame in pool if "for me" not in frame)
        return expand(self.stream.choice(pool), self.stream, {"w": wish}.get) or wish

    def clauses(self) -> list[list[Part]]:
        """Sentences for the values that the wish did not weave in."""
        keys = list(self.unsaid)
        if not self.context.voiced:
            keys.sort(key=lambda key: not self._told_at_length(key))
        sentences = []
        while keys:
            if self._told_at_length(keys[0]):
                sentences.append(self.clause(keys.pop(0), "tells"))
                continue
            taken = [key for key in keys[:2] if not self._told_at_length(key)]
            keys = keys[len(taken) :]
            told = [self.clause(key, "tells") for key in taken]
            told = [told[0], *(lowered(item) for item in told[1:])]
            link = self.stream.choice((" and ", ", and ")) if len(told) > 1 else ""
            sentences.append(joined(told, last=link))
        return sentences

    def _told_at_length(self, key: str) -> bool:
        """Whether the value takes a sentence of its own."""
        return self.slots[key].view.kind in PROSE or _is_prose(self.values[key])

    def pointer(self, pointer: Pointer, pointing: Sequence[str]) -> list[Part]:
        """ "The second one", "the cheapest one": how people pick from a list."""
        which = self.which(pointer)
        frame = self.stream.choice(frames.CHOOSING if pointer.chooses else pointing)
        return expand(frame, self.stream, {"which": [Part(which)]}.get) or []

    def reply(self) -> list[Part]:
        """The answer to a question, and only that."""
        keys = list(self.unsaid)
        if not keys and not self.context.pointers:
            excuse = self.stream.choice(frames.KEEPING_BACK[self.tone])
            return self.cased(expand(excuse, self.stream, lambda name: None) or [Part(excuse)])
        told = self.answered(keys)
        told.extend(
            self.pointer(item, frames.POINTING) for item in self.context.pointers if picks(item)
        )
        plainly = any(
            self.slots[key].view.kind in (*PROSE, "boolean") or _is_prose(self.values[key])
            for key in keys
        )
        chance = {"terse": 0.0, "normal": 0.15, "chatty": 0.3}[self.length]
        pool = frames.REPLYING[self.tone]
        if told and pool and not plainly and self.stream.random() < chance:
            lead = self.stream.choice(pool)
            told[0] = [Part(f"{lead} "), *lowered(told[0])]
        return paragraph(self.cased(item) for item in told)

    def answered(self, keys: Sequence[str]) -> list[list[Part]]:
        """The clauses that answer a question; what it named need not be named again."""
        bare = [key for key in keys if self._goes_bare(key)]
        if len(bare) > 1:
            for key in bare:
                self.unsaid.remove(key)
            alike = len({self.slots[key].view.kind for key in bare}) == 1
            link = " and " if alike else ", "
            row = joined([[Part(self.form(self.slots[key]), key)] for key in bare], last=link)
            if self.slots[bare[0]].view.kind in _VERBATIM:
                # At the head of a sentence it would get a capital that it does not have.
                row = [Part("it's "), *row]
            rest = [self.clause(key, "tells") for key in keys if key not in bare]
            return [row, *rest]
        return [self.clause(key, "tells" if place else "answers") for place, key in enumerate(keys)]

    def _goes_bare(self, key: str) -> bool:
        """Whether a value answers for itself: a text in a word or two whose telling nobody
        prepared.
        """
        slot, value = self.slots[key], self.values[key]
        plain = isinstance(value, str) and value.count(" ") < _FEW_WORDS
        return plain and not slot.view.prepared and slot.view.kind not in PROSE

    def correction(self) -> list[Part]:
        """The user changes their mind about a value."""
        sentences = []
        for key in list(self.unsaid):
            slot = self.slots[key]
            self.unsaid.remove(key)
            old = [Part(self.old_form(slot))] if slot.avoid else None
            fill = {
                "value": [Part(self.form(slot), key)], "label": [Part(slot.view.label)],
                "my": [Part(whose(slot.view, "my"))], "old": old,
            }  # fmt: skip
            names_old = bool(slot.avoid) and slot.view.kind not in _NEVER_REPEATED
            looked_up = self.context.failed and slot.view.kind in _NEVER_REPEATED
            pool = frames.MISREADING if looked_up else frames.CORRECTING
            phrases = [p for p in pool if names_old or "old" not in holes(p)]
            parts = expand(self.stream.choice(phrases), self.stream, fill.get)
            sentences.append(self.cased(parts or [Part(self.form(slot), key)]))
        return paragraph(sentences)

    def old_form(self, slot: Slot) -> str:
        """The value that is taken back."""
        return say(slot.avoid[0], slot.schema, self.stream, now=self.context.cast.now,
                   words=slot.view.value_words(), style="terse", field=slot.view.name)  # fmt: skip

    def chat(self) -> list[Part]:
        """Small talk: the plan's own words, or something that needs no tool."""
        if self.context.intent:
            return sentence([Part(self.context.intent)])
        exchange = small_talk(
            self.context.words, self.context.cast.seed, self.context.step, self.context.subgoal
        )
        return sentence([Part(plain(self.stream.choice(exchange.says), self.stream))])


def _word_key(value: JsonValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def named_clause(parts: list[Part], key: str, names: Sequence[str]) -> list[Part]:
    """A clause that opens with a name keeps its capital in the middle of a sentence too."""
    if parts and parts[0].text.startswith(tuple(names)):
        return [Part(parts[0].text, key), *parts[1:]]
    return parts


def _is_prose(value: JsonValue) -> bool:
    return isinstance(value, str) and value.count(" ") >= 6


def _fallback(view: FieldView, pool: str) -> str:
    if pool == "answers":
        return (
            "[{value}|It's {value}|{value}[, please|]]"
            if view.kind == "enum"
            else "[{value}|It's {value}]"
        )
    return "{my} {label} is {value}"
