"""A task: one question to a generator, with its typed context, result and acceptance check."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

C = TypeVar("C")
R = TypeVar("R", bound=BaseModel)
T = TypeVar("T")

PROBLEMS_NAMED = 5


class Prompt(NamedTuple):
    """What a model reads. The constant part stands in ``system``, so that servers can cache it."""

    system: str
    user: str


class Unacceptable(Exception):
    """An answer that may not be used.

    Args:
        problems: what is wrong with it, each in words a model can mend.
    """

    def __init__(self, *problems: str) -> None:
        self.problems: tuple[str, ...] = problems
        super().__init__("; ".join(problems))


class Later(Generic[T]):
    """A value worked out when it is first asked for, and kept: a scripted answer never asks."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make

    @cached_property
    def value(self) -> T:
        """The value itself."""
        return self._make()


class Task(Generic[C, R]):
    """One question to a generator.

    Args:
        name: the kind of task, e.g. ``user_request``; offline wording is chosen by it.
        context: everything the answer may depend on, now or ``Later``.
        result: the pydantic model the answer must validate against.
        render: makes the prompt; called only by generators that need text.
        accept: returns the (possibly normalised) result or raises ``Unacceptable``.
        key: names the random stream and the scripted answer: ``(seed, "user", step, …)``.
        schema: JSON Schema to demand where it is narrower than the one of ``result``.
    """

    __slots__ = ("_context", "_schema", "accept", "key", "name", "render", "result")

    def __init__(
        self,
        name: str,
        context: C | Later[C],
        result: type[R],
        render: Callable[[C], Prompt],
        accept: Callable[[R], R],
        key: tuple[object, ...],
        schema: Mapping[str, Any] | Later[Mapping[str, Any]] | None = None,
    ) -> None:
        self.name, self.result, self.key = name, result, key
        self.render, self.accept = render, accept
        self._context, self._schema = context, schema

    @property
    def context(self) -> C:
        """Everything the answer may depend on."""
        return self._context.value if isinstance(self._context, Later) else self._context

    @property
    def schema(self) -> Mapping[str, Any] | None:
        """JSON Schema to demand, or None where that of ``result`` says it all."""
        return self._schema.value if isinstance(self._schema, Later) else self._schema


def admit(task: Task[C, R], answer: object) -> R:
    """The task's result made from ``answer`` (a dict or an instance of the result type).

    Raises:
        Unacceptable: it does not validate, or the acceptance check refuses it.
    """
    return task.accept(validated(task, answer))


def validated(task: Task[C, R], answer: object) -> R:
    """``answer`` as an instance of the task's result type, without the acceptance check.

    Raises:
        Unacceptable: it does not validate.
    """
    if isinstance(answer, task.result):
        return answer
    try:
        return task.result.model_validate(answer)
    except ValidationError as error:
        raise Unacceptable(*_in_words(error)) from error


def _in_words(error: ValidationError) -> list[str]:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    words = [
        f"{'.'.join(str(part) for part in item['loc']) or 'the answer'}: {item['msg']}"
        for item in found[:PROBLEMS_NAMED]
    ]
    if len(found) > PROBLEMS_NAMED:
        words.append(f"and {len(found) - PROBLEMS_NAMED} more")
    return words
