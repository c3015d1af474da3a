"""Axolotl's own chat-template strategy, set up with the export's lines, masks what it should."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolweave.export.exporting import Wish, export

pytestmark = pytest.mark.consumers


class Settings(dict[str, Any]):
    """Axolotl reads its settings both ways; what is not set is None."""

    def __getattr__(self, name: str) -> Any:
        return self.get(name)


def test_its_strategy_learns_the_flagged_messages_alone(
    run_folder: str, tmp_path: Path, tokenizer: Any
) -> None:
    datasets, trl = pytest.importorskip("datasets"), pytest.importorskip("trl")
    strategies = pytest.importorskip("axolotl.prompt_strategies.chat_template")
    export(Wish(run=run_folder, to="axolotl", out=tmp_path / "out"))
    templates = Path(trl.__file__).parent / "chat_templates"
    tokenizer.chat_template = (templates / "qwen2_5.jinja").read_text("utf-8")
    given = yaml.safe_load((tmp_path / "out" / "axolotl.yaml").read_text("utf-8"))
    (entry,) = given["datasets"]
    whole = Settings(
        chat_template=given["chat_template"], train_on_inputs=False, sequence_len=100_000
    )
    strategy = strategies.StrategyLoader()(tokenizer, whole, ds_cfg=Settings(entry))
    file = str(tmp_path / "out" / entry["path"])
    data = datasets.load_dataset(entry["ds_type"], data_files=file, split=entry["split"])
    masked = 0
    for row in data:
        labels = strategy.tokenize_prompt(row)["labels"]
        learnt = tokenizer.decode([label for label in labels if label != -100])
        said = [m for m in row["messages"] if m["role"] == "assistant"]
        assert learnt.count("<|im_end|>") == sum(m["train"] for m in said)
        for message in said:
            for call in message.get("tool_calls") or []:
                text = json.dumps(json.loads(call["function"]["arguments"]), ensure_ascii=False)
                assert (text in learnt) == message["train"]
                masked += not message["train"]
    assert len(data) == 120 and masked
