"""The seam itself: whatever answers tasks."""

from typing import Protocol, runtime_checkable

from toolweave.llm.task import C, R, Task


class Generator(Protocol):
    """Answers tasks: an offline grammar, a model server, a script or one's own object.

    ``name`` stands in the provenance of what it answered.
    """

    @property
    def name(self) -> str: ...

    async def generate(self, task: Task[C, R]) -> R:
        """The accepted answer to ``task``.

        Raises:
            GenerationError: no acceptable answer was given.
            ServerError: the model server could not be reached or kept failing.
        """
        ...


@runtime_checkable
class Closing(Protocol):
    """A generator that holds connections."""

    async def aclose(self) -> None:
        """Release what is held. Called before the event loop ends; calling it twice is harmless."""
        ...


def limits_calls(generator: object) -> bool:
    """Whether the generator itself sees to it that no more calls than wished are in flight."""
    return bool(getattr(generator, "limits_calls", False))


async def close(generator: object) -> None:
    """Close a generator that holds something; others are left alone."""
    if isinstance(generator, Closing):
        await generator.aclose()
