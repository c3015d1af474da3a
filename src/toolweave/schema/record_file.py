"""Files of records, one JSON object a line: read whole, appended to so that none is lost."""

import errno
import os
from collections.abc import Callable, Iterable
from io import FileIO
from pathlib import Path
from typing import Any, Final, Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from toolweave.core.errors import InputError, RunFolderError
from toolweave.core.model import Record
from toolweave.schema.documents import parse_document, unreadable
from toolweave.schema.records import build
from toolweave.schema.types import json_bytes
from toolweave.schema.whole import write_whole

T = TypeVar("T", bound=Record)
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class Kind(NamedTuple, Generic[T]):
    """What a file holds.

    Attributes:
        model: the model of a record.
        noun: what messages call one.
        begins: how every line begins.
        order: by what a finished file is sorted.
        writer: who writes such files.
        mend: what to do when a record could not be written.
    """

    model: type[T]
    noun: str
    begins: bytes
    order: Callable[[T], Any]
    writer: str
    mend: str = "go on with --resume"


class Tail(NamedTuple):
    """The end of a file without a line end: its line number, where it starts, and its bytes."""

    line: int
    start: int
    text: bytes


def load(kind: Kind[T], path: Path | str) -> list[T]:
    """The records of a file in its order; a torn last line, which a kill leaves, is left out.

    Raises:
        InputError: the file cannot be read, or another line is no such record.
    """
    try:
        raw = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        unreadable(str(path), error)
    return parsed(kind, raw, str(path))


def parsed(kind: Kind[T], raw: bytes, file: str) -> list[T]:
    """``load`` for what was read already."""
    return [
        _record(kind, line, file, number)
        for number, line in enumerate(whole(raw).split(b"\n"), 1)
        if line.strip()
    ]


def whole(raw: bytes) -> bytes:
    """What was written up to the last line end."""
    return raw[: raw.rfind(b"\n") + 1]


def tail(raw: bytes) -> Tail:
    """What stands behind the last line end of a file that holds ``raw``."""
    kept = whole(raw)
    return Tail(kept.count(b"\n") + 1, len(kept), raw[len(kept) :])


def cut(kind: Kind[T], path: Path, torn: Tail) -> None:
    """Take a torn last line off a file; its writer must hold a lock.

    Raises:
        InputError: what stands there is nothing that a kill left behind.
    """
    # Somebody's own file without a line end is nothing to cut.
    if not torn.text.startswith(kind.begins[: len(torn.text)]):
        raise InputError(f"is no {kind.noun}", file=str(path), place=f"line {torn.line}")
    if torn.text:
        os.truncate(path, torn.start)


def append(kind: Kind[T], file: FileIO, path: Path, record: T) -> None:
    """Write one record behind the others, and see that it stays.

    Args:
        kind: what the file holds.
        file: open for appending, unbuffered: what a full disk refuses must not be written later,
            on closing.
        path: its name.
        record: what to write.

    Raises:
        RunFolderError: the disk is full; everything written before is intact.
    """
    end = os.fstat(file.fileno()).st_size
    data = _line(record)
    try:
        while data:
            data = data[file.write(data) :]
        os.fsync(file.fileno())
    except OSError as error:
        os.truncate(path, end)
        why = "no space left on the disk" if error.errno in _FULL else str(error.strerror)
        raise RunFolderError(
            f"{path}: {why}; every {kind.noun} so far is intact: {kind.mend}"
        ) from error


def replace(path: Path, records: Iterable[Record]) -> None:
    """Let a file hold these records: all of them or, where that fails, what it held before.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    write_whole(path, b"".join(map(_line, records)))


def _record(kind: Kind[T], line: bytes, file: str, number: int) -> T:
    # JSON has no NaN, but the fast reader takes it.
    if b"NaN" not in line and b"Infinity" not in line:
        try:
            return kind.model.model_validate_json(line, strict=True)
        except ValidationError:
            pass
    place = f"line {number}"
    try:
        data = parse_document(line.decode("utf-8"), file="record.json")
        return build(kind.model, data)
    except UnicodeDecodeError:
        raise InputError(f"is no {kind.noun}: not UTF-8 text", file=file, place=place) from None
    except InputError as error:
        where = f"{error.place}: " if error.place else ""
        raise InputError(
            f"is no {kind.noun}: {where}{error.problem}",
            file=file,
            place=place,
            mend=f"name a file that {kind.writer} wrote",
        ) from error


def _line(record: Record) -> bytes:
    return json_bytes(record.dump()) + b"\n"
