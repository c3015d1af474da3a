"""Pages from templates: every text is made harmless and escaped, and nothing else may run."""

import base64
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from toolweave.reporting.harmless import harmless, shortened

STYLE: Final = "style.css"
# What a name, or a cell of a table, takes at most.
_CELL: Final = 300


def page(template: str, scripts: Sequence[str] = (), **values: Any) -> str:
    """One self-contained page that asks for nothing from anywhere.

    Its policy allows the style and the script that it carries, each by its digest, and no more.

    Args:
        template: a file in ``pages/``.
        scripts: the names of scripts in ``pages/`` that the page runs.
        values: what the template names; strings are escaped, ``Markup`` is not.
    """
    style, code = text(STYLE), "\n".join(map(text, scripts))
    allowed = ["default-src 'none'", f"style-src {digest(style)}"]
    allowed += [f"script-src {digest(code)}"] if code else []
    allowed += ["base-uri 'none'", "form-action 'none'"]
    return (
        environment()
        .get_template(template)
        .render(
            # Made of digests and of our own files alone.
            policy=Markup("; ".join(allowed)),
            style=Markup(style),
            script=Markup(code),
            **values,
        )
    )


def text(name: str) -> str:
    """What a file in ``pages/`` holds."""
    return files("toolweave.reporting").joinpath("pages", name).read_text(encoding="utf-8").strip()


def digest(text: str) -> str:
    """What a policy calls a style or a script by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _shown(value: object) -> object:
    """What an expression prints: markup as it is, everything else harmless."""
    return value if isinstance(value, Markup) else harmless(str(value))


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Templates in ``pages/`` under rules that let nothing foreign act."""
    return templates(PackageLoader("toolweave.reporting", "pages"))


def templates(loader: BaseLoader) -> Environment:
    """Templates under rules that let nothing foreign act."""
    made = Environment(
        loader=loader,
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["short"] = lambda text: shortened(str(text), _CELL)
    return made
