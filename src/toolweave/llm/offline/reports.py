"""The assistant's answers: what was done or found first, then the facts that matter."""

import random
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from toolweave.checks.effects import signs
from toolweave.checks.inflection import plural, singular
from toolweave.checks.kinds import tail
from toolweave.checks.matching import find
from toolweave.checks.naming import FOLDER_WORDS
from toolweave.checks.saying import say
from toolweave.checks.verdicts import BARE, verdict
from toolweave.checks.words import FieldView, spoken
from toolweave.core.model import JsonValue
from toolweave.drafting.deed import deed_of
from toolweave.llm.contexts import Outcome, Report, ReportContext, Stated
from toolweave.llm.offline import frames
from toolweave.llm.offline.calendar import hand_of
from toolweave.llm.offline.facts import (
    HIDDEN,
    bare,
    day_of_stamp,
    outdated,
    salience,
    sayable,
    side_matter,
    told_key,
)
from toolweave.llm.offline.lacking import refusal
from toolweave.llm.offline.leading import small_talk
from toolweave.llm.offline.listing import (
    by_length,
    count_word,
    listed,
    main_list,
    scalars,
    shown_of,
)
from toolweave.llm.offline.phrases import Part, expand, holes, plain, text_of
from toolweave.llm.offline.prose import joined, lowered, paragraph, render, sentence
from toolweave.llm.offline.wishes import infinitive
from toolweave.schema.paths import schema_at, values_at

_MOST_FACTS: Final = 4
_OPEN_ENDED: Final = frozenset({"by", "until", "before", "from", "to", "since", "on", "in"})
_WORDED: Final = frozenset({"enum", "status", "category", "boolean"})
_VERBATIM: Final = frozenset({"identifier", "uuid", "email", "phone", "url", "person", "company"})
_CONTENTS: Final = frozenset({"content", "contents", "output"})
_FOLDERS: Final = FOLDER_WORDS | {"tree"}
_HOLDING: Final = ("in there I [see|find] {value}", "it holds {value}")
_THERE: Final = ("it's {value} there", "that's {value} there")
_READING: Final = ("it says “{value}”", "it reads “{value}”")
_REPLIED: Final = re.compile(r"(?:message|response|reply|answer)$", re.IGNORECASE)
_REPLYING: Final = ("the answer was: “{value}”", "this came back: “{value}”")
_NAMELIKE: Final = re.compile(r"name|title|subject|description|label|summary")


def report(context: ReportContext, stream: random.Random) -> Report:
    """A message that reports on the calls and states nothing they did not return."""
    if not context.outcomes:
        text, spans = render(_without_calls(context, stream))
    else:
        text, spans = render(Reporter(context, stream).all())
    states = tuple(Stated(ref=ref, start=start, end=end) for ref, start, end in spans)
    return Report(answer=text, states=states)


def _without_calls(context: ReportContext, stream: random.Random) -> list[Part]:
    if context.lacks:
        return refusal(context, stream)
    domain = context.words.domain
    if context.kind == "refusal" and domain and context.subgoal in domain.refusals:
        answers = domain.refusals[context.subgoal].answers
        return sentence([Part(plain(stream.choice(answers), stream))])
    if context.kind == "refusal":
        wish = infinitive(context.subgoal) or "do that"
        parts = expand(stream.choice(frames.REFUSING), stream, {"w": [Part(wish)]}.get)
        return sentence(parts or [Part("I can't do that")])
    exchange = small_talk(context.words, context.cast.seed, context.step - 1, context.subgoal)
    return sentence([Part(plain(stream.choice(exchange.answers), stream))])


class Reporter:
    """One assistant response being put into words."""

    def __init__(self, context: ReportContext, stream: random.Random) -> None:
        self.context, self.stream = context, stream
        self.told: set[str] = set(context.told)
        self.facts = 0
        self.said = ""
        self.now = context.cast.now
        self.hand = hand_of(context.cast.seed, "assistant")
        self.outdated: dict[str, frozenset[str]] = {}

    def all(self) -> list[Part]:
        """Every call in order, what happened first, then a few facts."""
        final = self._final()
        self.outdated = outdated(final)
        sentences: list[list[Part]] = []
        for outcome in final:
            asked = self._wanted(outcome) or self._asked_for(outcome)
            quiet = outcome.feeds_later and outcome.reads and not asked
            if quiet and outcome.error is None and len(final) > 1:
                continue
            sentences.extend(self.call(outcome))
        if not sentences:
            sentences.extend(self.call(final[-1]))
        return paragraph(sentences)

    def _final(self) -> list[Outcome]:
        """The last attempt of each call."""
        latest = {outcome.call: outcome for outcome in self.context.outcomes}
        return list(latest.values())

    def _wanted(self, outcome: Outcome) -> bool:
        return any(ref.split(".")[0] == outcome.call for ref in self.context.reports)

    def _asked_for(self, outcome: Outcome) -> bool:
        """Whether the user just named what an unprepared tool looks up."""
        if self.context.words.prepared(outcome.tool.name):
            return False
        said = [line.text for line in self.context.history if line.role == "user"][-2:]
        noun = deed_of(outcome.tool).noun.split(" ")[-1]
        return bool(noun) and any(noun in text.casefold() for text in said)

    def call(self, outcome: Outcome) -> list[list[Part]]:
        """The sentences about one call."""
        if outcome.error is not None:
            return [sentence(self.failure(outcome))]
        rows = main_list(outcome.result)
        if rows is not None and (outcome.reads or self.context.words.tool(outcome.tool.name).many):
            return self.rows(outcome, *rows)
        head = sentence(self.head(outcome))
        self.said = text_of(head).casefold()
        details = [] if signs(outcome.tool.name) else self.details(outcome)
        telling = any(part.ref for item in details for part in item)
        if telling and (self._speaks_for_itself(outcome, details) or self._shows(outcome)):
            head = []
        sentences = [item for item in (head, *details) if item]
        if outcome.reads and not details and not any(part.ref for part in head):
            # Everything was told before; who asks again wants to hear it again.
            sentences.extend(self.again(outcome))
        return sentences

    def _speaks_for_itself(self, outcome: Outcome, details: Sequence[list[Part]]) -> bool:
        """Whether what was found needs no word about having been looked up."""
        if not outcome.reads or self.context.words.prepared(outcome.tool.name):
            return False
        deed = deed_of(outcome.tool)
        if deed.family == "list":
            return False
        noun = deed.noun.split(" ")[-1]
        told = text_of([part for item in details for part in item]).casefold()
        return bool(noun) and (noun in told or self.stream.random() < 0.6)

    def _shows(self, outcome: Outcome) -> bool:
        """Whether an unprepared look-up gives the very content that was asked for."""
        names = {path.split(".")[-1].lower() for path, _ in scalars(outcome.result)}
        return (
            outcome.reads
            and bool(names & _CONTENTS)
            and not self.context.words.prepared(outcome.tool.name)
        )

    def again(self, outcome: Outcome) -> list[list[Part]]:
        """One fact of the result, whatever it is."""
        for path, value in sorted(scalars(outcome.result), key=lambda fact: salience(fact[0])):
            if sayable(value):
                return [sentence(self._clause(outcome, path, value))]
        return []

    def failure(self, outcome: Outcome) -> list[Part]:
        """What went wrong, in the words the tool gave."""
        assert outcome.error is not None
        reason = outcome.error[1].strip().rstrip(".")
        reason = reason[:1].lower() + reason[1:] if not reason[:2].isupper() else reason
        phrases = self.context.words.tool(outcome.tool.name).failed or frames.FAILING
        parts = expand(self.stream.choice(phrases), self.stream, {"reason": [Part(reason)]}.get)
        return parts or [Part(f"that didn't work: {reason}")]

    def head(self, outcome: Outcome) -> list[Part]:
        """The first sentence: done, or found."""
        pool = list(self.context.words.tool(outcome.tool.name).done)
        self.stream.shuffle(pool)
        if outcome.reads:
            # Who asked to know something wants it, not to hear that it was looked up.
            pool = [phrase for phrase in pool if holes(phrase)] or pool[:1]
        for phrase in pool:
            used: list[str] = []
            parts = expand(phrase, self.stream, partial(self._value, outcome, used))
            if parts:
                self.told.update(used)
                self.facts += len(used)
                return parts
        return [Part("that's done")]

    def _value(self, outcome: Outcome, used: list[str], name: str) -> list[Part] | None:
        """An output, else an argument, as people write it; None when it is absent."""
        for source, schema in ((outcome.result, outcome.tool.results),
                               (outcome.arguments, outcome.tool.parameters)):  # fmt: skip
            found = values_at(dict(source), name) if isinstance(source, Mapping) else []
            if len(found) == 1 and sayable(found[0]):
                view = self._view(outcome, name, schema)
                used.append(told_key(name, found[0]))
                return [self._part(found[0], view, f"{outcome.call}.{name}")]
        return None

    def _view(self, outcome: Outcome, path: str, root: Mapping[str, Any]) -> FieldView:
        schema = schema_at(root, path)
        return self.context.words.field(
            outcome.tool.name, path, schema if isinstance(schema, Mapping) else {}
        )

    def _form(self, value: JsonValue, view: FieldView) -> str:
        """The value as an assistant writes it: identifiers letter by letter, no seconds."""
        if isinstance(value, str):
            return self._text_form(value, view)
        # Terse numbers are digits.
        habit = random.Random(f"{self.context.cast.seed}/{view.kind}")
        return say(value, view.schema, habit, now=self.now, style="terse", field=view.name)

    def _text_form(self, value: str, view: FieldView) -> str:
        if view.kind in _VERBATIM or view.words.shape:
            return value
        if day := day_of_stamp(value):
            return self.hand.moment(day, self.now)
        moment = self.hand.moment(value, self.now)
        if moment and find(moment, value, view.schema, now=self.now) is not None:
            return moment
        if view.kind not in _WORDED and not moment:
            return value
        return say(value, view.schema, random.Random(0), now=self.now, style="formal")

    def _part(self, value: JsonValue, view: FieldView, ref: str) -> Part:
        return Part(self._form(value, view), ref)

    def details(self, outcome: Outcome) -> list[list[Part]]:
        """Up to three more facts, the planned ones first, none that was already told."""
        chosen = self._facts(outcome)
        limit = 3 if self.context.cast.human.persona.length != "terse" else 2
        room = max(0 if self.facts else 1, limit - self.facts)
        if any(ref.startswith(f"{outcome.call}.") for ref in self.context.reports):
            # What the plan wants told is told, up to what one message bears.
            room = max(room, _MOST_FACTS - self.facts)
        clauses = []
        for path, value in chosen[:room]:
            self.told.add(told_key(path, value))
            self.facts += 1
            clauses.append(self._clause(outcome, path, value))
        sentences = []
        while clauses:
            taken, clauses = clauses[:2], clauses[2:]
            taken = [taken[0], *(lowered(item) for item in taken[1:])]
            sentences.append(sentence(joined(taken, last=self.stream.choice((" and ", ", and ")))))
        return sentences

    def _facts(self, outcome: Outcome) -> list[tuple[str, JsonValue]]:
        planned = {ref.split(".", 1)[1] for ref in self.context.reports
                   if ref.split(".")[0] == outcome.call and "." in ref}  # fmt: skip
        facts = [
            (path, value)
            for path, value in scalars(outcome.result)
            if sayable(value) and told_key(path, value) not in self.told
            and str(value).replace("_", " ").casefold() not in self.said
            and not (isinstance(value, str) and value.count(" ") > 12)
            and not HIDDEN.search(tail(path.split(".")[-1]))
            and (not isinstance(value, bool) or self._tells(outcome, path))
            and not self._echoes(outcome, value)
            and (path in planned or not planned)
            and path.split(".")[-1] not in self.outdated.get(outcome.call, frozenset())
        ]  # fmt: skip
        if not self.context.words.prepared(outcome.tool.name):
            paths = [path for path, _ in facts]
            facts = [fact for fact in facts if not side_matter(*fact, paths)] or facts
        return sorted(facts, key=lambda fact: salience(fact[0]))

    def _tells(self, outcome: Outcome, path: str) -> bool:
        """Whether a yes or no is worth telling: somebody said how, or nothing else was asked."""
        return self._prepared(outcome, path) or (
            outcome.reads and not self.context.words.prepared(outcome.tool.name)
        )

    def _echoes(self, outcome: Outcome, value: JsonValue) -> bool:
        """Whether an unprepared tool only gives back what it was told."""
        if isinstance(value, bool) or self.context.words.prepared(outcome.tool.name):
            return False
        return any(
            value == given or (isinstance(given, str) and given and given in str(value))
            for _, given in scalars(dict(outcome.arguments))
        )

    def _prepared(self, outcome: Outcome, path: str) -> bool:
        """Whether somebody wrote down how this field is spoken of."""
        return self._view(outcome, path, outcome.tool.results).prepared

    def _clause(self, outcome: Outcome, path: str, value: JsonValue) -> list[Part]:
        view = self._view(outcome, path, outcome.tool.results)
        ref = f"{outcome.call}.{path}"
        if isinstance(value, bool):
            ready = view.words.clauses.get(str(value).lower(), ()) if view.prepared else ()
            said = plain(self.stream.choice(ready), self.stream) if ready else ""
            return [Part(said or verdict(self._asked_of(outcome, view), value))]
        label = view.label if view.prepared else self._told_apart(outcome, path, view.label)
        fill = {"value": [self._part(value, view, ref)], "label": [Part(label)]}
        phrases = view.words.reports or ("[the|its] {label} is {value}",)
        timely = view.kind in ("datetime", "time") and deed_of(outcome.tool).noun.endswith("time")
        if timely and not view.prepared:
            phrases = _THERE
        if not view.prepared and view.name.lower() in _CONTENTS:
            holds = deed_of(outcome.tool).noun.split(" ")[-1] in _FOLDERS
            phrases = _HOLDING if holds else _READING
        if not view.prepared and view.label.split()[-1] in _OPEN_ENDED:
            past = view.label.split()[0].endswith("ed")
            phrases = ("it was {label} {value}",) if past else ("{label} {value}",)
        if not view.prepared and _REPLIED.search(view.label) and str(value).count(" ") > 2:
            phrases = _REPLYING
        return expand(self.stream.choice(phrases), self.stream, fill.get) or fill["value"]

    def _asked_of(self, outcome: Outcome, view: FieldView) -> str:
        """What a yes or no answers: a bare ``status`` is that of the thing asked about."""
        return deed_of(outcome.tool).noun if view.name.lower() in BARE else view.name

    def _told_apart(self, outcome: Outcome, path: str, label: str) -> str:
        """The label with what it is part of, where the result has two of the name."""
        around, _, leaf = path.rpartition(".")
        same = [one for one, _ in scalars(outcome.result) if one.split(".")[-1] == leaf]
        return f"{spoken(around.split('.')[-1])} {label}" if around and len(same) > 1 else label

    def rows(self, outcome: Outcome, path: str, rows: Sequence[JsonValue]) -> list[list[Part]]:
        """A list result: how many, and the first three."""
        words = self.context.words.tool(outcome.tool.name)
        noun = spoken(path.split(".")[-1]) if path else "results"
        pool, fallback = by_length(words.none, words.one, words.many, len(rows), noun)
        shown = shown_of(len(rows), outcome.chosen)
        shapes = list(words.item)
        self.stream.shuffle(shapes)
        # What the user will choose by has to be among what the user hears.
        shapes.sort(key=lambda phrase: not holes(phrase) >= set(outcome.chosen_by))
        items = [self.item(outcome, path, index, rows[index], shapes) for index in shown]
        said = listed(items, len(rows) - len(shown))
        fill = {"count": [Part(count_word(len(rows)))], "items": said or None,
                "noun": [Part(singular(noun) if len(rows) == 1 else plural(noun))]}  # fmt: skip
        phrase = self.stream.choice(pool) if pool else self.stream.choice(fallback)
        parts = expand(
            phrase, self.stream, lambda name: fill.get(name) or self._value(outcome, [], name)
        )
        if parts is None:
            parts = expand(self.stream.choice(fallback), self.stream, fill.get) or said
        done = [sentence(parts)]
        if said and "items" not in holes(phrase):
            done.append(sentence(said))
        return done

    def item(
        self, outcome: Outcome, path: str, index: int, row: JsonValue, shapes: Sequence[str]
    ) -> list[Part]:
        """One element: what it is called, and what tells it from the others.

        ``shapes`` are tried in order, so that the elements of a list are worded alike.
        """
        prefix = f"{path}[{index}]" if path else f"[{index}]"
        if not isinstance(row, Mapping):
            view = self._view(outcome, f"{path}[]", outcome.tool.results)
            return [self._part(row, view, f"{outcome.call}.{prefix}")]

        def fill(name: str) -> list[Part] | None:
            found = values_at(row, name)
            if len(found) != 1 or not sayable(found[0]) or self._own_words(found[0]):
                return None
            view = self._view(outcome, f"{path}[].{name}", outcome.tool.results)
            return [self._part(found[0], view, f"{outcome.call}.{prefix}.{name}")]

        for phrase in shapes:
            parts = expand(phrase, self.stream, fill)
            if parts:
                return parts
        return self._plain_item(dict(row), fill, outcome.chosen_by)

    def _own_words(self, value: JsonValue) -> bool:
        """Whether the user wrote this text a moment ago; nobody reads it back to them."""
        return isinstance(value, str) and value.count(" ") > 4 and value in self.context.told

    def _plain_item(
        self, row: Mapping[str, JsonValue], fill: Any, chosen_by: Sequence[str]
    ) -> list[Part]:
        names = [
            name for name, value in row.items()
            if sayable(value) and not isinstance(value, bool) and not HIDDEN.search(tail(name))
            and not (isinstance(value, str) and value.count(" ") > 12)
        ]  # fmt: skip
        named = [name for name in names if _NAMELIKE.search(tail(name))] or names[:1]
        if not named:
            return [Part("one without details")]
        others = [name for name in names if name != named[0]]
        others.sort(key=lambda name: (name not in chosen_by, salience(name)))
        # A bare number behind a name says nothing: of what?
        rest = [name for name in others[:1] if not bare(row[name], name)]
        parts = fill(named[0]) or []
        if rest:
            parts = [*parts, Part(" ("), *(fill(rest[0]) or []), Part(")")]
        return list(parts)
