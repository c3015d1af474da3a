"""Tasks side by side fail with the error of one of them, not with a group."""

import asyncio

import pytest

from toolweave.core.errors import GenerationError, ServerError
from toolweave.llm.together import together


async def fail(error: Exception) -> None:
    raise error


async def last_for_ever(ended: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        ended.append("cancelled")


def test_one_failure_ends_the_others_and_is_raised_as_it_is() -> None:
    ended: list[str] = []

    async def both() -> None:
        async with together() as group:
            group.create_task(last_for_ever(ended))
            group.create_task(fail(GenerationError("no words")))

    with pytest.raises(GenerationError, match="no words"):
        asyncio.run(both())
    assert ended == ["cancelled"]


def test_a_server_that_is_gone_explains_the_others() -> None:
    async def several() -> None:
        async with together() as outer:
            outer.create_task(fail(OSError("torn")))
            outer.create_task(fail(ServerError("gone")))

    with pytest.raises(ServerError, match="gone"):
        asyncio.run(several())


def test_what_all_give_is_at_hand() -> None:
    async def all_of_them() -> list[int]:
        async with together() as group:
            tasks = [group.create_task(asyncio.sleep(0, number)) for number in range(3)]
        return [task.result() for task in tasks]

    assert asyncio.run(all_of_them()) == [0, 1, 2]
