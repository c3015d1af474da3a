"""How well the wishes of one goal belong together: by the thing they are about, and by what a
domain's situations bring up in one go.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from toolweave.checks.effects import effect_of, identified, signs
from toolweave.checks.naming import OTHER_WORDS, PERSON, words
from toolweave.core.domain import DomainPack
from toolweave.core.workflow import Workflow
from toolweave.planners.flow import Flow

# How closely two tools belong together, 0…1.
_ONE_SITUATION: Final = 1.0
_OWN_THING: Final = 0.85
_SAME_KIND: Final = 0.7
_PASSED_ON: Final = 0.6
_SAME_CASE: Final = 0.4
_SAME_SUBJECT: Final = 0.5
_BY_THE_WAY: Final = 0.1
# Two look-ups about one thing are asked for in one breath more readily than they follow.
_ASIDE: Final = 0.15
# How much the nearest of the earlier wishes counts beside all of them: a long way that drifts from
# thing to thing is no errand.
_NEAREST: Final = 0.65
# Below this a wish has nothing to do with those before it.
_LOOSE: Final = 0.45
_STRANGER: Final = 1.3
_UNDOING: Final = 4.0
_AGAIN: Final = 0.6
_SECOND_THOUGHTS: Final = frozenset(
    {"update", "change", "modify", "edit", "reschedule", "correct", "rename", "replace", "put",
     "patch", "adjust", "amend", "extend"}
)  # fmt: skip


class Coherence:
    """The coherence of workflows over one tool graph.

    Args:
        flow: tools and links.
        pack: the domain's pack, whose situations name tools that serve one purpose.
    """

    def __init__(self, flow: Flow, pack: DomainPack | None) -> None:
        self.flow = flow
        self.situations = [
            frozenset(one.tools) for one in (pack.situations if pack is not None else ())
        ]

    def of(self, workflow: Workflow) -> float:
        """From -2, wishes that nobody has at once, to 2: steps of one errand."""
        tools = [name for name in workflow.tools if not signs(name)]
        if len(tools) < 2:
            return 2.0
        aside = _ASIDE if workflow.motif == "parallel" else 0.0
        ties = [
            [min(1.0, self.tie(earlier, later) + aside) for earlier in tools[:place]]
            for place, later in enumerate(tools)
            if place
        ]
        nearest = [max(those) for those in ties]
        overall = [sum(those) / len(those) for those in ties]
        value = sum(
            4 * (_NEAREST * near + (1 - _NEAREST) * whole) - 2
            for near, whole in zip(nearest, overall, strict=True)
        ) / len(ties)
        value -= _STRANGER * sum(near < _LOOSE for near in nearest)
        value -= _STRANGER * self.errands(tools)
        value -= _UNDOING * self.undoings(tools) + _AGAIN * self.rereads(tools)
        return max(-2.0, min(2.0, value))

    def tie(self, earlier: str, later: str) -> float:
        """How closely a tool belongs to an earlier one."""
        if any(earlier in one and later in one for one in self.situations):
            return _ONE_SITUATION
        before, after = effect_of(self.flow.tools[earlier]), effect_of(self.flow.tools[later])
        found = [0.0]
        for link in self.flow.between(earlier, later):
            thing = identified(link.parameter)
            if thing is None:
                found.append(_BY_THE_WAY)
            elif thing == PERSON or thing in OTHER_WORDS:
                found.append(_SAME_CASE)
            elif thing in ("", before.entity):
                found.append(_OWN_THING)
            elif after.kind == "read":
                found.append(_PASSED_ON)
            else:
                found.append(_SAME_CASE)
        if before.entity == after.entity:
            found.append(_SAME_KIND)
        if self._named(earlier) & self._named(later):
            found.append(_SAME_SUBJECT)
        return max(found)

    def errands(self, tools: Sequence[str]) -> int:
        """Deeds that have nothing to do with those before them, whatever was looked up between."""
        deeds = [name for name in tools if effect_of(self.flow.tools[name]).kind != "read"]
        return sum(
            max(self.tie(earlier, later) for earlier in deeds[:place]) < _LOOSE
            for place, later in enumerate(deeds)
            if place
        )

    def undoings(self, tools: Sequence[str]) -> int:
        """Wishes that take back an earlier one: what was just made or ordered is removed, changed
        or made once more.
        """
        count = 0
        for place, name in enumerate(tools):
            then = effect_of(self.flow.tools[name])
            if then.kind == "read":
                continue
            for earlier in tools[:place]:
                before = effect_of(self.flow.tools[earlier])
                if before.kind != "read" and not self._in_one_situation(earlier, name):
                    count += self._takes_back(earlier, name)
        return count

    def _takes_back(self, earlier: str, later: str) -> bool:
        before, then = effect_of(self.flow.tools[earlier]), effect_of(self.flow.tools[later])
        same = before.entity == then.entity or any(
            identified(link.parameter) == then.entity for link in self.flow.between(earlier, later)
        )
        used = then.entity in {identified(one.path) for one in self.flow.inputs[earlier]}
        if then.kind == "delete":
            return same or used
        second = bool(_SECOND_THOUGHTS & set(words(later)[:1]))
        return before.entity == then.entity and (
            (before.kind == "create" and (then.kind == "create" or second))
            or (before.kind == "delete" and then.kind == "update")
        )

    def rereads(self, tools: Sequence[str]) -> int:
        """Look-ups of what the call before has just told or made."""
        count = 0
        for earlier, later in pairwise(tools):
            before, then = effect_of(self.flow.tools[earlier]), effect_of(self.flow.tools[later])
            count += then.kind == "read" and before.entity == then.entity
        return count

    def _in_one_situation(self, earlier: str, later: str) -> bool:
        return any(earlier in one and later in one for one in self.situations)

    def _named(self, tool: str) -> frozenset[str]:
        """The parameters by which a tool names things, other than persons."""
        return frozenset(
            one.path
            for one in self.flow.inputs[tool]
            if one.required and identified(one.path) not in (None, PERSON)
        )
