"""Does a clarification ask for what it should? Lenient word overlap, so natural questions pass."""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from toolweave.checks.asking_words import ONE_THING, STOP, SUFFIXES, WORDINGS, YES_NO
from toolweave.checks.words import FieldView

TEXT_LIMIT = 4_000

_WORD = re.compile(r"[a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_QUESTION = re.compile(
    r"\?|\b(?:please|let me know|tell me|give me|send me|share|provide|confirm|specify|describe"
    r"|(?:i|we)(?:'?ll| will| still|'?d)?(?: just| also| only)? (?:need|like to know|have to know)"
    r"|(?:could|can|would|may|might) (?:you|i|we))\b"
    # Without a question mark, a question word asks only where the sentence begins with it.
    r"|^(?:(?:sure|okay|ok|and|so|thanks|right|great|of course)[,.!]? ){0,3}"
    r"(?:what|which|when|where|who|why|how)(?:'s)?\b",
    re.IGNORECASE,
)
# What follows says what the answer is for; it is not what is asked.
_PURPOSE = re.compile(r"\b(?:so that|so|in order to|before|because|and then) (?:i|we|it|they)\b")
_ASKING_STARTS = re.compile(
    r"\b(?:what|which|when|where|who|whom|whose|why|how|provide|share|give|tell|confirm|specify"
    r"|describe|need|know|have|send)\b"
)
_CONTEXT = re.compile(r"\b(?:for|about|with|on|of|regarding|at|in|under|by|from)\b")
_CLAUSES = re.compile(r"[,;:?!]|\s[-\u2013\u2014]+\s|\b(?:and|or|also|plus|as well as)\b")
_SEVERAL = re.compile(r"\band\b|\bor\b|,|;|:|&|/|\balso\b|\bplus\b|\bboth\b|\?.*\?|\d\.|\n")

ASKED_BY_WORDING = 0.9
OTHER_IS_ASKED = 0.8
MARGIN = 0.3
# What was about to be asked is taken to be meant by less.
_HALF_NAMED = 0.5
_MOST_CLAUSES = 40


class AskTarget(NamedTuple):
    """One parameter that may be asked for.

    ``parameter`` is its path (``address.city``), ``label`` what people call it, ``words`` its
    choices in words and other synonyms, ``asks`` questions that are known to ask for it.
    """

    parameter: str
    description: str = ""
    label: str = ""
    words: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    boolean: bool = False


def ask_target(view: FieldView) -> AskTarget:
    """The field as something that can be asked for."""
    return AskTarget(
        parameter=view.path,
        description=view.description,
        label=view.label,
        words=(
            *(str(choice).replace("_", " ") for choice in view.schema.get("enum", ())),
            *(word for said in view.words.words.values() for word in said),
        ),
        asks=view.words.asks,
        boolean=view.kind == "boolean",
    )


class Asked(NamedTuple):
    """What a clarification does: whether it asks at all, whom it forgets, what it asks instead."""

    question: bool
    missing: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()

    @property
    def fine(self) -> bool:
        """Whether there is nothing to object to."""
        return self.question and not self.missing and not self.instead


class _Known(NamedTuple):
    names: tuple[frozenset[str], ...]
    loose: frozenset[str]
    choices: frozenset[str]
    asks: frozenset[str]
    wordings: tuple[re.Pattern[str], ...]
    vocabulary: frozenset[str]


def asked(
    text: str, targets: Mapping[str, AskTarget], others: Mapping[str, AskTarget] | None = None
) -> Asked:
    """Whether ``text`` asks for every one of ``targets`` (by slot).

    A target is missing when the text asks nothing, when it plainly asks for one of ``others``
    (the remaining parameters of the shown tools) in its place, when it is one plain question for
    another target, or when no word of it has to do with any of them. ``instead`` also names what
    a clause of its own asks for besides. Anything a person could mean as the right question passes.
    """
    requests = _requests(text[:TEXT_LIMIT].replace("\u2019", "'"))
    if not requests:
        return Asked(False, tuple(targets))
    whole = " ".join(requests)
    stems = _stems(whole)
    core = _core(requests)
    known = {slot: _known(target) for slot, target in targets.items()}
    scores = {slot: _score(item, stems, whole) for slot, item in known.items()}
    rivals = _rivals(core, targets, others or {})
    if not any(scores.values()) and not rivals:
        # A question, perhaps, but about nothing that is missing: "One moment, please."
        return Asked("?" in whole, tuple(targets))
    missing, instead = [], []
    for slot, item in known.items():
        better = [
            rival
            for rival, (score, matched) in rivals.items()
            if score >= scores[slot] + MARGIN
            and matched - item.vocabulary
            and _score(item, stems - matched, whole) < ASKED_BY_WORDING - MARGIN
        ]
        if better:
            missing.append(slot)
            instead += [rival for rival in better if rival not in instead]
    if not missing:
        missing = _left_out(scores, whole)
        instead += _besides(requests, known.values(), rivals)
    return Asked(True, tuple(missing), tuple(instead))


def asked_for(
    text: str, targets: Mapping[str, AskTarget], due: Collection[str] = ()
) -> tuple[str, ...]:
    """The slots that somebody else's question asks for, as whoever is asked would take it.

    Each clause asks for what it names; where it only has to do with several, for those of them
    that are ``due``, and for the one if there is but one.
    """
    found: dict[str, None] = {}
    known = {slot: _known(target) for slot, target in targets.items()}
    for request in _requests(text[:TEXT_LIMIT].replace("\u2019", "'")):
        for clause in _CLAUSES.split(request)[:_MOST_CLAUSES]:
            stems = _stems(clause)
            scores = {slot: _score(item, stems, clause) for slot, item in known.items()}
            best = max(scores.values(), default=0.0)
            least = ASKED_BY_WORDING if best >= ASKED_BY_WORDING else _HALF_NAMED
            meant = [slot for slot, score in scores.items() if score >= max(best, least)]
            mine = [slot for slot in meant if slot in due]
            if mine or (len(meant) == 1 and best >= ASKED_BY_WORDING) or best == 1.0:
                found.update(dict.fromkeys(mine or meant))
    return tuple(found)


def _besides(
    requests: Iterable[str],
    wanted: Iterable[_Known],
    rivals: Mapping[str, tuple[float, frozenset[str]]],
) -> list[str]:
    """Rivals that a clause of their own asks for: all their words, two or more, no target's."""
    vocabulary = frozenset().union(*(item.vocabulary for item in wanted))
    found = []
    for request in requests:
        for clause in _CLAUSES.split(request):
            start = _ASKING_STARTS.search(clause)
            if start is None:
                continue
            stems = _stems(_CONTEXT.split(clause[start.end() :], maxsplit=1)[0])
            if not stems or stems & vocabulary:
                continue
            found += [
                slot
                for slot, (score, matched) in rivals.items()
                if score == 1.0 and len(matched) >= 2 and matched == stems and slot not in found
            ]
    return found


def _left_out(scores: Mapping[str, float], whole: str) -> list[str]:
    """Targets that one plain question for another target cannot hold as well."""
    if _SEVERAL.search(whole.strip()) or max(scores.values(), default=0.0) < 1.0:
        return []
    return [slot for slot, score in scores.items() if score == 0.0]


def _requests(text: str) -> list[str]:
    """The sentences that ask for something, lower-cased, without what they are asked for."""
    found = [part for part in _SENTENCE.split(text) if part and _QUESTION.search(part)]
    if any("?" in part for part in found):
        found = [part for part in found if "?" in part or not part.lower().startswith("thank")]
    return [_PURPOSE.split(part.lower(), maxsplit=1)[0] for part in found]


def _core(requests: Iterable[str]) -> frozenset[str]:
    """Stems of what stands right behind the question words, before any phrase of context."""
    stems: set[str] = set()
    for request in requests:
        start = _ASKING_STARTS.search(request)
        for clause in _CLAUSES.split(request[start.end() :] if start else request):
            stems |= _stems(_CONTEXT.split(clause, maxsplit=1)[0])
    return frozenset(stems)


def _rivals(
    core: frozenset[str], targets: Mapping[str, AskTarget], others: Mapping[str, AskTarget]
) -> dict[str, tuple[float, frozenset[str]]]:
    wanted = {target.parameter for target in targets.values()}
    rivals = {}
    for slot, other in others.items():
        if slot in targets or other.parameter in wanted:
            continue
        item = _known(other)
        best = max(item.names, key=lambda name: _share(name, core), default=frozenset())
        score = _share(best, core)
        if score >= OTHER_IS_ASKED:
            rivals[slot] = (score, best & core)
    return rivals


def _score(item: _Known, stems: frozenset[str], whole: str) -> float:
    score = max((_share(name, stems) for name in item.names), default=0.0)
    if any(wording.search(whole) for wording in item.wordings):
        score = max(score, ASKED_BY_WORDING)
    chosen = len(item.choices & stems)
    if chosen:
        score = max(score, ASKED_BY_WORDING if chosen > 1 else 0.5)
    if stems and len(item.asks & stems) / len(stems) >= 0.6:
        score = max(score, ASKED_BY_WORDING)
    if item.loose:
        score = max(score, 0.6 * min(1.0, len(item.loose & stems) / min(3, len(item.loose))))
    return score


def _share(name: frozenset[str], stems: frozenset[str]) -> float:
    return len(name & stems) / len(name) if name else 0.0


@lru_cache(maxsize=4096)
def _known(target: AskTarget) -> _Known:
    leaf = target.parameter.replace("[]", "").rpartition(".")[2]
    spoken = _CAMEL.sub(" ", leaf).replace("_", " ").replace("-", " ")
    names = tuple(dict.fromkeys(name for name in (_stems(spoken), _stems(target.label)) if name))
    plain = set(_WORD.findall(f"{spoken} {target.label}".lower()))
    if target.parameter.count("."):
        plain |= set(_WORD.findall(target.parameter.lower().replace("_", " ")))
    wordings = tuple(pattern for heads, pattern in WORDINGS if heads & plain)
    if target.boolean:
        wordings = (*wordings, YES_NO)
    loose = _stems(target.description)
    choices = frozenset().union(*(_stems(word.replace("_", " ")) for word in target.words))
    asks = frozenset().union(*(_stems(ask) for ask in target.asks))
    vocabulary = frozenset().union(*names, loose, choices, asks)
    return _Known(names, loose, choices, asks, wordings, vocabulary)


def _stems(text: str) -> frozenset[str]:
    return frozenset(
        _stem(ONE_THING.get(word, word)) for word in _WORD.findall(text.lower()) if word not in STOP
    )


def _stem(word: str) -> str:
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    return word[:6]
