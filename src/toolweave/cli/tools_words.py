"""``toolweave tools words``: a first lexicon for tools that nobody prepared, to be edited."""

from typing import Annotated

import typer


def words(
    tools: Annotated[
        str,
        typer.Argument(
            metavar="TOOLS", help="A toolset, a graph, or tools of any form that can be imported."
        ),
    ],
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="Write the lexicon; '-' is stdout.")
    ] = "-",
) -> None:
    """Draft how people ask for the tools and what is said when they are done.

    Edit the file, and name it as the lexicon of the toolset or of a source in a run file.
    """
    import yaml

    from toolweave.cli.importing import named_or_imported
    from toolweave.cli.streams import counted, note, writable, write_out
    from toolweave.drafting.lexicon import draft

    writable(out)
    toolset = named_or_imported(tools)
    lexicon = draft(toolset.tools, toolset.domain or toolset.name)
    text = yaml.safe_dump(
        lexicon.model_dump(mode="json", exclude_defaults=True),
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )
    write_out(out, text)
    note(f"{counted(len(lexicon.tools), 'tool')} worded")
