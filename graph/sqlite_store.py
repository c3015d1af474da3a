"""The SQLite store: one file, shared by the workers of one machine."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Final, Self, TypeVar

from toolweave.graph.checkpoints import Checkpoint, Kept, Line, Marked, Moved, StoreError
from toolweave.memory.tokens import Place, fresh_secret
from toolweave.schema.write_ahead import write_ahead

T = TypeVar("T")
_FORMAT: Final = 1
# "tooW" in the file's header, so that no other database is taken for a store.
_APPLICATION: Final = 0x746F6F57
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS moments(
    moment BLOB PRIMARY KEY, dialogue BLOB NOT NULL, parent BLOB NOT NULL,
    frame BLOB NOT NULL, change BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS frames(digest BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks(
    key TEXT PRIMARY KEY, digest TEXT NOT NULL, dialogue BLOB NOT NULL, moment BLOB NOT NULL
    ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS heads(
    world TEXT PRIMARY KEY, dialogue BLOB NOT NULL, moment BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_LINE: Final = """
WITH RECURSIVE line(moment, parent, frame, change, depth) AS (
    SELECT moment, parent, frame, change, 0 FROM moments WHERE moment = ? AND dialogue = ?
    UNION ALL
    SELECT m.moment, m.parent, m.frame, m.change, depth + 1
    FROM line JOIN moments m ON m.moment = line.parent)
SELECT moment, frame, change FROM line ORDER BY depth DESC
"""
# How long another writer is waited for, and how long a caller waits for its turn and that.
BUSY_SECONDS: Final = 2.0
PATIENCE: Final = 5.0


class SqliteStore:
    """Reads on one thread and writes on another, so that no lock ever holds up the event loop."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._reading = _Thread(file)
        self._writing = _Thread(file)

    @classmethod
    async def open(cls, file: str) -> Self:
        """The store in a file, made if it is not there.

        Raises:
            StoreError: the file cannot be used, or is something else.
        """
        store = cls(file)
        try:
            await store._writing.run(_prepared(file))
        except StoreError:
            await store.aclose()
            raise
        return store

    async def line(self, place: Place) -> Line | None:
        """The dialogue up to this moment; None if it is unknown."""
        asked = (bytes.fromhex(place.moment), bytes.fromhex(place.dialogue))
        rows = await self._reading.run(lambda held: held.execute(_LINE, asked).fetchall())
        if not rows:
            return None
        moments = tuple(row[0].hex() for row in rows)
        return Line(rows[0][1].hex(), moments, tuple(row[2] for row in rows))

    async def frame(self, digest: str) -> bytes | None:
        """The data of a frame."""
        query, asked = "SELECT data FROM frames WHERE digest = ?", (bytes.fromhex(digest),)
        row = await self._reading.run(lambda held: held.execute(query, asked).fetchone())
        return None if row is None else bytes(row[0])

    async def marked(self, key: str) -> Marked | None:
        """The checkpoint that a mark or an alias names."""
        return await self._reading.run(lambda held: _marked(held, key))

    async def head(self, world: str) -> Place | None:
        """The moment at which a named world stands."""
        return await self._reading.run(lambda held: _head(held, world))

    async def keep(self, checkpoint: Checkpoint, kept: Kept) -> Marked | None:
        """Keep a checkpoint in one transaction, or return what bears its mark already."""
        return await self._writing.run(lambda held: _keep(held, checkpoint, kept))

    async def secret(self) -> str:
        """The secret that all users of the file share."""

        def make(held: sqlite3.Connection) -> str:
            with held:
                add = "INSERT OR IGNORE INTO facts VALUES ('secret', ?)"
                held.execute(add, (fresh_secret(),))
            row = held.execute("SELECT value FROM facts WHERE name = 'secret'").fetchone()
            return str(row[0])

        return await self._writing.run(make)

    async def ready(self) -> None:
        """Nothing, where the file can be read and written."""

        def touch(held: sqlite3.Connection) -> None:
            held.execute("BEGIN IMMEDIATE")
            held.execute("ROLLBACK")

        await self._reading.run(lambda held: held.execute("SELECT 1 FROM facts").fetchone())
        await self._writing.run(touch)

    async def aclose(self) -> None:
        """Let go of the file."""
        await self._reading.close()
        await self._writing.close()


class _Thread:
    """A connection on a thread of its own."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="toolweave-store")
        self._held: sqlite3.Connection | None = None

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What the work gives; it never runs beside other work of this line."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(PATIENCE):
                return await loop.run_in_executor(self._thread, self._within, work)
        except TimeoutError as error:
            raise StoreError("the store is busy") from error
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"the store cannot be used: {error}") from error

    async def close(self) -> None:
        """Close the connection on its thread, and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)

    def _within(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._held is None:
            self._held = _connected(self.file)
        return work(self._held)

    def _close(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None


def _connected(file: str) -> sqlite3.Connection:
    held = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        # What a power cut takes back, its callers then find unknown.
        write_ahead(held, BUSY_SECONDS)
    except sqlite3.Error:
        held.close()
        raise
    return held


def _prepared(file: str) -> Callable[[sqlite3.Connection], None]:
    def prepare(held: sqlite3.Connection) -> None:
        with closing(held.cursor()) as cursor:
            (application,) = cursor.execute("PRAGMA application_id").fetchone()
            (version,) = cursor.execute("PRAGMA user_version").fetchone()
            (tables,) = cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if tables and application != _APPLICATION:
                raise StoreError(f"{file} is a database, but not a store of dialogues")
            if tables and version != _FORMAT:
                raise StoreError(f"{file} is a store of version {version}, not {_FORMAT}")
            cursor.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA application_id = {_APPLICATION};"
                f"PRAGMA user_version = {_FORMAT}; COMMIT;"
            )
        if not tables:
            # It is going to hold the secret that tokens are signed with.
            Path(file).chmod(0o600)

    return prepare


def _marked(held: sqlite3.Connection, key: str) -> Marked | None:
    query = "SELECT digest, dialogue, moment FROM marks WHERE key = ?"
    row = held.execute(query, (key,)).fetchone()
    return None if row is None else Marked(row[0], Place(row[1].hex(), row[2].hex()))


def _head(held: sqlite3.Connection, world: str) -> Place | None:
    query = "SELECT dialogue, moment FROM heads WHERE world = ?"
    row = held.execute(query, (world,)).fetchone()
    return None if row is None else Place(row[0].hex(), row[1].hex())


def _keep(held: sqlite3.Connection, checkpoint: Checkpoint, kept: Kept) -> Marked | None:
    held.execute("BEGIN IMMEDIATE")
    # Commits, or takes everything back where anything goes wrong.
    with held:
        return _kept(held, checkpoint, kept)


def _kept(held: sqlite3.Connection, checkpoint: Checkpoint, kept: Kept) -> Marked | None:
    if kept.mark is not None and (found := _marked(held, kept.mark.key)) is not None:
        return found
    if kept.move is not None and _head(held, kept.move.world) != kept.move.before:
        raise Moved("the world has moved on")
    dialogue, moment = (bytes.fromhex(part) for part in checkpoint.place)
    frame = bytes.fromhex(checkpoint.frame)
    parent = bytes.fromhex(checkpoint.before[-1]) if checkpoint.before else b""
    if kept.frame is not None:
        held.execute("INSERT OR IGNORE INTO frames VALUES (?, ?)", (frame, kept.frame))
    held.execute(
        "INSERT INTO moments VALUES (?, ?, ?, ?, ?)",
        (moment, dialogue, parent, frame, checkpoint.change),
    )
    marks = [(alias, "", dialogue, moment) for alias in kept.aliases]
    if kept.mark is not None:
        marks.append((*kept.mark, dialogue, moment))
    held.executemany("INSERT OR IGNORE INTO marks VALUES (?, ?, ?, ?)", marks)
    if kept.move is not None:
        held.execute(
            "INSERT INTO heads VALUES (?, ?, ?) ON CONFLICT (world)"
            " DO UPDATE SET dialogue = excluded.dialogue, moment = excluded.moment",
            (kept.move.world, dialogue, moment),
        )
    return None
