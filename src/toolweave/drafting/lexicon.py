"""A lexicon for tools that nobody prepared."""

from collections.abc import Sequence

from toolweave.core.lexicon import Lexicon
from toolweave.core.tool import Tool
from toolweave.drafting.openings import situations
from toolweave.drafting.phrasing import draft_tool


def draft(tools: Sequence[Tool], domain: str = "") -> Lexicon:
    """Words for each of the tools, as a person could then edit them."""
    return Lexicon(
        version=1,
        domain=domain,
        tools={tool.name: draft_tool(tool) for tool in tools},
        situations=situations(tools),
    )
