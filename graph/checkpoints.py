"""Checkpoints of dialogues that no process remembers: what a store keeps, and which store it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol
from urllib.parse import urlsplit

from toolweave.core.errors import InputError, ToolweaveError
from toolweave.memory.tokens import Place

SQLITE: Final = "sqlite:///"
POSTGRES: Final = ("postgres", "postgresql")
DEFAULT_STORE: Final = f"{SQLITE}toolweave.db"


class StoreError(ToolweaveError):
    """The store cannot be reached, is locked, or is damaged."""


class Moved(ToolweaveError):
    """Somebody else moved the world on in the meantime."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One immutable moment of a dialogue.

    Attributes:
        place: the dialogue and the moment.
        before: the moments that led to it, the first of the dialogue first.
        frame: the digest of what never changes: plan, tools, lexicon.
        change: what happened since the parent, as ``deltas.packed`` wrote it.
    """

    place: Place
    before: tuple[str, ...]
    frame: str
    change: bytes

    @property
    def line(self) -> tuple[str, ...]:
        """The moments from the first of the dialogue to this one."""
        return (*self.before, self.place.moment)


class Mark(NamedTuple):
    """A name for a checkpoint that was made for a request of that digest; the first one stays."""

    key: str
    digest: str


class Marked(NamedTuple):
    """What a mark names."""

    digest: str
    place: Place


class Move(NamedTuple):
    """A named world goes on from one moment (none: it is new) to the one being kept."""

    world: str
    before: Place | None


class Kept(NamedTuple):
    """What is kept in one transaction beside a checkpoint.

    Attributes:
        frame: the data of the checkpoint's frame, where it may be new.
        mark: names the request, so that it is not applied twice.
        aliases: further names for the checkpoint.
        move: the world that goes on to it.
    """

    frame: bytes | None = None
    mark: Mark | None = None
    aliases: Sequence[str] = ()
    move: Move | None = None


class Line(NamedTuple):
    """A dialogue up to one of its moments: its frame, its moments, and what changed in each."""

    frame: str
    moments: tuple[str, ...]
    changes: tuple[bytes, ...]


class Store(Protocol):
    """Where checkpoints lie. Everything that was kept is there for every worker.

    All methods raise StoreError where the store cannot be used.
    """

    async def line(self, place: Place) -> Line | None:
        """The dialogue up to this moment; None if it is unknown."""
        ...

    async def frame(self, digest: str) -> bytes | None:
        """The data of a frame."""
        ...

    async def marked(self, key: str) -> Marked | None:
        """The checkpoint that a mark or an alias names."""
        ...

    async def head(self, world: str) -> Place | None:
        """The moment at which a named world stands."""
        ...

    async def keep(self, checkpoint: Checkpoint, kept: Kept) -> Marked | None:
        """Keep a checkpoint, all of it or nothing.

        Nothing is kept where an earlier request has left the same mark: it is then returned.

        Raises:
            Moved: the world no longer stands where it stood.
        """
        ...

    async def secret(self) -> str:
        """The secret that all users of the store share; made when it is first asked for."""
        ...

    async def ready(self) -> None:
        """Nothing, where the store can be read and written."""
        ...

    async def aclose(self) -> None:
        """Let go of it."""
        ...


def check_url(url: str) -> str:
    """The URL of a store, if it is one.

    Raises:
        InputError: it is not; the password, if it holds one, is not shown.
    """
    if url.startswith(SQLITE) and len(url) > len(SQLITE):
        return url
    try:
        parts = urlsplit(url)
        if parts.scheme in POSTGRES and (parts.hostname or parts.path.strip("/") or parts.query):
            return url
    except ValueError:
        pass
    raise InputError(
        f"no store: {shown(url)!r:.80}", place="--store",
        mend="write sqlite:///FILE or postgres://USER@HOST/DATABASE",
    )  # fmt: skip


def shown(url: str) -> str:
    """The URL without what it may hold of secrets."""
    if url.startswith(SQLITE):
        return url
    head, slashes, rest = url.partition("://")
    address = rest.partition("?")[0].rpartition("@")[2]
    return f"{head}{slashes}{address}" if slashes else head.partition("@")[0][:20]


async def open_store(url: str) -> Store:
    """The store at a URL, made if it is not there.

    Raises:
        InputError: the URL names no store, or the driver for PostgreSQL is missing.
        StoreError: it cannot be reached or is something else.
    """
    check_url(url)
    if url.startswith(SQLITE):
        from toolweave.graph.sqlite_store import SqliteStore

        return await SqliteStore.open(url.removeprefix(SQLITE))
    try:
        from toolweave.graph.postgres_store import PostgresStore
    except ImportError as error:
        mend = "pip install 'toolweave[postgres]'"
        raise InputError("PostgreSQL needs its checkpointer and driver", mend=mend) from error
    return await PostgresStore.open(url)
