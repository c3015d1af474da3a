"""A model server for measurements: reads prompts with their answers as JSON, then answers them."""

import socket
import sys
from typing import Any

import orjson
from aiohttp import web


def application(answers: dict[str, str]) -> web.Application:
    """An application that finds the answer to a request by the text of its last message."""

    async def answer(request: web.Request) -> web.Response:
        asked: dict[str, Any] = orjson.loads(await request.read())
        content = answers[asked["messages"][-1]["content"]]
        message = {"role": "assistant", "content": content}
        completion = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": asked["model"],
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960},
        }
        return web.Response(body=orjson.dumps(completion), content_type="application/json")

    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    return app


def main() -> None:
    """Print the base URL, then serve the answers read from standard input until terminated."""
    answers: dict[str, str] = orjson.loads(sys.stdin.buffer.read())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # Connections wait in the socket's queue until the application runs.
        print(f"http://127.0.0.1:{listening.getsockname()[1]}/v1", flush=True)
        web.run_app(application(answers), sock=listening, print=None)


if __name__ == "__main__":
    main()
