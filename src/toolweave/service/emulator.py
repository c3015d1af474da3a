"""The emulator: a request comes with a token, the dialogue is rebuilt, played on and stored."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from toolweave.core.tool import Toolset
from toolweave.graph.checkpoints import Kept, Mark, Marked, Move, Moved, Store
from toolweave.graph.plays import Frame, Frames, Mode, Play, begun, read_frame, resumed, unplanned
from toolweave.graph.worlds import Ask
from toolweave.llm.usage import Usage, collect_usage
from toolweave.memory.tokens import Place, Tokens
from toolweave.schema.types import canonical
from toolweave.service.bodies import Opening, ToolRequest, TurnRequest
from toolweave.service.modes import Engine, Made, Work, answered, replied, work_of
from toolweave.service.opening import asked_frame
from toolweave.service.problems import Problem

_TRIES: Final = 20


class Outcome(NamedTuple):
    """A play as it was stored, and the token that names it."""

    play: Play
    token: str


class Names(NamedTuple):
    """What a stored moment is called beside its token."""

    mark: Mark | None = None
    aliases: Sequence[str] = ()
    move: Move | None = None


_UNNAMED: Final = Names()


@dataclass(frozen=True)
class Emulator:
    """Answers requests. It holds nothing of any dialogue between two of them.

    Attributes:
        store: where dialogues lie.
        tokens: signs and reads tokens.
        engine: what plays.
        toolset: what dialogues are about that bring no tools.
        frames: plans and tools used last; any worker can make them again.
    """

    store: Store
    tokens: Tokens
    engine: Engine
    toolset: Toolset | None = None
    frames: Frames = field(default_factory=Frames)

    async def turn(self, asked: TurnRequest, key: str = "") -> Outcome:
        """One turn in any mode; ``key`` is the request's idempotency key."""
        return await self._once(asked, f"turns\x1f{key}", asked.mode, work_of(self.engine, asked))

    async def call(self, name: str, asked: ToolRequest, key: str = "") -> Outcome:
        """One simulated call."""

        async def made(play: Play) -> Made:
            if name not in play.setting.stage.tools:
                raise Problem(404, "tool_unknown", f"there is no tool {name!r:.80}")
            return await answered(self.engine, play, [Ask(name, asked.arguments)], asked.faults)

        return await self._once(asked, f"tools\x1f{name}\x1f{key}", "tools", made)

    async def reply_to(
        self, opening: Opening, before: str, said: str, alias: Callable[[str], str]
    ) -> Outcome:
        """What the simulated user says to an assistant's words, for the chat protocol.

        Args:
            opening: the plan; a token, if there is one, names the dialogue.
            before: names the conversation so far where no token does; empty at its beginning.
            said: the assistant's last words.
            alias: what the conversation is called after the user's answer.
        """
        if opening.token is None and before:
            found = await self.store.marked(before)
            if found is None:
                raise Problem(
                    409, "history_unknown", "no such conversation took place here: "
                    "send its messages unchanged, or the token in metadata",
                )  # fmt: skip
            opening = opening.model_copy(update={"token": self.tokens.write(found.place)})
        play = await self.opened(opening)
        with collect_usage() as usage:
            made = await replied(play, said)
        name = alias(str(made.state["messages"][-1]["content"]))
        return await self.stored(play, "user", made, usage, Names(aliases=(name,)))

    async def call_in_world(self, world: str, name: str, arguments: dict[str, Any]) -> Outcome:
        """One call in the world of that name, which goes on from where its last call left it.

        Raises:
            Moved: others' calls came first too often.
        """
        frame = self.own_frame()
        for _ in range(_TRIES):
            head = await self.store.head(world)
            play = (
                begun(frame, _seed(world), self.engine.generator)
                if head is None
                else await self.load(head)
            )
            if play.frame.digest != frame.digest:
                raise Problem(409, "other_toolset", "this world was begun with other tools")
            made = await answered(self.engine, play, [Ask(name, arguments)], None)
            try:
                names = Names(move=Move(world, head))
                return await self.stored(play, "tools", made, Usage(), names)
            except Moved:
                # Somebody else's call came first: this one is played again behind it.
                continue
        raise Moved("the world is too busy")

    async def opened(self, opening: Opening) -> Play:
        """The play that a request goes on with: of its token, or a new one.

        Raises:
            Problem: there is neither a token nor anything to begin with, or they disagree.
        """
        asked = asked_frame(opening, self.toolset, self.frames)
        if opening.token is None:
            frame = asked if asked is not None else self.own_frame()
            return begun(frame, opening.seed or 0, self.engine.generator)
        play = await self.load(self.tokens.read(opening.token))
        if asked is not None and asked.digest != play.frame.digest:
            # A plan's tools may be named beside its token without the plan.
            tools_alone = opening.plan is None and opening.goal is None
            if not tools_alone or asked.stage.toolset != play.frame.stage.toolset:
                what = "toolset" if tools_alone else "plan"
                problem = f"the token's dialogue was begun with another {what}"
                raise Problem(409, f"other_{what}", problem)
        if opening.seed is not None and opening.seed != play.setting.cast.seed:
            raise Problem(409, "other_seed", "the token's dialogue was begun with another seed")
        return play

    async def load(self, place: Place) -> Play:
        """The play at a checkpoint.

        Raises:
            Problem: the store does not hold it.
        """
        line = await self.store.line(place)
        if line is None:
            raise Problem(404, "token_unknown", "the store holds no dialogue of this token")
        frame = self.frames.get(line.frame)
        if frame is None:
            raw = await self.store.frame(line.frame)
            if raw is None:
                raise Problem(404, "token_unknown", "the store does not hold this dialogue's plan")
            frame = self.frames.add(read_frame(raw))
        return resumed(frame, place.dialogue, line, self.engine.generator)

    def own_frame(self) -> Frame:
        """The frame of the service's own tools.

        Raises:
            Problem: it has none.
        """
        if self.toolset is None:
            raise Problem(
                422, "nothing_to_play", "there is no token, and nothing says what to begin with: "
                "give a plan, a goal or a toolset",
            )  # fmt: skip
        found = self.frames.get("own")
        return found if found is not None else self.frames.add(unplanned(self.toolset), "own")

    async def _once(self, asked: Opening, key: str, mode: Mode, work: Work) -> Outcome:
        """What the work leads to; a request made before leads to what it led to then."""
        mark = _mark(asked, key) if key.rpartition("\x1f")[2] else None
        if mark is not None and (before := await self.store.marked(mark.key)) is not None:
            return await self._again(mark, before)
        play = await self.opened(asked)
        with collect_usage() as usage:
            made = await work(play)
        return await self.stored(play, mode, made, usage, Names(mark))

    async def _again(self, mark: Mark, before: Marked) -> Outcome:
        if before.digest != mark.digest:
            raise Problem(
                422, "idempotency_key_reused", "this idempotency key came with another request"
            )
        return Outcome(await self.load(before.place), self.tokens.write(before.place))

    async def stored(
        self, play: Play, mode: Mode, made: Made, usage: Usage, names: Names = _UNNAMED
    ) -> Outcome:
        """What a request led to, stored, with its token.

        Raises:
            Moved: the world that was to go on has gone on already.
        """
        spent = usage.total()
        told = {
            "given": made.given,
            "failed": [one.id for one in made.answers if not one.ok],
            "usage": {
                "calls": spent.calls,
                "prompt_tokens": spent.prompt_tokens,
                "completion_tokens": spent.completion_tokens,
            },
        }
        after, checkpoint = play.then(made.state, mode, told, made.part)
        raw = None if play.line else play.frame.raw
        before = await self.store.keep(checkpoint, Kept(raw, *names))
        if before is not None and names.mark is not None:
            return await self._again(names.mark, before)
        self.frames.add(play.frame)
        return Outcome(after, self.tokens.write(after.place))


def _mark(asked: Opening, key: str) -> Mark:
    named = hashlib.blake2b(key.encode(), digest_size=20).hexdigest()
    held = canonical(asked.model_dump(mode="json")).encode()
    return Mark(f"key:{named}", hashlib.blake2b(held, digest_size=16).hexdigest())


def _seed(world: str) -> int:
    return int.from_bytes(hashlib.blake2b(world.encode(), digest_size=6).digest(), "big")
