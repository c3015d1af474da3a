"""Turns that nobody should learn from: masked, listed, and the rest as it was."""

from toolweave.checks.turns import (
    agreed,
    conversation_digest,
    masked,
    masked_by,
    objections,
    turn_count,
)
from toolweave.core.dialogue import Dialogue
from toolweave.evaluation.proof import prove
from toolweave.runs.simulation import simulate


def learnt(dialogue: Dialogue) -> list[int]:
    return [at for at, message in enumerate(dialogue.messages) if message.train]


def test_a_masked_turn_is_context_and_the_proof_still_holds() -> None:
    dialogue = simulate("ecommerce_return", seed=1)
    starts = [at for at, message in enumerate(dialogue.messages) if message.role == "user"]
    made = masked(dialogue, {2: "made up", 99: "not there"}, "judge-1")
    inside = range(starts[1], starts[2])
    assert learnt(made) == [at for at in learnt(dialogue) if at not in inside]
    assert learnt(made) != learnt(dialogue)
    assert [m.content for m in made.messages] == [m.content for m in dialogue.messages]
    (edit,) = made.modifications
    assert edit.kind == "masked_turn"
    assert edit.detail == {"by": "judge-1", "turns": [2], "reasons": ["made up"]}
    assert prove(made) == []
    assert conversation_digest(made) == conversation_digest(dialogue)
    assert masked(dialogue, {}, "x") is dialogue


def test_warnings_carry_masks() -> None:
    dialogue = simulate("ecommerce_return", seed=1)
    found = objections(dialogue, {1: "idle", turn_count(dialogue) + 1: "not there"})
    assert [(one.severity, one.message, one.value) for one in found] == [("warning", 1, 1)]
    assert masked_by(found, dialogue, "votes") == masked(dialogue, {1: "idle"}, "votes")


def test_most_readers_decide_about_a_turn() -> None:
    assert agreed([{1: "a"}, {1: "b", 2: "c"}, {}]) == {1: "a"}
    assert agreed([{1: "a"}, {}]) == {}
    assert agreed([]) == {}


def test_another_text_has_another_digest() -> None:
    first, second = (simulate("ecommerce_return", seed=seed) for seed in (1, 2))
    assert conversation_digest(first) != conversation_digest(second)
