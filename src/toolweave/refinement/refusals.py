"""Errors that a tool declares: mended by the user, passed by a retry, or told as they are."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from toolweave.checks.naming import words
from toolweave.core.binding import ToolOutputBinding, UserBinding
from toolweave.core.plan import (
    AssistantClarification,
    AssistantResponse,
    Plan,
    PlannedCall,
    Provision,
    Segment,
    Step,
    ToolInvocation,
    UserClarificationResponse,
    UserRequest,
    calls_of,
)
from toolweave.refinement.edit import Source, Unfit
from toolweave.refinement.failure import Failing
from toolweave.refinement.replanning import Site, failed, sites, with_attempts, with_segments
from toolweave.schema.paths import schema_at
from toolweave.schema.refs import inline
from toolweave.schema.types import Schema, as_mapping

_UNKNOWN: Final = re.compile(r"NOT_FOUND|UNKNOWN|NO_SUCH|NOT_KNOWN|DOES_NOT_EXIST", re.IGNORECASE)
_PASSING: Final = re.compile(r"BUSY|TRY_AGAIN|TRY_LATER|TEMPORAR|OVERLOADED", re.IGNORECASE)
_GENERAL: Final = re.compile(r"INVALID|BAD_REQUEST|MALFORMED|INTERNAL", re.IGNORECASE)
_STEM: Final = 5
_FIRST: Final = "first_"


class _Option(NamedTuple):
    """A call that a tool refuses with that code; ``path`` is what the user gave wrongly."""

    site: Site
    code: str
    path: str = ""


def tool_error(source: Source, stream: random.Random) -> Failing | Unfit:
    """A call ends in an error that its tool declares."""
    found: dict[str, list[_Option]] = {
        "corrected": list(_correctable(source)),
        "retried": list(_passing(source)),
        "told": list(_final(source)),
    }
    ways = [way for way, options in found.items() if options]
    if not ways:
        return Unfit("no tool declares an error that the dialogue could go on from")
    way = stream.choice(ways)
    option = stream.choice(found[way])
    detail = {
        "call": option.site.call.id, "tool": option.site.call.tool, "code": option.code,
        "recovery": way,
    }  # fmt: skip
    if option.path:
        detail["parameter"] = option.path
    return Failing(_WAYS[way](source, option), detail)


def _codes(source: Source, site: Site) -> list[str]:
    tool = source.toolset.get(site.call.tool)
    codes = [error.code for error in tool.errors] if tool is not None else []
    return [code for code in codes if not _GENERAL.search(code)]


def _passing(source: Source) -> Iterator[_Option]:
    for site in sites(source.plan):
        yield from (_Option(site, code) for code in _codes(source, site) if _PASSING.search(code))


def _retried(source: Source, option: _Option) -> Plan:
    segment, place, call = option.site
    attempt = failed(call, "tool_error", option.code)
    return with_attempts(source.plan, segment, place, [attempt])


def _correctable(source: Source) -> Iterator[_Option]:
    """Calls that look for what the user named, and did not before."""
    for site in sites(source.plan):
        codes = [code for code in _codes(source, site) if _UNKNOWN.search(code)]
        if not codes or _request(source.plan.segments[site.segment]).voices:
            continue
        for path, binding in site.call.arguments.items():
            if not isinstance(binding, UserBinding) or not path.isidentifier():
                continue
            named = [code for code in codes if _names(code, path)]
            schema = as_mapping(_schema(source, site.call, path))
            if schema.keys() & {"enum", "const"} or schema.get("type") == "boolean":
                # Who names one of a few choices names one that there is.
                continue
            if named and _first_here(source.plan, site, binding.slot):
                yield _Option(site, named[0], path)


def _names(code: str, path: str) -> bool:
    """Whether an error like ``ORDER_NOT_FOUND`` is about a parameter like ``order_number``."""
    about = {word[:_STEM] for word in words(_UNKNOWN.sub("", code).casefold())}
    return bool(about & {word[:_STEM] for word in words(path)})


def _first_here(plan: Plan, site: Site, slot: str) -> bool:
    """Whether the slot is stated in this request, and first used by this call, made alone."""
    segment = plan.segments[site.segment]
    stated = [
        provision
        for step in segment.steps[: site.place]
        if isinstance(step, UserRequest | UserClarificationResponse)
        for provision in step.provides
        if provision.slot == slot
    ]
    if len(stated) != 1 or stated[0].replaces or stated[0].fixed:
        return False
    if any(slot in group for group in plan.same):
        return False
    step = segment.steps[site.place]
    alone = isinstance(step, ToolInvocation) and len(step.calls) == 1
    users = [call.id for call in plan.calls() if slot in _slots(call)]
    return alone and users[0] == site.call.id


def _slots(call: PlannedCall) -> set[str]:
    return {b.slot for b in call.arguments.values() if isinstance(b, UserBinding)}


def _request(segment: Segment) -> UserRequest:
    first = segment.steps[0]
    assert isinstance(first, UserRequest)
    return first


def _corrected(source: Source, option: _Option) -> Plan:
    """The user gives a wrong value first, hears that nothing is found, and gives the right one."""
    segment = source.plan.segments[option.site.segment]
    told = [call.id for call in calls_of(segment.steps[: option.site.place])]
    slot = option.site.call.arguments[option.path]
    assert isinstance(slot, UserBinding)
    head, _, leaf = slot.slot.rpartition(".")
    wrong = f"{head}.{_FIRST}{leaf}" if head else f"{_FIRST}{leaf}"
    halves = (_refused(segment, option, wrong, told), _again(source, segment, option, wrong, told))
    return with_segments(source.plan, option.site.segment, halves)


def _refused(segment: Segment, option: _Option, wrong: str, told: Sequence[str]) -> Segment:
    """The request up to the call, which fails for the wrong value, and the answer to that."""
    call = option.site.call
    right = call.arguments[option.path]
    assert isinstance(right, UserBinding)
    attempt = failed(call, "tool_error", option.code)
    misled = {**call.arguments, option.path: right.model_copy(update={"slot": wrong})}
    attempt = attempt.model_copy(update={"arguments": misled})
    begun = (_renamed(step, right.slot, wrong) for step in segment.steps[: option.site.place])
    refusing = AssistantResponse(
        act="assistant_response",
        summarizes=(*told, call.id),
        reports=tuple(ref for ref in _closing(segment).reports if _caller(ref) in told),
    )
    steps = (*begun, ToolInvocation(act="tool_invocation", calls=(attempt,)), refusing)
    return segment.model_copy(update={"steps": steps})


def _again(
    source: Source, segment: Segment, option: _Option, wrong: str, told: Sequence[str]
) -> Segment:
    """The right value, the call once more, and the rest of the request."""
    call, closing = option.site.call, _closing(segment)
    right = call.arguments[option.path]
    assert isinstance(right, UserBinding)
    wish = f"give the right {_label(source, call, option.path)}"
    correction = UserRequest(
        act="user_request",
        intent=wish,
        provides=(Provision(slot=right.slot, replaces=wrong),),
    )
    again = ToolInvocation(act="tool_invocation", calls=(call.model_copy(update={"attempt": 2}),))
    left = closing.model_copy(
        update={
            "summarizes": tuple(name for name in closing.summarizes if name not in told),
            "reports": tuple(ref for ref in closing.reports if _caller(ref) not in told),
        }
    )
    rest = segment.steps[option.site.place + 1 : -1]
    return Segment(kind="correction", subgoal=wish, steps=(correction, again, *rest, left))


def _closing(segment: Segment) -> AssistantResponse:
    last = segment.steps[-1]
    assert isinstance(last, AssistantResponse)
    return last


def _caller(report: str) -> str:
    return report.partition(".")[0]


def _renamed(step: Step, right: str, wrong: str) -> Step:
    """The step with the wrong value in the place of the right one."""
    if isinstance(step, UserRequest | UserClarificationResponse):
        provides = tuple(
            one.model_copy(update={"slot": wrong}) if one.slot == right else one
            for one in step.provides
        )
        return step.model_copy(update={"provides": provides})
    if isinstance(step, AssistantClarification):
        asks = tuple(wrong if slot == right else slot for slot in step.asks)
        return step.model_copy(update={"asks": asks})
    return step


def _label(source: Source, call: PlannedCall, path: str) -> str:
    return source.words.field(call.tool, path, as_mapping(_schema(source, call, path))).label


def _schema(source: Source, call: PlannedCall, path: str) -> Schema:
    tool = source.toolset.get(call.tool)
    declared = schema_at(tool.parameters, path) if tool is not None else None
    return True if declared is None else inline(declared, tool.parameters) if tool else True


def _final(source: Source) -> Iterator[_Option]:
    """Calls on which nothing depends, and of which nothing promised that they would succeed."""
    plan = source.plan
    taken = {
        binding.call
        for call in plan.calls()
        for binding in call.arguments.values()
        if isinstance(binding, ToolOutputBinding)
    }
    taken |= {decision.call for decision in plan.decisions}
    taken |= {name.partition(".")[0] for group in plan.same for name in group}
    promised = {decision.call for decision in plan.decisions}
    for site in sites(plan):
        tool = source.toolset.get(site.call.tool)
        if tool is None or site.call.id in taken or _feeds_on(site.call, promised):
            continue
        codes = (code for code in _codes(source, site) if not _UNKNOWN.search(code))
        yield from (_Option(site, code) for code in codes if not _PASSING.search(code))


def _feeds_on(call: PlannedCall, promised: set[str]) -> bool:
    bindings = call.arguments.values()
    return any(isinstance(b, ToolOutputBinding) and b.call in promised for b in bindings)


def _told(source: Source, option: _Option) -> Plan:
    """The call fails for good, and the assistant says so."""
    name = option.site.call.id
    attempt = failed(option.site.call, "tool_error", option.code)
    segments = []
    for segment in source.plan.segments:
        steps: list[Step] = []
        for step in segment.steps:
            if isinstance(step, ToolInvocation):
                calls = tuple(attempt if call.id == name else call for call in step.calls)
                steps.append(step.model_copy(update={"calls": calls}))
            elif isinstance(step, AssistantResponse):
                reports = tuple(ref for ref in step.reports if _caller(ref) != name)
                steps.append(step.model_copy(update={"reports": reports}))
            else:
                steps.append(step)
        segments.append(segment.model_copy(update={"steps": tuple(steps)}))
    return source.plan.model_copy(update={"segments": tuple(segments)})


_WAYS: Final[Mapping[str, Callable[[Source, _Option], Plan]]] = {
    "corrected": _corrected,
    "retried": _retried,
    "told": _told,
}
