"""The words of a drafted tool: how it is asked for, and what is said when it is done."""

from collections.abc import Iterable
from typing import Final

from toolweave.core.lexicon import ToolWords
from toolweave.core.tool import Tool
from toolweave.drafting.asking import again, wishes
from toolweave.drafting.deed import deed_of
from toolweave.drafting.telling import counted_list, done
from toolweave.drafting.weaving import weave

_MOST: Final = 32


def draft_tool(tool: Tool) -> ToolWords:
    """The words of a tool, drafted from its name, description and parameters."""
    deed = deed_of(tool)
    woven = weave(tool, deed)
    return ToolWords(
        wishes=_few(wishes(deed, woven)),
        again=_few(again(deed, woven)),
        done=_few(done(tool, deed, woven)),
        **counted_list(deed),
    )


def _few(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrases))[:_MOST]
