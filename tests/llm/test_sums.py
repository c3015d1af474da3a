"""What a calculator answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolweave.llm.offline.sums import worked_out


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("2 * (9 + 5)", 28), ("10 / 4 - 1", 1.5), ("2 ^ 3 ** 2", 512), ("-(3 - 5) % 2", 0),
        ("1 / 0", None), ("2 +", None), ("__import__('os')", None), ("9 ** 9 ** 9", None),
        ("(" * 90 + "1" + ")" * 90, None),
    ],
)  # fmt: skip
def test_a_formula_is_worked_out_or_left(formula: str, value: float | None) -> None:
    assert worked_out("calculate", {"expression": formula}) == value


def test_numbers_are_put_together_as_the_name_says() -> None:
    assert worked_out("get-sum", {"a": 2, "b": 40}) == 42
    assert worked_out("divide", {"a": 9, "b": 2}) == 4.5
    assert worked_out("calculateMean", {"numbers": [1, 2, 6]}) == 3


def test_what_is_no_calculation_is_left_alone() -> None:
    assert worked_out("add_item", {"cart": "a", "quantity": 2}) is None
    assert worked_out("divide", {"a": 9, "b": 0}) is None
    assert worked_out("get_average_price", {"year": 2024}) is None


@given(st.text(alphabet="0123456789+-*/%^(). e", max_size=80))
def test_any_formula_ends(formula: str) -> None:
    value = worked_out("calculate", {"expression": formula})
    assert value is None or abs(value) < 1e15
