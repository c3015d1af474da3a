"""Hallucination: invented tools, parameters, values and statements (ToolWeave, Table 3)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from toolweave.core.dialogue import Dialogue
from toolweave.core.finding import Finding
from toolweave.core.model import Record
from toolweave.core.tool import Tool
from toolweave.evaluation.foreign import prove_foreign
from toolweave.evaluation.heard import hear
from toolweave.evaluation.loading import LoadedDialogue
from toolweave.evaluation.proof import prove
from toolweave.schema.declared import schema_at
from toolweave.schema.paths import leaf_values
from toolweave.schema.types import as_mapping, same

Kind = Literal["tool", "parameter", "value", "text"]
KINDS: Final[tuple[Kind, ...]] = ("tool", "parameter", "value", "text")
# What each finding of the proof says was made up; the rest is no hallucination.
KIND_OF: Final[Mapping[str, Kind]] = {
    "unknown_tool": "tool",
    "tool_not_available": "tool",
    "unknown_argument": "parameter",
    "ungrounded_argument": "value",
    "unplanned_argument": "value",
    "bad_mention": "value",
    "unsupported_claim": "text",
    "bad_statement": "text",
}
# Worked out, chosen or named in another way: nobody said it, but it need not be made up.
DOUBTS: Final = frozenset(
    {
        "unstated_choice",
        "unknown_correspondence",
        "derived_argument",
        "proposed_argument",
        "unrelated_number",
    }
)
CLAIM_DOUBTS: Final = frozenset({"derived_claim", "unknown_name", "undone_deed"})


class Verdict(NamedTuple):
    """What the proof of one dialogue says.

    ``made_up`` counts by kind: calls, parameters, values, statements. ``doubtful`` are arguments,
    ``doubtful_texts`` statements that nobody gave, though they may follow from what was given.
    ``others`` are the codes of other errors. ``closed`` says whether the tools are known.
    """

    calls: int
    arguments: int
    made_up: Mapping[Kind, int]
    doubtful: int
    doubtful_texts: int
    others: tuple[str, ...]
    closed: bool


class HallucinationRow(Record):
    """A row of Table 3: shares of dialogues, from 0 to 1; None is unknown.

    ``clean`` is the share without any of them; where ``clean_at_most`` is set, something could not
    be known, so it is an upper bound.
    """

    name: str
    tool: float | None
    parameter: float | None
    value: float
    text: float
    clean: float
    clean_at_most: bool = False


class ArgumentFigures(Record):
    """Calls and arguments of the proved dialogues; None is unknown.

    ``grounded`` arguments were said by a user, returned by a tool, or are a default or the clock.
    ``doubtful`` ones were said by nobody but may be a choice, a sum or another name;
    ``ungrounded`` ones were made up. ``invented_tools`` and ``unnamed`` are calls of tools and
    arguments for parameters that do not exist, among the ``named_calls`` and ``named_arguments``
    of dialogues whose tools are known. A planned mistake is no hallucination.
    """

    calls: int
    named_calls: int
    invented_tools: int | None
    arguments: int
    named_arguments: int
    unnamed: int | None
    grounded: int
    doubtful: int
    ungrounded: int
    statements: int
    doubtful_statements: int


class OtherFinding(Record):
    """Another error of the proof and the dialogues that have it; the first one's id."""

    code: str
    dialogues: int
    example: str


class HallucinationFigures(Record):
    """Hallucination in ``measured`` of the ``dialogues``, drawn by seed where not all were.

    The tools of ``closed`` of them are known: only of these can names be judged.
    """

    dialogues: int
    measured: int
    closed: int
    row: HallucinationRow
    arguments: ArgumentFigures
    others: tuple[OtherFinding, ...] = ()


def verdict(loaded: LoadedDialogue, given: Sequence[Tool] | None = None) -> Verdict | None:
    """The proof of a record, counted; None where it could not be read.

    ``given`` are the tools of a dialogue from elsewhere that brings none.
    """
    if loaded.dialogue is not None:
        dialogue = loaded.dialogue
        found = [f for f in prove(dialogue) if not _is_default(f, dialogue)]
        sent = {
            (at, f"{call.call}.{path}")
            for at, message in enumerate(dialogue.messages)
            for call in message.tool_calls
            for path in call.sources
        }
        calls = sum(len(message.tool_calls) for message in dialogue.messages)
        return _verdict(found, calls, sent, closed=True)
    if loaded.messages is None:
        return None
    tools = loaded.tools or given
    heard = [call for message in hear(loaded.messages).messages for call in message.calls]
    arguments = sum(bool(path) for call in heard for path, _ in leaf_values(call.arguments or {}))
    found = [*loaded.flaws, *prove_foreign(loaded.messages, tools)]
    return _verdict(found, len(heard), arguments, closed=tools is not None)


def _is_default(finding: Finding, dialogue: Dialogue) -> bool:
    """Whether an unplanned argument only repeats what its schema declares as default."""
    if finding.code != "unplanned_argument" or finding.message is None:
        return False
    name, _, path = finding.at.partition(".")
    for call in dialogue.messages[finding.message].tool_calls:
        tool = dialogue.tool(call.name) if call.call == name else None
        if tool is not None:
            details = as_mapping(schema_at(tool.parameters, path) or {})
            return "default" in details and same(details["default"], finding.value)
    return False


def _verdict(
    found: Iterable[Finding], calls: int, sent: set[tuple[int, str]] | int, *, closed: bool
) -> Verdict:
    """Counts each argument once, however many findings object to it."""
    places: dict[str, set[tuple[int | None, str]]] = {}
    others: dict[str, None] = {}
    for finding in found:
        kind = _kind(finding)
        if kind:
            # An argument has a place, a call and a statement are told by what they say.
            at = finding.at if kind in ("value", "parameter", "doubtful") else ""
            key = at or str(finding.value)
            places.setdefault(kind, set()).add((finding.message, key))
        elif finding.severity == "error":
            others[finding.code] = None
    values = places.get("value", set())
    doubts = places.get("doubtful", set()) - values
    objected = values | doubts
    count = sent if isinstance(sent, int) else len(sent | objected)
    return Verdict(
        calls=calls,
        arguments=max(count, len(objected)),
        made_up={kind: len(places.get(kind, ())) for kind in KINDS},
        doubtful=len(doubts),
        doubtful_texts=len(places.get("doubtful_text", ())),
        others=tuple(others),
        closed=closed,
    )


def _kind(finding: Finding) -> str:
    if finding.code in DOUBTS:
        return "doubtful"
    if finding.code in CLAIM_DOUBTS:
        # What the assistant composed for an argument has the argument's place.
        return "doubtful" if finding.at else "doubtful_text"
    if finding.code == "unsupported_claim" and "." in finding.at:
        return "value"
    return KIND_OF.get(finding.code, "")


class Hallucination:
    """Gathers the verdicts on drawn dialogues by their number; a number may be dropped again."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[str, Verdict]] = {}

    def add(self, number: int, name: str, found: Verdict) -> None:
        """The verdict on one more dialogue."""
        self._held[number] = (name, found)

    def drop(self, number: int) -> None:
        """A dialogue that another one takes the place of."""
        self._held.pop(number, None)

    def figures(self, name: str, dialogues: int) -> HallucinationFigures:
        """The figures so far, beside the number of all dialogues."""
        verdicts = [found for _, found in self._held.values()]
        closed = [found for found in verdicts if found.closed]
        row = HallucinationRow(
            name=name,
            tool=_share(closed, "tool") if closed else None,
            parameter=_share(closed, "parameter") if closed else None,
            value=_share(verdicts, "value"),
            text=_share(verdicts, "text"),
            clean=_part(sum(not any(v.made_up.values()) for v in verdicts), len(verdicts)),
            clean_at_most=len(closed) < len(verdicts),
        )
        return HallucinationFigures(
            dialogues=dialogues,
            measured=len(verdicts),
            closed=len(closed),
            row=row,
            arguments=_arguments(verdicts, bool(closed)),
            others=tuple(self._others()),
        )

    def _others(self) -> Iterator[OtherFinding]:
        counts: Counter[str] = Counter()
        first: dict[str, str] = {}
        for _, (name, found) in sorted(self._held.items()):
            counts.update(found.others)
            for code in found.others:
                first.setdefault(code, name)
        for code, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            yield OtherFinding(code=code, dialogues=count, example=first[code])


def _arguments(verdicts: Sequence[Verdict], closed: bool) -> ArgumentFigures:
    sums = {kind: sum(found.made_up[kind] for found in verdicts) for kind in KINDS}
    arguments = sum(found.arguments for found in verdicts)
    doubtful = sum(found.doubtful for found in verdicts)
    return ArgumentFigures(
        calls=sum(found.calls for found in verdicts),
        named_calls=sum(found.calls for found in verdicts if found.closed),
        invented_tools=sums["tool"] if closed else None,
        arguments=arguments,
        named_arguments=sum(found.arguments for found in verdicts if found.closed),
        unnamed=sums["parameter"] if closed else None,
        grounded=arguments - doubtful - sums["value"],
        doubtful=doubtful,
        ungrounded=sums["value"],
        statements=sums["text"],
        doubtful_statements=sum(found.doubtful_texts for found in verdicts),
    )


def _share(verdicts: Sequence[Verdict], kind: Kind) -> float:
    return _part(sum(found.made_up[kind] > 0 for found in verdicts), len(verdicts))


def _part(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
