"""The PostgreSQL store: checkpoints in LangGraph's own tables, shared by many machines."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final, Self, cast

import psycopg
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointMetadata, empty_checkpoint
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from toolweave.graph.checkpoints import Checkpoint, Kept, Line, Marked, Move, Moved, StoreError
from toolweave.memory.tokens import Place, fresh_secret

_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS toolweave_frames(digest TEXT PRIMARY KEY, data BYTEA NOT NULL)",
    "CREATE TABLE IF NOT EXISTS toolweave_marks(key TEXT PRIMARY KEY, digest TEXT NOT NULL,"
    " dialogue TEXT NOT NULL, moment TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS toolweave_heads(world TEXT PRIMARY KEY,"
    " dialogue TEXT NOT NULL, moment TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS toolweave_facts(name TEXT PRIMARY KEY, value TEXT NOT NULL)",
)
# Workers that start together set the tables up one after the other.
_LOCK: Final = 0x746F6F6C
_PATIENCE: Final = 5.0
_PAUSE: Final = 0.05
_LONGEST: Final = 60
_CONNECTIONS: Final = 8

Connection = AsyncConnection[DictRow]


class PostgresStore:
    """Every dialogue is a thread of LangGraph's checkpointer, every moment a channel of it.

    A checkpoint names the channels of all moments before it, so it is read in one query, and what
    is written is only what changed.
    """

    def __init__(self, pool: AsyncConnectionPool[Connection]) -> None:
        self._pool = pool

    @classmethod
    async def open(cls, url: str) -> Self:
        """The store at a URL; its tables are made if they are not there.

        Raises:
            StoreError: the database cannot be reached.
        """
        # The pool tells every attempt; what became of it is told here, once.
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
        pool = AsyncConnectionPool(
            url,
            open=False,
            min_size=1,
            max_size=_CONNECTIONS,
            timeout=_PATIENCE,
            kwargs={"autocommit": True, "row_factory": dict_row, "prepare_threshold": 0},
            connection_class=AsyncConnection[DictRow],
        )
        store = cls(pool)
        try:
            await pool.open()
            async with store._connection() as held:
                await _set_up(held)
        except StoreError:
            await pool.close()
            raise
        return store

    async def line(self, place: Place) -> Line | None:
        """The dialogue up to this moment; None if it is unknown."""
        async with self._connection() as held:
            found = await _saver(held).aget_tuple(_config(place.dialogue, place.moment))
        if found is None:
            return None
        told = cast("dict[str, Any]", found.metadata)
        values = found.checkpoint["channel_values"]
        moments = tuple(str(moment) for moment in told["line"])
        return Line(str(told["frame"]), moments, tuple(values[moment] for moment in moments))

    async def frame(self, digest: str) -> bytes | None:
        """The data of a frame."""
        query = "SELECT data FROM toolweave_frames WHERE digest = %s"
        row = await self._one(query, digest)
        return None if row is None else bytes(row["data"])

    async def marked(self, key: str) -> Marked | None:
        """The checkpoint that a mark or an alias names."""
        query = "SELECT digest, dialogue, moment FROM toolweave_marks WHERE key = %s"
        return _as_marked(await self._one(query, key))

    async def head(self, world: str) -> Place | None:
        """The moment at which a named world stands."""
        query = "SELECT dialogue, moment FROM toolweave_heads WHERE world = %s"
        row = await self._one(query, world)
        return None if row is None else Place(row["dialogue"], row["moment"])

    async def keep(self, checkpoint: Checkpoint, kept: Kept) -> Marked | None:
        """Keep a checkpoint in one transaction, or return what bears its mark already."""
        async with self._connection() as held, held.transaction():
            if kept.mark is not None and not await _mark(held, *kept.mark, checkpoint.place):
                query = "SELECT digest, dialogue, moment FROM toolweave_marks WHERE key = %s"
                row = await (await held.execute(query, (kept.mark.key,))).fetchone()
                return _as_marked(row)
            if kept.move is not None:
                await _move(held, kept.move, checkpoint.place)
            for alias in kept.aliases:
                await _mark(held, alias, "", checkpoint.place)
            if kept.frame is not None:
                await held.execute(
                    "INSERT INTO toolweave_frames VALUES (%s, %s) ON CONFLICT DO NOTHING",
                    (checkpoint.frame, kept.frame),
                )
            await _put(held, checkpoint)
        return None

    async def secret(self) -> str:
        """The secret that all users of the database share."""
        async with self._connection() as held:
            await held.execute(
                "INSERT INTO toolweave_facts VALUES ('secret', %s) ON CONFLICT DO NOTHING",
                (fresh_secret(),),
            )
        row = await self._one("SELECT value FROM toolweave_facts WHERE name = %s", "secret")
        return "" if row is None else str(row["value"])

    async def ready(self) -> None:
        """Nothing, where the database can be reached and holds the tables."""
        await self._one("SELECT 1 FROM toolweave_facts WHERE name = %s", "secret")

    async def aclose(self) -> None:
        """Let go of the database."""
        await self._pool.close()

    async def _one(self, query: str, asked: str) -> DictRow | None:
        async with self._connection() as held:
            return await (await held.execute(query.encode(), (asked,))).fetchone()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        try:
            async with self._pool.connection() as held:
                yield held
        except PoolTimeout as error:
            raise StoreError("the store cannot be reached") from error
        except psycopg.Error as error:
            # The driver's own words may hold the address and the user.
            raise StoreError(f"the store cannot be used: {type(error).__name__}") from error


def _saver(held: Connection) -> AsyncPostgresSaver:
    # Nothing but plain data is ever built from what the database holds.
    return AsyncPostgresSaver(held, serde=JsonPlusSerializer(allowed_msgpack_modules=[]))


async def _set_up(held: Connection) -> None:
    await _alone(held)
    try:
        await _saver(held).setup()
        for statement in _SCHEMA:
            await held.execute(statement)
    finally:
        await held.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))


async def _alone(held: Connection) -> None:
    """Wait until nobody else sets up tables.

    It asks again and again: an index made beside other work waits for every statement that is under
    way, so one that waited for the lock inside the database would wait for who waits for it.

    Raises:
        StoreError: somebody else is at it for a minute.
    """
    for _ in range(round(_LONGEST / _PAUSE)):
        asked = await held.execute("SELECT pg_try_advisory_lock(%s) AS mine", (_LOCK,))
        found = await asked.fetchone()
        if found is not None and found["mine"]:
            return
        await asyncio.sleep(_PAUSE)
    raise StoreError("the store is being set up by another process, and that does not end")


async def _put(held: Connection, checkpoint: Checkpoint) -> None:
    moment = checkpoint.place.moment
    parent = checkpoint.before[-1] if checkpoint.before else None
    whole = empty_checkpoint()
    whole["id"], whole["ts"] = moment, datetime.now(UTC).isoformat()
    whole["channel_values"] = {moment: checkpoint.change}
    whole["channel_versions"] = {one: one for one in checkpoint.line}
    told = {
        "source": "update", "step": len(checkpoint.before), "parents": {},
        "frame": checkpoint.frame, "line": list(checkpoint.line),
    }  # fmt: skip
    await _saver(held).aput(
        _config(checkpoint.place.dialogue, parent), whole, cast(CheckpointMetadata, told),
        {moment: moment},
    )  # fmt: skip


def _config(dialogue: str, moment: str | None) -> RunnableConfig:
    named = {"thread_id": dialogue, "checkpoint_ns": ""}
    return {"configurable": named if moment is None else {**named, "checkpoint_id": moment}}


async def _mark(held: Connection, key: str, digest: str, place: Place) -> bool:
    """Whether the mark was free; a request that is leaving the same one is waited for."""
    done = await held.execute(
        "INSERT INTO toolweave_marks VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (key, digest, *place),
    )
    return done.rowcount > 0


async def _move(held: Connection, move: Move, place: Place) -> None:
    if move.before is None:
        done = await held.execute(
            "INSERT INTO toolweave_heads VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (move.world, *place),
        )
    else:
        done = await held.execute(
            "UPDATE toolweave_heads SET dialogue = %s, moment = %s"
            " WHERE world = %s AND dialogue = %s AND moment = %s",
            (*place, move.world, *move.before),
        )
    if not done.rowcount:
        raise Moved("the world has moved on")


def _as_marked(row: DictRow | None) -> Marked | None:
    return None if row is None else Marked(row["digest"], Place(row["dialogue"], row["moment"]))
