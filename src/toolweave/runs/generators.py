"""Choosing who words a run: the offline generator, or a model on a server."""

from toolweave.configs.run import ModelSettings, RunConfig
from toolweave.core.errors import InputError
from toolweave.llm.generator import Generator
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.runs.workshop import Bench


def make_generator(model: ModelSettings, concurrency: int = 16) -> Generator:
    """The generator that the settings name.

    Raises:
        InputError: a model is named, but neither a server nor a key is known; or a server without
            a model.
    """
    if model.name == "offline" and model.base_url:
        raise InputError("a server is given, but no model", mend="name the model, or no server")
    if model.name == "offline":
        return OfflineGenerator()
    # Not needed offline, and slow to import.
    from toolweave.llm.chat import ChatGenerator

    return ChatGenerator(
        model.name,
        base_url=model.base_url or None,
        temperature=model.temperature,
        timeout=model.timeout,
        max_retries=model.max_retries,
        concurrency=concurrency,
        requests_per_minute=model.requests_per_minute,
    )


def instant(generator: Generator) -> bool:
    """Whether the generator never waits, so that no event loop is needed."""
    return isinstance(generator, OfflineGenerator | ScriptedGenerator)


def is_offline(generator: Generator) -> bool:
    """Whether there is no model behind the generator, nor anything that stands in for one."""
    return isinstance(generator, OfflineGenerator)


def worker_generator(config: RunConfig, bench: Bench, cache: str = "") -> Generator:
    """The generator of one worker: its share of what all of them may take from the server."""
    return make_generator(config.model, max(1, config.concurrency // bench.workers))
