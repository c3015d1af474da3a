"""Offline wording: other seeds read like other people, the same seed is the same to the byte."""

import hashlib
import os
import subprocess
import sys

import pytest

from toolweave.configs.shipping import shipped_names
from toolweave.graph.preparing import prepare
from toolweave.graph.setting import set_scene
from toolweave.graph.walking import watch
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.runs.simulation import simulate

PLANS = shipped_names("plans")
SEEDS, DISTINCT = 30, 25
_CHILD = """
import hashlib, sys, toolweave
for plan in sys.argv[1:]:
    text = toolweave.simulate(plan, seed=11).model_dump_json()
    print(plan, hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.mark.parametrize("plan", PLANS)
def test_thirty_seeds_open_in_at_least_twenty_five_ways(plan: str) -> None:
    stage = prepare(plan)
    openings = set()
    for seed in range(SEEDS):
        first = next(iter(watch(set_scene(stage, seed, OfflineGenerator()))))
        openings.add(first["messages"][-1]["content"])
    assert len(openings) >= DISTINCT


def made_elsewhere(plans: list[str], hash_seed: str) -> dict[str, str]:
    """The digest of each plan's dialogue, made in a fresh process in this order."""
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, *plans],
        env={**os.environ, "PYTHONHASHSEED": hash_seed,
             "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return dict(line.split() for line in done.stdout.splitlines())


def test_neither_the_process_nor_what_was_made_before_changes_a_byte() -> None:
    here = {
        plan: hashlib.sha256(simulate(plan, seed=11).model_dump_json().encode()).hexdigest()
        for plan in PLANS
    }
    assert made_elsewhere(PLANS, "1") == here
    assert made_elsewhere(PLANS[::-1], "2") == here


@pytest.mark.parametrize("plan", PLANS[::4])
def test_a_seed_decides_everything(plan: str) -> None:
    stage = prepare(plan)
    assert simulate(stage, seed=4) == simulate(stage, seed=4)
    assert simulate(stage, seed=4).messages != simulate(stage, seed=5).messages
