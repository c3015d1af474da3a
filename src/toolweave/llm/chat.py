"""The generator that asks an openai-compatible server, or any LangChain chat model."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from weakref import WeakKeyDictionary

from toolweave.core.errors import GenerationError, ServerError
from toolweave.core.seeding import rng
from toolweave.llm.answers import Reply, read, whole, writable
from toolweave.llm.cache import AnswerCache, request_key
from toolweave.llm.demand import Demand, Ladder, Rung, demand_of
from toolweave.llm.limits import InFlight, Pace
from toolweave.llm.retries import PASSING, Backoff, Fault, Trouble, quoted
from toolweave.llm.task import C, Prompt, R, Task, Unacceptable
from toolweave.llm.usage import Price, Spent, Usage, note
from toolweave.llm.wire import Address, LangChainWire, OpenAIWire, Wire, name_of, settings_of

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MOST_REPAIRS = 2
BUSY_FACTOR = 3  # a server that says "too many" lives: it is asked this many times longer
RETRIES_TO_FIRST_CONTACT = 2
LONGEST_ECHO = 4_000  # characters of a bad answer that are shown to the model again

Message = dict[str, str]


class _Line(NamedTuple):
    """What belongs to one event loop."""

    wire: Wire
    in_flight: InFlight


class _Question(NamedTuple):
    """What is asked of the model, with how much room, for which time after refused answers."""

    messages: list[Message]
    limit: int | None
    attempt: int


class ChatGenerator:
    """Answers tasks by asking a language model in words.

    Args:
        model: the model's name on the server, or a configured LangChain chat model, which is
            then asked in plain text through ``ainvoke`` with its own settings.
        base_url: the server; else ``OPENAI_BASE_URL``; else OpenAI's, where a key is set.
        api_key: the key; else ``OPENAI_API_KEY``; servers of one's own need none.
        temperature: of sampling; None leaves it to the server.
        max_tokens: of one answer; None leaves it to the server.
        max_retries: further attempts after a failure that may pass.
        concurrency: calls in flight at the same time, per event loop.
        requests_per_minute: starts of calls in a minute, if the server counts them.
        timeout: seconds for one call.
        cache: a file of answers to reuse, or an open cache.
        extra_body: further members of each request, e.g. ``{"top_k": 40}``.
        price: what the model costs, for the cost in the usage.
        backoff: waiting times between attempts.

    Raises:
        InputError: no server is named, or its address or the cache cannot be used.
    """

    def __init__(
        self,
        model: "BaseChatModel | str",
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        temperature: float | None = 0.7,
        max_tokens: int | None = None,
        max_retries: int = 4,
        concurrency: int = 16,
        requests_per_minute: float | None = None,
        timeout: float = 60.0,
        cache: AnswerCache | Path | str | None = None,
        extra_body: Mapping[str, Any] | None = None,
        price: Price | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._address: Address | None = None
        self._wire: Callable[[], Wire]
        if isinstance(model, str):
            self.name = model
            self._address = Address(base_url, api_key)
            self._wire = partial(OpenAIWire, model, self._address, timeout)
        else:
            self.name = name_of(model)
            self._wire = partial(LangChainWire, model, timeout)
        self.usage = Usage()
        self._max_tokens = max_tokens
        self._max_retries = max_retries
        self._concurrency = concurrency
        self._pace = Pace(requests_per_minute)
        self._cache = AnswerCache(Path(cache)) if isinstance(cache, str | Path) else cache
        self._price = price
        self._backoff = backoff or Backoff()
        self._ladder = Ladder(Rung.SCHEMA if self._address else Rung.TEXT)
        self._reached = False
        self._fixed: dict[str, Any] = {"model": self.name}
        if not isinstance(model, str):
            self._fixed["settings"] = settings_of(model) if self._cache else ""
        elif temperature is not None:
            self._fixed["temperature"] = temperature
        self._fixed |= extra_body or {}
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = WeakKeyDictionary()

    async def generate(self, task: Task[C, R]) -> R:
        """The accepted answer to ``task``: asked for, read, checked, and mended by asking again.

        Raises:
            GenerationError: no answer could be accepted, or the prompt is too long.
            ServerError: the server cannot be reached, denies access or keeps failing.
        """
        demand = demand_of(task)
        opening = messages = _opening(task.render(task.context), demand)
        limit = self._max_tokens
        refusals: list[str] = []
        while True:
            reply = await self._reply(task, demand, _Question(messages, limit, len(refusals)))
            if reply.cut and not refusals and not whole(reply.text):
                limit = 2 * max(limit or 0, reply.completion_tokens, 512)
                self._note(task.name, Spent(retries=1))
                reply = await self._reply(task, demand, _Question(messages, limit, 0))
            try:
                return read(task, reply)
            except Unacceptable as refusal:
                refusals.append(str(refusal))
                if len(refusals) > MOST_REPAIRS:
                    raise GenerationError(_gave_up(task, refusals, reply)) from refusal
                messages = _repairing(opening, reply.text, refusal.problems)
            self._note(task.name, Spent(repairs=1))

    async def aclose(self) -> None:
        """Close the connections of the running event loop, and the cache."""
        line = self._lines.pop(asyncio.get_running_loop(), None)
        if line is not None:
            await line.wire.aclose()
        if self._cache is not None:
            self._cache.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _reply(self, task: Task[C, R], demand: Demand, question: _Question) -> Reply:
        """The reply to a question, on the highest rung of the ladder that the server does."""
        stream = (task.name, *task.key, question.attempt)
        rungs = self._ladder.rungs(task.name)
        requests = {rung: self._request(demand, question, rung) for rung in rungs}
        kept = self._kept(stream, requests.values())
        if kept is not None:
            self._note(task.name, Spent(cached=1))
            return kept
        for rung, request in requests.items():
            try:
                reply = await self._sent(task, request, rung)
            except Trouble as trouble:
                if rung is not Rung.TEXT and trouble.fault in (Fault.REQUEST, Fault.FAILED):
                    continue
                raise _final(task, trouble) from trouble
            self._ladder.worked(task.name, rung)
            if self._cache is None:
                return reply
            return self._cache.put(request_key(request, stream), reply)
        raise ServerError(f"no way is left to ask for {task.name!r}")

    def _request(self, demand: Demand, question: _Question, rung: Rung) -> dict[str, Any]:
        request = {**self._fixed, "messages": question.messages}
        if question.limit is not None:
            modern = self._address is not None and self._address.is_openai
            request["max_completion_tokens" if modern else "max_tokens"] = question.limit
        response_format = demand.response_format(rung)
        if response_format is not None:
            request["response_format"] = response_format
        return request

    def _kept(self, stream: tuple[object, ...], requests: Iterable[dict[str, Any]]) -> Reply | None:
        """What the cache holds for any of the requests; a replay never learns which rung failed."""
        if self._cache is None:
            return None
        found = (self._cache.get(request_key(request, stream)) for request in requests)
        return next((reply for reply in found if reply is not None), None)

    async def _sent(self, task: Task[C, R], request: dict[str, Any], rung: Rung) -> Reply:
        """The reply to one request, attempted again while what fails may pass.

        Raises:
            Trouble: it did not pass.
        """
        line = self._line()
        jitter = rng(0, "retry", task.name, *task.key)
        failures: Counter[bool] = Counter()  # by whether the server was only busy
        while True:
            try:
                reply = await self._once(line, request)
            except Trouble as trouble:
                is_busy = trouble.fault is Fault.BUSY
                failures[is_busy] += 1
                if failures[is_busy] > self._patience(trouble.fault, rung):
                    raise
                pause = self._backoff.pause(failures[is_busy], trouble.wait, jitter)
                if is_busy:
                    line.in_flight.too_many()
                    self._pace.hold(pause if trouble.wait is not None else 0.0)
            else:
                self._reached = True
                self._note_call(task.name, reply)
                return reply
            self._note(task.name, Spent(retries=1))
            await asyncio.sleep(pause)

    async def _once(self, line: _Line, request: dict[str, Any]) -> Reply:
        async with line.in_flight:
            await self._pace.turn()
            reply = await line.wire.ask(request)
        line.in_flight.went_well()
        return reply

    def _patience(self, fault: Fault, rung: Rung) -> int:
        """How many further attempts a fault deserves."""
        if fault not in PASSING:
            return 0
        if fault is Fault.BUSY:
            return BUSY_FACTOR * self._max_retries
        if fault is Fault.UNREACHABLE and not self._reached:
            return min(RETRIES_TO_FIRST_CONTACT, self._max_retries)
        if fault is Fault.FAILED and rung is not Rung.TEXT and not self._ladder.is_proven(rung):
            return min(1, self._max_retries)  # rather a server that cannot do the format
        return self._max_retries

    def _line(self) -> _Line:
        loop = asyncio.get_running_loop()
        line = self._lines.get(loop)
        if line is None:
            line = self._lines[loop] = _Line(self._wire(), InFlight(self._concurrency))
        return line

    def _note_call(self, task_name: str, reply: Reply) -> None:
        cost = 0.0
        if self._price is not None:
            prompt = reply.prompt_tokens * self._price.prompt
            cost = (prompt + reply.completion_tokens * self._price.completion) / 1_000_000
        tokens = reply.prompt_tokens, reply.completion_tokens
        self._note(task_name, Spent(1, *tokens, cost=cost))

    def _note(self, task_name: str, spent: Spent) -> None:
        self.usage.add(task_name, spent)
        note(task_name, spent)


def _opening(prompt: Prompt, demand: Demand) -> list[Message]:
    system = f"{prompt.system}\n\n{demand.text}" if prompt.system else demand.text
    return [
        {"role": "system", "content": writable(system)},
        {"role": "user", "content": writable(prompt.user)},
    ]


def _repairing(opening: list[Message], answer: str, problems: tuple[str, ...]) -> list[Message]:
    """The opening again, the bad answer, and what is wrong with it."""
    system, user = opening
    named = "\n".join(f"- {problem}" for problem in problems)
    complaint = (
        f"That answer cannot be used:\n{named}\n"
        "Answer again: the whole JSON object, mended, and nothing else."
    )
    if not answer.strip():  # some servers refuse a message without text
        return [system, {"role": "user", "content": f"{user['content']}\n\n{complaint}"}]
    echo = {"role": "assistant", "content": answer[:LONGEST_ECHO]}
    return [system, user, echo, {"role": "user", "content": complaint}]


def _gave_up(task: Task[C, R], refusals: list[str], reply: Reply) -> str:
    named = "; ".join(f"{number}: {text}" for number, text in enumerate(refusals, 1))
    began = f" (the last one began {quoted(reply.text[:80])!r})" if reply.text.strip() else ""
    return f"no acceptable answer to {task.name!r} in {len(refusals)} attempts: {named}{began}"


def _final(task: Task[C, R], trouble: Trouble) -> GenerationError | ServerError:
    if trouble.fault is Fault.CONTEXT:
        return GenerationError(f"{task.name!r}: {trouble}")
    return ServerError(str(trouble))
