"""Chains of edits: who gets which, what is listed, and what does not fit."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

from toolweave.core.dialogue import Dialogue
from toolweave.refinement.chain import Chain, Chance
from toolweave.refinement.edit import Edited, Guised, Source, Unfit
from toolweave.refinement.failing import FailureInjection
from toolweave.refinement.ordering import cascading, out_of_order

if TYPE_CHECKING:
    from tests.refinement.conftest import Sourcing

IDS = [f"d-{number:04d}" for number in range(2000)]


class Renaming:
    """A plan edit that renames the goal."""

    def __init__(self, kind: str, unfit: str = "") -> None:
        self.kind, self.unfit = kind, unfit

    def edited(self, source: Source, stream: random.Random) -> Edited | Unfit:
        if self.unfit:
            return Unfit(self.unfit)
        plan = source.plan.model_copy(update={"goal": f"{source.plan.goal} {self.kind}"})
        return Edited(self.kind, plan, source.toolset, {"drawn": stream.randrange(1 << 30)})


class Stamping:
    """A guise that only says that it was there."""

    kind = "stamp"

    def guised(self, dialogue: Dialogue, stream: random.Random) -> Guised | Unfit:
        return Guised(dialogue, {"drawn": stream.randrange(1 << 30)})


def test_each_edit_is_drawn_by_itself_with_its_own_probability() -> None:
    rare, often = Chance(Renaming("rare"), 0.1), Chance(Renaming("often"), 0.6)
    one, other = Chain(1, [rare]), Chain(1, [often])
    both = Chain(1, [rare, often])
    alone = {name for name in IDS if one.due(name)}
    assert 120 < len(alone) < 280
    assert {name for name in IDS if both.due(name)} == alone | {n for n in IDS if other.due(n)}
    assert not any(Chain(1, [Chance(Renaming("never"), 0.0)]).due(name) for name in IDS)
    assert all(Chain(1, [Chance(Renaming("always"), 1.0)]).due(name) for name in IDS)


def test_edits_follow_each_other_and_are_listed_with_their_seeds(
    dialogues: list[Dialogue], source_of: Sourcing
) -> None:
    edits = [Renaming("a"), Renaming("b", unfit="no b"), Renaming("c")]
    chain = Chain(9, [Chance(edit, 1.0) for edit in edits], [Chance(Stamping(), 1.0)])
    done = chain.replanned(source_of(dialogues[0]))
    assert done.source.plan.goal == f"{dialogues[0].plan.goal} a c"
    assert [one.kind for one in done.modifications] == ["a", "c"]
    assert len({one.seed for one in done.modifications}) == 2
    assert [(one.kind, one.reason) for one in done.misfits] == [("b", "no b")]
    assert chain.replanned(source_of(dialogues[0])) == done
    presented = chain.presented(dialogues[0], dialogues[0].id).dialogue
    assert [one.kind for one in presented.modifications] == ["stamp"]


def test_complex_failures_come_before_simple_ones_in_their_order(
    dialogues: list[Dialogue], source_of: Sourcing
) -> None:
    complex_failures = {"cascading": cascading, "out_of_order": out_of_order}
    always = FailureInjection(1.0, {"timeout": 1.0}, complex_failures)
    never = FailureInjection(0.0, {"timeout": 1.0}, complex_failures)
    kinds: Counter[str] = Counter()
    for dialogue in dialogues:
        source = source_of(dialogue)
        made = always.edited(source, random.Random(1))
        assert isinstance(made, Edited)
        kinds[made.kind] += 1
        fits = not isinstance(cascading(source, random.Random(1)), Unfit)
        assert (made.kind == "cascading") == fits
        simple = never.edited(source, random.Random(1))
        assert isinstance(simple, Edited)
        assert simple.kind == "timeout"
    assert kinds["out_of_order"]


def test_a_dialogue_without_calls_fits_no_failure(
    dialogues: list[Dialogue], source_of: Sourcing
) -> None:
    steps = dialogues[0].plan.segments[0].steps
    chat = (
        dialogues[0]
        .plan.segments[0]
        .model_copy(update={"kind": "chat", "steps": (steps[0], steps[-1])})
    )
    source = source_of(dialogues[0])
    plan = source.plan.model_copy(update={"segments": (chat,)})
    injection = FailureInjection(1.0, {"timeout": 1.0}, {"cascading": cascading})
    made = injection.edited(
        Source(source.dialogue, plan, source.toolset, source.words), random.Random(1)
    )
    assert isinstance(made, Unfit)
    assert "cascading" in made.reason
    assert "timeout" in made.reason
