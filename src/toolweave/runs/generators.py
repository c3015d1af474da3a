"""Choosing who words a run: the offline generator, or a model on a server."""

from pathlib import Path
from typing import Final, Protocol

from toolweave.configs.run import Budget, ModelSettings
from toolweave.core.errors import InputError
from toolweave.llm.budget import LocalPurse, Most
from toolweave.llm.gate import Gate, Limits
from toolweave.llm.generator import Generator
from toolweave.llm.local_gate import LocalGate
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.scripted import ScriptedGenerator
from toolweave.llm.usage import Price
from toolweave.llm.watching import Watcher, logged
from toolweave.runs.workshop import Bench

# Tokens of an answer where the run names no bound but its budget has to know the worst case.
LONGEST_ANSWER: Final = 4096
NO_BUDGET: Final = Budget()


def make_generator(
    model: ModelSettings,
    concurrency: int = 16,
    *,
    gate: Gate | None = None,
    budget: Budget = NO_BUDGET,
    cache: Path | None = None,
    watcher: Watcher = logged,
) -> Generator:
    """The generator that the settings name.

    Args:
        model: the settings.
        concurrency: calls in flight, where no gate is given.
        gate: what its calls must pass, budget included; shared by all generators of a worker.
        budget: what its calls may take in all.
        cache: the file of answers to use where the settings name none.
        watcher: told when a server goes away and comes back.

    Raises:
        InputError: a model is named, but neither a server nor a key is known; or a server without
            a model; or a budget in money without prices.
    """
    if model.name == "offline" and model.base_url:
        raise InputError("a server is given, but no model", mend="name the model, or no server")
    if model.name == "offline":
        return OfflineGenerator()
    check_budget(model, budget)
    # Not needed offline, and slow to import.
    from toolweave.llm.chat import ChatGenerator

    return ChatGenerator(
        model.name,
        base_url=model.base_url or None,
        temperature=model.temperature,
        timeout=model.timeout,
        max_retries=model.max_retries,
        gate=gate or make_gate(model, concurrency, budget),
        max_tokens=model.max_tokens,
        cap=LONGEST_ANSWER if budget.needs_worst_cases else None,
        patience=model.patience,
        price=Price(model.prices.prompt, model.prices.completion) if model.prices else None,
        cache=Path(model.cache) if model.cache else cache,
        watcher=watcher,
    )


def make_gate(model: ModelSettings, concurrency: int, budget: Budget) -> LocalGate:
    """The gate of a run that is carried out in one process."""
    purse = LocalPurse(most_of(budget)) if budget.limited else None
    return LocalGate(limits_of(model, concurrency), purse)


def check_budget(model: ModelSettings, budget: Budget) -> None:
    """See that a budget in money can be held."""
    if budget.max_cost is not None and model.prices is None:
        raise InputError(
            "a budget in money needs the model's prices", place="model.prices",
            mend="write prices: {prompt: …, completion: …} per million tokens",
        )  # fmt: skip


def most_of(budget: Budget) -> Most:
    """The limits of a budget, for a purse."""
    return Most(budget.max_calls, budget.max_tokens, budget.max_cost)


def limits_of(model: ModelSettings, concurrency: int) -> Limits:
    """What a run takes from its server, all workers together."""
    return Limits(concurrency, model.requests_per_minute, model.tokens_per_minute)


def instant(generator: Generator) -> bool:
    """Whether the generator never waits, so that no event loop is needed."""
    return isinstance(generator, OfflineGenerator | ScriptedGenerator)


def is_offline(generator: Generator) -> bool:
    """Whether there is no model behind the generator, nor anything that stands in for one."""
    return isinstance(generator, OfflineGenerator)


class Worded(Protocol):
    """The configuration of a run that a generator words."""

    @property
    def model(self) -> ModelSettings:
        """Who words it."""
        ...

    @property
    def concurrency(self) -> int:
        """How much is under way at a time."""
        ...


def worker_generator(
    config: Worded, bench: Bench, *, budget: Budget = NO_BUDGET, cache: str = ""
) -> Generator:
    """The generator of one worker, which has its share of the limits and all of the budget.

    Raises:
        InputError: see ``make_generator``.
    """
    limits = limits_of(config.model, config.concurrency).share(bench.workers, bench.number)
    return make_generator(
        config.model,
        gate=LocalGate(limits, bench.purse),
        budget=budget,
        cache=Path(cache) if cache else None,
        watcher=bench.watcher,
    )
