"""Prompts: text files beside those who ask, filled by name."""

from functools import cached_property
from pathlib import Path
from typing import Any, Final

import jinja2

from toolweave.core.seeding import token
from toolweave.llm.task import Prompt
from toolweave.schema.types import json_bytes

_SPLIT: Final = "=== user ===\n"


class Prompts:
    """The prompts in one folder.

    Args:
        folder: holds ``NAME.txt`` files; what stands above ``=== user ===`` is the constant part.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def _environment(self) -> jinja2.Environment:
        # Templates are ours and values are data, never templates; nothing is rendered as markup.
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(self.folder),
            undefined=jinja2.StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        # Jinja's own filter escapes for markup, which a model would copy.
        environment.filters["json"] = lambda value: json_bytes(value).decode()
        return environment

    def render(self, name: str, **values: Any) -> Prompt:
        """The prompt ``name`` filled with ``values``; its constant part is the system message."""
        text = self._environment.get_template(f"{name}.txt").render(**values)
        system, _, user = text.partition(_SPLIT)
        return Prompt(system.strip(), user.strip())

    def names(self) -> list[str]:
        """Every prompt there is."""
        return sorted(path.stem for path in self.folder.glob("*.txt"))

    @cached_property
    def version(self) -> str:
        """A digest of all prompts, for the provenance of what they produced."""
        return token(0, *(path.read_text("utf-8") for path in sorted(self.folder.glob("*.txt"))))
