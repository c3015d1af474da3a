"""Data from documents made into records, with one clear line when it does not fit."""

import json
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from toolweave.core.errors import InputError
from toolweave.core.model import FORMAT_VERSION, Record

RecordT = TypeVar("RecordT", bound=Record)
LONGEST = 240
_TAGS = ("act", "source")


def build(model: type[RecordT], data: object, *, file: str = "", place: str = "") -> RecordT:
    """The record that ``data`` describes; values are taken as written, never converted.

    Raises InputError naming the file, the place (``segments[0].steps[2].calls[0]``, put behind
    ``place``), the problem and the mend, with the nearest known key for an unknown one.
    """
    try:
        # Strict validation accepts a list for a tuple only when it reads JSON text itself.
        return model.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        raise _input_error(model, data, error.errors(include_url=False), file, place) from error
    except (TypeError, ValueError, RecursionError) as error:
        raise input_error(f"not plain data: {error}", file=file, place=place) from error


def input_error(problem: str, *, file: str = "", place: str = "", mend: str = "") -> InputError:
    """An InputError whose parts stay short and on one line, whatever names the input holds."""
    problem, place, mend = clipped(problem), clipped(place), clipped(mend)
    return InputError(problem, file=file, place=place, mend=mend)


def clipped(text: str) -> str:
    """The text on one line of at most 240 characters, without its middle if it is longer."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:150]} … {line[-87:]}"


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like ``name``, or an empty string."""
    found = process.extractOne(name[:200], list(known), scorer=fuzz.ratio, score_cutoff=60)
    return str(found[0]) if found else ""


def suggestion(name: str, known: Sequence[str]) -> str:
    """A mend for an unknown name: the nearest known one, else the first few of them."""
    if near := nearest(name, known):
        return f"did you mean {near!r}?"
    if not known:
        return "remove it"
    more = ", …" if len(known) > 12 else ""
    return f"known: {', '.join(sorted(known)[:12])}{more}"


def joined(place: str, *parts: str | int) -> str:
    """``place`` continued by keys and indices: ``segments[0].steps``."""
    for part in parts:
        if isinstance(part, int):
            place += f"[{part}]"
        else:
            name = part if part.replace("_", "a").isalnum() else repr(part[:80])
            place += f".{name}" if place else name
    return place


def _input_error(
    model: type[Record], data: object, errors: list[ErrorDetails], file: str, place: str
) -> InputError:
    # A list whose items failed counts as too short besides.
    errors = [error for error in errors if error["type"] != "too_short" or not error["input"]]
    # A misspelt key also leaves its right name missing: the misspelling says more.
    first = min(errors, key=lambda error: error["type"] != "extra_forbidden")
    parent, models, rest = _locate(model, data, first["loc"])
    problem, mend = _explain(first, models)
    where = joined(place, *parent, *rest)
    more = f"; {len(errors) - 1} more like it" if len(errors) > 1 else ""
    return input_error(problem + more, file=file, place=where, mend=mend)


def _locate(
    model: type[BaseModel], data: object, loc: tuple[str | int, ...]
) -> tuple[list[str | int], list[type[BaseModel]], list[str | int]]:
    """The place in the document, the models that may stand there, and a last key unless missing.

    Union tags, which pydantic puts between keys, are left out.
    """
    models: list[type[BaseModel]] = [model]
    path: list[str | int] = []
    for index, part in enumerate(loc):
        last = index == len(loc) - 1
        inside = isinstance(data, dict) and part in data
        inside |= isinstance(data, list) and isinstance(part, int) and part < len(data)
        if isinstance(data, dict) and part in (data.get(tag) for tag in _TAGS) and not inside:
            models = [each for each in models if _has_tag(each, str(part))]
        elif inside and not last:
            data = data[part]  # type: ignore[index]
            path.append(part)
            models = _below(models, part)
        elif inside:
            return path, models, [part]
    return path, models, []


def _below(models: list[type[BaseModel]], part: str | int) -> list[type[BaseModel]]:
    name = str(part)
    fields = [each.model_fields[name] for each in models if name in each.model_fields]
    if not fields:
        return models
    return [found for field in fields for found in _models(field.annotation)]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) is Literal:
        return []
    args = get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
    return [found for arg in args for found in _models(arg)]


def _has_tag(model: type[BaseModel], tag: str) -> bool:
    fields = (model.model_fields.get(name) for name in _TAGS)
    return any(field is not None and tag in get_args(field.annotation) for field in fields)


def _explain(error: ErrorDetails, models: list[type[BaseModel]]) -> tuple[str, str]:
    kind, name, given = error["type"], str(error["loc"][-1] if error["loc"] else ""), error["input"]
    known = sorted({key for each in models for key in each.model_fields})
    context = error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key {name!r}", suggestion(name, known)
    if kind == "missing" and name == "version":
        return "the version is missing", f"add version: {FORMAT_VERSION}"
    if name == "version" and kind == "literal_error":
        mend = f"this release reads version: {FORMAT_VERSION}; convert the file or change release"
        return f"version {given!r} is not supported", mend
    if kind == "missing":
        return f"the key {name!r} is missing", "add it"
    if kind == "union_tag_not_found":
        return f"the key {context['discriminator']} is missing", "add it"
    if kind == "union_tag_invalid":
        tags = [tag.strip(" '") for tag in str(context["expected_tags"]).split(",")]
        problem = f"{str(context['discriminator']).strip(chr(39))} {context['tag']!r} is unknown"
        return problem, suggestion(str(context["tag"]), tags)
    if kind == "too_short":
        return f"{name} is empty", "add at least one"
    message = error["msg"].removeprefix("Value error, ").replace("Input should", "this should")
    message = message[:1].lower() + message[1:]
    if kind == "value_error":
        return message, ""
    return f"{message}, but is {_short(given)}", "correct the value"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
