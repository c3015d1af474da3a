"""The chat protocol turned round: the simulated user is the model, the caller the assistant."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from toolweave.configs.shipping import shipped_names
from toolweave.core.model import JsonObject
from toolweave.schema.types import canonical, json_bytes
from toolweave.service.bodies import ChatMessage, CompletionRequest, Opening
from toolweave.service.emulator import Emulator, Outcome
from toolweave.service.problems import Problem

_MARKER: Final = "stop_marker"
_LONGEST_MARKER: Final = 64


async def complete(emulator: Emulator, asked: CompletionRequest) -> JsonObject:
    """The user's next words as a chat completion.

    The protocol sends the whole conversation every time. Where it goes on from is found by what
    it said so far, so nothing but the messages is needed; the token in ``toolweave.token`` does
    the same when it comes back in ``metadata``.
    """
    opening = _opening(asked)
    lines = [_text(one) for one in asked.messages if one.role in ("user", "assistant")]
    spoken = [at for at, (role, _) in enumerate(lines) if role == "assistant"]
    cut = spoken[-1] + 1 if spoken else 0
    said = "\n".join(text for _, text in lines[cut:]).strip()
    named = canonical(opening.model_dump(mode="json", exclude={"token"}))

    def alias(reply: str) -> str:
        return _name(named, [*lines, ("assistant", _marked(reply, asked, finished=False))])

    before = _name(named, lines[:cut]) if spoken else ""
    outcome = await emulator.reply_to(opening, before, said, alias)
    return _completion(asked, outcome)


def stream(completion: JsonObject) -> Iterator[bytes]:
    """A completion in the chunks of the protocol's stream."""
    choice = completion["choices"][0]
    head = {key: completion[key] for key in ("id", "created", "model")}
    head["object"] = "chat.completion.chunk"
    deltas: Sequence[tuple[JsonObject, str | None]] = (
        ({"role": "assistant", "content": ""}, None),
        ({"content": choice["message"]["content"]}, None),
        ({}, "stop"),
    )
    for number, (delta, reason) in enumerate(deltas):
        chunk: dict[str, Any] = {
            **head,
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
        }
        if number == len(deltas) - 1:
            chunk["toolweave"] = completion["toolweave"]
        yield b"data: " + json_bytes(chunk) + b"\n\n"
    yield b"data: [DONE]\n\n"


def models() -> JsonObject:
    """The simulated users that ship, as the protocol lists models."""
    return {
        "object": "list",
        "data": [
            {"id": name, "object": "model", "created": 0, "owned_by": "toolweave"}
            for name in shipped_names("plans")
        ],
    }


def _opening(asked: CompletionRequest) -> Opening:
    """What the conversation is about: the model's name, or what the request says beside it."""
    given = asked.toolweave or Opening()
    token = (asked.metadata or {}).get("token") or given.token
    if token is not None and len(token) > 200:
        raise Problem(400, "token_invalid", "this is no context token of this service")
    name, at, seed = asked.model.partition("@")
    update: dict[str, Any] = {"token": token}
    if given.plan is None and given.goal is None and token is None:
        update["plan"] = name
    if at:
        if not seed.isascii() or not seed.isdecimal() or len(seed) > 15:
            raise Problem(404, "model_not_found", f"{asked.model!r:.80} names no seed behind '@'")
        update["seed"] = int(seed)
    return given.model_copy(update=update)


def _text(message: ChatMessage) -> tuple[str, str]:
    content = message.content
    if isinstance(content, list):
        content = "\n".join(str(part.get("text", "")) for part in content)
    return message.role, (content or "").strip()


def _name(named: str, lines: Sequence[tuple[str, str]]) -> str:
    held = canonical([named, [list(line) for line in lines]]).encode()
    return f"chat:{hashlib.blake2b(held, digest_size=20).hexdigest()}"


def _marked(text: str, asked: CompletionRequest, *, finished: bool) -> str:
    marker = (asked.metadata or {}).get(_MARKER, "")[:_LONGEST_MARKER]
    return f"{text} {marker}" if finished and marker else text


def _completion(asked: CompletionRequest, outcome: Outcome) -> JsonObject:
    play, told = outcome.play, outcome.play.last["told"]
    reply = str(play.state["messages"][-1]["content"])
    spent = told["usage"]
    return {
        "id": f"chatcmpl-{play.place.moment}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": asked.model,
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": _marked(reply, asked, finished=play.finished),
                    "refusal": None,
                },
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": spent["prompt_tokens"],
            "completion_tokens": spent["completion_tokens"],
            "total_tokens": spent["prompt_tokens"] + spent["completion_tokens"],
        },
        "toolweave": {
            "token": outcome.token,
            "finished": play.finished,
            "outcome": str(play.part.get("outcome", "")),
        },
    }
