"""A model server for measurements: reads prompts with their answers as JSON, then answers them.

``POST /control`` sets how it behaves from then on, and gives back what it has counted so far.
"""

import asyncio
import hashlib
import math
import socket
import sys
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

_REFUSAL = {"error": {"message": "too many calls", "type": "rate_limit", "code": "429"}}


@dataclass
class Manners:
    """How the server behaves, and what it has counted.

    An exponential latency depends on the request and the salt alone: whoever asks the same waits
    for the same time. ``most`` calls are served at a time; others are refused.
    """

    mean: float = 0.0
    exponential: bool = False
    salt: int = 0
    most: int = 1_000_000
    asked: int = 0
    refused: int = 0
    serving: int = 0

    def latency(self, words: str) -> float:
        """Seconds until the answer to these words."""
        if not self.exponential:
            return self.mean
        drawn = hashlib.blake2b(f"{self.salt} {words}".encode(), digest_size=6).digest()
        return -self.mean * math.log1p(-int.from_bytes(drawn) / 2**48)


def application(answers: dict[str, str]) -> web.Application:
    """An application that finds the answer to a request by the text of its last message."""
    manners = Manners()

    async def answer(request: web.Request) -> web.Response:
        manners.asked += 1
        if manners.serving >= manners.most:
            manners.refused += 1
            return _json(_REFUSAL, 429)
        manners.serving += 1
        try:
            asked: dict[str, Any] = orjson.loads(await request.read())
            words = asked["messages"][-1]["content"]
            if manners.mean:
                await asyncio.sleep(manners.latency(words))
        finally:
            manners.serving -= 1
        return _json(_completion(asked["model"], answers[words]))

    async def control(request: web.Request) -> web.Response:
        nonlocal manners
        counted = {"asked": manners.asked, "refused": manners.refused}
        manners = Manners(**orjson.loads(await request.read()))
        return _json(counted)

    app = web.Application(client_max_size=1 << 24)
    app.router.add_post("/v1/chat/completions", answer)
    app.router.add_post("/v1/control", control)
    return app


def _completion(model: str, content: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960},
    }


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def main() -> None:
    """Print the base URL, then serve the answers read from standard input until terminated."""
    answers: dict[str, str] = orjson.loads(sys.stdin.buffer.read())
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        # Connections wait in the socket's queue until the application runs.
        print(f"http://127.0.0.1:{listening.getsockname()[1]}/v1", flush=True)
        web.run_app(application(answers), sock=listening, print=None, access_log=None)


if __name__ == "__main__":
    main()
