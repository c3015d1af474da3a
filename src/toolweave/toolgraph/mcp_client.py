"""Asking a running MCP server for its tools: a command over stdio, or a URL over HTTP."""

import asyncio
import logging
import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self, TextIO

from toolweave.core.errors import InputError
from toolweave.schema.records import input_error

TIMEOUT: Final = 20.0
MOST_PAGES: Final = 1_000
MOST_TOOLS: Final = 20_000
_URLS: Final = ("http://", "https://")
_MEND: Final = "check that it runs and is an MCP server"


def listed_tools(server: str, timeout: float = TIMEOUT) -> dict[str, Any]:
    """The ``tools/list`` answer of a server, all pages in one, as plain data.

    ``server`` is a command line, split as a shell would but run without one, or a URL: one that
    ends in ``/sse`` is spoken to by server-sent events, others by streamable HTTP. The server's
    process has ended when this returns. Only the listing is asked for; no tool is called.

    Args:
        server: the command or the URL.
        timeout: how many seconds the server has for everything.

    Raises:
        InputError: the package ``mcp`` is missing, or the server cannot be started, does not
            answer in time, or answers with something else.
    """
    try:
        import mcp  # noqa: F401
    except ImportError as error:
        mend = "pip install 'toolweave[mcp]'"
        raise InputError("asking an MCP server needs the package mcp", mend=mend) from error
    shown = f"MCP server {server!r:.120}"
    with _quiet():
        try:
            return asyncio.run(_within(server, timeout))
        except TimeoutError as error:
            mend = "check that it is an MCP server, or allow more time with --timeout"
            problem = f"{shown} did not list its tools within {timeout:g} s"
            raise input_error(problem, mend=mend) from error
        except ExceptionGroup as group:
            cause = _first(group)
            if isinstance(cause, InputError):
                raise cause from group
            reason = " ".join(str(cause).split())[:160] or type(cause).__name__
            raise input_error(f"{shown} cannot be asked: {reason}", mend=_MEND) from group


async def _within(server: str, timeout: float) -> dict[str, Any]:
    """The listing, within the time. Whatever a transport raises arrives as the task's group."""
    async with asyncio.timeout(timeout), asyncio.TaskGroup() as group:
        task = group.create_task(_ask(server))
    return task.result()


async def _ask(server: str) -> dict[str, Any]:
    from mcp import Client

    pages: list[dict[str, Any]] = []
    # What a server logs is its own affair, and might act on a terminal.
    with Path(os.devnull).open("w", encoding="utf-8") as sink:
        overheard = _Overheard(_transport(server, sink), pages)
        async with Client(overheard, cache=None) as client:
            await _all_pages(client, pages)
            told = client.server_info
    tools = [tool for page in pages for tool in page.get("tools") or ()]
    name = getattr(told, "name", "") or ""
    return {"serverInfo": {"name": name}, "tools": tools[:MOST_TOOLS]}


async def _all_pages(client: Any, pages: list[dict[str, Any]]) -> None:
    """Every page, as the server wrote it: the SDK would refuse a page for one bad tool."""
    from pydantic import ValidationError

    cursor: str | None = None
    seen: set[str] = set()
    for _ in range(MOST_PAGES):
        before = len(pages)
        try:
            await client.list_tools(cursor=cursor)
        except ValidationError as error:
            if len(pages) == before:
                raise InputError("the server's list of tools cannot be read", mend=_MEND) from error
        following = pages[-1].get("nextCursor") if len(pages) > before else None
        if not isinstance(following, str) or not following or following in seen:
            return
        seen.add(following)
        cursor = following
        if sum(len(page["tools"]) for page in pages) >= MOST_TOOLS:
            return


def _transport(server: str, sink: TextIO) -> Any:
    """The SDK's transport for a command or a URL."""
    if server.casefold().startswith(_URLS):
        from mcp.client.sse import sse_client
        from mcp.client.streamable_http import streamable_http_client

        path = server.partition("?")[0].rstrip("/")
        return sse_client(server) if path.endswith("/sse") else streamable_http_client(server)
    from mcp.client.stdio import StdioServerParameters, stdio_client

    try:
        command, *arguments = shlex.split(server) or [""]
    except ValueError as error:
        problem = f"the command {server!r:.80} cannot be split: {error}"
        raise input_error(problem, mend="close the quotes, or name a command") from error
    if not command:
        raise input_error("the server names no command", mend="name one, or a URL")
    if shutil.which(command) is None:
        raise input_error(f"there is no command {command!r:.80}", mend="check the spelling")
    return stdio_client(StdioServerParameters(command=command, args=arguments), errlog=sink)


class _Overheard:
    """A transport that keeps every list of tools that comes in, before the SDK judges it."""

    def __init__(self, transport: Any, pages: list[dict[str, Any]]) -> None:
        self._transport, self._pages = transport, pages

    async def __aenter__(self) -> tuple[Any, Any]:
        read, write = await self._transport.__aenter__()
        return _Reading(read, self._pages), write

    async def __aexit__(self, *args: Any) -> Any:
        return await self._transport.__aexit__(*args)


class _Reading:
    """A read stream that notes the lists of tools passing through."""

    def __init__(self, stream: Any, pages: list[dict[str, Any]]) -> None:
        self._stream, self._pages = stream, pages

    async def receive(self) -> Any:
        return self._noted(await self._stream.receive())

    async def aclose(self) -> None:
        await self._stream.aclose()

    def close(self) -> None:
        self._stream.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        return self._noted(await self._stream.__anext__())

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(self, *args: Any) -> Any:
        return await self._stream.__aexit__(*args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _noted(self, message: Any) -> Any:
        result = getattr(getattr(message, "message", None), "result", None)
        if isinstance(result, dict) and isinstance(result.get("tools"), list):
            self._pages.append(dict(result))
        return message


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the SDK's log lines, which would print tracebacks for a server's garbage."""
    logger = logging.getLogger("mcp")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


def _first(error: Exception) -> Exception:
    """What went wrong, out of however many groups it was wrapped in."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
