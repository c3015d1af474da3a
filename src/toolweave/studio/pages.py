"""Pages and what they are made with: templates, styles and scripts of ours, and nothing else."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from toolweave.drawing.layout import layout
from toolweave.drawing.model import Diagram
from toolweave.drawing.svg import svg_of
from toolweave.reporting.page import digest, templates

# Every file that a page may ask for, and the package it lies in.
STATIC: Final[Mapping[str, tuple[str, str]]] = {
    "style.css": ("toolweave.reporting", "text/css"),
    "studio.css": ("toolweave.studio", "text/css"),
    "ties.js": ("toolweave.reporting", "text/javascript"),
    "studio.js": ("toolweave.studio", "text/javascript"),
    "waiting.js": ("toolweave.studio", "text/javascript"),
    "live.js": ("toolweave.studio", "text/javascript"),
    "live.css": ("toolweave.studio", "text/css"),
    "icon.svg": ("toolweave.studio", "image/svg+xml"),
}
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src {style}; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {above}"
)
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    drawings: Sequence[Markup] = (),
    **values: Any,
) -> Response:
    """A page that may run our scripts and nothing else, and that asks nobody but us.

    Args:
        request: what asked for it.
        template: a file in ``pages/``.
        status: the HTTP status.
        drawings: those that the page holds; their styles are allowed by their digests.
        values: what the template names; strings are escaped, ``Markup`` is not.
    """
    html = rendered(template, path=request.url.path, **values)
    styles = {digest(style) for one in drawings for style in _STYLE.findall(one)}
    policy = _POLICY.format(style=" ".join(["'self'", *sorted(styles)]), above="'none'")
    return Response(
        html, status, {**HEADERS, "Content-Security-Policy": policy}, "text/html; charset=utf-8"
    )


def rendered(template: str, **values: Any) -> str:
    """A template filled in; strings are escaped, ``Markup`` is not."""
    return _environment().get_template(template).render(**values)


def fragment(template: str, *, status: int = 200, **values: Any) -> Response:
    """A part of a page, for a script of ours to put in its place; on its own it may do nothing."""
    held = {**HEADERS, "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
    return Response(rendered(template, **values), status, held, "text/html; charset=utf-8")


def told(data: Mapping[str, Any]) -> Response:
    """Data for a script of ours."""
    # In ASCII, because the name of a file may be no text.
    return Response(json.dumps(data), headers=HEADERS, media_type="application/json")


def framed(html: str) -> Response:
    """A whole page of its own policy, to be shown in a frame of one of ours."""
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
        "sandbox allow-scripts; frame-ancestors 'self'"
    )
    return Response(
        html, 200, {**HEADERS, "Content-Security-Policy": policy}, "text/html; charset=utf-8"
    )


def drawn(diagram: Diagram) -> Markup:
    """A drawing to be put into a page; the SVG has escaped every foreign text."""
    return Markup(svg_of(layout(diagram), inline=True))


def static(name: str) -> Response:
    """A style or script.

    Raises:
        KeyError: there is none of that name.
    """
    text, kind = _file(name), STATIC[name][1]
    # The address of a file changes with what it holds, so it may be kept for good.
    held = {**HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
    return Response(text, 200, held, f"{kind}; charset=utf-8")


def address(name: str) -> str:
    """Where a style or script is to be asked for."""
    mark = hashlib.sha256(_file(name).encode()).hexdigest()[:12]
    return f"/static/{name}?{mark}"


@lru_cache(maxsize=16)
def _file(name: str) -> str:
    package, _ = STATIC[name]
    return files(package).joinpath("pages", name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    loaders = [PackageLoader(f"toolweave.{one}", "pages") for one in ("studio", "reporting")]
    made = templates(ChoiceLoader(loaders))
    made.globals["static"] = address
    return made
