"""Prompts: text files beside the agents, filled by name."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jinja2

from toolweave.core.seeding import token
from toolweave.llm.task import Prompt
from toolweave.schema.types import json_bytes

_FOLDER: Final = Path(__file__).parent / "prompts"
_SPLIT: Final = "=== user ===\n"


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    # Templates are ours and values are data, never templates; nothing is rendered as markup.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Jinja's own filter escapes for markup, which a model would copy.
    environment.filters["json"] = lambda value: json_bytes(value).decode()
    return environment


def render(name: str, **values: Any) -> Prompt:
    """The prompt ``name`` filled with ``values``; its constant part is the system message."""
    text = _environment().get_template(f"{name}.txt").render(**values)
    system, _, user = text.partition(_SPLIT)
    return Prompt(system.strip(), user.strip())


def names() -> list[str]:
    """Every prompt there is."""
    return sorted(path.stem for path in _FOLDER.glob("*.txt"))


@lru_cache(maxsize=1)
def version() -> str:
    """A digest of all prompts, for the provenance of what they produced."""
    return token(0, *(path.read_text("utf-8") for path in sorted(_FOLDER.glob("*.txt"))))
