"""Somebody else's assistant behind the chat protocol: it is sent a conversation and tools."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from toolweave.core.errors import GenerationError, ServerError
from toolweave.core.model import JsonObject
from toolweave.core.tool import Tool
from toolweave.llm.answers import text_of, writable
from toolweave.llm.retries import PASSING, Backoff, Fault, Trouble
from toolweave.llm.wire import DUMMY_KEY, Address, OpenAIWire
from toolweave.schema.types import json_bytes

# Calls in one message beyond these are not carried out.
MOST_CALLS: Final = 32
LONGEST: Final = 20_000
_HOPELESS: Final = frozenset({Fault.DENIED})


class MadeCall(NamedTuple):
    """A call as the assistant wrote it; its arguments are JSON text, or what it sent instead."""

    id: str
    name: str
    arguments: str


class Said(NamedTuple):
    """One message of the assistant."""

    text: str
    calls: tuple[MadeCall, ...] = ()


class ChatAssistant:
    """Asks an OpenAI-compatible server what the assistant says or does next.

    Args:
        model: the model's name on the server.
        base_url: the server.
        api_key: the key it wants, if any.
        timeout: seconds for one message.
        max_retries: further attempts after a failure that may pass.
        max_tokens: of one message; None leaves it to the server.
        backoff: waiting times between attempts.

    Raises:
        InputError: the address cannot be used.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str,
        api_key: str | None = None,
        timeout: float = 60.0,
        max_retries: int = 4,
        max_tokens: int | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.name = model
        # The address is somebody else's: a key of ours that no one named stays here.
        address = Address(base_url, api_key or DUMMY_KEY)
        self._wire = OpenAIWire(model, address, timeout)
        limit = "max_completion_tokens" if address.is_openai else "max_tokens"
        self._fixed: dict[str, Any] = {"model": model} | ({limit: max_tokens} if max_tokens else {})
        self._retries, self._backoff = max_retries, backoff or Backoff()
        self._jitter = random.Random(model)
        self._reached = False

    async def next(self, messages: Sequence[JsonObject], tools: Sequence[Tool]) -> Said:
        """What the assistant says to the conversation so far.

        Raises:
            ServerError: it was never reached, or denies access.
            GenerationError: it answers, but not this request in spite of retries.
        """
        request: dict[str, Any] = {**self._fixed, "messages": list(messages)}
        if tools:
            request["tools"] = [_shown(tool) for tool in tools]
        attempt = 0
        while True:
            try:
                message = await self._wire.message(request)
                self._reached = True
                return _said(message)
            except Trouble as trouble:
                attempt += 1
                if trouble.fault is not Fault.UNREACHABLE:
                    self._reached = True
                if trouble.fault not in PASSING or attempt > self._retries:
                    raise self._final(trouble) from trouble
                wait = self._backoff.pause(attempt, trouble.wait, self._jitter)
            await asyncio.sleep(wait)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._wire.aclose()

    def _final(self, trouble: Trouble) -> GenerationError | ServerError:
        if trouble.fault in _HOPELESS or not self._reached:
            return ServerError(str(trouble))
        return GenerationError(str(trouble))


def _shown(tool: Tool) -> JsonObject:
    function = {
        "name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)
    }  # fmt: skip
    return {"type": "function", "function": function}


def _said(message: Mapping[str, Any]) -> Said:
    text = writable(text_of(message.get("content")))[:LONGEST]
    given = message.get("tool_calls")
    calls: list[MadeCall] = []
    for one in (given if isinstance(given, list) else [])[:MOST_CALLS]:
        inner = one.get("function") if isinstance(one, Mapping) else None
        if not isinstance(inner, Mapping):
            continue
        arguments = inner.get("arguments")
        shown = arguments if isinstance(arguments, str) else json_bytes(arguments or {}).decode()
        calls.append(
            MadeCall(
                writable(str(one.get("id") or "")), writable(str(inner.get("name") or "")),
                writable(shown),
            )
        )  # fmt: skip
    return Said(text, tuple(calls))
