"""The generator that asks an openai-compatible server, or any LangChain chat model."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from toolweave.core.errors import GenerationError, ServerError
from toolweave.llm.answers import Reply, read, whole, writable
from toolweave.llm.breaker import Breaker
from toolweave.llm.cache import AnswerCache, request_key
from toolweave.llm.calling import Asking, Caller, Manner
from toolweave.llm.demand import Demand, Ladder, Rung, demand_of
from toolweave.llm.gate import Gate, Limits
from toolweave.llm.local_gate import LocalGate
from toolweave.llm.retries import Backoff, Fault, Trouble, quoted
from toolweave.llm.task import C, Prompt, R, Task, Unacceptable
from toolweave.llm.usage import Price, Spent, Usage, note
from toolweave.llm.watching import Watcher, logged
from toolweave.llm.wire import Address, LangChainWire, OpenAIWire, Wire, name_of, settings_of

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MOST_REPAIRS = 2
LONGEST_ECHO = 4_000  # characters of a bad answer that are shown to the model again

Message = dict[str, str]


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
        gate: what calls must pass instead: places in flight, pace and budget shared with others.
        patience: seconds to wait for a server that has answered before and is down now.
        timeout: seconds for one call.
        cache: a file of answers to reuse, or an open cache.
        extra_body: further members of each request, e.g. ``{"top_k": 40}``.
        price: what the model costs, for the cost in the usage.
        backoff: waiting times between attempts.
        cap: tokens of an answer where ``max_tokens`` is not given, so that calls have a worst case.
        watcher: told when the server goes away and comes back.

    Raises:
        InputError: no server is named, or its address or the cache cannot be used.
    """

    limits_calls = True

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
        gate: Gate | None = None,
        patience: float = 60.0,
        timeout: float = 60.0,
        cache: AnswerCache | Path | str | None = None,
        extra_body: Mapping[str, Any] | None = None,
        price: Price | None = None,
        backoff: Backoff | None = None,
        cap: int | None = None,
        watcher: Watcher = logged,
    ) -> None:
        self._address: Address | None = None
        wire: Callable[[], Wire]
        if isinstance(model, str):
            self.name = model
            self._address = Address(base_url, api_key)
            wire = partial(OpenAIWire, model, self._address, timeout)
        else:
            self.name = name_of(model)
            wire = partial(LangChainWire, model, timeout)
        self.usage = Usage()
        self._max_tokens = max_tokens
        self._cache = AnswerCache(Path(cache)) if isinstance(cache, str | Path) else cache
        modern = self._address is not None and self._address.is_openai
        self._limit_name = "max_completion_tokens" if modern else "max_tokens"
        backoff = backoff or Backoff()
        manner = Manner(
            max_retries=max_retries,
            backoff=backoff,
            gate=gate or LocalGate(Limits(concurrency, requests_per_minute)),
            breaker=Breaker(patience, watcher, backoff.first),
            price=price,
            cap=cap,
            limit_name=self._limit_name,
        )
        self._caller = Caller(wire, manner, self._note)
        self._ladder = Ladder(Rung.SCHEMA if self._address else Rung.TEXT)
        self._fixed: dict[str, Any] = {"model": self.name}
        if not isinstance(model, str):
            self._fixed["settings"] = settings_of(model) if self._cache else ""
        elif temperature is not None:
            self._fixed["temperature"] = temperature
        self._fixed |= extra_body or {}

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
        await self._caller.aclose()
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
            unproven = rung is not Rung.TEXT and not self._ladder.is_proven(rung)
            try:
                reply = await self._caller.reply(Asking(task.name, task.key, request, unproven))
            except Trouble as trouble:
                if rung is not Rung.TEXT and trouble.fault in (Fault.REQUEST, Fault.FAILED):
                    continue
                raise self._final(task, trouble) from trouble
            self._ladder.worked(task.name, rung)
            if self._cache is None:
                return reply
            return self._cache.put(request_key(request, stream), reply)
        raise ServerError(f"no way is left to ask for {task.name!r}")

    def _request(self, demand: Demand, question: _Question, rung: Rung) -> dict[str, Any]:
        request = {**self._fixed, "messages": question.messages}
        if question.limit is not None:
            request[self._limit_name] = question.limit
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

    def _final(self, task: Task[C, R], trouble: Trouble) -> GenerationError | ServerError:
        """Whose fault it was: this request's, or that of a server nobody can work with."""
        if trouble.fault is Fault.CONTEXT:
            return GenerationError(f"{task.name!r}: {trouble}")
        if self._caller.reached and trouble.fault not in (Fault.DENIED, Fault.BUSY):
            return GenerationError(f"{task.name!r}: no answer in spite of retries: {trouble}")
        return ServerError(str(trouble))

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
