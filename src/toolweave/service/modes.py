"""The four modes of a turn: what each makes of a play, before anything is stored."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from toolweave.agents.scene import MessageDict, Scene
from toolweave.core.plan import PlacedStep
from toolweave.graph.faults import NO_FAULTS, FaultProfile
from toolweave.graph.plays import Mode, Play
from toolweave.graph.replying import reply
from toolweave.graph.state import State
from toolweave.graph.turns import Spoken, next_turn
from toolweave.graph.worlds import Answer, Ask, answer_calls
from toolweave.llm.contexts import Line
from toolweave.llm.generator import Generator
from toolweave.service.assistant import MoveContext, next_move
from toolweave.service.bodies import TurnRequest
from toolweave.service.problems import Problem

# Rounds of calls that a model may make before it has to speak.
MOST_ROUNDS: Final = 8


@dataclass(frozen=True)
class Engine:
    """What plays.

    Attributes:
        generator: words turns and fills results.
        waiting: whether it waits for a server.
        offline: whether there is no model behind it.
        faults: how often simulated calls fail where a request does not say.
    """

    generator: Generator
    waiting: bool = False
    offline: bool = True
    faults: FaultProfile = NO_FAULTS


class Made(NamedTuple):
    """What a request led to, before it is stored.

    ``given`` counts the messages at the front that are the caller's own.
    """

    state: State
    given: int = 0
    part: Mapping[str, Any] | None = None
    answers: Sequence[Answer] = ()


Work = Callable[[Play], Awaitable[Made]]


def work_of(engine: Engine, asked: TurnRequest) -> Work:
    """What a turn does.

    Raises:
        Problem: it lacks what its mode needs, or has what its mode has no use for.
    """
    _check_needs(asked)
    table: Mapping[Mode, Callable[[Engine, Play, TurnRequest], Awaitable[Made]]] = {
        "plan": walk,
        "tools": call,
        "user": respond,
        "assistant": assist,
    }
    make = table[asked.mode]
    return lambda play: make(engine, play, asked)


async def walk(engine: Engine, play: Play, asked: TurnRequest) -> Made:
    """Mode ``plan``: the next segment, or what follows the caller's words."""
    if not play.frame.planned:
        raise Problem(422, "plan_required", "mode 'plan' needs a plan or a goal")
    acts, cursor = play.state["acts"], play.state["cursor"]
    if cursor >= len(acts):
        raise Problem(409, "finished", "the plan is played to its end")
    spoken = None
    if asked.utterance is not None:
        if not acts[cursor].startswith("user_"):
            raise Problem(409, "not_your_turn", "it is not the user's turn to speak")
        spoken = Spoken(asked.utterance, dict(asked.values or {}))
    return Made(await next_turn(play, spoken, waiting=engine.waiting))


async def call(engine: Engine, play: Play, asked: TurnRequest) -> Made:
    """Mode ``tools``: the results of the caller's calls."""
    asks = [Ask(one.name, one.arguments, one.id) for one in asked.tool_calls or ()]
    return await answered(engine, play, asks, asked.faults, asked.utterance or "")


async def answered(
    engine: Engine, play: Play, asks: Sequence[Ask], faults: FaultProfile | None, said: str = ""
) -> Made:
    """The results of calls."""
    done = await answer_calls(play, asks, said=said, faults=faults or engine.faults)
    return Made(done.state, given=1, answers=done.answers)


async def respond(engine: Engine, play: Play, asked: TurnRequest) -> Made:
    """Mode ``user``: what the simulated user says to the caller's words."""
    return await replied(play, asked.utterance or "")


async def replied(play: Play, said: str) -> Made:
    """What the simulated user says to an assistant's words."""
    if not play.frame.planned:
        raise Problem(422, "plan_required", "a simulated user needs a plan or a goal")
    if play.finished:
        raise Problem(409, "finished", "the user has said goodbye")
    spoken = await reply(play, said)
    return Made(spoken.state, given=1 if said else 0, part=spoken.progress.dump())


async def assist(engine: Engine, play: Play, asked: TurnRequest) -> Made:
    """Mode ``assistant``: a model answers the caller's words, with calls of its own choice."""
    if engine.offline:
        raise Problem(
            422, "model_required", "mode 'assistant' lets a model choose the calls, "
            "and the service was started without one (--model)",
        )  # fmt: skip
    state = _said(play.state, "user", asked.utterance or "")
    made: list[Answer] = []
    for _ in range(MOST_ROUNDS):
        now = replace(play, state=state)
        tools = play.setting.stage.toolset.tools
        key = (play.setting.cast.seed, "assistant", len(state["messages"]))
        move = await next_move(
            MoveContext(tools, _history(now), _clock(now)), engine.generator, key
        )
        if not move.calls:
            return Made(_said(state, "assistant", move.say), given=1, answers=made)
        asks = [Ask(one.name, one.arguments) for one in move.calls]
        done = await answer_calls(now, asks, said=move.say, faults=asked.faults or engine.faults)
        state = done.state
        made += done.answers
    return Made(state, given=1, answers=made)


def _said(state: State, role: str, text: str) -> State:
    number = len(state["messages"])
    message: MessageDict = {"role": role, "content": text, "train": False, "step": number}
    return {**state, "messages": [*state["messages"], message]}


def _history(play: Play) -> tuple[Line, ...]:
    setting = play.setting
    placed: PlacedStep = setting.stage.steps[0]
    memory, messages = play.state["memory"], play.state["messages"]
    scene = Scene(setting.stage, setting.cast, setting.generator, placed, messages, memory)
    return scene.history()


def _clock(play: Play) -> datetime:
    return datetime.fromisoformat(play.state["memory"]["world"]["clock"])


_NEEDS: Final[Mapping[Mode, str]] = {"tools": "tool_calls", "assistant": "utterance"}
_USELESS: Final[Mapping[Mode, tuple[str, ...]]] = {
    "plan": ("tool_calls", "faults"),
    "tools": ("values",),
    "user": ("tool_calls", "values", "faults"),
    "assistant": ("tool_calls", "values"),
}


def _check_needs(asked: TurnRequest) -> None:
    need = _NEEDS.get(asked.mode)
    if need is not None and not getattr(asked, need):
        raise Problem(422, "request_invalid", f"mode {asked.mode!r} needs {need}")
    for name in _USELESS[asked.mode]:
        if getattr(asked, name) is not None:
            raise Problem(422, "request_invalid", f"mode {asked.mode!r} has no use for {name}")
