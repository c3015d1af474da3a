"""Every way in which a server answers badly ends in a result, a repair or one error."""

from typing import TYPE_CHECKING, Any

import pytest

from toolweave.core.errors import GenerationError
from toolweave.llm.task import Unacceptable

if TYPE_CHECKING:
    from tests.llm.conftest import LyingServer, Person

GOOD = '{"name": "Ada", "age": 36}'
READABLE = {
    "plain": GOOD,
    "fenced": f"```json\n{GOOD}\n```",
    "fenced without an end": f"```json\n{GOOD}",
    "prose around": f"Sure! Here you are:\n{GOOD}\nAnything else?",
    "prose with brackets": f"See [1] and {{x}}: {GOOD}",
    "byte order mark": "\ufeff" + GOOD,
    "reasoning": f'<think>maybe {{"name": "Bob", "age": 1}}</think>\n{GOOD}',
    "end of reasoning only": f'so {{"name": "Bob", "age": 1}}</think>{GOOD}',
    "single quotes and a comma": "{'name': 'Ada', 'age': 36,}",
    "list of one": f"[{GOOD}]",
    "another object first": f'{{"thought": "hm"}} {GOOD}',
    "the schema repeated": f'{{"type": "object", "properties": {{}}}}\n{GOOD}',
}


@pytest.mark.parametrize("text", READABLE.values(), ids=READABLE.keys())
def test_untidy_text_is_read_without_a_second_call(server: "LyingServer", text: str) -> None:
    outcome = server.talk([server.says(text)])
    assert outcome.result == server.person(name="Ada", age=36)
    assert len(outcome.requests) == 1


def test_raw_control_characters_are_kept(server: "LyingServer") -> None:
    outcome = server.talk([server.says('{"name": "Ada\n\tL", "age": 36}')])
    assert outcome.result.name == "Ada\n\tL"


@pytest.mark.parametrize(
    "message",
    [
        {"content": [{"type": "text", "text": GOOD[:9]}, {"type": "text", "text": GOOD[9:]}]},
        {"content": {"name": "Ada", "age": 36}},
        {"content": None, "tool_calls": [{"function": {"name": "person", "arguments": GOOD}}]},
        {"content": "", "tool_calls": [{"function": {"arguments": {"name": "Ada", "age": 36}}}]},
        {"content": None, "function_call": {"name": "person", "arguments": GOOD}},
    ],
    ids=["parts", "object", "tool call", "tool call with an object", "function call"],
)
def test_an_answer_in_another_place_is_found(server: "LyingServer", message: Any) -> None:
    outcome = server.talk([server.message(message)])
    assert outcome.result.name == "Ada"
    assert len(outcome.requests) == 1


BAD_MESSAGES: dict[str, tuple[Any, str]] = {
    "empty": ({"content": ""}, "empty"),
    "null": ({"content": None}, "empty"),
    "no message": (None, "empty"),
    "refused": ({"content": None, "refusal": "I would rather not."}, "I would rather not"),
    "prose": ({"content": "I am Ada."}, "no JSON"),
    "only reasoning": ({"content": "<think>" + GOOD}, "no JSON"),
    "a member missing": ({"content": '{"name": "Ada"}'}, "age: Field required"),
    "a wrong type": ({"content": '{"name": "Ada", "age": "old"}'}, "age: Input should be"),
    "a member too many": ({"content": GOOD[:-1] + ', "x": 1}'}, "x: Extra inputs"),
    "an infinite number": ({"content": '{"name": "Ada", "age": 1e999}'}, "not finite"),
    "endless nesting": ({"content": '{"name":' * 50_000}, "no JSON"),
    "deep nesting": ({"content": '{"name": ' + "[" * 300 + "]" * 300 + "}"}, "nested too deeply"),
    "a number": ({"content": 36}, "empty"),
}


@pytest.mark.parametrize(("message", "named"), BAD_MESSAGES.values(), ids=BAD_MESSAGES.keys())
def test_a_bad_answer_is_mended_by_asking_again(
    server: "LyingServer", message: Any, named: str
) -> None:
    outcome = server.talk([server.message(message), server.says(GOOD)])
    assert outcome.result.name == "Ada"
    assert len(outcome.requests) == 2
    assert named in outcome.requests[1]["messages"][-1]["content"]
    assert (outcome.spent.calls, outcome.spent.repairs) == (2, 1)


def test_a_chat_completion_without_choices_is_an_empty_answer(server: "LyingServer") -> None:
    outcome = server.talk([server.body({"choices": []}), server.says(GOOD)])
    assert outcome.result.name == "Ada"


def test_an_answer_withheld_by_a_filter_names_the_filter(server: "LyingServer") -> None:
    outcome = server.talk([server.says("", finish="content_filter")])
    with pytest.raises(GenerationError, match="content filter"):
        assert outcome.result


def test_lone_surrogates_become_writable_text(server: "LyingServer") -> None:
    outcome = server.talk([server.says('{"name": "A\\ud800da", "age": 36}')])
    assert outcome.result.name == "A?da"
    assert outcome.result.name.encode()


def test_surrogates_in_prompts_and_bad_answers_can_be_sent(server: "LyingServer") -> None:
    odd = server.task(user="Who is \ud800?")
    outcome = server.talk([server.says("I am \udfff."), server.says(GOOD)], odd)
    assert outcome.result.name == "Ada"
    assert outcome.requests[1]["messages"][1]["content"] == "Who is ??"


def test_the_repair_shows_the_bad_answer_and_keeps_the_opening(server: "LyingServer") -> None:
    outcome = server.talk([server.says("I am Ada."), server.says(GOOD)])
    first, second = (request["messages"] for request in outcome.requests)
    assert second[:2] == first
    assert [message["role"] for message in second] == ["system", "user", "assistant", "user"]
    assert second[2]["content"] == "I am Ada."


def test_a_refused_answer_is_asked_for_three_times_in_all(server: "LyingServer") -> None:
    def refuse(person: "Person") -> "Person":
        raise Unacceptable("the name is too common", "nobody is 36")

    outcome = server.talk([server.says(GOOD)], server.task(accept=refuse))
    assert len(outcome.requests) == 3
    with pytest.raises(GenerationError, match="'person' in 3 attempts: 1: the name is too common"):
        assert outcome.result
    assert "- nobody is 36" in outcome.requests[2]["messages"][-1]["content"]


def test_acceptance_may_normalise(server: "LyingServer") -> None:
    task = server.task(accept=lambda person: person.model_copy(update={"age": 37}))
    assert server.talk([server.says(GOOD)], task).result.age == 37


def test_a_cut_answer_is_asked_for_once_with_more_room(server: "LyingServer") -> None:
    cut = server.says(GOOD[:-6], finish="length", tokens=40)
    outcome = server.talk([cut, server.says(GOOD)], max_tokens=1000)
    assert outcome.result.name == "Ada"
    assert [request["max_tokens"] for request in outcome.requests] == [1000, 2000]
    assert (outcome.spent.retries, outcome.spent.repairs) == (1, 0)


def test_an_answer_cut_again_is_repaired_and_never_completed_by_guessing(
    server: "LyingServer",
) -> None:
    cut = server.says('{"name": "Ada", "age": 3', finish="length", tokens=900)
    outcome = server.talk([cut])
    assert len(outcome.requests) == 4
    assert "max_tokens" not in outcome.requests[0]
    assert outcome.requests[1]["max_tokens"] == 1800
    with pytest.raises(GenerationError, match="cut off"):
        assert outcome.result


def test_a_whole_answer_counts_although_the_limit_was_reached(server: "LyingServer") -> None:
    outcome = server.talk([server.says(GOOD + " " * 50, finish="length")])
    assert outcome.result.name == "Ada"
    assert len(outcome.requests) == 1


def test_tokens_and_cost_are_counted(server: "LyingServer") -> None:
    from toolweave.llm.usage import Price

    outcome = server.talk([server.says("no"), server.says(GOOD)], price=Price(1.0, 10.0))
    assert outcome.result.name == "Ada"
    assert (outcome.spent.prompt_tokens, outcome.spent.completion_tokens) == (22, 10)
    assert outcome.spent.cost == pytest.approx((22 + 100) / 1_000_000)
