"""Structured logs: one JSON object per line, with the dialogue that it is about."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from toolweave.core.errors import InputError
from toolweave.core.model import JsonObject
from toolweave.llm.watching import dialogue_id
from toolweave.schema.types import json_bytes

ROOT: Final = "toolweave"


class _Sending(logging.Handler):
    """Gives records to somebody, with the id of the dialogue they were made for."""

    def __init__(self, listener: Callable[[logging.LogRecord], None]) -> None:
        super().__init__()
        self._listener = listener

    def emit(self, record: logging.LogRecord) -> None:
        if not hasattr(record, "dialogue") and dialogue_id():
            record.dialogue = dialogue_id()
        try:
            self._listener(record)
        except OSError:
            # A log that cannot be written is no reason to lose a dialogue.
            return


def as_data(record: logging.LogRecord) -> JsonObject:
    """A log record as plain data: time, level, logger, text, dialogue, and its facts by name."""
    facts = {name: _plain(value) for name, value in getattr(record, "facts", {}).items()}
    dialogue = getattr(record, "dialogue", "")
    error = record.exc_info[1] if record.exc_info else None
    return {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "text": record.getMessage(),
        **({"dialogue": dialogue} if dialogue else {}),
        **facts,
        **({"error": type(error).__name__} if error is not None else {}),
    }


def handle(data: JsonObject) -> None:
    """Log in this process what a worker logged in its own."""
    given = dict(data)
    made = datetime.fromisoformat(given.pop("time")).timestamp()
    level = logging.getLevelNamesMapping().get(str(given.pop("level")).upper(), logging.INFO)
    name, text = str(given.pop("logger")), str(given.pop("text"))
    record = logging.makeLogRecord({"name": name, "msg": text, "created": made})
    record.levelno, record.levelname = level, logging.getLevelName(level)
    record.dialogue, record.facts = given.pop("dialogue", ""), given
    logger = logging.getLogger(name)
    if logger.isEnabledFor(level):
        logger.handle(record)


@contextmanager
def sent_to(listener: Callable[[logging.LogRecord], None], level: int) -> Iterator[None]:
    """Inside the ``with`` block records of this package go to the listener; none at level 0."""
    logger, handler = logging.getLogger(ROOT), _Sending(listener)
    if not level:
        yield
        return
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(min(level, before) if before else level)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


@contextmanager
def log_file(path: Path | str | None) -> Iterator[None]:
    """Inside the ``with`` block records of this package are appended to the file, if one is named.

    Down to the level DEBUG, at which every call of a model is a line.

    Raises:
        InputError: the file cannot be written.
    """
    if not path:
        yield
        return
    try:
        file = Path(path).open("ab", buffering=0)  # noqa: SIM115 - closed below
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", file=str(path), mend="name another log file"
        ) from error
    with file, sent_to(lambda record: _write(file, record), logging.DEBUG):
        yield


def wanted_level() -> int:
    """The level from which on somebody in this process wants the records of this package."""
    logger = logging.getLogger(ROOT)
    return logger.getEffectiveLevel() if logger.hasHandlers() else 0


def _write(file: Any, record: logging.LogRecord) -> None:
    file.write(json_bytes(as_data(record)) + b"\n")


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
