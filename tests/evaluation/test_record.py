"""The proof looks at the record around the talk, and at answers that tell nothing."""

from toolweave.core.dialogue import Dialogue
from toolweave.evaluation.proof import prove
from toolweave.runs.simulation import simulate


def made() -> Dialogue:
    return simulate("customer_support_case", seed=4)


def said_instead(dialogue: Dialogue, index: int, **changes: object) -> Dialogue:
    messages = list(dialogue.messages)
    messages[index] = messages[index].model_copy(update=changes)
    return dialogue.model_copy(update={"messages": tuple(messages)})


def last_answer(dialogue: Dialogue) -> int:
    return len(dialogue.messages) - 1


def codes(dialogue: Dialogue) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.message) for finding in prove(dialogue)]


def test_an_answer_that_tells_nothing_of_what_was_looked_up_is_named() -> None:
    dialogue = made()
    index = last_answer(dialogue)
    for text in ("OK.", "I have looked that up for you and it is all in order now."):
        changed = said_instead(dialogue, index, content=text, states=())
        assert ("untold_result", index) in codes(changed)


def test_a_bare_okay_after_a_change_is_named() -> None:
    dialogue = made()
    answers = [
        index
        for index, message in enumerate(dialogue.messages)
        if message.role == "assistant" and not message.tool_calls and message.step == 6
    ]
    changed = said_instead(dialogue, answers[0], content="OK.", states=())
    assert ("untold_result", answers[0]) in codes(changed)


def test_another_goal_than_the_plans_is_named() -> None:
    changed = made().model_copy(update={"goal": "Something else."})
    assert ("wrong_goal", None) in codes(changed)


def test_nobody_is_trained_to_speak_for_users_tools_or_the_system() -> None:
    dialogue = made()
    for role in ("system", "user", "tool"):
        index = next(i for i, message in enumerate(dialogue.messages) if message.role == role)
        assert ("trained_context", index) in codes(said_instead(dialogue, index, train=True))


def test_a_user_who_speaks_like_a_program_is_named() -> None:
    dialogue = made()
    text = dialogue.messages[1].content + " Call open_case."
    assert ("leak", 1) in codes(said_instead(dialogue, 1, content=text))


def test_the_untouched_dialogue_has_no_finding() -> None:
    assert codes(made()) == []
