"""Outages: calls that are right and fail all the same, until they are made again."""

import random
from typing import Final

from toolweave.core.plan import FaultKind
from toolweave.refinement.edit import Source, Unfit
from toolweave.refinement.failure import Failing
from toolweave.refinement.replanning import failed, sites, with_attempts

# How often the first retry fails as well.
_TWICE: Final = 0.2


def timed_out(source: Source, stream: random.Random) -> Failing | Unfit:
    """A call that times out."""
    return _outage(source, stream, "timeout", "timeout")


def rate_limited(source: Source, stream: random.Random) -> Failing | Unfit:
    """A call that comes too soon after others."""
    return _outage(source, stream, "rate_limit", "rate_limited")


def _outage(source: Source, stream: random.Random, kind: FaultKind, code: str) -> Failing | Unfit:
    found = sites(source.plan)
    if not found:
        return Unfit("there is no call that succeeds")
    segment, place, call = stream.choice(found)
    times = 2 if stream.random() < _TWICE else 1
    plan = with_attempts(source.plan, segment, place, [failed(call, kind, code)] * times)
    return Failing(plan, {"call": call.id, "tool": call.tool, "code": code, "attempts": times})
