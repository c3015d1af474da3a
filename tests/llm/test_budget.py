"""A budget: counted exactly, never passed, shared, and honest about what it does not know."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from toolweave.core.errors import BudgetError
from toolweave.llm.budget import LocalPurse, Most
from toolweave.llm.gate import Amount, Limits
from toolweave.llm.local_gate import LocalGate
from toolweave.llm.usage import Price

if TYPE_CHECKING:
    from tests.llm.conftest import LyingServer

PRICE = Price(1.0, 10.0)


def gate(**most: float) -> tuple[LocalGate, LocalPurse]:
    purse = LocalPurse(Most(**most))  # type: ignore[arg-type]
    return LocalGate(Limits(8), purse), purse


def test_so_many_calls_are_made_and_no_more(server: "LyingServer") -> None:
    doors, purse = gate(calls=10)
    tasks = [server.task(key=(number,)) for number in range(30)]
    outcome = server.talk([server.says(server.good)], *tasks, gate=doors)
    refused = [result for result in outcome.results if isinstance(result, BudgetError)]
    assert (len(outcome.requests), len(refused)) == (10, 20)
    assert (purse.spent.calls, outcome.spent.calls) == (10, 10)


def test_retries_and_repairs_are_calls_too(server: "LyingServer") -> None:
    doors, purse = gate(calls=10)
    script = [server.fails(503), server.says("no"), server.says(server.good)]
    outcome = server.talk(script, gate=doors)
    assert outcome.result.name == "Ada"
    assert purse.spent.calls == outcome.spent.calls == len(outcome.requests) == 3
    assert outcome.spent.failed == 1


def test_a_budget_that_ends_among_repairs_is_no_bad_answer(server: "LyingServer") -> None:
    doors, _ = gate(calls=2)
    outcome = server.talk([server.says("no")], gate=doors)
    with pytest.raises(BudgetError):
        assert outcome.result
    assert len(outcome.requests) == 2


def test_no_call_starts_whose_worst_case_would_pass_the_limit(server: "LyingServer") -> None:
    doors, purse = gate(tokens=3_000)
    tasks = [server.task(key=(number,)) for number in range(400)]
    outcome = server.talk([server.says(server.good)], *tasks, gate=doors, cap=1_000)
    spent = outcome.spent.prompt_tokens + outcome.spent.completion_tokens
    assert purse.spent.tokens == spent <= 3_000
    # It ends where the worst case has no room any more, not long before.
    assert spent + 3_000 > 3_000 > spent > 800
    assert all(request["max_tokens"] == 1_000 for request in outcome.requests)


def test_money_is_counted_like_tokens(server: "LyingServer") -> None:
    doors, purse = gate(cost=0.03)
    tasks = [server.task(key=(number,)) for number in range(400)]
    outcome = server.talk(
        [server.says(server.good)], *tasks, gate=doors, price=PRICE, max_tokens=1_000
    )
    assert purse.spent.cost == pytest.approx(outcome.spent.cost)
    assert 0 < outcome.spent.cost <= 0.03
    assert any(isinstance(result, BudgetError) for result in outcome.results)


def test_a_call_too_large_for_the_whole_budget_is_not_made(server: "LyingServer") -> None:
    doors, _ = gate(tokens=500)
    outcome = server.talk([server.says(server.good)], gate=doors, cap=1_000)
    with pytest.raises(BudgetError):
        assert outcome.result
    assert outcome.requests == []


def test_a_server_that_does_not_count_is_taken_at_its_worst(server: "LyingServer") -> None:
    doors, purse = gate(tokens=100_000)
    message = {"role": "assistant", "content": server.good}
    silent = server.body({"choices": [{"message": message}]})
    outcome = server.talk([silent], gate=doors, cap=1_000)
    assert outcome.result.name == "Ada"
    sent = sum(len(message["content"]) for message in outcome.requests[0]["messages"])
    assert purse.spent.tokens >= sent + len(server.good)


def test_a_call_that_nobody_waited_for_counts_as_its_worst_case(server: "LyingServer") -> None:
    doors, purse = gate(tokens=100_000)
    server.talk([server.fall_asleep, server.says(server.good)], gate=doors, cap=1_000, timeout=0.2)
    assert purse.spent.calls == 2
    assert purse.spent.tokens > 1_000


def test_kept_answers_cost_nothing(server: "LyingServer", tmp_path: object) -> None:
    cache = f"{tmp_path}/answers.sqlite"
    server.talk([server.says(server.good)], cache=cache)
    doors, purse = gate(calls=0)
    assert server.talk([server.fails(500)], cache=cache, gate=doors).result.name == "Ada"
    assert purse.spent == Amount()


def test_the_cap_of_a_budget_makes_no_other_answer(server: "LyingServer", tmp_path: object) -> None:
    cache = f"{tmp_path}/answers.sqlite"
    server.talk([server.says(server.good)], cache=cache)
    assert server.talk([server.fails(500)], cache=cache, cap=77).requests == []


def test_what_is_set_aside_comes_back() -> None:
    async def scene() -> list[bool]:
        purse = LocalPurse(Most(tokens=100))
        assert await purse.take(Amount(1, 90))
        waiting = asyncio.create_task(purse.take(Amount(1, 90)))
        await asyncio.sleep(0.05)
        done = [waiting.done()]
        purse.settle(Amount(1, 90), Amount(1, 5))
        return [*done, await waiting, await purse.take(Amount(1, 96))]

    assert asyncio.run(scene()) == [False, True, False]


def test_shares_add_up_to_the_whole() -> None:
    limits = Limits(10, 600, 90_000)
    shares = [limits.share(4, number) for number in range(4)]
    assert [share.in_flight for share in shares] == [3, 3, 2, 2]
    assert sum(share.requests_per_minute or 0 for share in shares) == 600
    assert Limits(5).share(2).tokens_per_minute is None
