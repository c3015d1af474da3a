"""One request to a model server, attempted again while what fails may pass."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from toolweave.core.seeding import rng
from toolweave.llm.answers import Reply
from toolweave.llm.breaker import Breaker
from toolweave.llm.gate import Amount, Claim, Ending, Gate
from toolweave.llm.retries import PASSING, Backoff, Fault, Trouble
from toolweave.llm.tracing import span
from toolweave.llm.usage import BYTES_PER_TOKEN, Price, Spent
from toolweave.llm.wire import Wire

log = logging.getLogger(__name__)

BUSY_FACTOR: Final = 3  # a server that says "too many" lives: it is asked this many times longer
RETRIES_TO_FIRST_CONTACT: Final = 2
OVERHEAD: Final = 256  # tokens that a server's template may add to a prompt
LIKELY_ANSWER: Final = 150  # tokens, until answers to a task have been seen

Noting = Callable[[str, Spent], None]


class Asking(NamedTuple):
    """A request and who asks: the task's name and stream, and whether it may be a bad format."""

    task: str
    key: tuple[object, ...]
    request: dict[str, Any]
    unproven: bool = False


@dataclass(frozen=True)
class Manner:
    """How calls are made.

    ``cap`` bounds answers whose request does not say how long they may be: no part of the request
    that is cached, since an answer that keeps within it would be the same without.
    """

    max_retries: int
    backoff: Backoff
    gate: Gate
    breaker: Breaker
    price: Price | None
    cap: int | None
    limit_name: str


class Caller:
    """Makes the calls of one generator, and counts them.

    Args:
        wire: makes the connection of an event loop.
        manner: how calls are made.
        note: told what calls spend.
    """

    def __init__(self, wire: Callable[[], Wire], manner: Manner, note: Noting) -> None:
        self._make, self._manner, self._note = wire, manner, note
        self._wires: WeakKeyDictionary[asyncio.AbstractEventLoop, Wire] = WeakKeyDictionary()
        self._answers: dict[str, float] = {}  # tokens of a task's answers, a moving mean

    @property
    def reached(self) -> bool:
        """Whether the server has ever answered."""
        return self._manner.breaker.successes > 0

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        wire = self._wires.pop(asyncio.get_running_loop(), None)
        if wire is not None:
            await wire.aclose()

    async def reply(self, asking: Asking) -> Reply:
        """The reply to a request.

        Raises:
            Trouble: it failed, and trying again is of no use any more.
            BudgetError: the budget does not allow the call.
            ServerError: the server went away and did not come back.
        """
        breaker, backoff = self._manner.breaker, self._manner.backoff
        jitter = rng(0, "retry", asking.task, *asking.key)
        claim = self._claim(asking)
        failures: Counter[bool] = Counter()  # by whether the server was only busy
        since = breaker.successes
        while True:
            tries = await breaker.passing()
            try:
                return await self._once(asking, claim)
            except Trouble as trouble:
                is_busy = trouble.fault is Fault.BUSY
                failures[is_busy] += not breaker.is_open
                last = failures[is_busy] > self._attempts(trouble.fault, asking.unproven)
                if not breaker.failed(trouble, giving_up=last, since=since) and last:
                    raise
                pause = backoff.pause(max(1, failures[is_busy]), trouble.wait, jitter)
            finally:
                if tries:
                    breaker.tried(in_vain=breaker.is_open)
            self._note(asking.task, Spent(retries=1))
            if not breaker.is_open:
                await asyncio.sleep(pause)

    async def _once(self, asking: Asking, claim: Claim) -> Reply:
        gate = self._manner.gate
        await gate.enter(claim)
        ending = Ending(claim.worst)  # of a call that was cut off: nobody knows what it took
        started = time.monotonic()
        try:
            with span("model_call", task=asking.task, model=asking.request["model"]) as facts:
                try:
                    reply = await self._wire().ask(self._sent(asking.request))
                except Trouble as trouble:
                    ending = self._failed(claim, trouble)
                    facts["fault"] = str(trouble.fault)
                    raise
                ending = self._answered(claim, asking, reply)
                facts["tokens"] = ending.spent.tokens
                return reply
        finally:
            self._log(asking, facts, started)
            gate.leave(claim, ending)

    def _failed(self, claim: Claim, trouble: Trouble) -> Ending:
        # A call that took too long may have been answered, and be paid for.
        lost = claim.worst if trouble.fault is Fault.TIMEOUT else Amount(calls=1)
        self._note(claim.task, Spent(calls=1, failed=1))
        wait = trouble.wait
        if wait is not None:
            wait = min(wait, self._manner.backoff.longest)
        return Ending(lost, refused=trouble.fault is Fault.BUSY, wait=wait)

    def _answered(self, claim: Claim, asking: Asking, reply: Reply) -> Ending:
        self._manner.breaker.went_well()
        mean = self._answers.get(claim.task, float(reply.completion_tokens))
        self._answers[claim.task] = 0.9 * mean + 0.1 * reply.completion_tokens
        prompt, completion = reply.prompt_tokens, reply.completion_tokens
        if not prompt + completion:  # a server that does not count is taken at its worst
            prompt = _prompt_bytes(asking.request)
            completion = len(reply.text.encode())
        price = self._manner.price
        cost = price.of(reply.prompt_tokens, reply.completion_tokens) if price else 0.0
        spent = Spent(1, reply.prompt_tokens, reply.completion_tokens, cost=cost)
        self._note(claim.task, spent)
        paid = price.of(prompt, completion) if price else 0.0
        return Ending(Amount(1, prompt + completion, paid), well=True)

    def _claim(self, asking: Asking) -> Claim:
        """What a request takes: at worst a token for every byte, and all the room it is given."""
        manner, request = self._manner, asking.request
        bytes_ = _prompt_bytes(request)
        most = request.get(manner.limit_name) or manner.cap or 0
        worst = bytes_ + OVERHEAD
        cost = manner.price.of(worst, most) if manner.price else 0.0
        likely = bytes_ // BYTES_PER_TOKEN + int(self._answers.get(asking.task, LIKELY_ANSWER))
        return Claim(asking.task, Amount(1, worst + most, cost), likely)

    def _sent(self, request: dict[str, Any]) -> dict[str, Any]:
        manner = self._manner
        if manner.cap is None or manner.limit_name in request:
            return request
        return {**request, manner.limit_name: manner.cap}

    def _attempts(self, fault: Fault, unproven: bool) -> int:
        """How many further attempts a fault deserves."""
        most = self._manner.max_retries
        if fault not in PASSING:
            return 0
        if fault is Fault.BUSY:
            return BUSY_FACTOR * most
        if fault is Fault.UNREACHABLE and not self.reached:
            return min(RETRIES_TO_FIRST_CONTACT, most)
        if fault is Fault.FAILED and unproven:
            return min(1, most)  # rather a server that cannot do the format
        return most

    def _wire(self) -> Wire:
        loop = asyncio.get_running_loop()
        wire = self._wires.get(loop)
        if wire is None:
            wire = self._wires[loop] = self._make()
        return wire

    def _log(self, asking: Asking, facts: Mapping[str, Any], started: float) -> None:
        if not log.isEnabledFor(logging.DEBUG):
            return
        seconds = round(time.monotonic() - started, 4)
        about = {"task": asking.task, "model": asking.request["model"], "seconds": seconds}
        said = facts.get("fault", "answered")
        log.debug("%s", said, extra={"facts": {"event": "model_call", **about, **facts}})


def _prompt_bytes(request: Mapping[str, Any]) -> int:
    """A bound of a prompt's tokens: none is shorter than a byte."""
    words = sum(len(message["content"].encode()) for message in request["messages"])
    demanded = request.get("response_format")
    # Some servers put the schema into the prompt.
    return words + (len(repr(demanded)) if demanded else 0)
