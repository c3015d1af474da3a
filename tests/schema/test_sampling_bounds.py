"""Numbers with one bound, and elements that must differ whatever is proposed for them."""

import random
from collections.abc import Mapping
from typing import Any

import pytest

from toolweave.schema.sampling import MISSING, Missing, sample
from toolweave.schema.validators import validator

STATES = {"type": "string", "enum": ["open", "closed", "lost"]}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number", "exclusiveMaximum": 1},
        {"type": "number", "maximum": 1},
        {"type": "number", "exclusiveMaximum": 0.5},
        {"type": "integer", "exclusiveMaximum": 1},
        {"type": "number", "exclusiveMinimum": -20, "maximum": -19},
    ],
)
def test_a_number_below_a_bound_is_found_and_varies(schema: dict[str, object]) -> None:
    drawn = [sample(schema, random.Random(seed)) for seed in range(40)]
    assert all(validator(schema).valid(value) for value in drawn)
    assert len(set(map(str, drawn))) > 5


def test_a_proposal_that_never_varies_does_not_stand_in_the_way_of_different_elements() -> None:
    row = {"type": "object", "properties": {"state": STATES}, "required": ["state"]}
    schema = {"type": "array", "items": row, "minItems": 3, "maxItems": 3, "uniqueItems": True}

    def always(path: str, node: Mapping[str, Any], rng: random.Random, /) -> str | Missing:
        return "open" if path.endswith("state") else MISSING

    for seed in range(20):
        value = sample(schema, random.Random(seed), draw=always)
        assert validator(schema).valid(value)
