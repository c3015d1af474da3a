"""The proof of a dialogue made elsewhere: names, schemas, pairing and grounding, without a plan."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from toolweave.checks.claims import Claim, claims
from toolweave.checks.evidence import Evidence
from toolweave.checks.words import Words
from toolweave.core.errors import SchemaError
from toolweave.core.finding import Finding
from toolweave.core.lexicon import Lexicon
from toolweave.core.model import JsonObject
from toolweave.core.tool import Tool
from toolweave.evaluation.breaches import argument_findings
from toolweave.evaluation.deeds import Deeds
from toolweave.evaluation.heard import HeardCall, hear
from toolweave.evaluation.known import Known
from toolweave.evaluation.prepared import PreparedTool
from toolweave.evaluation.transcript import error_code, first_clock, parsed
from toolweave.schema.paths import leaf_values

SHORTEST_ID = 4
_MARKS = " \t*_-#>\u2022"
_NO_WORDS = Words(None, Lexicon(version=1, domain=""))


def prove_foreign(
    messages: Sequence[JsonObject], tools: Sequence[Tool] | None = None
) -> list[Finding]:
    """Findings about a dialogue in OpenAI message form, in the order of its messages.

    With ``tools``, names and arguments are checked against them. A value that no user, system
    message, tool or default gives is an error when it is free, and a warning when it is one of an
    enum's choices, follows from known numbers, or may be another name of something that was said.
    """
    hearing = hear(messages)
    shown, findings = _prepared(tools or ())
    findings += hearing.findings
    known = Known(first_clock(m.text for m in hearing.messages if m.role == "system"))
    deeds = Deeds(tools or ())
    said: set[str] = set()
    for message in hearing.messages:
        if message.role == "tool":
            result = parsed(message.text)
            known.produce(result)
            deeds.told(message.text)
            if not error_code(message.text, result):
                deeds.done(message.called)
        elif message.role == "assistant":
            findings += _text_findings(message.text, message.index, known, said)
            findings += deeds.findings(message.text, message.index)
            for call in message.calls:
                findings += _call_findings(call, message.index, shown, tools is not None, known)
            known.propose(message.text)
        else:
            known.hear(message.text, instructions=message.role == "system")
            deeds.told(message.text)
    return sorted(findings, key=lambda finding: finding.message or 0)


def _prepared(tools: Sequence[Tool]) -> tuple[dict[str, PreparedTool], list[Finding]]:
    shown: dict[str, PreparedTool] = {}
    findings: list[Finding] = []
    for tool in tools:
        try:
            shown[tool.name] = PreparedTool(tool, _NO_WORDS)
        except SchemaError as error:
            problem = f"the schema of {tool.name} cannot be used: {error}"
            findings.append(Finding(code="unusable_schema", problem=problem, at=tool.name))
    return shown, findings


def _call_findings(
    call: HeardCall, index: int, shown: dict[str, PreparedTool], closed: bool, known: Known
) -> Iterator[Finding]:
    tool = shown.get(call.name)
    if tool is None and closed:
        problem = f"no tool {call.name!r} is shown"
        yield Finding(code="unknown_tool", problem=problem, message=index, value=call.name)
    if call.arguments is None:
        return
    if tool is not None:
        yield from argument_findings(tool, call.arguments, index)
    for path, value in leaf_values(call.arguments):
        schema = (tool.parameter(path) if tool else None) or {}
        standing = known.standing(value, schema, path)
        if standing.code:
            yield Finding(
                code=standing.code,
                severity="error" if standing.severe else "warning",
                problem=standing.problem,
                message=index,
                at=f"{call.name}.{path}",
                value=standing.value,
            )
        elif standing.composed:
            for finding in _text_findings(str(value), index, known, set()):
                yield finding.model_copy(update={"at": f"{call.name}.{path}"})


def _text_findings(text: str, index: int, known: Known, said: set[str]) -> Iterator[Finding]:
    """Claims of an assistant's text that nothing before it supports, each value once."""
    found = [claim for claim in claims(text, known.now) if claim.text.lower() not in said]
    if not found:
        return
    evidence = Evidence(known.results, known.texts, known.now)
    for claim in found:
        key = claim.text.lower()
        if key in said or _is_form(text, claim) or evidence.supports(claim):
            continue
        finding = _unsupported(claim, index, known)
        if finding is not None:
            said.add(key)
            yield finding


def _is_form(text: str, claim: Claim) -> bool:
    """Whether a name is only layout: a label before a colon, the head of a list item."""
    if claim.kind != "name":
        return False
    before = text[: claim.start].rpartition("\n")[2].strip(_MARKS)
    after = text[claim.end : claim.end + 4]
    return after.lstrip("* _)").startswith(":") or not before


def _unsupported(claim: Claim, index: int, known: Known) -> Finding | None:
    """The objection to a claim, weaker where the assistant may have worked it out."""
    problem = f"no user, system message or tool gives {claim.text!r} ({claim.kind})"
    digits = "".join(char for char in claim.text if char.isdigit())
    if claim.kind in ("number", "id") and len(digits) >= SHORTEST_ID and known.holds_digits(digits):
        return None
    if any(isinstance(value, Decimal) and known.derivable(value) for value in claim.values):
        problem += ", but it follows from numbers that were given"
        return _objection("derived_claim", index, problem, claim)
    days = [value for value in claim.values if isinstance(value, date)]
    if near := next((said for day in days if (said := known.near_day(_day(day)))), ""):
        return _objection("derived_claim", index, f"{problem}, but it is {near}", claim)
    if claim.kind == "name":
        if known.holds_squeezed(claim.text):
            return None
        return _objection("unknown_name", index, problem, claim)
    return Finding(code="unsupported_claim", problem=problem, message=index, value=claim.text)


def _objection(code: str, index: int, problem: str, claim: Claim) -> Finding:
    return Finding(code=code, severity="warning", problem=problem, message=index, value=claim.text)


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
