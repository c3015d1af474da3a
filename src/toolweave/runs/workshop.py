"""A workshop does the jobs of a run; a recipe says how a worker elsewhere sets one up."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

from toolweave.core.errors import InputError
from toolweave.core.model import JsonObject
from toolweave.llm.gate import Purse
from toolweave.llm.watching import Watcher, logged
from toolweave.runs.job import Job, Outcome


@dataclass(frozen=True, slots=True)
class Bench:
    """The place of one worker among all workers of a run.

    Attributes:
        number, workers: which worker it is, of how many.
        purse: the budget that all of them share, if there is one.
        watcher: hears what people should hear at once.
    """

    number: int = 0
    workers: int = 1
    purse: Purse | None = None
    watcher: Watcher = logged


class Workshop(Protocol):
    """Does jobs. Whatever goes wrong with one of them is part of its outcome."""

    @property
    def instant(self) -> bool:
        """Whether nothing ever waits, so that no event loop is needed."""
        ...

    @property
    def places(self) -> int:
        """How many jobs are under way at a time, where they wait."""
        ...

    def do(self, job: Job) -> Outcome:
        """The outcome of a job, where nothing waits."""
        ...

    async def ado(self, job: Job) -> Outcome:
        """The outcome of a job, on an event loop."""
        ...

    async def aclose(self) -> None:
        """Release what is held; called before the event loop ends."""
        ...


class Making(Protocol):
    """Sets up the workshop of a worker."""

    def workshop(self, bench: Bench) -> Workshop:
        """The workshop for this place.

        Raises:
            InputError: something it needs is not there.
        """
        ...


@dataclass(frozen=True, slots=True)
class Here:
    """A workshop made of objects at hand: it cannot be set up elsewhere."""

    make: Callable[[Bench], Workshop]

    def workshop(self, bench: Bench) -> Workshop:
        """The workshop."""
        return self.make(bench)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A workshop that any process can set up: a function by its name, and plain data for it.

    ``maker`` is ``module:function``; the function takes the data and the bench.
    """

    maker: str
    data: JsonObject = field(default_factory=dict)

    def workshop(self, bench: Bench) -> Workshop:
        """The workshop, made by calling the function."""
        made: Workshop = named(self.maker)(self.data, bench)
        return made


def named(name: str) -> Any:
    """What ``module:name`` names.

    Raises:
        InputError: there is no such thing.
    """
    module, _, attribute = name.partition(":")
    with suppress(ImportError, AttributeError, ValueError):
        found: Any = import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
        return found
    raise InputError(
        f"{name!r} cannot be imported", mend="write module:name, of something that is on the path"
    )
