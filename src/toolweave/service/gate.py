"""The gate before the application: host, key, rate, and the size and the time of a body."""

import asyncio
import hmac
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from toolweave.service.problems import Problem, problem_of
from toolweave.service.settings import Access, Secrets, is_loopback

log = logging.getLogger("toolweave.service")
OPEN: Final = frozenset({"/health", "/ready"})
_MOST_CLIENTS: Final = 10_000


class Gate:
    """ASGI middleware: what does not pass it never reaches the application.

    Args:
        app: the application.
        settings: the limits.
        secrets: the key.
        free: paths that need no key.
    """

    def __init__(
        self, app: ASGIApp, settings: Access, secrets: Secrets, free: Collection[str] = OPEN
    ) -> None:
        self.app, self.settings, self._free = app, settings, free
        self._key = secrets.api_key.encode()
        self._rate = Rate(settings.rate) if settings.rate else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with the problem it has."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            self._check(scope, Headers(scope=scope))
            body = await self._body(scope, receive)
            await self.app(scope, _replayed(body, receive), watched)
        except Problem as problem:
            await problem.response()(scope, receive, watched)
        except Exception as error:
            # A defect is told to the log alone; the caller learns that there was one.
            log.exception("%s failed", _route(scope))
            if not status:
                await problem_of(error).response()(scope, receive, watched)
        finally:
            spent = 1000 * (time.perf_counter() - started)
            # The route's pattern: a path may hold a token, and a query may hold anything.
            log.info("%s %s %d %.1f ms", scope["method"], _route(scope), status, spent)

    def _check(self, scope: Scope, headers: Headers) -> None:
        if scope["path"] not in OPEN:
            # Who only looks whether it runs calls it by whatever address it has.
            self._check_host(headers)
        if self._rate is not None and scope["path"] not in OPEN:
            wait = self._rate.wait(_client(scope))
            if wait:
                seconds = str(max(1, round(wait)))
                raise Problem(
                    429, "rate_limited", "too many requests", headers={"Retry-After": seconds}
                )
        if self._key and scope["path"] not in self._free and not self._admitted(headers):
            challenge = {"WWW-Authenticate": 'Bearer realm="toolweave"'}
            raise Problem(401, "key_required", "an API key is required", headers=challenge)

    def _check_host(self, headers: Headers) -> None:
        """Without a key, only what calls this machine by its own name: a page on the web whose
        name was made to point here does not, and a form on it does not send JSON.
        """
        if self._key and not self.settings.allowed_hosts:
            return
        host = headers.get("host", "")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        allowed = name in self.settings.allowed_hosts or (not self._key and is_loopback(name))
        if not allowed:
            raise Problem(421, "host_unknown", "this service is not called by that name")
        origin = headers.get("origin", "")
        if origin and not self._key and not is_loopback(_host_of(origin)):
            raise Problem(403, "origin_unknown", "pages from elsewhere are not served")

    def _admitted(self, headers: Headers) -> bool:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.casefold() != "bearer":
            given = headers.get("x-api-key", "")
        return hmac.compare_digest(given.strip().encode(), self._key)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """The whole body, if it is not too large and comes in time."""
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self.settings.most_body:
            raise self._too_large()
        if not declared and "transfer-encoding" not in headers:
            return b""
        held = bytearray()
        try:
            async with asyncio.timeout(self.settings.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise Problem(400, "incomplete", "the request was not sent to its end")
                    held += message.get("body", b"")
                    if len(held) > self.settings.most_body:
                        raise self._too_large()
                    if not message.get("more_body", False):
                        return bytes(held)
        except TimeoutError as error:
            raise Problem(
                408, "too_slow", "the request came too slowly", headers={"Connection": "close"}
            ) from error

    def _too_large(self) -> Problem:
        most = self.settings.most_body
        detail = f"the request is larger than {most} bytes"
        return Problem(413, "too_large", detail, headers={"Connection": "close"})


class Rate:
    """So many requests a second for each client, and twice as many at once.

    Every worker counts for itself; what it counts is of no consequence for any answer.
    """

    def __init__(self, rate: float, now: Callable[[], float] = time.monotonic) -> None:
        self.rate, self._now = rate, now
        self._most = max(1.0, 2 * rate)
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Seconds until the client may come again; 0 where it may now."""
        at = self._now()
        left, before = self._left.pop(client, (self._most, at))
        left = min(self._most, left + self.rate * (at - before))
        passes = left >= 1
        self._left[client] = (left - 1 if passes else left, at)
        if len(self._left) > _MOST_CLIENTS:
            self._left.popitem(last=False)
        return 0.0 if passes else (1 - left) / self.rate


def _replayed(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _client(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _host_of(origin: str) -> str:
    host = origin.partition("://")[2]
    return host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host


def _route(scope: Scope) -> str:
    route = scope.get("route")
    if found := getattr(route, "path", ""):
        return str(found)
    return "/mcp" if scope["path"].startswith("/mcp") else "(no route)"
