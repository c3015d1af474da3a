"""How each consumer reads its files, for the card: a Markdown text per exporter."""

from pathlib import Path
from typing import Final

_TEXTS: Final = Path(__file__).with_name("usages")


def usage(name: str) -> str:
    """The text of our exporter of that name."""
    return (_TEXTS / f"{name}.md").read_text("utf-8")
