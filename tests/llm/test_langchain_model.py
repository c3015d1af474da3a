"""Any LangChain chat model may be passed in; it is asked in plain text."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import FakeListChatModel, GenericFakeChatModel
from langchain_core.messages import AIMessage

from toolweave.core.errors import GenerationError, ServerError
from toolweave.llm.chat import ChatGenerator
from toolweave.llm.usage import collect_usage

if TYPE_CHECKING:
    from tests.llm.conftest import LyingServer, Person


def saying(*messages: AIMessage | str) -> GenericFakeChatModel:
    return GenericFakeChatModel(messages=iter(messages))


def ask(server: "LyingServer", model: BaseChatModel, **settings: Any) -> "Person":
    async def once() -> "Person":
        async with ChatGenerator(model, backoff=server.fast, **settings) as generator:
            return await generator.generate(server.task())

    return asyncio.run(once())


def test_its_answer_is_read_and_its_tokens_are_counted(server: "LyingServer") -> None:
    counted = {"input_tokens": 9, "output_tokens": 4, "total_tokens": 13}
    model = saying(AIMessage(content=f"Here: {server.good}", usage_metadata=counted))
    with collect_usage() as usage:
        assert ask(server, model).name == "Ada"
    assert (usage.total().prompt_tokens, usage.total().completion_tokens) == (9, 4)


def test_its_bad_answers_are_repaired(server: "LyingServer") -> None:
    assert ask(server, saying("no", server.good)).name == "Ada"
    with pytest.raises(GenerationError, match="in 3 attempts"):
        ask(server, saying("no", "no", "no"))


def test_a_tool_call_is_an_answer(server: "LyingServer") -> None:
    call = {"name": "person", "args": {"name": "Ada", "age": 36}, "id": "1"}
    assert ask(server, saying(AIMessage(content="", tool_calls=[call]))).age == 36


def test_its_answers_are_kept_by_its_settings(server: "LyingServer", tmp_path: Path) -> None:
    cache = tmp_path / "answers.sqlite"
    spent = []
    for more in ("a", "a", "b"):
        model = FakeListChatModel(responses=[server.good, more])
        with collect_usage() as usage:
            assert ask(server, model, cache=cache).name == "Ada"
        spent.append(usage.total().cached)
    assert spent == [0, 1, 0]


class Unreachable(GenericFakeChatModel):
    """A model behind a connection that breaks."""

    def _generate(self, *_: Any, **__: Any) -> Any:
        raise ConnectionResetError(104, "Connection reset by peer")


def test_a_broken_connection_is_one_error(server: "LyingServer") -> None:
    with pytest.raises(ServerError, match="'Unreachable': Connection reset by peer"):
        ask(server, Unreachable(messages=iter(())), max_retries=1)


def test_a_chat_openai_of_ones_own_fails_like_ours(server: "LyingServer") -> None:
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    async def once() -> "Person":
        denied = server.fails(401, "bad key tw-own-key-123456")
        async with server.serving([denied], []) as url:
            model = ChatOpenAI(model="tiny", base_url=url, api_key=SecretStr("tw"), max_retries=0)
            try:
                return await ChatGenerator(model, backoff=server.fast).generate(server.task())
            finally:
                await model.root_async_client.close()

    with pytest.raises(ServerError, match="the model 'tiny' answered 401"):
        asyncio.run(once())
