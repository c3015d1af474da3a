"""Simulations under way: one person's dialogue each, kept in memory until others need the room."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final, NamedTuple

from toolweave.agents.stage import Stage
from toolweave.configs.run import ModelSettings
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import InputError
from toolweave.core.model import JsonValue
from toolweave.graph.playing import Part, completed, worded
from toolweave.graph.routing import NODE_FOR_ACT
from toolweave.graph.sessions import Session
from toolweave.graph.setting import set_scene
from toolweave.llm.generator import Generator, close
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.runs.generators import make_generator
from toolweave.runs.simulation import proven
from toolweave.service.problems import Problem

MOST: Final = 32
# A session keeps its whole history.
_CHANGES: Final = 1_000
_GONE: Final = 1_000
# Who sits in front of a page is told soon that a server is away, and tries again.
_PATIENCE: Final = 5.0


class Choice(NamedTuple):
    """What somebody chose to play: see ``playable``; ``by_model`` words it with the studio's."""

    plan: str
    seed: int = 0
    human: bool = False
    by_model: bool = False


class Live:
    """One simulation. Whoever looks at it or changes it holds ``lock``.

    Attributes:
        key: what its address calls it.
        choice: what is played.
        session: the dialogue so far.
        version: how often it was changed.
        passed: the agents that the last change went through.
    """

    def __init__(self, key: str, choice: Choice, session: Session) -> None:
        self.key, self.choice, self.session = key, choice, session
        self.lock = asyncio.Lock()
        self.version = 0
        self.passed: tuple[str, ...] = ()
        self._record: Dialogue | None = None

    @property
    def pending(self) -> Part | None:
        """What a person has to say now."""
        return self.session.pending

    @property
    def next(self) -> str:
        """The agent whose turn it is; empty at the end."""
        acts, steps = self.session.state["acts"], self.session.steps
        return NODE_FOR_ACT[acts[steps]] if steps < len(acts) else ""

    async def settle(self) -> None:
        """Come to the point where a person is asked, if it is their turn."""
        if self.choice.human and self.next == "user" and self.session.pending is None:
            await self.session.advance()

    async def step(self) -> None:
        """Make the next step.

        Raises:
            ToolweaveError: it could not be made; all is as it was.
        """
        self._admit()
        doing = self.next
        if await self.session.advance():
            await self._changed(doing, "memory")

    async def play(
        self, words: str, values: Mapping[str, JsonValue], typed: Mapping[str, str]
    ) -> None:
        """Make the user's step with what a person typed.

        Args:
            words: what the user says; made for them where it is empty.
            values: what is stated, by slot.
            typed: the same as it was typed.

        Raises:
            Unacceptable: the words or the values cannot be taken.
            InputError: it is not the user's turn.
        """
        self._admit()
        if self.session.pending is None:
            raise InputError("it is not the user's turn")
        scene = self.session.scene()
        said = completed(scene, words, values, typed) if words else worded(scene, values)
        await self.session.resume(said, values)
        await self._changed("user", "memory")

    async def edit(self, words: str) -> None:
        """Put other words into the user's last step.

        Raises:
            Unacceptable: they do not state the same values, or nobody would say them.
            InputError: the last step is not the user's.
        """
        self._admit()
        await self.session.edit(words)
        await self._changed("user", "memory")

    async def back(self) -> None:
        """Take the last step back."""
        self._admit()
        if self.session.steps:
            await self.session.rewind(self.session.steps - 1)
            await self._changed()

    def record(self) -> Dialogue:
        """The finished dialogue with its proof.

        Raises:
            InputError: it is not finished.
        """
        if not self.session.finished:
            raise InputError("the dialogue is not finished", mend="play it to its end")
        if self._record is None:
            self._record = proven(self.session.dialogue(), self.session.setting.stage.words)
        return self._record

    def _admit(self) -> None:
        if self.version >= _CHANGES:
            raise InputError("this simulation went on for too long", mend="begin another one")

    async def _changed(self, *passed: str) -> None:
        self.version += 1
        self.passed, self._record = passed, None
        await self.settle()


class Gone(Problem):
    """A simulation that had to make room."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        super().__init__(
            410, "simulation_gone", "this simulation had to make room: others were begun since"
        )


class Lives:
    """All simulations under way; the one that nobody has used for longest makes room for others.

    Args:
        model: the studio's own, for those who choose it.
        most: how many there may be.
    """

    def __init__(self, model: ModelSettings, most: int = MOST) -> None:
        self._settings, self._most = model, most
        self._held: OrderedDict[str, Live] = OrderedDict()
        self._gone: OrderedDict[str, Choice] = OrderedDict()
        self._generator: Generator | None = None

    @property
    def model(self) -> str:
        """The name of the studio's model; empty where there is none but the offline writer."""
        return "" if self._settings.name == "offline" else self._settings.name

    async def begin(self, choice: Choice, stage: Stage) -> Live:
        """A new simulation.

        Raises:
            Problem: all others are at work just now.
            InputError: the studio's model cannot be used.
        """
        generator = self._model() if choice.by_model else OfflineGenerator()
        setting = set_scene(stage, choice.seed, generator, human=choice.human)
        live = Live(secrets.token_urlsafe(16), choice, await Session.open(setting))
        await live.settle()
        # Only now: one that does not begin needs no room, and none is let go while it begins.
        self._make_room()
        self._held[live.key] = live
        return live

    def get(self, key: str) -> Live:
        """The simulation of that address.

        Raises:
            Gone: it had to make room.
            Problem: there never was one.
        """
        live = self._held.get(key)
        if live is None:
            if key in self._gone:
                raise Gone(self._gone[key])
            raise Problem(404, "simulation_unknown", "there is no such simulation")
        self._held.move_to_end(key)
        return live

    async def aclose(self) -> None:
        """Let go of all of them, and of the model."""
        self._held.clear()
        if self._generator is not None:
            await close(self._generator)

    def _make_room(self) -> None:
        while len(self._held) >= self._most:
            idle = next((key for key, one in self._held.items() if not one.lock.locked()), None)
            if idle is None:
                raise Problem(
                    503, "simulations_busy", "too many simulations are at work; try again soon",
                    headers={"Retry-After": "5"},
                )  # fmt: skip
            self._gone[idle] = self._held.pop(idle).choice
            if len(self._gone) > _GONE:
                self._gone.popitem(last=False)

    def _model(self) -> Generator:
        if not self.model:
            raise InputError(
                "the studio was started without a model", mend="toolweave studio --model NAME"
            )
        if self._generator is None:
            patience = min(self._settings.patience, _PATIENCE)
            self._generator = make_generator(
                self._settings.model_copy(update={"patience": patience})
            )
        return self._generator
