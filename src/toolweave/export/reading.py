"""Dialogue records read line by line, from a run folder, a file or standard input."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Final, NamedTuple

from pydantic import ValidationError

from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError
from toolweave.core.model import JsonValue
from toolweave.export.refusal import Refused
from toolweave.schema.documents import (
    LIMIT,
    STDIN,
    parse_document,
    unreadable,
    without_dialogues,
)
from toolweave.schema.records import build

DIALOGUES: Final = "dialogues.jsonl"
UNREADABLE: Final = "unreadable"
_RECIPES: Final = ("pipeline.yaml", "run.yaml")


class Source(NamedTuple):
    """Where dialogues come from: ``file`` is a path or ``-``; ``recipe`` configured the run."""

    file: str
    name: str
    recipe: str = ""
    size: int = 0


class Line(NamedTuple):
    """One line of the file and what it holds; ``end`` counts the bytes read so far.

    ``raw`` is the line as it stands there, empty where it is too long to be read.
    """

    number: int
    end: int
    record: Dialogue | Refused
    raw: bytes = b""


def find(run: str) -> Source:
    """The dialogues that a run folder or file holds.

    Raises:
        InputError: there is no such folder or file, or the folder holds no dialogues.
    """
    if run == STDIN:
        return Source(STDIN, "toolweave")
    path = Path(run)
    if not path.exists():
        raise InputError(
            "there is no such run", file=run, mend="name a run folder or a .jsonl file"
        )
    folder = path if path.is_dir() else path.parent
    file = path / DIALOGUES if path.is_dir() else path
    if not file.is_file():
        raise InputError(f"holds no {DIALOGUES}", file=run, mend="name the folder of a run")
    # Only the folder's own file is known to be what its configuration made.
    recipe = _recipe(folder) if file.name == DIALOGUES else ""
    name = folder.resolve().name if file.name == DIALOGUES else file.stem
    return Source(str(file), name, recipe, file.stat().st_size)


def _recipe(folder: Path) -> str:
    for name in _RECIPES:
        try:
            text = (folder / name).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        return text
    return ""


def read(source: Source) -> Iterator[Line]:
    """Every line that is not blank, one by one; one that cannot be read says why.

    Raises:
        InputError: the file cannot be read, or holds nothing to read.
    """
    file = "standard input" if source.file == STDIN else source.file
    number = end = 0
    held = False
    with _opened(source.file, file) as stream:
        while raw := _next(stream, file):
            number += 1
            end += len(raw)
            whole = len(raw) <= LIMIT
            while len(raw) > LIMIT and not raw.endswith(b"\n"):
                raw = _next(stream, file)
                end += len(raw)
            if not whole:
                problem = f"larger than {LIMIT // (1024 * 1024)} MB"
                yield Line(number, end, Refused(UNREADABLE, problem))
            elif raw.strip():
                yield Line(number, end, _record(raw.lstrip(b"\xef\xbb\xbf")), raw)
            held = held or not whole or bool(raw.strip())
    if not held:
        raise without_dialogues(file, "name another file")


@contextmanager
def _opened(path: str, file: str) -> Iterator[IO[bytes]]:
    if path == STDIN:
        yield sys.stdin.buffer
        return
    with ExitStack() as held:
        try:
            stream = held.enter_context(Path(path).open("rb"))
        except (OSError, ValueError) as error:
            unreadable(file, error)
        yield stream


def _next(stream: IO[bytes], file: str) -> bytes:
    try:
        return stream.readline(LIMIT + 1)
    except OSError as error:
        unreadable(file, error)


def _record(raw: bytes) -> Dialogue | Refused:
    # JSON has no NaN, but the fast reader takes it.
    if b"NaN" not in raw and b"Infinity" not in raw:
        try:
            return Dialogue.model_validate_json(raw, strict=True)
        except ValidationError:
            pass
    try:
        data = parse_document(raw.decode("utf-8"), file="record.json")
        if _is_from_elsewhere(data):
            return Refused("no_plan", "the record holds no plan: only ToolWeave's own are exported")
        return build(Dialogue, data)
    except UnicodeDecodeError:
        return Refused(UNREADABLE, "not UTF-8 text")
    except InputError as error:
        place = f"{error.place}: " if error.place else ""
        return Refused(UNREADABLE, f"{place}{error.problem}")


def _is_from_elsewhere(data: JsonValue) -> bool:
    """Whether a record holds messages, but no plan of ours; a list of messages is one too."""
    if isinstance(data, list):
        return bool(data) and all(isinstance(item, dict) and "role" in item for item in data)
    if not isinstance(data, dict) or "messages" not in data:
        return False
    return not isinstance(data.get("plan"), dict)
