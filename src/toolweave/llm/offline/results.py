"""Simulated results: the narrowed schema filled with values a person of the field believes."""

import random

from toolweave.llm.contexts import Result, ResultContext
from toolweave.llm.offline.values import Drawer
from toolweave.schema.sampling import sample


def result(context: ResultContext, stream: random.Random) -> Result:
    """An instance of the narrowed result schema.

    Raises:
        SchemaError: the schema cannot be met.
    """
    if not context.schema:
        # Nothing is declared: an acknowledgement is what such a tool gives.
        return Result(result={"success": True})
    drawer = Drawer(
        context.words,
        context.cast,
        stream,
        dict(context.arguments),
        context.tool.name,
        result_at=context.clock,
        stated=context.stated,
    )
    drawn = sample(
        context.schema,
        stream,
        draw=lambda path, schema, _: drawer.leaf(path, schema),
        optional=0.85,
    )
    return Result(result=drawn)
