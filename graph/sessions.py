"""Sessions: one dialogue that stops after every step and goes on later, also in another process."""

import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, cast

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command, StateSnapshot

from toolweave.agents.scene import Scene
from toolweave.agents.user import UserAgent
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError
from toolweave.core.model import JsonValue
from toolweave.graph.finishing import finish
from toolweave.graph.machine import build, recursion_limit
from toolweave.graph.playing import Part, checked
from toolweave.graph.setting import Setting, opening, pack, scene
from toolweave.graph.state import State

_THREAD: Final = "session"
_MAGIC: Final = b"SQLite format 3\x00"
_TABLES: Final = frozenset({"checkpoints", "writes"})


class Moment(NamedTuple):
    """A point of a session that one can go back to: how many steps were made, and where it lies."""

    steps: int
    checkpoint: str


class Session:
    """One dialogue under way. Open it with ``Session.open`` and close it with ``aclose``.

    Everything that happened is on disk when a call returns, so a killed process loses at most the
    step it was making.
    """

    def __init__(
        self, setting: Setting, saver: BaseCheckpointSaver[str], path: Path | None
    ) -> None:
        self.setting, self.path = setting, path
        self.state: State = opening(setting, stored=True)
        self.pending: Part | None = None
        self._saver = saver
        self._machine = build(waiting=True, checkpointer=saver, stepping=True)
        self._begun = False
        self._config: RunnableConfig = {
            "configurable": {"thread_id": _THREAD},
            "recursion_limit": recursion_limit(setting),
            "metadata": {"model": setting.generator.name},
        }

    @classmethod
    async def open(cls, setting: Setting, path: Path | str | None = None) -> Self:
        """A new session, or the one that the file holds, where it stopped.

        Args:
            setting: the plan, seed and generator; the file must have begun with the same.
            path: a SQLite file, made if absent; without one the session lives in memory.

        Raises:
            InputError: the file is not a session, is damaged, or holds another dialogue.
        """
        if path is None:
            return cls(setting, InMemorySaver(serde=_serializer()), None)
        file = Path(path)
        _look(file)
        with _readable(file):
            saver = AsyncSqliteSaver(await aiosqlite.connect(file), serde=_serializer())
            session = cls(setting, saver, file)
            async with AsyncExitStack() as closing:
                closing.push_async_callback(session.aclose)
                await saver.setup()
                await session._load()
                closing.pop_all()
        return session

    async def aclose(self) -> None:
        """Let go of the file."""
        if isinstance(self._saver, AsyncSqliteSaver):
            await self._saver.conn.close()

    @property
    def steps(self) -> int:
        """How many steps are realised."""
        return self.state["cursor"]

    @property
    def finished(self) -> bool:
        """Whether every step is realised."""
        return self.state["cursor"] >= len(self.state["acts"])

    @property
    def editable(self) -> bool:
        """Whether the last step is one in which the user speaks."""
        return self.steps > 0 and self.state["acts"][self.steps - 1].startswith("user_")

    async def advance(self) -> bool:
        """Make one step; False when it takes a person (``pending`` then says what) or none is left.

        Raises:
            ToolweaveError: the step could not be realised; the session stays where it was.
        """
        before = self.steps
        # After a kill the first run may only settle what was on its way.
        while self.steps == before and not self.finished and self.pending is None:
            await self._run(None if self._begun else opening(self.setting, stored=True))
        return self.steps > before

    async def resume(self, utterance: str, values: Mapping[str, JsonValue]) -> None:
        """Say what a person typed in the pending step, and make the step.

        Raises:
            InputError: no step is waiting for a person.
            Unacceptable: the words do not state the values, or a value does not fit.
        """
        if self.pending is None:
            raise InputError("no step is waiting for a person")
        said = checked(self.scene(), utterance, values)
        await self._run(Command(resume={"utterance": said.utterance, "values": said.values}))

    async def edit(self, utterance: str) -> None:
        """Put other words into the user's last step; they must state the same values.

        The old words stay in the history.

        Raises:
            InputError: the last step is not the user's.
            Unacceptable: the words do not state the step's values, or no person would say them.
        """
        if not self.editable:
            raise InputError("the last step is not the user's")
        before = await self._snapshot_at(self.steps - 1)
        held = cast(State, before.values)
        at_hand = scene(self.setting, held)
        values = {name: told["value"] for name, told in self.state["memory"]["slots"].items()}
        said = checked(at_hand, utterance, values)
        turn = UserAgent().turn(at_hand, said)
        with _readable(self.path):
            await self._machine.aupdate_state(before.config, {"turn": turn}, as_node="user")
        await self._run(None)

    async def rewind(self, steps: int) -> None:
        """Go back to when so many steps were realised; what came after stays in the history.

        Raises:
            InputError: the session never was there.
        """
        found = await self._snapshot_at(steps)
        with _readable(self.path):
            await self._machine.aupdate_state(found.config, {"turn": None}, as_node="memory")
        await self._load()

    async def history(self) -> list[Moment]:
        """Every moment one can go back to, the latest first."""
        return [
            Moment(snapshot.values["cursor"], snapshot.config["configurable"]["checkpoint_id"])
            async for snapshot in self._recorded()
        ]

    def scene(self) -> Scene:
        """The step at hand as its agent sees it."""
        return scene(self.setting, self.state)

    def dialogue(self) -> Dialogue:
        """The finished dialogue, not yet proved."""
        return finish(self.setting, self.state)

    async def _run(self, given: State | Command[Any] | None) -> None:
        try:
            with _readable(self.path):
                await self._machine.ainvoke(
                    given, self._config, context=self.setting, durability="sync"
                )
        finally:
            # A first step that failed has begun too: it must not be opened once more.
            await self._load()

    async def _load(self) -> None:
        """Take over what the checkpoints hold."""
        with _readable(self.path, ValueError, KeyError, TypeError):
            snapshot = await self._machine.aget_state(self._config)
        if not snapshot.values:
            return
        held = cast(State, snapshot.values)
        if not self._begun:
            _compare(held.get("setting", {}), self.setting, self.path)
            _compare_models(snapshot, self.setting, self.path)
        self._begun, self.state = True, held
        waiting = bool(snapshot.interrupts) and not self.finished
        self.pending = Part.of(self.scene()) if waiting else None

    async def _snapshot_at(self, steps: int) -> StateSnapshot:
        async for snapshot in self._recorded():
            if snapshot.values["cursor"] == steps:
                return snapshot
        raise InputError(f"the session holds no moment after {steps} steps")

    async def _recorded(self) -> AsyncIterator[StateSnapshot]:
        """Checkpoints between two steps, the latest first."""
        with _readable(self.path, ValueError, KeyError, TypeError):
            async for snapshot in self._machine.aget_state_history(self._config):
                if snapshot.values.get("turn") is None and "cursor" in snapshot.values:
                    yield snapshot


def _serializer() -> JsonPlusSerializer:
    # A session file may come from anywhere: nothing but plain data is ever built from it.
    return JsonPlusSerializer(allowed_msgpack_modules=[])


def _look(file: Path) -> None:
    """Refuse what is no session, or cannot be written, before anything is written to it."""
    if not file.parent.is_dir():
        raise InputError("the folder does not exist", file=str(file), mend=f"make {file.parent}")
    try:
        head = b""
        if file.exists():
            with file.open("rb") as stream:
                head = stream.read(len(_MAGIC))
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(reason, file=str(file), mend="name another file") from error
    if head and head != _MAGIC:
        raise InputError("is not a session", file=str(file), mend="name another file")
    with _readable(file):
        # A connection of its own thread would not fail as quietly as this one.
        held = sqlite3.connect(file)
        try:
            rows = held.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        finally:
            held.close()
    if rows and not {name for (name,) in rows} >= _TABLES:
        raise InputError(
            "is a database, but not a session", file=str(file), mend="name another file"
        )


@contextmanager
def _readable(file: Path | None, *damage: type[Exception]) -> Iterator[None]:
    """Failures of the database, and what damaged data raises, as one line that names the file."""
    expected: tuple[type[Exception], ...] = (sqlite3.Error, *damage)
    try:
        yield
    except expected as error:
        reason = str(error) if isinstance(error, sqlite3.Error) else "what it holds is damaged"
        raise InputError(
            f"the session cannot be used: {reason}",
            file=str(file or ""),
            mend="name another file, or delete this one to begin anew",
        ) from error


def _compare(held: object, setting: Setting, path: Path | None) -> None:
    """See that the session began with this plan, these tools, this seed and this player."""
    wanted = pack(setting)
    if held == wanted:
        return
    if not isinstance(held, dict) or not isinstance(held.get("plan"), dict):
        raise _other("holds no dialogue of this machine", path)
    begun = (held["plan"].get("id"), held.get("seed"))
    asked = (wanted["plan"]["id"], wanted["seed"])
    if begun != asked:
        raise _other(
            f"plays {begun[0]} with seed {begun[1]}, not {asked[0]} with seed {asked[1]}", path
        )
    if held.get("human") != wanted["human"]:
        who = "a person" if held.get("human") else "nobody"
        raise _other(f"began with {who} playing the user", path)
    changed = next(key for key in wanted if held.get(key) != wanted[key])
    raise _other(f"began with another {changed} of {asked[0]}", path)


def _compare_models(snapshot: StateSnapshot, setting: Setting, path: Path | None) -> None:
    model = (snapshot.metadata or {}).get("model", setting.generator.name)
    if model != setting.generator.name:
        raise _other(f"was worded by {model}, not by {setting.generator.name}", path)


def _other(what: str, path: Path | None) -> InputError:
    mend = "repeat the command that began it, or name another file"
    return InputError(f"the session {what}", file=str(path or ""), mend=mend)
