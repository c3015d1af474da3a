"""Conditional workflows: an output that decides which of two tools follows (App. C.1).

Offline a fork rests on something that is known, not guessed: a life cycle of the domain's pack, an
empty or filled list, a yes or no, or a declared error. Where there is none, there is no fork.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple

from toolweave.checks.effects import effect_of, identified
from toolweave.checks.naming import PERSON, PERSON_WORDS, noun, words
from toolweave.configs.pack_check import operations
from toolweave.core.domain import DomainPack
from toolweave.core.graph import Link
from toolweave.core.model import JsonValue
from toolweave.core.workflow import Branch, BranchOperator, BranchReason, Workflow
from toolweave.planners.flow import Flow
from toolweave.schema.paths import leaves

# A yes of these says that something can be done; of others it is a remark.
_PERMITS: Final = frozenset(
    {
        *("available", "eligible", "allowed", "valid", "approved", "possible", "active", "covered"),
        *("refundable", "renewable", "cancellable", "compatible", "verified", "open", "supported"),
        *("insured", "required", "qualified", "serviceable", "deliverable", "permitted", "free"),
    }
)
_DOES: Final = ("create", "update", "delete")


@dataclass(frozen=True)
class Forks:
    """How many successors of a tool are looked at, and how many forks one tool may have."""

    tried: int = 16
    kept: int = 24


class _Fork(NamedTuple):
    """One outcome of the first tool and what follows on it."""

    path: str
    operator: BranchOperator
    value: JsonValue
    chosen: str
    other: str
    because: BranchReason


def conditional_workflows(flow: Flow, forks: Forks, pack: DomainPack | None) -> Iterator[Workflow]:
    """``D`` and the branch that its output chooses, for each value on which something is known."""
    for name in flow.tools:
        if flow.startable(name):
            yield from islice(_from(flow, name, forks, pack), forks.kept)


def _from(flow: Flow, name: str, forks: Forks, pack: DomainPack | None) -> Iterator[Workflow]:
    seen: set[tuple[str, str, str]] = set()
    for fork in _forks(flow, name, forks, pack):
        if flow.lacks(fork.chosen, (name,)) or fork.chosen == name:
            continue
        mark = (fork.path, f"{fork.operator}{fork.value}", fork.chosen)
        if mark in seen:
            continue
        seen.add(mark)
        links = tuple(flow.between(name, fork.chosen)[:1])
        yield Workflow(
            motif="conditional",
            tools=(name, fork.chosen),
            links=links,
            branch=Branch(**fork._asdict()),
        )


def _forks(flow: Flow, name: str, forks: Forks, pack: DomainPack | None) -> Iterator[_Fork]:
    successors = [one for one in list(flow.successors(name))[: forks.tried] if one != name]
    if pack is not None:
        yield from _by_life_cycle(flow, name, pack)
    yield from _by_boolean(flow, name, successors)
    yield from _by_emptiness(flow, name, successors)
    yield from _by_error(flow, name)


def _by_life_cycle(flow: Flow, name: str, pack: DomainPack) -> Iterator[_Fork]:
    """A state in which one operation is allowed and another is not."""
    if effect_of(flow.tools[name]).kind != "read":
        return
    outputs = _outputs(flow, name)
    for entity in pack.entities.values():
        life = entity.lifecycle
        if life is None or life.attribute not in outputs:
            continue
        own = entity.identifier.name
        allowed = {
            one.name: frozenset(one.starts)
            for one in operations(entity)
            if one.starts and one.name in flow.tools and own in one.takes and one.name != name
        }
        if own not in {one.path for one in flow.inputs[name]} and own not in outputs:
            continue
        for chosen, states in allowed.items():
            for other, elsewhere in allowed.items():
                only = [state for state in life.states if state in states - elsewhere]
                if other != chosen and elsewhere - states:
                    for state in only[:2]:
                        yield _Fork(life.attribute, "==", state, chosen, other, "life_cycle")


def _by_boolean(flow: Flow, name: str, successors: Sequence[str]) -> Iterator[_Fork]:
    """A yes that permits something; a no leaves another look."""
    permits = [
        path
        for path, schema in _outputs(flow, name).items()
        if schema.get("type") == "boolean" and _PERMITS & set(words(path.split(".")[-1]))
    ]
    acting = [one for one in successors if effect_of(flow.tools[one]).kind in _DOES]
    looking = [one for one in successors if effect_of(flow.tools[one]).kind == "read"]
    for path in permits:
        for does in acting:
            for looks in looking:
                yield _Fork(path, "==", True, does, looks, "boolean")
                yield _Fork(path, "==", False, looks, does, "boolean")


def _by_emptiness(flow: Flow, name: str, successors: Sequence[str]) -> Iterator[_Fork]:
    """Something was found and is used, or nothing was found and it is made."""
    lists = [
        path
        for path, schema in flow.tools[name].results.get("properties", {}).items()
        if isinstance(schema, Mapping) and schema.get("type") == "array"
    ]
    kind = effect_of(flow.tools[name]).entity
    if len(lists) != 1 or not _lists(lists[0], kind):
        return
    makers = [
        other
        for other, tool in flow.tools.items()
        if other != name
        and (does := effect_of(tool)).kind == "create"
        and does.entity == kind
        and not flow.lacks(other, (name,))
    ]
    users = [one for one in successors if _hangs_on(flow, name, one, lists[0], kind)]
    for maker in makers[:2]:
        for user in users[:4]:
            if user != maker:
                yield _Fork(lists[0], "not_empty", None, user, maker, "emptiness")
                yield _Fork(lists[0], "empty", None, maker, user, "emptiness")


def _hangs_on(flow: Flow, name: str, user: str, listed: str, kind: str) -> bool:
    """Whether a tool does something with what was found, or could not be called without it."""
    taken = [one for one in flow.between(name, user) if one.output.startswith(listed)]
    needed = {one.path for one in flow.inputs[user] if one.required}
    about = effect_of(flow.tools[user]).entity
    return bool(taken) and (about == kind or any(one.parameter in needed for one in taken))


def _lists(listed: str, kind: str) -> bool:
    """Whether a list is one of the things that were looked for."""
    found = noun(listed)
    return found == kind or kind in words(listed) or (kind == PERSON and found in PERSON_WORDS)


def _by_error(flow: Flow, name: str) -> Iterator[_Fork]:
    """An action that fails for a declared reason, and the look-up that shows what would go."""
    tool = flow.tools[name]
    if effect_of(tool).kind not in _DOES:
        return
    successors = list(flow.successors(name))
    for source in sorted(flow.predecessors(name)):
        links = [link for link in flow.between(source, name) if _an_alternative(link)]
        if not links or not flow.startable(source) or not successors:
            continue
        if effect_of(flow.tools[source]).kind != "read" or "[]" not in links[0].output:
            continue
        for error in tool.errors[:1]:
            if not error.code.endswith("_NOT_FOUND"):
                yield _Fork("", "error", error.code, source, successors[0], "error")
                return


def _an_alternative(link: Link) -> bool:
    return identified(link.parameter) is not None


def _outputs(flow: Flow, name: str) -> dict[str, Mapping[str, Any]]:
    """The outputs of a tool that are there once."""
    return {
        leaf.path: leaf.schema
        for leaf in leaves(flow.tools[name].results)
        if "[]" not in leaf.path and isinstance(leaf.schema, Mapping)
    }
