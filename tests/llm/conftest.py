"""A server that lies in every known way, and a real one that enforces schemas."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from toolweave.llm.chat import ChatGenerator
from toolweave.llm.retries import Backoff
from toolweave.llm.task import Prompt, Task
from toolweave.llm.usage import Spent, collect_usage

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Script = Sequence[Answer] | Callable[[dict[str, Any]], Answer]

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    "assistant: "
)
SERVER_PROGRAM = """
import sys, time, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.port = sys.argv[1], int(sys.argv[2])
params.hostnames = ["127.0.0.1"]
params.n_ctx, params.n_parallel, params.n_gpu_layers = 16384, 4, 0
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.warmup = params.fit_params = params.ui = False
params.offline = True
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
while True:
    time.sleep(60)
"""


def write_tiny_model(path: Path, *, width: int = 32, seed: int = 0) -> None:
    """A one-layer llama of random weights in a GGUF file; its vocabulary is ASCII, a token each."""
    import gguf

    characters = ["\n", *map(chr, range(0x20, 0x7F))]
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{code:02X}>" for code in range(0x80))]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    kinds += [gguf.TokenType.BYTE] * 0x80
    tokens += [character.replace(" ", "\u2581") for character in characters]
    kinds += [gguf.TokenType.NORMAL] * len(characters)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(16384)
    writer.add_embedding_length(width)
    writer.add_block_count(1)
    writer.add_feed_forward_length(width)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // 2)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template(CHAT_TEMPLATE)
    weights = np.random.default_rng(seed)
    shapes = {
        "token_embd": (len(tokens), width),
        "output_norm": (width,),
        "output": (len(tokens), width),
        "blk.0.attn_norm": (width,),
        "blk.0.ffn_norm": (width,),
        **{f"blk.0.attn_{part}": (width, width) for part in ("q", "k", "v", "output")},
        **{f"blk.0.ffn_{part}": (width, width) for part in ("gate", "up", "down")},
    }
    for name, shape in shapes.items():
        values = weights.normal(0.0, 0.3, shape) if len(shape) > 1 else np.ones(shape)
        writer.add_tensor(f"{name}.weight", values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


class Person(BaseModel):
    """What the tests ask for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(max_length=20)
    age: int = Field(ge=0, le=150)


class Outcome(NamedTuple):
    """How a conversation with the lying server went."""

    results: list[Person | BaseException]
    requests: list[dict[str, Any]]
    spent: Spent

    @property
    def result(self) -> Person:
        """The only result."""
        (only,) = self.results
        if isinstance(only, BaseException):
            raise only
        return only

    @property
    def formats(self) -> list[str]:
        """The response formats asked for, in order."""
        return [request.get("response_format", {}).get("type", "text") for request in self.requests]


class LyingServer:
    """Runs tasks against an in-process server that answers from a script."""

    person = Person
    good = '{"name": "Ada", "age": 36}'
    fast = Backoff(first=0.001, longest=0.05)

    def task(
        self,
        *,
        name: str = "person",
        key: tuple[object, ...] = (7, "person"),
        accept: Callable[[Person], Person] = lambda person: person,
        schema: dict[str, Any] | None = None,
        user: str = "Who are you?",
    ) -> Task[None, Person]:
        """A task that asks for a person."""
        prompt = Prompt("You invent people.", user)
        return Task(name, None, Person, lambda _: prompt, accept, key, schema)

    def message(self, message: Any, finish: str = "stop", tokens: int = 5) -> Answer:
        """A chat completion with this message."""
        choice = {"index": 0, "finish_reason": finish, "message": message}
        usage = {"prompt_tokens": 11, "completion_tokens": tokens}
        return self.body({"object": "chat.completion", "choices": [choice], "usage": usage})

    def says(self, content: Any, finish: str = "stop", tokens: int = 5) -> Answer:
        """A chat completion with this content."""
        return self.message({"role": "assistant", "content": content}, finish, tokens)

    def body(self, body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
        """Any JSON body."""

        async def answer(_: web.Request) -> web.StreamResponse:
            return web.json_response(body, status=status, headers=headers)

        return answer

    def fails(
        self,
        status: int,
        words: str = "no",
        *,
        code: str = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """An error in OpenAI's form."""
        return self.body({"error": {"message": words, "code": code}}, status, headers)

    def page(self, text: str, status: int = 200) -> Answer:
        """A page of a proxy, say."""

        async def answer(_: web.Request) -> web.StreamResponse:
            return web.Response(text=text, status=status, content_type="text/html")

        return answer

    async def hang_up(self, request: web.Request) -> web.StreamResponse:
        """Closes the connection instead of answering."""
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def fall_asleep(self, _: web.Request) -> web.StreamResponse:
        """Answers too late."""
        await asyncio.sleep(5)
        return web.Response()

    def talk(self, script: Script, *tasks: Task[None, Person], **settings: Any) -> Outcome:
        """Run the tasks (one by default) at once; the last answer of the script is repeated."""
        return asyncio.run(self._talk(script, tasks or (self.task(),), settings))

    async def _talk(
        self, script: Script, tasks: Sequence[Task[None, Person]], settings: dict[str, Any]
    ) -> Outcome:
        requests: list[dict[str, Any]] = []
        settings = {"backoff": self.fast, "max_retries": 3, "timeout": 2.0, **settings}
        async with self.serving(script, requests) as url:
            with collect_usage() as usage:
                async with ChatGenerator("tiny", base_url=url, **settings) as generator:
                    asked = (generator.generate(task) for task in tasks)
                    results = await asyncio.gather(*asked, return_exceptions=True)
        return Outcome(results, requests, usage.total())

    @asynccontextmanager
    async def serving(
        self, script: Script, requests: list[dict[str, Any]], port: int = 0
    ) -> AsyncIterator[str]:
        """The address of a running server; what it is asked is added to ``requests``."""

        async def handle(request: web.Request) -> web.StreamResponse:
            asked = await request.json()
            requests.append(asked)
            if callable(script):
                return await script(asked)(request)
            return await script[min(len(requests), len(script)) - 1](request)

        app = web.Application()
        app.router.add_post("/v1/chat/completions", handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        finally:
            await runner.cleanup()


@pytest.fixture(autouse=True)
def _no_server_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_API_BASE", "OPENAI_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> LyingServer:
    """A server that lies as its script says."""
    return LyingServer()


@pytest.fixture(scope="session")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a llama-server with a model of random weights."""
    pytest.importorskip("xllamacpp", reason="xllamacpp (extra dev) is the schema-enforcing server")
    pytest.importorskip("gguf", reason="gguf (extra dev) writes the model of that server")
    folder = tmp_path_factory.mktemp("tiny-model")
    write_tiny_model(folder / "tiny.gguf")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", SERVER_PROGRAM, str(folder / "tiny.gguf"), str(port)]
    log = folder / "log"
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            ready = process.stdout.readline() if process.stdout else ""
            assert ready.startswith("http://"), log.read_text()[-2000:]
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
