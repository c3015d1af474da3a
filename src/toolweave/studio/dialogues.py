"""One dialogue: its messages beside the plan, memory after every step, and the verdict by hand."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from toolweave.core.hand_verdict import LONGEST_NOTE, Decision
from toolweave.core.model import Record
from toolweave.evaluation.loading import LoadedDialogue
from toolweave.reporting.anchoring import anchored
from toolweave.reporting.overheard import shown
from toolweave.schema.documents import parse_document
from toolweave.schema.records import build
from toolweave.schema.text import whole_number
from toolweave.schema.types import json_bytes
from toolweave.service.problems import Problem
from toolweave.studio.choosing import Chosen
from toolweave.studio.holdings import Holding
from toolweave.studio.index import written
from toolweave.studio.lists import DIGITS, PAGE, holding
from toolweave.studio.memories import memories_of
from toolweave.studio.pages import HEADERS, page, told
from toolweave.studio.rows import Row

_TOLD: Final = {
    "keep": "Kept: exports take it whole, whatever a judge says.",
    "drop": "Dropped: exports leave it out.",
    "": "The note is kept.",
}


class Wish(Record):
    """A verdict as a page sends it."""

    digest: str
    decision: Decision = ""
    note: str = Field(default="", max_length=LONGEST_NOTE)


class Neighbours(NamedTuple):
    """The place of a record among those ``found``, and the numbers around it; 0 for none."""

    place: int
    found: int
    before: int
    after: int

    @property
    def page(self) -> int:
        """The page of the list that it stands on."""
        return max(1, -(-self.place // PAGE))


def dialogue(request: Request) -> Response:
    """A record, with its neighbours among those of the filter."""
    run, number, row = _asked(request)
    loaded = run.index.record(number, row)
    made = shown(loaded, run.index.tools)
    chosen = Chosen.of(request.query_params)
    placed: dict[str, Any] = {
        "run": run, "here": "list", "number": number, "address": chosen.address(),
        "near": _neighbours(chosen.numbers(run.index.rows, run.decisions()), number),
    }  # fmt: skip
    if made is None:
        if "text/html" not in request.headers.get("accept", ""):
            raise _unreadable(number, loaded)
        return page(request, "unreadable.html", status=422, problem=_why(loaded), **placed)
    verdict = run.hands.on(loaded.id, row.digest)
    return page(
        request, "dialogue_page.html",
        digest=row.digest,
        shown=anchored(made, "d"),
        memories=memories_of(loaded),
        ours=loaded.dialogue is not None,
        decision=verdict.decision if verdict else "",
        note=verdict.note if verdict else "",
        stale=verdict is None and run.decided_before(loaded.id),
        longest=LONGEST_NOTE,
        **placed,
    )  # fmt: skip


async def verdict(request: Request) -> Response:
    """Take a verdict by hand on a record, as long as it is the one that was looked at."""
    held = await request.body()
    return await run_in_threadpool(_decide, request, held)


def _decide(request: Request, body: bytes) -> Response:
    run, number, row = _asked(request)
    wish = build(Wish, parse_document(body.decode("utf-8", "replace"), file="verdict.json"))
    loaded = run.index.record(number, row)
    if row.digest != wish.digest:
        raise Problem(409, "record_changed", "the record has changed; load the page anew")
    made = run.hands.set(loaded.id, wish.digest, wish.decision, wish.note)
    text = "Nothing is decided." if made.says_nothing else _TOLD[made.decision]
    return told({"told": text})


def record(request: Request) -> Response:
    """The record as the file holds it, to be kept."""
    run, number, row = _asked(request)
    loaded = run.index.record(number, row)
    raw = run.index.raw(row)
    if not raw:
        if loaded.problem is not None:
            raise _unreadable(number, loaded)
        raw = json_bytes(written(loaded))
    name = f'attachment; filename="record-{number}.json"'
    return Response(
        raw, headers={**HEADERS, "Content-Disposition": name}, media_type="application/json"
    )


def _asked(request: Request) -> tuple[Holding, int, Row]:
    run, asked = holding(request), request.path_params["number"]
    number, rows = whole_number(asked, DIGITS), run.index.rows
    if number is None or not 1 <= number <= len(rows):
        raise HTTPException(404, f"there is no record {asked[:20]!r} in {run.name}")
    return run, number, rows[number - 1]


def _unreadable(number: int, loaded: LoadedDialogue) -> HTTPException:
    return HTTPException(422, f"record {number}: {_why(loaded)}")


def _why(loaded: LoadedDialogue) -> str:
    return loaded.problem.problem if loaded.problem else "the record cannot be read"


def _neighbours(numbers: Sequence[int], number: int) -> Neighbours:
    at = bisect_left(numbers, number)
    among = at < len(numbers) and numbers[at] == number
    after = at + among
    return Neighbours(
        at + 1 if among else 0,
        len(numbers),
        numbers[at - 1] if at else 0,
        numbers[after] if after < len(numbers) else 0,
    )


ROUTES: Final[tuple[Any, ...]] = (
    Route("/runs/{slug}/dialogues/{number}/verdict", verdict, methods=["POST"]),
    Route("/runs/{slug}/dialogues/{number}", dialogue),
    Route("/runs/{slug}/dialogues/{number}/record", record),
)
