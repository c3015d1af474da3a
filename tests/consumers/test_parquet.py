"""``datasets`` opens the Parquet export and gives back what the dialogues hold."""

import json
from pathlib import Path

import pytest

from toolweave.export.exporting import Wish, export
from toolweave.export.splitting import Split

pytestmark = pytest.mark.consumers


def test_datasets_reads_every_dialogue_back(run_folder: str, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    out = tmp_path / "out"
    tally = export(Wish(run=run_folder, to="parquet", out=out, split=Split(0.8)))
    files = {part: str(out / f"{part}.parquet") for part in ("train", "validation")}
    data = datasets.load_dataset("parquet", data_files=files, cache_dir=str(tmp_path / "cache"))
    lines = (Path(run_folder) / "dialogues.jsonl").read_text("utf-8").splitlines()
    records = {record["id"]: record for record in map(json.loads, lines)}
    plans: dict[str, set[str]] = {}
    for part in files:
        plans[part] = set(data[part]["plan"])
        for row in data[part]:
            record = records.pop(row["id"])
            assert row["plan"] == record["plan"]["id"]
            for message, was in zip(row["messages"], record["messages"], strict=True):
                assert (message["content"], message["train"]) == (was["content"], was["train"])
                made = [json.loads(c["function"]["arguments"]) for c in message["tool_calls"] or []]
                assert made == [call["arguments"] for call in was.get("tool_calls", [])]
            names = [tool["function"]["name"] for tool in json.loads(row["tools"])]
            assert names == [shown["tool"]["name"] for shown in record["tools"]]
    assert not records and tally.kept == len(lines)
    assert plans["train"].isdisjoint(plans["validation"])
