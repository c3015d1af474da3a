"""TRL reads the export: the rows survive ``datasets``, templates render them, masks are right."""

import json
from pathlib import Path
from typing import Any

import pytest

from toolweave.export.exporting import Wish, export

pytestmark = pytest.mark.consumers
# Those of TRL's templates that take a system message and calls; the rest refuse one of the two.
TEMPLATES = (
    "gemma4", "glm4moe", "gptoss", "lfm2_v2", "nemotron_3_nano", "qwen2_5",
    "qwen3", "qwen3_5_think", "qwen3_8",
)  # fmt: skip
# Llama's refuse several calls in one message.
SINGLE = ("llama3_1", "llama3_2")


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _template(name: str) -> str:
    trl = pytest.importorskip("trl")
    return (Path(trl.__file__).parent / "chat_templates" / f"{name}.jinja").read_text("utf-8")


def test_rows_survive_datasets_without_nulls(run_folder: str, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    export(Wish(run=run_folder, to="trl", out=tmp_path / "out"))
    for name in ("train", "masked_train"):
        rows = _rows(tmp_path / "out" / f"{name}.jsonl")
        data = datasets.Dataset.from_list(rows, on_mixed_types="use_json")
        assert rows and [data[place] for place in range(len(data))] == rows


@pytest.mark.parametrize("name", [*TEMPLATES, *SINGLE])
def test_every_row_renders_with_its_calls_and_results(
    run_folder: str, tmp_path: Path, tokenizer: Any, name: str
) -> None:
    out = tmp_path / "out"
    export(Wish(run=run_folder, to="trl", out=out, single_calls=name in SINGLE))
    tokenizer.chat_template = _template(name)
    rows = _rows(out / "train.jsonl")
    assert len(rows) > 50
    for row in rows:
        text = tokenizer.apply_chat_template(row["messages"], tools=row["tools"], tokenize=False)
        assert all(tool["function"]["name"] in text for tool in row["tools"])
        for message in row["messages"]:
            # gpt-oss keeps the first of several calls, which the card says.
            for call in message.get("tool_calls", [])[: 1 if name == "gptoss" else None]:
                assert call["function"]["name"] in text
                values = call["function"]["arguments"].values()
                assert all(value in text for value in values if isinstance(value, str))
            assert message["content"] in text or message["role"] == "tool"


def test_llama_refuses_what_single_calls_leaves_out(
    run_folder: str, tmp_path: Path, tokenizer: Any
) -> None:
    export(Wish(run=run_folder, to="trl", out=tmp_path / "out"))
    tokenizer.chat_template = _template("llama3_1")
    refused = 0
    for row in _rows(tmp_path / "out" / "train.jsonl"):
        several = any(len(m.get("tool_calls", [])) > 1 for m in row["messages"])
        if several:
            with pytest.raises(Exception, match="single tool-calls"):
                tokenizer.apply_chat_template(row["messages"], tools=row["tools"], tokenize=False)
            refused += 1
    assert refused


@pytest.mark.parametrize("file", ["train", "masked_train"])
def test_the_trainer_learns_the_marked_messages_and_no_others(
    run_folder: str, tmp_path: Path, tokenizer: Any, file: str
) -> None:
    datasets, trl = pytest.importorskip("datasets"), pytest.importorskip("trl")
    transformers = pytest.importorskip("transformers")
    export(Wish(run=run_folder, to="trl", out=tmp_path / "out"))
    rows = _rows(tmp_path / "out" / f"{file}.jsonl")[:8]
    tokenizer.chat_template = _template("qwen2_5_training")
    tiny = transformers.Qwen2Config(
        vocab_size=len(tokenizer), hidden_size=8, intermediate_size=8,
        num_hidden_layers=1, num_attention_heads=1, num_key_value_heads=1,
    )  # fmt: skip
    settings = trl.SFTConfig(
        output_dir=str(tmp_path / "model"), assistant_only_loss=True, max_length=None,
        report_to=[], use_cpu=True, bf16=False,
    )  # fmt: skip
    trainer = trl.SFTTrainer(
        model=transformers.Qwen2ForCausalLM(tiny),
        args=settings,
        train_dataset=datasets.Dataset.from_list(rows, on_mixed_types="use_json"),
        processing_class=tokenizer,
    )
    assert len(trainer.train_dataset) == len(rows) > 3
    for prepared, row in zip(trainer.train_dataset, rows, strict=True):
        labels = trainer.data_collator([prepared])["labels"][0]
        learnt = tokenizer.decode([int(label) for label in labels if label != -100])
        target = row["completion"] if "completion" in row else row["messages"]
        said = [m for m in target if m["role"] == "assistant"]
        assert learnt.count("<|im_end|>") == len(said)
        for message in said:
            assert message["content"] in learnt
            for call in message.get("tool_calls", []):
                assert json.dumps(call["function"]["arguments"])[1:-1] in learnt
        users = [m["content"] for m in target if m["role"] == "user"]
        assert not any(text in learnt for text in users)
