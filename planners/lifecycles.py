"""Life cycles in a plan: what may be done in which state, and which state each result shows."""

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from toolweave.configs.pack_check import operations
from toolweave.core.domain import DomainPack, Lifecycle
from toolweave.core.model import JsonValue
from toolweave.core.plan import Decision
from toolweave.core.tool import Tool
from toolweave.schema.paths import leaves


class _Deed(NamedTuple):
    """What a tool has to do with one kind of thing: it makes it, or needs and changes its state."""

    kind: str
    makes: bool = False
    starts: frozenset[str] = frozenset()
    ends: str = ""


class Called(NamedTuple):
    """One successful call of a plan."""

    id: str
    tool: Tool


class _Epoch:
    """A stretch of calls in which one thing keeps its state."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self.allowed = allowed
        self.shown: list[tuple[str, str]] = []


class LifeCycles:
    """The life cycles of a domain.

    Args:
        pack: the domain's pack; without one nothing is known, and everything is allowed.
    """

    def __init__(self, pack: DomainPack | None) -> None:
        self._lives: dict[str, Lifecycle] = {}
        self._deeds: dict[str, list[_Deed]] = {}
        for kind, entity in pack.entities.items() if pack is not None else ():
            if entity.lifecycle is not None:
                self._lives[kind] = entity.lifecycle
            if entity.making is not None:
                self._note(entity.making.name, _Deed(kind, makes=True))
            for one in operations(entity):
                target = one.entity or kind
                if one.starts:
                    ends = one.ends if target == kind else ""
                    self._note(one.name, _Deed(kind, starts=frozenset(one.starts), ends=ends))
                if one.ends and (target != kind or not one.starts):
                    makes = one.kind == "create"
                    self._note(one.name, _Deed(target, makes=makes, ends=one.ends))
                elif one.kind == "create" and target != kind:
                    self._note(one.name, _Deed(target, makes=True))

    def _note(self, tool: str, deed: _Deed) -> None:
        self._deeds.setdefault(tool, []).append(deed)

    def allows(self, tools: Sequence[str]) -> bool:
        """Whether one thing of each kind can go through these tools in this order."""
        states = {kind: frozenset(life.states) for kind, life in self._lives.items()}
        for name in tools:
            for deed in self._deeds.get(name, ()):
                after = self._after(deed, states)
                if after is None:
                    return False
                if deed.kind in states:
                    states[deed.kind] = after
        return True

    def _after(self, deed: _Deed, states: Mapping[str, frozenset[str]]) -> frozenset[str] | None:
        """The states that are possible after a deed; None where it is not allowed."""
        if deed.kind not in states:
            return frozenset()
        if deed.makes:
            first = deed.ends or next(iter(self._lives[deed.kind].states))
            return frozenset({first})
        held = states[deed.kind] & deed.starts if deed.starts else states[deed.kind]
        if not held:
            return None
        return frozenset({deed.ends}) if deed.ends else held

    def decisions(
        self,
        calls: Sequence[Called],
        fixed: Mapping[tuple[str, str], JsonValue],
        stream: random.Random,
    ) -> list[Decision] | None:
        """What every result must show so that the calls can follow one another, or None.

        Args:
            calls: the successful calls in order.
            fixed: outputs that are decided already, by call and path.
            stream: chooses among states that would do.
        """
        made: list[Decision] = []
        for kind, life in self._lives.items():
            epochs = self._epochs(kind, life, calls, fixed)
            if epochs is None:
                return None
            for epoch in epochs:
                if not epoch.shown:
                    continue
                state = stream.choice([one for one in life.states if one in epoch.allowed])
                made.extend(
                    Decision(call=call, path=path, operator="==", value=state)
                    for call, path in epoch.shown
                    if (call, path) not in fixed
                )
        return made

    def _epochs(
        self,
        kind: str,
        life: Lifecycle,
        calls: Sequence[Called],
        fixed: Mapping[tuple[str, str], JsonValue],
    ) -> list[_Epoch] | None:
        epochs = [_Epoch(frozenset(life.states))]
        for call in calls:
            shown = [(call.id, path) for path in _shown(call.tool, life.attribute)]
            for deed in self._deeds.get(call.tool.name, ()):
                if deed.kind != kind:
                    continue
                if not deed.makes and deed.starts:
                    epochs[-1].allowed &= deed.starts
                if deed.makes or deed.ends:
                    first = deed.ends or next(iter(life.states))
                    epochs.append(_Epoch(frozenset({first})))
            epochs[-1].shown.extend(shown)
            for place in shown:
                if place in fixed:
                    epochs[-1].allowed &= frozenset({str(fixed[place])})
        return epochs if all(epoch.allowed for epoch in epochs) else None


def _shown(tool: Tool, attribute: str) -> list[str]:
    """The outputs of a tool that show the state."""
    return [leaf.path for leaf in leaves(tool.results) if leaf.path.split(".")[-1] == attribute]
