"""bfcl-eval's own multi-turn checker: the truth passes, the truth without one call fails."""

import copy
import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from toolweave.export.bfcl import ANSWERS, CATEGORY, QUESTIONS
from toolweave.export.exporting import Wish, export

pytestmark = pytest.mark.consumers
CHECKER = "bfcl_eval.eval_checker.multi_turn_eval.multi_turn_checker"


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_truth_passes_and_truth_minus_one_call_fails(
    run_folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checker = pytest.importorskip(CHECKER)
    out = tmp_path / "out"
    export(Wish(run=run_folder, to="bfcl", out=out))
    monkeypatch.syspath_prepend(str(out))
    importlib.import_module("toolweave_bfcl.register").register_classes()

    def passes(entry: dict[str, Any], calls: list[list[str]], name: str) -> bool:
        # A model that makes one call a message.
        made = [[[call] for call in turn] for turn in calls]
        verdict = checker.multi_turn_checker(made, truth, entry, CATEGORY, name)
        return bool(verdict["valid"])

    cut = 0
    entries = list(zip(_rows(out / QUESTIONS), _rows(out / ANSWERS), strict=True))
    for entry, answer in entries:
        truth = answer["ground_truth"]
        assert len(truth) == len(entry["question"])
        assert passes(entry, truth, "truth"), entry["id"]
        for at, turn in enumerate(truth):
            for place in range(len(turn)):
                less = copy.deepcopy(truth)
                del less[at][place]
                cut += 1
                assert not passes(entry, less, f"less_{at}_{place}"), (entry["id"], at, place)
    assert len(entries) == 120 and cut > 300
