"""Answers kept on disk by the exact request, safe for several processes at once."""

import hashlib
import json
import logging
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toolweave.core.errors import InputError
from toolweave.llm.answers import Reply
from toolweave.schema.write_ahead import write_ahead

log = logging.getLogger(__name__)

BUSY_SECONDS = 10.0
MOST_BYTES = 4 << 30  # of a file; what was kept first goes first
LOOK_EVERY = 256  # answers kept between two looks at the size
DROPPED = 0.1  # of the answers, beside what is too much
_TABLE = "CREATE TABLE IF NOT EXISTS answers (request TEXT PRIMARY KEY, reply TEXT NOT NULL)"


def request_key(request: Mapping[str, Any], stream: tuple[object, ...]) -> str:
    """The name of a request: all of its parameters, and the stream of the task that asks.

    The stream keeps tasks apart that happen to ask the same words: with sampling each of them
    has an answer of its own, and a second run finds the same one again in whatever order.
    """
    exact = json.dumps([request, [str(name) for name in stream]], sort_keys=True)
    return hashlib.blake2b(exact.encode(), digest_size=24).hexdigest()


class AnswerCache:
    """Replies of model servers in one SQLite file.

    Args:
        path: the file; made with its folders where it does not exist.
        most_bytes: how large it may become, about; then its oldest answers are dropped.

    Raises:
        InputError: the file cannot be opened or is something else.
    """

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self._path, self._most_bytes = path, most_bytes
        self._kept = 0
        self._local = threading.local()
        self._writable = True
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection()
        except (OSError, sqlite3.Error) as error:
            raise InputError(
                f"the answer cache cannot be opened: {error}",
                file=str(path),
                mend="name another file, or delete this one",
            ) from error

    def get(self, key: str) -> Reply | None:
        """The reply kept for this request, if any."""
        try:
            found = self._connection().execute(
                "SELECT reply FROM answers WHERE request = ?", (key,)
            )
            row = found.fetchone()
        except sqlite3.Error as error:
            self._complain(error)
            return None
        return _reply(row[0]) if row else None

    def put(self, key: str, reply: Reply) -> Reply:
        """Keep ``reply``. Returns what is kept: the first writer wins, so that replays agree."""
        if not self._writable:
            return reply
        there = self.get(key)
        if there is not None:
            return there
        try:
            with self._connection() as connection:
                # What stands there already is no reply, or another process was faster.
                connection.execute(
                    "INSERT INTO answers VALUES (?, ?) ON CONFLICT (request) DO UPDATE"
                    " SET reply = excluded.reply WHERE reply = ?",
                    (key, json.dumps(reply._asdict()), self._spoilt(connection, key)),
                )
            self._bound()
        except sqlite3.Error as error:
            self._writable = False
            self._complain(error)
            return reply
        return self.get(key) or reply

    def _spoilt(self, connection: sqlite3.Connection, key: str) -> str | None:
        row = connection.execute("SELECT reply FROM answers WHERE request = ?", (key,)).fetchone()
        return row[0] if row is not None and _reply(row[0]) is None else None

    def _bound(self) -> None:
        """Drop the oldest answers where the file has become too large."""
        self._kept += 1
        if self._kept % LOOK_EVERY:
            return
        connection = self._connection()
        pages, free, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        excess = 1 - self._most_bytes / max(1, (pages - free) * size)
        if excess <= 0:
            return
        with connection:
            connection.execute(
                "DELETE FROM answers WHERE rowid IN (SELECT rowid FROM answers ORDER BY rowid"
                " LIMIT 1 + (SELECT CAST(count(*) * ? AS INTEGER) FROM answers))",
                (min(1.0, excess + DROPPED),),
            )

    def close(self) -> None:
        """Close the connection of this thread."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            self._local.connection = None
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS)
            write_ahead(connection, BUSY_SECONDS, _TABLE)
            self._local.connection = connection
        return connection

    def _complain(self, error: sqlite3.Error) -> None:
        # A cache that fails makes a run slower, not wrong: the run goes on without it.
        log.warning("the answer cache %s is not used any more: %s", self._path, error)


def _reply(kept: object) -> Reply | None:
    """The reply in a row of the file, or None where it holds something else."""
    try:
        data = json.loads(kept) if isinstance(kept, str) else None
        reply = Reply(**data) if isinstance(data, dict) else None
    except (ValueError, TypeError, RecursionError):
        return None
    if reply is None:
        return None
    texts = isinstance(reply.text, str) and isinstance(reply.refusal, str)
    counts = (reply.prompt_tokens, reply.completion_tokens)
    whole = all(type(count) is int and count >= 0 for count in counts)
    return reply if texts and whole and isinstance(reply.cut, bool) else None
