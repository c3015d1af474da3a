"""One way to fail: what every kind of failure is asked for."""

import random
from collections.abc import Callable
from typing import NamedTuple

from toolweave.core.model import JsonObject
from toolweave.core.plan import Plan
from toolweave.refinement.edit import Source, Unfit


class Failing(NamedTuple):
    """A plan with a failure in it, and what a reader should know about it."""

    plan: Plan
    detail: JsonObject


Failure = Callable[[Source, random.Random], Failing | Unfit]
"""Puts one failure into the plan, drawn from the stream, or says why none fits."""
