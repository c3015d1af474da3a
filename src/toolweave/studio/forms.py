"""Forms: what a page of ours sends, bounded whoever sends it."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from toolweave.service.problems import Problem

Form = Mapping[str, str]
_FIELDS: Final = 500


async def form_of(request: Request) -> Form:
    """The fields of a form with what stands in them, empty ones too.

    Raises:
        Problem: there are too many of them.
    """
    text = (await request.body()).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS))
    except ValueError as error:
        raise Problem(400, "form_invalid", "the form has too many fields") from error
