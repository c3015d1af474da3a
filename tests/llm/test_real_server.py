"""The whole way against a real llama-server that enforces schemas and speaks gibberish."""

import asyncio
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from toolweave.core.errors import GenerationError
from toolweave.llm.chat import ChatGenerator
from toolweave.llm.task import Prompt, Task, Unacceptable
from toolweave.llm.usage import Spent, collect_usage

pytestmark = pytest.mark.external


class Address(BaseModel):
    """A nested object."""

    model_config = ConfigDict(extra="forbid")

    city: str = Field(min_length=1, max_length=12)
    number: int = Field(ge=1, le=99)


class Booking(BaseModel):
    """A small object with everything that schemas are made of."""

    model_config = ConfigDict(extra="forbid")

    guest: str = Field(min_length=1, max_length=12)
    nights: int = Field(ge=1, le=14)
    room: Literal["single", "double"]
    breakfast: bool
    home: Address
    wishes: list[Literal["quiet", "sea view"]] = Field(max_length=2)


def accepted(booking: Booking) -> Booking:
    return booking


def refused(booking: Booking) -> Booking:
    raise Unacceptable(f"{booking.room!r} rooms are sold out")


def asking(number: int, *, accept: bool = True) -> Task[int, Booking]:
    return Task(
        name="booking",
        context=number,
        result=Booking,
        render=lambda context: Prompt("You book rooms.", f"Booking number {context}, please."),
        accept=accepted if accept else refused,
        key=(7, number),
    )


async def ask(url: str, *tasks: Task[int, Booking]) -> list[Booking]:
    async with ChatGenerator("tiny", base_url=url, max_tokens=400, concurrency=4) as generator:
        return await asyncio.gather(*(generator.generate(task) for task in tasks))


def test_a_schema_enforcing_server_answers_validly_at_once(real_server: str) -> None:
    with collect_usage() as usage:
        bookings = asyncio.run(ask(real_server, *(asking(number) for number in range(20))))
    assert len(bookings) == 20
    assert all(isinstance(booking, Booking) for booking in bookings)
    assert len({booking.guest for booking in bookings}) > 1  # it did sample
    assert (usage.total().calls, usage.total().repairs) == (20, 0)
    assert usage.total().prompt_tokens > 20 * 100


def test_unacceptable_answers_lead_to_repairs_and_one_error(real_server: str) -> None:
    with collect_usage() as usage, pytest.raises(GenerationError, match=r"3: .* sold out"):
        asyncio.run(ask(real_server, asking(1, accept=False)))
    spent: Spent = usage.by_task["booking"]
    assert (spent.calls, spent.repairs) == (3, 2)
