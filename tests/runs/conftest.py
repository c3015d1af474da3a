"""Small runs of shipped plans, and what they leave on disk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FILES = ("dialogues.jsonl", "failures.jsonl", "usage.jsonl")


@pytest.fixture(scope="session")
def small_run() -> dict[str, Any]:
    """Sixteen dialogues of two shipped plans."""
    return {
        "version": 1,
        "name": "small",
        "plans": ["customer_support_refund", "telecommunications_sim"],
        "repeats": 8,
        "seed": 5,
    }


@pytest.fixture(scope="session")
def records() -> Callable[[Path], dict[str, bytes]]:
    """The bytes of every file of records in a run folder."""
    return lambda folder: {name: (folder / name).read_bytes() for name in FILES}
