"""Golden dialogues: the whole record of one seed of six plans, as it was when last looked at.

After a change that is meant to change them, write them anew and read the difference:
``TOOLWEAVE_UPDATE_GOLDEN=1 pytest tests/golden``.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from toolweave.runs.simulation import simulate

HERE = Path(__file__).parent
SEED = 7
PLANS = (
    "customer_support_case",
    "ecommerce_return",
    "insurance_damage",
    "online_banking_card_fraud",
    "telecommunications_fault",
    "tourism_city_break",
)
UPDATE = "TOOLWEAVE_UPDATE_GOLDEN"


def made(plan: str) -> dict[str, Any]:
    """The record, but for the release that made it."""
    record = simulate(plan, seed=SEED).dump()
    del record["provenance"]["package"]
    return record


def differences(left: Any, right: Any, path: str = "") -> Iterator[str]:
    """Where two records differ, leaf by leaf."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            yield from differences(left.get(key), right.get(key), f"{path}.{key}".strip("."))
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from differences(one, other, f"{path}[{index}]")
    elif left != right:
        yield f"{path}: {str(left)[:200]!r} became {str(right)[:200]!r}"


@pytest.mark.parametrize("plan", PLANS)
def test_the_dialogue_is_as_it_was(plan: str) -> None:
    path, record = HERE / f"{plan}.json", made(plan)
    assert record["checks"]["proof"] == "passed"
    if os.environ.get(UPDATE):
        path.write_bytes(orjson.dumps(record, option=orjson.OPT_INDENT_2) + b"\n")
    changed = list(differences(orjson.loads(path.read_bytes()), record))
    assert changed[:20] == [], f"{len(changed)} changes; if they are meant, set {UPDATE}=1"


def test_no_golden_dialogue_is_left_over() -> None:
    assert {path.stem for path in HERE.glob("*.json")} == set(PLANS)
