"""Runs LLaMA-Factory's own loader over an export: prints, per data set, what it would learn.

Called as ``llamafactory_rows.py FOLDER TEMPLATE DATA_SET MASK_HISTORY``. Its name keeps it out of
the tests: it runs in a process of its own, with a stand-in for an audio package on the path.
"""

import json
import os
import sys
from typing import Any


def main() -> None:
    """Print the learnt text of every row as a JSON list."""
    import tokenizers
    from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
    from llamafactory.hparams import DataArguments, ModelArguments, TrainingArguments
    from transformers import HfArgumentParser, PreTrainedTokenizerFast

    folder, template, name, mask = sys.argv[1:]
    os.chdir(folder)
    letters = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: place for place, letter in enumerate(letters)}
    model = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocabulary, merges=[]))
    model.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    model.decoder = tokenizers.decoders.ByteLevel()
    fast: Any = PreTrainedTokenizerFast
    tokenizer = fast(
        tokenizer_object=model, bos_token="<|b|>", eos_token="<|e|>", pad_token="<|p|>"
    )
    parser: Any = HfArgumentParser((ModelArguments, DataArguments, TrainingArguments))
    settings = {
        "model_name_or_path": "none", "dataset": name, "dataset_dir": ".", "template": template,
        "cutoff_len": 1_000_000, "mask_history": mask == "true", "output_dir": "saves",
        "do_train": True, "overwrite_cache": True, "report_to": "none",
    }  # fmt: skip
    model_arguments, data_arguments, training = parser.parse_dict(settings)
    shape = get_template_and_fix_tokenizer(tokenizer, data_arguments)
    data = get_dataset(
        shape, model_arguments, data_arguments, training, stage="sft", tokenizer=tokenizer
    )["train_dataset"]
    learnt = [tokenizer.decode([label for label in row["labels"] if label != -100]) for row in data]
    print(f"LEARNT {json.dumps(learnt)}")


if __name__ == "__main__":
    main()
