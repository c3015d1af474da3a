"""Naming what tools do, in words a plan carries: deeds, subgoals and goals."""

import random
from collections.abc import Sequence

from toolweave.checks.verdicts import verdict
from toolweave.checks.words import Words, spoken
from toolweave.core.model import JsonValue
from toolweave.core.workflow import Branch, Workflow
from toolweave.llm.offline.phrases import holes, text_of
from toolweave.llm.offline.wishes import bare, prepared
from toolweave.planners.flow import Flow


def deed(flow: Flow, name: str, words: Words, stream: random.Random, *, again: bool = False) -> str:
    """What a tool does as a bare infinitive that states no value: "open a support ticket"."""
    known = words.tool(name)
    pools = (known.again, known.wishes) if again else (known.wishes, known.again)
    for pool in pools:
        parts = prepared(pool, frozenset(), stream, lambda hole: None)
        if parts is not None:
            return text_of(parts)
    return bare(name)


def woven(words: Words, tool: str) -> frozenset[str]:
    """The parameters that some wish for the tool holds: "book a room in {city}"."""
    known = words.tool(tool)
    ready = words.domain.requests.get(tool, ()) if words.domain is not None else ()
    return frozenset().union(*(holes(one) for one in (*known.wishes, *known.again, *ready)))


def eases(words: Words, tool: str, path: str) -> bool:
    """Whether somebody would state such a value unasked: there are words for it."""
    return words.prepared(tool) or path in woven(words, tool)


def together(deeds: Sequence[str]) -> str:
    """Deeds in a row: "track a parcel, pay the duty and have it redirected"."""
    told = list(dict.fromkeys(deeds))
    if len(told) < 2:
        return "".join(told)
    return f"{', '.join(told[:-1])} and {told[-1]}"


def goal_text(flow: Flow, workflow: Workflow, words: Words, stream: random.Random) -> str:
    """The goal of a workflow in one sentence; a fork's condition and other way are stated."""
    deeds = [
        deed(flow, name, words, stream, again=place > 0)
        for place, name in enumerate(workflow.tools)
    ]
    if workflow.branch is None:
        told = together(deeds)
    else:
        other = deed(flow, workflow.branch.other, words, stream, again=True)
        condition = condition_text(workflow.branch)
        told = f"{deeds[0]}, and if {condition}, {deeds[1]}; otherwise {other}"
    return as_goal(told)


def as_goal(told: str) -> str:
    """Deeds as a goal: "Track a parcel and pay the duty."."""
    return f"{told[:1].upper()}{told[1:]}."


def condition_text(branch: Branch) -> str:
    """The condition of a fork in words: "the claim status is approved"."""
    if branch.operator == "error":
        return f"that fails because {_spelled(branch.value)}"
    if branch.operator in ("empty", "not_empty"):
        found = "nothing" if branch.operator == "empty" else "something"
        return f"{found} is found"
    field = spoken(branch.path.split(".")[-1])
    if isinstance(branch.value, bool):
        return verdict(branch.path.split(".")[-1], branch.value)
    return f"the {field} is {_spelled(branch.value)}"


def _spelled(value: JsonValue) -> str:
    return str(value).replace("_", " ").casefold()
