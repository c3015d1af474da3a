"""Problems: every failure as a problem-details body (RFC 9457) with a status and a code."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from toolweave.core.errors import (
    BindingError,
    GenerationError,
    InputError,
    RunFolderError,
    SchemaError,
    ServerError,
    ToolweaveError,
)
from toolweave.graph.checkpoints import Moved, StoreError
from toolweave.llm.task import Unacceptable
from toolweave.memory.tokens import TokenError
from toolweave.schema.records import clipped
from toolweave.schema.text import clean
from toolweave.schema.types import json_bytes

MEDIA_TYPE: Final = "application/problem+json"
_MOST_NAMED: Final = 20
_TOKEN_STATUS: Final = {"invalid": 400, "version": 400, "expired": 410}


class Problem(ToolweaveError):
    """A request that is not answered as it wished.

    Args:
        status: the HTTP status.
        code: names the kind of problem for programs.
        detail: says it to a person, in one line.
        errors: what is wrong in particular.
        headers: such as ``Retry-After``.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: tuple[Mapping[str, Any], ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.code, self.detail = status, code, clipped(clean(detail))
        self.errors, self.headers = errors, dict(headers or {})
        super().__init__(self.detail)

    def body(self) -> dict[str, Any]:
        """The problem-details object."""
        made: dict[str, Any] = {
            "type": f"urn:toolweave:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            made["errors"] = list(self.errors)
        return made

    def response(self) -> Response:
        """The problem as an answer."""
        headers = {**self.headers, "Cache-Control": "no-store"}
        return Response(json_bytes(self.body()), self.status, headers, MEDIA_TYPE)


def problem_of(error: Exception) -> Problem:
    """An error of this package as a problem; anything else is a defect, and says nothing."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, TokenError):
        status = _TOKEN_STATUS[error.reason]
        return Problem(status, f"token_{error.reason}", str(error))
    if isinstance(error, StoreError):
        return Problem(503, "store_unavailable", str(error), headers={"Retry-After": "1"})
    if isinstance(error, Moved):
        return Problem(409, "world_busy", "too many calls at once in this world; try again")
    if isinstance(error, Unacceptable):
        told = tuple({"detail": clipped(one)} for one in error.problems[:_MOST_NAMED])
        return Problem(422, "utterance_refused", "the utterance cannot be taken", told)
    if isinstance(error, InputError):
        return Problem(422, "input_unusable", str(error))
    if isinstance(error, ServerError):
        return Problem(502, "model_unavailable", str(error), headers={"Retry-After": "5"})
    if isinstance(error, RunFolderError):
        return Problem(503, "file_unwritable", str(error))
    if isinstance(error, GenerationError | BindingError | SchemaError):
        return Problem(422, "not_realised", str(error))
    return Problem(500, "internal", "the service failed; the log says why")


def standard(error: HTTPException) -> Problem:
    """What the framework refuses, under the name of its status."""
    status = HTTPStatus(error.status_code)
    code = status.phrase.casefold().replace(" ", "_").replace("-", "_")
    return Problem(status, code, str(error.detail), headers=error.headers)


def add_handlers(app: FastAPI) -> None:
    """Let the application answer every failure with a problem."""

    async def own(_: Request, error: Exception) -> Response:
        return problem_of(error).response()

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return _invalid(error).response()

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return standard(error).response()

    app.add_exception_handler(ToolweaveError, own)
    app.add_exception_handler(Unacceptable, own)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, own)


def _invalid(error: RequestValidationError) -> Problem:
    """What is wrong with a request, without repeating what it held."""
    found = error.errors()
    if found and found[0]["type"] == "json_invalid":
        return Problem(400, "json_invalid", "the body is not JSON, or is nested too deeply")
    told = tuple(
        {"at": clipped(".".join(str(part) for part in one["loc"])), "detail": clipped(one["msg"])}
        for one in found[:_MOST_NAMED]
    )
    return Problem(422, "request_invalid", f"{len(found)} errors in the request", told)
