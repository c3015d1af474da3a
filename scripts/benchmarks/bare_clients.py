"""What ours is measured beside: the bare openai client, and bare LangGraph with ChatOpenAI."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypedDict

from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph
from openai import AsyncOpenAI, DefaultAsyncHttpxClient
from pydantic import SecretStr

from scripts.benchmarks.recording import Answered
from toolweave.llm.demand import Rung, demand_of

Request = dict[str, Any]
Ask = Callable[[Request], Awaitable[object]]
_KEY: Final = "not-needed"
_RETRIES: Final = 10  # with the clients' default of 2 calls die under refusals


def request_of(answered: Answered) -> Request:
    """The request that asks for a recorded answer, rendered beforehand."""
    task, _ = answered
    prompt, demand = task.render(task.context), demand_of(task)
    return {
        "model": "measured",
        "messages": [
            {"role": "system", "content": f"{prompt.system}\n\n{demand.text}"},
            {"role": "user", "content": prompt.user},
        ],
        "response_format": demand.response_format(Rung.SCHEMA),
        "temperature": 0.7,
    }


@asynccontextmanager
async def bare_client(url: str) -> AsyncIterator[Ask]:
    """The openai client as it comes."""
    async with AsyncOpenAI(base_url=url, api_key=_KEY, max_retries=_RETRIES) as client:

        async def ask(request: Request) -> object:
            return await client.chat.completions.create(**request)

        yield ask


class Told(TypedDict):
    """The state of the bare graph: what is still to be asked."""

    requests: Sequence[Request]
    done: int


@asynccontextmanager
async def bare_graph(url: str) -> AsyncIterator[Any]:
    """A compiled graph with one node, which asks its requests one after the other."""
    # The client that ChatOpenAI makes by itself is shared by event loops, and dies with the first.
    client = DefaultAsyncHttpxClient()
    chat = ChatOpenAI(
        model="measured", base_url=url, api_key=SecretStr(_KEY), temperature=0.7,
        max_retries=_RETRIES, http_async_client=client,
    )  # fmt: skip

    async def ask(state: Told) -> dict[str, int]:
        request = state["requests"][state["done"]]
        await chat.ainvoke(request["messages"], response_format=request["response_format"])
        return {"done": state["done"] + 1}

    def onward(state: Told) -> str:
        return "ask" if state["done"] < len(state["requests"]) else END

    builder = StateGraph(Told)
    builder.add_node("ask", ask)
    builder.add_edge(START, "ask")
    builder.add_conditional_edges("ask", onward, {"ask": "ask", END: END})
    async with client:
        yield builder.compile()


async def loop_over(dialogues: Sequence[Sequence[Request]], ask: Ask, in_flight: int) -> None:
    """A bare asyncio loop: the requests of each dialogue in order, so many calls at a time."""
    doors = asyncio.Semaphore(in_flight)

    async def one(requests: Sequence[Request]) -> None:
        for request in requests:
            async with doors:
                await ask(request)

    await asyncio.gather(*(one(requests) for requests in dialogues))


async def graphs_over(dialogues: Sequence[Sequence[Request]], url: str, in_flight: int) -> None:
    """Bare LangGraph: a graph run per dialogue, so many at a time."""
    doors = asyncio.Semaphore(in_flight)
    async with bare_graph(url) as graph:

        async def one(requests: Sequence[Request]) -> None:
            async with doors:
                await graph.ainvoke({"requests": requests, "done": 0})

        await asyncio.gather(*(one(requests) for requests in dialogues))
