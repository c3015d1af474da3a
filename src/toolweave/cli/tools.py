"""``toolweave tools``: the commands that bring, grow, link and measure tools."""

from collections.abc import Callable
from typing import Final

import typer

from toolweave.cli.tools_import import import_
from toolweave.cli.tools_link import link
from toolweave.cli.tools_stats import stats
from toolweave.cli.tools_synthesize import synthesize
from toolweave.cli.tools_words import words

TOOLS: Final = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Import tools, grow a domain's tools, link them, measure them, word them.",
)
COMMANDS: Final[tuple[tuple[str, Callable[..., None]], ...]] = (
    ("import", import_),
    ("synthesize", synthesize),
    ("link", link),
    ("stats", stats),
    ("words", words),
)
for _name, _command in COMMANDS:
    TOOLS.command(_name)(_command)
