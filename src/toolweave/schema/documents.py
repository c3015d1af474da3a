"""Documents: YAML, JSON and JSON-lines text read into plain data; every file may be hostile."""

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn

from toolweave.core.errors import InputError
from toolweave.core.model import JsonValue
from toolweave.schema.nesting import levels
from toolweave.schema.yaml_text import parse_yaml

LIMIT = 50 * 1024 * 1024
DEPTH = 100
DIGITS = 300
STDIN = "-"


class Line(NamedTuple):
    """One record of a JSON-lines file and its line number, from 1."""

    line: int
    data: JsonValue


class PlacedLine(NamedTuple):
    """One record of a JSON-lines file, its line number from 1, and the byte it begins at."""

    line: int
    data: JsonValue
    start: int


def read_document(path: Path | str) -> JsonValue:
    """The data of one YAML or JSON file of at most 50 MB; ``-`` reads standard input.

    A ``.json`` file is JSON, a ``.yaml`` or ``.yml`` file YAML; other text is JSON when it begins
    with a bracket. Dates stay strings. Raises InputError naming file, line and mend.
    """
    return parse_document(read_text(path), file=file_name(path))


def read_text(path: Path | str) -> str:
    """The text of one UTF-8 file of at most 50 MB; ``-`` reads standard input."""
    with _Opened(path) as (file, stream):
        return _decode(_read(file, stream, stream.read(LIMIT + 1)), file)


def file_name(path: Path | str) -> str:
    """What messages call the file."""
    return "standard input" if str(path) == STDIN else str(path)


def parse_line(text: str, *, file: str, line: int) -> JsonValue:
    """The data of one line of JSON text."""
    return _parse_json(text, file, line)


def read_records(path: Path | str) -> Iterator[Line]:
    """The records of a JSON-lines file one by one; blank lines are passed over.

    Each line may hold 50 MB. Raises InputError at the first line that is not JSON.
    """
    for placed in placed_records(path):
        yield Line(placed.line, placed.data)


def placed_records(path: Path | str) -> Iterator[PlacedLine]:
    """``read_records``, with the places from which ``record_at`` reads the same lines."""
    with _Opened(path) as (file, stream):
        number = start = 0
        while raw := _read(file, stream, stream.readline(LIMIT + 1), number + 1):
            number += 1
            text = _decode(raw, file, number)
            if text.strip():
                yield PlacedLine(number, _parse_json(text, file, number), start)
            start += len(raw)


def record_at(path: Path, start: int) -> JsonValue:
    """The record of a JSON-lines file that begins at a byte.

    Raises:
        InputError: there is no JSON there, or the file cannot be read.
    """
    with _Opened(path) as (file, stream):
        stream.seek(start)
        raw = _read(file, stream, stream.readline(LIMIT + 1), 1)
        return _parse_json(_decode(raw, file), file)


def parse_document(text: str, *, file: str = "") -> JsonValue:
    """The data of YAML or JSON text; ``file`` decides which, and names it in errors."""
    suffix = Path(file).suffix.lower()
    looks_json = text.lstrip()[:1] in ("{", "[")
    if suffix == ".json" or (looks_json and suffix not in (".yaml", ".yml")):
        return _parse_json(text, file)
    data = parse_yaml(text, file, DEPTH)
    _refuse_unwritable(data, file, "")
    return data


class _Opened:
    """A file opened for reading as bytes, or standard input, which is left open."""

    def __init__(self, path: Path | str) -> None:
        self.path = path
        self.stdin = str(path) == STDIN
        self.file = file_name(path)

    def __enter__(self) -> tuple[str, IO[bytes]]:
        try:
            self.stream = sys.stdin.buffer if self.stdin else Path(self.path).open("rb")
        except (OSError, ValueError) as error:
            unreadable(self.file, error)
        return self.file, self.stream

    def __exit__(self, *_: object) -> None:
        if not self.stdin:
            self.stream.close()


def unreadable(file: str, error: Exception) -> NoReturn:
    """Raise the InputError that says why a file cannot be read and what to do about it."""
    reason = getattr(error, "strerror", None) or str(error)
    mends: dict[type[Exception], str] = {
        FileNotFoundError: "check the path",
        IsADirectoryError: "name a file, not a folder",
        PermissionError: "make the file readable",
    }
    mend = mends.get(type(error), "check the path")
    raise InputError(f"cannot be read: {reason}", file=file, mend=mend) from error


def without_dialogues(file: str, mend: str) -> InputError:
    """What to say of a file without a dialogue: a run that failed throughout leaves one."""
    path = Path(file)
    failures = path.with_name("failures.jsonl") if path.name else path
    if path.name == "dialogues.jsonl" and failures.is_file() and failures.stat().st_size:
        return InputError(
            "holds no dialogue: all of this run failed", file=file, mend=f"{failures} says why"
        )
    return InputError("holds no dialogue", file=file, mend=mend)


def _read(file: str, stream: IO[bytes], raw: bytes, line: int | None = None) -> bytes:
    """``raw`` unless it goes over the limit."""
    if len(raw) > LIMIT:
        what = "the file" if line is None else "the line"
        megabytes = LIMIT // (1024 * 1024)
        raise InputError(
            f"{what} is larger than {megabytes} MB",
            file=file,
            place=_line(line),
            mend="split it into smaller ones",
        )
    return raw


def _decode(raw: bytes, file: str, line: int | None = None) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = line if line is not None else raw.count(b"\n", 0, error.start) + 1
        problem = f"byte {raw[error.start : error.start + 1]!r} is not UTF-8 text"
        raise InputError(problem, file=file, place=_line(at), mend="save it as UTF-8") from error


def _line(line: int | None) -> str:
    return "" if line is None else f"line {line}"


class _RefusedValue(ValueError):
    """A JSON value that parses but that no other program would read alike."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _RefusedValue(f"the key {twice!r} stands twice in one object")
    return data


def _constant(name: str) -> NoReturn:
    raise _RefusedValue(f"{name} is not JSON")


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _RefusedValue(f"the number {text[:30]} is too large")
    return number


def _integer(text: str) -> int:
    if len(text) > DIGITS:
        raise _RefusedValue(f"the number {text[:30]}… is too large")
    return int(text)


def _parse_json(text: str, file: str, line: int | None = None) -> JsonValue:
    try:
        data: JsonValue = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno if line is None else line}, column {error.colno}"
        if not text.strip():
            raise InputError("the file is empty", file=file) from error
        problem = f"not valid JSON: {error.msg[0].lower()}{error.msg[1:]}"
        raise InputError(problem, file=file, place=place, mend="correct the text there") from error
    except RecursionError as error:
        raise _too_deep(file, line) from error
    except _RefusedValue as error:
        mend = "keep one of the two" if "twice" in str(error) else "write another value"
        raise InputError(str(error), file=file, place=_line(line), mend=mend) from error
    _refuse_unwritable(data, file, _line(line))
    return data


def _too_deep(file: str, line: int | None) -> InputError:
    problem = f"nested more than {DEPTH} levels deep"
    return InputError(problem, file=file, place=_line(line), mend="nest less")


def _refuse_unwritable(data: JsonValue, file: str, place: str) -> None:
    """Refuse what could not be written again: half surrogate pairs, nesting beyond the limit."""
    for depth, level in enumerate(levels(data)):
        if depth > DEPTH:
            raise _too_deep(file, None)
        texts = [item for item in level if isinstance(item, str)]
        texts += [key for item in level if isinstance(item, dict) for key in item]
        for text in texts:
            if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
                problem = f"the text {text[:40]!r} holds half of a surrogate pair"
                raise InputError(problem, file=file, place=place, mend="write the character itself")
