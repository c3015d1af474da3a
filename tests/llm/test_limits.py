"""Places in flight: the ramp, refusals, and winning places back."""

import asyncio
import time
from itertools import chain

from toolweave.llm.limits import FIRST, InFlight, Pace


async def crowd(gate: InFlight, calls: int, *, takes: int, seconds: float = 0.03) -> list[bool]:
    """So many calls to a server that takes ``takes`` at a time; whether each was refused."""
    serving = 0

    async def call() -> bool:
        nonlocal serving
        await gate.enter()
        try:
            await asyncio.sleep(0.001)
            if serving >= takes:
                gate.too_many()
                return True
            serving += 1
            await asyncio.sleep(seconds)
            serving -= 1
            gate.went_well()
            return False
        finally:
            gate.leave()

    async def until_done() -> list[bool]:
        refused = []
        while await call():
            refused.append(True)
            await asyncio.sleep(0.05)
        return [*refused, False]

    return [*chain.from_iterable(await asyncio.gather(*(until_done() for _ in range(calls))))]


def test_a_server_that_takes_few_refuses_few_and_stays_busy() -> None:
    for takes in (3, 8, 13):
        gate = InFlight(64)
        started = time.monotonic()
        refused = asyncio.run(crowd(gate, 200, takes=takes))
        ideal = 200 / takes * 0.031
        assert sum(refused) <= 0.1 * len(refused), takes
        assert time.monotonic() - started <= 1.5 * ideal, takes


def test_without_refusals_all_places_are_soon_taken() -> None:
    async def scene() -> tuple[int, float]:
        gate = InFlight(64)
        started = time.monotonic()
        await asyncio.gather(*(gate.enter() for _ in range(64)))
        return gate.busy, time.monotonic() - started

    busy, seconds = asyncio.run(scene())
    assert busy == 64
    assert 0.1 < seconds < 0.5


def test_calls_do_not_start_all_at_once() -> None:
    async def scene() -> int:
        gate = InFlight(64)
        tasks = [asyncio.create_task(gate.enter()) for _ in range(64)]
        await asyncio.sleep(0)
        busy = gate.busy
        for task in tasks:
            task.cancel()
        return busy

    assert asyncio.run(scene()) == FIRST


def test_a_level_that_worked_and_is_refused_later_shrinks_by_a_factor() -> None:
    gate = InFlight(40)
    gate.busy = 21
    gate.too_many()
    assert gate.allowed == 20
    gate._shrunk -= 10  # some seconds later
    gate.busy = 20
    gate.too_many()
    assert gate.allowed == 13
    for _ in range(2000):
        gate.went_well()
    assert gate.allowed == 40


def test_a_place_survives_whoever_gives_up_waiting() -> None:
    async def scene() -> int:
        gate = InFlight(1)

        async def pass_through() -> None:
            await gate.enter()
            try:
                await asyncio.sleep(0.01)
            finally:
                gate.leave()

        holders = [asyncio.create_task(pass_through()) for _ in range(6)]
        await asyncio.sleep(0.005)
        holders[1].cancel()
        await asyncio.sleep(0.006)  # the place is handed over about now
        holders[2].cancel()
        await asyncio.gather(*holders, return_exceptions=True)
        return gate.busy

    assert asyncio.run(scene()) == 0


def test_tokens_keep_the_pace_and_are_corrected() -> None:
    async def scene() -> float:
        pace = Pace(None, tokens=60_000)  # a thousand a second
        started = time.monotonic()
        await pace.turn(500)
        pace.correct(-400)  # it took 100 only
        await pace.turn(100)
        await pace.turn(100)
        return time.monotonic() - started

    assert 0.15 <= asyncio.run(scene()) < 0.4
