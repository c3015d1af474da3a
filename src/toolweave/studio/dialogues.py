"""One dialogue: its messages beside the plan, memory after every step, and the verdict by hand."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from toolweave.evaluation.loading import LoadedDialogue
from toolweave.reporting.anchoring import anchored
from toolweave.reporting.overheard import shown
from toolweave.schema.types import json_bytes
from toolweave.studio.choosing import Chosen
from toolweave.studio.holdings import Holding
from toolweave.studio.lists import holding
from toolweave.studio.pages import HEADERS, page


def dialogue(request: Request) -> Response:
    """A record, with its neighbours among those of the filter."""
    run, number = _asked(request)
    loaded = run.index.record(number)
    made = shown(loaded, run.index.tools)
    if made is None:
        problem = loaded.problem.problem if loaded.problem else "the record cannot be read"
        raise HTTPException(422, f"record {number}: {problem}")
    chosen = Chosen.of(request.query_params)
    numbers = chosen.numbers(run.index.rows, run.decisions())
    return page(
        request, "dialogue_page.html",
        run=run, here="list", number=number,
        shown=anchored(made, "d"),
        memory={},
        forgotten="",
        decision="", note="", stale=False, digest="",
        address=chosen.address(),
        **_neighbours(numbers, number),
    )  # fmt: skip


def record(request: Request) -> Response:
    """The record as the file holds it, to be kept."""
    run, number = _asked(request)
    loaded = run.index.record(number)
    raw = run.index.raw(number) or _written(loaded)
    name = f'attachment; filename="record-{number}.json"'
    return Response(
        raw, headers={**HEADERS, "Content-Disposition": name}, media_type="application/json"
    )


def _asked(request: Request) -> tuple[Holding, int]:
    run, number = holding(request), request.path_params["number"]
    if not 1 <= number <= len(run.index.rows):
        raise HTTPException(404, f"there is no record {number} in {run.name}")
    return run, number


def _written(loaded: LoadedDialogue) -> bytes:
    if loaded.dialogue is not None:
        return json_bytes(loaded.dialogue.dump())
    return json_bytes({"messages": list(loaded.messages or ())})


def _neighbours(numbers: Sequence[int], number: int) -> dict[str, int]:
    """The place of a record among those of a filter, and who is before and after it; 0 for none."""
    at = bisect_left(numbers, number)
    among = at < len(numbers) and numbers[at] == number
    after = at + among
    return {
        "place": at + 1 if among else 0,
        "found": len(numbers),
        "before": numbers[at - 1] if at else 0,
        "after": numbers[after] if after < len(numbers) else 0,
    }


ROUTES: Final[tuple[Any, ...]] = (
    Route("/runs/{slug}/dialogues/{number:int}", dialogue),
    Route("/runs/{slug}/dialogues/{number:int}/record", record),
)
