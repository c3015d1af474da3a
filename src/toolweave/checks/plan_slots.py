"""Rules about slots: what the user states, corrects, and is asked for."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from toolweave.checks.plan_index import Argument, PlanIndex, StatedAt
from toolweave.core.finding import Finding
from toolweave.core.plan import AssistantClarification, PlacedStep, UserClarificationResponse
from toolweave.schema.records import suggestion
from toolweave.schema.validators import validator

# A slot that feeds more different parameters than this is compared over the first ones only.
_COMPARED = 20


def statement_rules(index: PlanIndex) -> Iterator[Finding]:
    """A slot is stated once or corrected, and what is corrected was stated before."""
    first: dict[str, int] = {}
    for step, provision in index.statements:
        slot, replaced = provision.slot, provision.replaces
        if slot in first and not replaced:
            problem = f"the slot {slot!r} was already provided in step {first[slot]}"
            mend = "say replaces where it is a correction, or remove it"
            yield index.error("slot_repeated", problem, mend, step=step, at=slot)
        if replaced and first.get(replaced, step) >= step:
            problem = f"replaces names {replaced!r}, which no earlier step provides"
            mend = suggestion(replaced, [name for name in list(first)[:200] if name != slot])
            yield index.error("unknown_replaced", problem, mend, step=step, at=slot)
        first.setdefault(slot, step)


def use_rules(index: PlanIndex) -> Iterator[Finding]:
    """What the user states is used, and not by calls that come after its correction."""
    corrected = {
        stated.provision.replaces: stated
        for stated in index.statements
        if stated.provision.replaces not in ("", stated.provision.slot)
    }
    asked = {slot for placed in _clarifications(index) for slot in _asks(placed)}
    for slot, stated in index.slots.items():
        uses = index.uses.get(slot, [])
        if not uses and slot not in corrected and slot not in asked:
            problem = f"the slot {slot!r} is provided, but no call uses it"
            mend = "bind an argument to it, or remove it"
            yield index.warning("unused_slot", problem, mend, step=stated[0].step, at=slot)
        late = [use for use in uses if slot in corrected and use.step > corrected[slot].step]
        if late:
            problem = f"the slot {slot!r} was corrected in step {corrected[slot].step}"
            mend = f"bind {late[0].at} to {corrected[slot].provision.slot!r}"
            yield index.warning("outdated_slot", problem, mend, step=late[0].step, at=late[0].at)


def value_rules(index: PlanIndex) -> Iterator[Finding]:
    """A fixed value fits every parameter it feeds; a drawn one can fit them all."""
    for slot, statements in index.slots.items():
        uses = _distinct(index, index.uses.get(slot, []))
        for stated in statements:
            if stated.provision.fixed:
                yield from _fixed(index, stated, uses)
        if not all(stated.provision.fixed for stated in statements):
            yield from _conflicts(index, statements[0], uses)


def clarification_rules(index: PlanIndex) -> Iterator[Finding]:
    """What is asked for is not known yet, is answered at once, and is needed afterwards."""
    for placed in _clarifications(index):
        asks = _asks(placed)
        answer = index.steps[placed.number] if placed.number < len(index.steps) else None
        given = (
            {provision.slot for provision in answer.step.provides}
            if answer is not None and isinstance(answer.step, UserClarificationResponse)
            else None
        )
        later = _asked_again(index, placed)
        for slot in asks:
            # A value may be kept back at the first asking, if the assistant asks once more.
            yield from _asked(index, placed.number, slot, None if slot in later else given)
        for twice in [slot for slot, count in Counter(asks).items() if count > 1]:
            problem = f"the slot {twice!r} is asked for twice in one question"
            yield index.error(
                "asked_twice", problem, "ask for it once", step=placed.number, at=twice
            )


def _asked_again(index: PlanIndex, placed: PlacedStep) -> set[str]:
    """The slots that a later question of the same segment asks for."""
    return {
        slot
        for other in _clarifications(index)
        if other.segment == placed.segment and other.number > placed.number
        for slot in _asks(other)
    }


def _asked(index: PlanIndex, step: int, slot: str, given: set[str] | None) -> Iterator[Finding]:
    stated, uses = index.slots.get(slot, []), index.uses.get(slot, [])
    if stated and stated[0].step < step:
        problem = f"the slot {slot!r} is asked for, but step {stated[0].step} already provides it"
        yield index.error("already_known", problem, "do not ask for it", step=step, at=slot)
    elif given is not None and slot not in given:
        problem = f"the slot {slot!r} is asked for, but the answer does not provide it"
        mend = f"provide it in step {step + 1}"
        yield index.error("unanswered_slot", problem, mend, step=step, at=slot)
    if not uses or uses[-1].step <= step:
        problem = f"the slot {slot!r} is asked for, but no later call uses it"
        mend = "bind an argument of a later call to it, or do not ask"
        yield index.error("asked_unused", problem, mend, step=step, at=slot)


def _clarifications(index: PlanIndex) -> list[PlacedStep]:
    return [placed for placed in index.steps if isinstance(placed.step, AssistantClarification)]


def _asks(placed: PlacedStep) -> tuple[str, ...]:
    return placed.step.asks if isinstance(placed.step, AssistantClarification) else ()


def _distinct(index: PlanIndex, uses: list[Argument]) -> list[Argument]:
    """One use per declared parameter."""
    found: dict[tuple[str, str], Argument] = {}
    for use in uses:
        if index.parameter(use.call.tool, use.path) is not None:
            found.setdefault((use.call.tool, use.path), use)
    return list(found.values())


def _fixed(index: PlanIndex, stated: StatedAt, uses: list[Argument]) -> Iterator[Finding]:
    value = stated.provision.value
    for use in uses:
        schema = index.parameter(use.call.tool, use.path)
        if schema is None:
            continue
        root = index.tools[use.call.tool].parameters
        breaches = validator(schema, root).violations(value)
        if breaches:
            problem = f"the fixed value {value!r:.60} cannot be {use.at}: {breaches[0].message}"
            mend = "fix a value that the schema allows"
            yield index.error(
                "invalid_value", problem, mend, step=stated.step, at=stated.provision.slot,
                value=value,
            )  # fmt: skip


def _conflicts(index: PlanIndex, stated: StatedAt, uses: list[Argument]) -> Iterator[Finding]:
    for one, other in combinations(uses[:_COMPARED], 2):
        if index.fit(one, other) == "disjoint":
            slot = stated.provision.slot
            problem = f"no value of the slot {slot!r} can be both {one.at} and {other.at}"
            mend = "let the user state two values"
            yield index.error("slot_conflict", problem, mend, step=stated.step, at=slot)
            return
