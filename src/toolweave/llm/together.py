"""Tasks side by side: what the first of them fails with is raised as it is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from toolweave.core.errors import ServerError


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """A group of tasks. The first that fails ends the others, and its error is raised, ungrouped.

    Raises:
        ServerError: where that is among what went wrong; the rest came of it.
    """
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failed:
        raise _first(failed) from None


def _first(failed: BaseExceptionGroup[BaseException]) -> BaseException:
    first: BaseException = failed.subgroup(ServerError) or failed
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first
