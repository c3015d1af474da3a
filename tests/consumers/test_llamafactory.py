"""LLaMA-Factory's own loader reads every row, and learns what it should."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from toolweave.export.exporting import Wish, export

pytestmark = pytest.mark.consumers
SCRIPT = Path(__file__).with_name("llamafactory_rows.py")


def _learnt(folder: Path, *arguments: str) -> list[str]:
    pytest.importorskip("llamafactory")
    stand_in = folder.parent / "stand_in"
    stand_in.mkdir(exist_ok=True)
    # It imports an audio package that no text needs.
    (stand_in / "torchaudio.py").write_text("", "utf-8")
    made = subprocess.run(
        [sys.executable, str(SCRIPT), str(folder), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(stand_in),
            "HF_HUB_OFFLINE": "1",
            # It asks for an older transformers than TRL does.
            "DISABLE_VERSION_CHECK": "1",
        },
    )
    assert made.returncode == 0, made.stderr[-3000:]
    (line,) = [text for text in made.stdout.splitlines() if text.startswith("LEARNT ")]
    found: list[str] = json.loads(line.removeprefix("LEARNT "))
    return found


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("template", ["llama3", "phi4", "qwen"])
def test_its_loader_keeps_every_row(run_folder: str, tmp_path: Path, template: str) -> None:
    out = tmp_path / "out"
    export(Wish(run=run_folder, to="llamafactory", out=out, name="mine"))
    whole = _learnt(out, template, "mine", "false")
    rows = _rows(out / "train.jsonl")
    assert len(whole) == len(rows) > 100
    for learnt, row in zip(whole, rows, strict=True):
        for turn in row["conversations"]:
            if turn["from"] == "gpt":
                assert turn["value"] in learnt
            elif turn["from"] == "human":
                assert turn["value"] not in learnt
    last = _learnt(out, template, "mine_masked", "true")
    masked = _rows(out / "masked_train.jsonl")
    assert len(last) == len(masked) > 3
    for learnt, row in zip(last, masked, strict=True):
        ends = row["conversations"][-1]
        if ends["from"] == "gpt":
            assert learnt.startswith(ends["value"])
        else:
            assert json.loads(ends["value"])["name"] in learnt
