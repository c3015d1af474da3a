"""Both stores keep the same promises: SQLite, and PostgreSQL through LangGraph's checkpointer."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from toolweave.core.errors import InputError
from toolweave.graph.checkpoints import (
    Checkpoint,
    Kept,
    Mark,
    Move,
    Moved,
    Store,
    StoreError,
    check_url,
    open_store,
    shown,
)
from toolweave.memory.tokens import Place, fresh_id

FRAME = "ab" * 16


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("postgres"))]
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    found: str = request.getfixturevalue("postgres")
    return found


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = await open_store(url)
    try:
        yield store
    finally:
        await store.aclose()


def within(url: str, work: Callable[[Store], Awaitable[None]]) -> None:
    async def through() -> None:
        async with opened(url) as store:
            await work(store)

    asyncio.run(through())


def at(change: bytes, before: Checkpoint | None = None) -> Checkpoint:
    dialogue = fresh_id() if before is None else before.place.dialogue
    line = () if before is None else before.line
    return Checkpoint(Place(dialogue, fresh_id()), line, FRAME, change)


def test_a_dialogue_comes_back_in_order_also_to_another_user_of_the_store(url: str) -> None:
    first = at(b'{"a":1}')
    second = at(b'{"b":"\xc3\xa9"}', first)
    third = at(b"\x00\xff", second)

    async def write(store: Store) -> None:
        for one in (first, second, third):
            await store.keep(one, Kept(b"the frame"))

    async def read(store: Store) -> None:
        line = await store.line(third.place)
        assert line is not None
        assert line.changes == (first.change, second.change, third.change)
        assert line.moments == third.line
        assert line.frame == FRAME
        assert await store.frame(FRAME) == b"the frame"
        await store.ready()

    within(url, write)
    within(url, read)


def test_going_on_from_an_old_moment_makes_a_fork_and_leaves_the_rest(url: str) -> None:
    async def work(store: Store) -> None:
        first = at(b"1")
        left, right = at(b"2", first), at(b"3", first)
        for one in (first, left, right):
            await store.keep(one, Kept())
        lines = [await store.line(one.place) for one in (left, right)]
        assert [line and line.changes for line in lines] == [(b"1", b"2"), (b"1", b"3")]

    within(url, work)


def test_what_was_never_kept_is_unknown(url: str) -> None:
    async def work(store: Store) -> None:
        kept = at(b"1")
        await store.keep(kept, Kept())
        assert await store.line(Place(kept.place.dialogue, fresh_id())) is None
        assert await store.line(Place(fresh_id(), kept.place.moment)) is None
        assert await store.frame("cd" * 16) is None
        assert await store.marked("no such mark") is None
        assert await store.head("no such world") is None

    within(url, work)


def test_of_requests_with_one_mark_the_first_counts(url: str) -> None:
    async def work(store: Store) -> None:
        mark = Mark(f"key:{fresh_id()}", "digest")
        many = [at(str(number).encode()) for number in range(8)]
        found = await asyncio.gather(*(store.keep(one, Kept(mark=mark)) for one in many))
        (winner,) = [one for one, told in zip(many, found, strict=True) if told is None]
        assert {told.place for told in found if told is not None} == {winner.place}
        for one in many:
            line = await store.line(one.place)
            assert (line is not None) == (one is winner)
        named = await store.marked(mark.key)
        assert named is not None
        assert (named.place, named.digest) == (winner.place, "digest")

    within(url, work)


def test_an_alias_names_its_first_checkpoint(url: str) -> None:
    async def work(store: Store) -> None:
        alias = f"chat:{fresh_id()}"
        first, second = at(b"1"), at(b"2")
        await store.keep(first, Kept(aliases=(alias,)))
        await store.keep(second, Kept(aliases=(alias,)))
        named = await store.marked(alias)
        assert named is not None
        assert named.place == first.place

    within(url, work)


def test_a_world_goes_on_from_where_it_stands_and_from_nowhere_else(url: str) -> None:
    async def work(store: Store) -> None:
        world = f"world {fresh_id()}"
        first = at(b"1")
        await store.keep(first, Kept(move=Move(world, None)))
        assert await store.head(world) == first.place
        with pytest.raises(Moved):
            await store.keep(at(b"x"), Kept(move=Move(world, None)))
        second = at(b"2", first)
        await store.keep(second, Kept(move=Move(world, first.place)))
        late = at(b"3", first)
        with pytest.raises(Moved):
            await store.keep(late, Kept(move=Move(world, first.place)))
        assert await store.head(world) == second.place
        assert await store.line(late.place) is None

    within(url, work)


def test_everybody_gets_the_same_secret(url: str) -> None:
    async def both() -> None:
        async with opened(url) as one, opened(url) as other:
            secrets = await asyncio.gather(*(store.secret() for store in (one, other) * 4))
            assert len(set(secrets)) == 1
            assert len(secrets[0]) >= 32

    asyncio.run(both())


def test_stores_that_are_opened_at_once_do_not_hinder_each_other(url: str) -> None:
    async def many() -> None:
        stores = await asyncio.gather(*(open_store(url) for _ in range(6)))
        for store in stores:
            await store.ready()
            await store.aclose()

    asyncio.run(many())


@pytest.mark.xdist_group("postgres")
def test_postgres_holds_the_dialogue_as_a_thread_of_langgraphs_checkpointer(postgres: str) -> None:
    from langgraph.checkpoint.postgres import PostgresSaver

    one = at(b"1")
    within(postgres, lambda store: _kept(store, one))
    with PostgresSaver.from_conn_string(postgres) as saver:
        held = saver.get_tuple({"configurable": {"thread_id": one.place.dialogue}})
    assert held is not None
    assert held.checkpoint["id"] == one.place.moment
    assert held.checkpoint["channel_values"] == {one.place.moment: b"1"}


async def _kept(store: Store, one: Checkpoint) -> None:
    await store.keep(one, Kept())


def test_a_database_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as held:
        held.execute("CREATE TABLE precious(x)")
    held.close()
    before = file.read_bytes()
    with pytest.raises(StoreError, match="not a store"):
        asyncio.run(open_store(f"sqlite:///{file}"))
    text = tmp_path / "notes.txt"
    text.write_text("no database at all, but long enough to be looked at\n" * 99)
    with pytest.raises(StoreError):
        asyncio.run(open_store(f"sqlite:///{text}"))
    with pytest.raises(StoreError):
        asyncio.run(open_store(f"sqlite:///{tmp_path}/no/such/folder/store.db"))
    with sqlite3.connect(file) as held:
        assert held.execute("SELECT name FROM sqlite_master").fetchall() == [("precious",)]
    held.close()
    assert len(file.read_bytes()) >= len(before)


def test_a_locked_file_is_told_in_time_and_harms_nothing(tmp_path: Path) -> None:
    file = tmp_path / "store.db"

    async def work() -> None:
        async with opened(f"sqlite:///{file}") as store:
            one = at(b"1")
            await store.keep(one, Kept())
            held = sqlite3.connect(file, isolation_level=None)
            held.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="locked"):
                await store.keep(at(b"2", one), Kept())
            assert await store.line(one.place) is not None
            held.execute("ROLLBACK")
            held.close()
            two = at(b"2", one)
            await store.keep(two, Kept())
            assert await store.line(two.place) is not None

    asyncio.run(work())


@pytest.mark.parametrize(
    "url",
    ["", "x", "sqlite:///", "mysql://a/b", "postgres://", "http://u:secret@h/", "postgres://["],
)
def test_what_is_no_store_is_refused(url: str) -> None:
    with pytest.raises(InputError) as refused:
        check_url(url)
    assert "secret" not in str(refused.value)


def test_no_password_is_shown() -> None:
    assert shown("postgres://me:secret@db.example:5432/x?password=secret") == (
        "postgres://db.example:5432/x"
    )


def test_a_database_that_cannot_be_reached_is_told_without_its_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError) as refused:
        asyncio.run(open_store("postgres://me:secret@127.0.0.1:1/x"))
    assert "secret" not in str(refused.value)
