"""Estimates before a run, and what it took in the end, by task."""

from pathlib import Path

import pytest

from toolweave.configs.run import Budget, RunConfig, read_run
from toolweave.core.errors import InputError
from toolweave.llm.usage import Spent, Usage
from toolweave.runs.estimating import estimate, short
from toolweave.runs.generators import check_budget
from toolweave.runs.spending import spending, spending_rows

PLAN = "customer_support_case"


def config(**more: object) -> RunConfig:
    return read_run({"version": 1, "name": "small", "plans": [PLAN], "repeats": 50, **more})


def test_calls_are_estimated_from_a_few_dialogues() -> None:
    found = estimate(config(), Path())
    assert (found.dialogues, found.calls) == (50, 600)
    assert 200 < found.prompt_tokens / found.calls < 2_000
    assert 5 < found.completion_tokens / found.calls < 300
    assert found.cost is None


def test_cost_follows_the_prices_and_the_limit() -> None:
    prices = {"name": "m", "prices": {"prompt": 1.0, "completion": 0.0}}
    whole = estimate(config(model=prices), Path())
    part = estimate(config(model=prices, limit=25), Path())
    assert whole.cost == pytest.approx(whole.prompt_tokens / 1e6)
    assert part.dialogues == 25
    assert part.cost == pytest.approx((whole.cost or 0) / 2, rel=0.05)
    assert "50 dialogues, about 600 calls" in whole.line()
    assert "cost about" in whole.line()


def test_what_is_known_better_is_taken() -> None:
    assert estimate(config(), Path(), asked=77).calls == 77


def test_a_budget_in_money_needs_prices() -> None:
    run = config(model={"name": "m"}, budget={"max_cost": 5})
    with pytest.raises(InputError, match=r"model\.prices.*per million"):
        check_budget(run.model, run.budget)


def test_a_budget_is_used_up_by_several_stages() -> None:
    assert Budget(max_calls=10, max_cost=1.0).less(4, 99, 2.0) == Budget(max_calls=6, max_cost=0.0)


def test_neither_budget_nor_pace_makes_another_run() -> None:
    other = config(
        model={"tokens_per_minute": 9, "patience": 1, "prices": {"prompt": 1, "completion": 1}},
        budget={"max_calls": 3},
    )
    assert other.digest() == config().digest()
    assert config(model={"max_tokens": 9}).digest() != config().digest()


def test_spending_is_summed_over_sessions_and_torn_lines_left_out(tmp_path: Path) -> None:
    lines = [
        '{"id":"a","user_request":{"calls":2,"prompt_tokens":900,"cost":0.5,"new":1}}',
        '{"id":"b","user_request":{"calls":1,"cached":3},"tool_result":{"cached":1}}',
        '{"id":"c","user_requ',
    ]
    (tmp_path / "usage.jsonl").write_text("\n".join(lines))
    usage = spending(tmp_path)
    assert usage.by_task["user_request"] == Spent(calls=3, prompt_tokens=900, cached=3, cost=0.5)
    assert spending_rows(usage) == [
        ("user_request", "3 calls, 3 from the cache, 900 tokens read, 0 written, cost 0.50"),
        ("tool_result", "1 from the cache"),
    ]
    assert spending(tmp_path / "nowhere") == Usage()


def test_large_numbers_are_told_in_few_characters() -> None:
    assert [short(number) for number in (7, 1_234, 5_600_000)] == ["7", "1.23 k", "5.6 M"]
