"""The door in front of the gate: whoever has the key gets in once, and a cookie keeps them in."""

import hmac
from typing import Final

from itsdangerous import BadSignature, TimestampSigner
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from toolweave.service.problems import Problem
from toolweave.studio.forms import form_of
from toolweave.studio.holdings import Holdings
from toolweave.studio.pages import page

ENTER: Final = "/enter"
COOKIE: Final = "toolweave_studio"
_SECONDS: Final = 12 * 3600
_IN: Final = "in"


class Door:
    """ASGI middleware: turns a cookie into the key that the gate asks for, and shows where to type
    the key. Whatever changes something must come from a page of ours.

    Args:
        app: the gate with the application behind it.
        key: the key; empty where none is needed.
        holdings: what is open behind it.
    """

    def __init__(self, app: ASGIApp, key: str, holdings: Holdings) -> None:
        self.app, self._key, self.holdings = app, key, holdings
        self._signer = TimestampSigner(key or "none", salt="studio")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, or show the door."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        if scope["method"] not in ("GET", "HEAD") and not _ours(request.headers):
            problem = Problem(403, "page_unknown", "only the studio's own pages may do that")
            await problem.response()(scope, receive, send)
            return
        if self._key:
            if self._known(request):
                MutableHeaders(scope=scope)["authorization"] = f"Bearer {self._key}"
            elif scope["method"] == "GET" and scope["path"] != ENTER and _browser(request.headers):
                await RedirectResponse(ENTER, 303)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _known(self, request: Request) -> bool:
        try:
            self._signer.unsign(request.cookies.get(COOKIE, ""), max_age=_SECONDS)
        except BadSignature:
            return False
        return True

    async def enter(self, request: Request) -> Response:
        """The page that asks for the key, and what it leads to."""
        if request.method != "POST":
            return page(request, "enter.html", wrong=False)
        given = (await form_of(request)).get("key", "")
        if not self._key or not hmac.compare_digest(given.strip().encode(), self._key.encode()):
            return page(request, "enter.html", status=401, wrong=True)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE,
            self._signer.sign(_IN).decode(),
            max_age=_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return answer


def _ours(headers: Headers) -> bool:
    """Whether a page of ours sent it; programs that are no browser do not say."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    # Over plain HTTP to another machine a browser tells the origin alone.
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


def _browser(headers: Headers) -> bool:
    return "text/html" in headers.get("accept", "")
