"""One way to fail: what every kind of failure is asked for."""

import random
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.plan import Plan
from toolweave.refinement.edit import Source, Unfit


class Failing(NamedTuple):
    """A plan with a failure in it, what a reader should know, and the values it relies on."""

    plan: Plan
    detail: JsonObject
    meant: Mapping[str, JsonValue] = MappingProxyType({})


Failure = Callable[[Source, random.Random], Failing | Unfit]
"""Puts one failure into the plan, drawn from the stream, or says why none fits."""
