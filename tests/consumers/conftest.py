"""A generated run, and a tokenizer of bytes that is made here: nothing is fetched."""

from typing import Any

import pytest

from toolweave.configs.pipeline import load_pipeline
from toolweave.runs.pipeline import generate


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The run that ships as ``smoke``: parallel calls, questions back, refused calls."""
    out = tmp_path_factory.mktemp("consumers") / "run"
    config, base = load_pipeline("smoke")
    generate(config, base, out)
    return str(out)


@pytest.fixture
def tokenizer() -> Any:
    """A byte-level tokenizer with the marks of the Qwen templates; set its ``chat_template``."""
    tokenizers = pytest.importorskip("tokenizers")
    transformers = pytest.importorskip("transformers")
    letters = sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: place for place, letter in enumerate(letters)}
    model = tokenizers.Tokenizer(tokenizers.models.BPE(vocab=vocabulary, merges=[]))
    model.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    model.decoder = tokenizers.decoders.ByteLevel()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=model,
        bos_token="<|begin_of_text|>",
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=["<|im_start|>"],
    )
