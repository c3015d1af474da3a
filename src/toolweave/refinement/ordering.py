"""Calls made too early: one out of order, or a whole chain tried from its end (Algorithm 9)."""

import random
from collections.abc import Iterator, Sequence
from typing import Final

from toolweave.core.binding import ToolOutputBinding, UserBinding
from toolweave.core.plan import Plan, PlannedCall, UserClarificationResponse, UserRequest
from toolweave.refinement.edit import Source, Unfit
from toolweave.refinement.failure import Failing
from toolweave.refinement.replanning import Site, failed, sites, with_attempts

SHORTEST: Final = 3
_CODE: Final = "prerequisite_missing"
_EARLY: Final = "out_of_order"


def out_of_order(source: Source, stream: random.Random) -> Failing | Unfit:
    """A call goes out before the one that gives what it needs, and without that."""
    found = list(_chains(source, 2))
    if not found:
        return Unfit("no call needs what an earlier one of its request gives")
    return _tried(source, stream.choice(found))


def cascading(source: Source, stream: random.Random) -> Failing | Unfit:
    """The last of a chain is tried first, then the one before it; then all succeed in order."""
    found = list(_chains(source, SHORTEST))
    if not found:
        return Unfit(f"no request has {SHORTEST} calls of which each needs the one before")
    return _tried(source, stream.choice(found))


def _tried(source: Source, chain: Sequence[Site]) -> Failing:
    """The plan in which all but the first are tried in reverse order before the first."""
    attempts = []
    for before, site in zip(chain[-2::-1], chain[:0:-1], strict=True):
        path = _needed(source, site, before)
        assert path is not None
        attempts.append(failed(site.call, _EARLY, _CODE, path))
    plan = with_attempts(source.plan, chain[0].segment, chain[0].place, attempts)
    detail = {
        "calls": [call.id for call in attempts],
        "tools": [call.tool for call in attempts],
        "parameters": [call.fault.path for call in attempts if call.fault is not None],
    }
    return Failing(plan, detail)


def _chains(source: Source, shortest: int) -> Iterator[tuple[Site, ...]]:
    """Calls of one request of which each needs the one before, and which could all be tried.

    Chains of two are pairs; longer ones go on as far as they can.
    """
    by_segment: dict[int, list[Site]] = {}
    for site in sites(source.plan):
        by_segment.setdefault(site.segment, []).append(site)
    for held in by_segment.values():
        for first in held:
            usable = [one for one in held if _speakable(source.plan, one.call, first)]
            for chain in _from(source, (first,), usable):
                if len(chain) == shortest or (shortest > 2 and len(chain) > shortest):
                    yield chain


def _from(
    source: Source, chain: tuple[Site, ...], usable: Sequence[Site]
) -> Iterator[tuple[Site, ...]]:
    for site in usable:
        later = site.place > chain[-1].place
        if later and _needed(source, site, chain[-1]) is not None:
            longer = (*chain, site)
            yield longer
            yield from _from(source, longer, usable)


def _needed(source: Source, site: Site, before: Site) -> str | None:
    """The required parameter that a call takes from the one before."""
    tool = source.toolset.get(site.call.tool)
    required = tool.parameters.get("required", ()) if tool is not None else ()
    for path, binding in site.call.arguments.items():
        takes = isinstance(binding, ToolOutputBinding) and binding.call == before.call.id
        if takes and path in required:
            return path
    return None


def _speakable(plan: Plan, call: PlannedCall, first: Site) -> bool:
    """Whether the user has stated all that the call takes from them before that place."""
    said = {
        provision.slot
        for number, segment in enumerate(plan.segments[: first.segment + 1])
        for step in (segment.steps[: first.place] if number == first.segment else segment.steps)
        if isinstance(step, UserRequest | UserClarificationResponse)
        for provision in step.provides
    }
    slots = (b.slot for b in call.arguments.values() if isinstance(b, UserBinding))
    return all(slot in said for slot in slots)
