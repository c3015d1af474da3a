"""The simulated user before somebody else's assistant: asks, answers what is asked, goes on, ends.

The plan says what the user wants and knows. What the assistant does is its own affair, so the
user answers to what it says: a question for something they know is answered, also before its time
or for the second time; a report is followed by the next wish; too many other questions end it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from toolweave.agents.memory import MemoryAgent
from toolweave.agents.scene import MessageDict, Scene, Turn
from toolweave.agents.user import UserAgent
from toolweave.checks.asking import asked_for
from toolweave.core.plan import (
    PlacedStep,
    Provision,
    UserClarificationResponse,
    UserRequest,
)
from toolweave.core.seeding import rng
from toolweave.graph.plays import Play
from toolweave.graph.state import State

# So many questions that the user cannot answer are borne with in one segment.
MOST_LOST: Final = 3
# The user never says more than this many times, whatever the assistant does.
MOST_ROUNDS: Final = 100
_ANYTHING_ELSE: Final = re.compile(
    r"\b(?:any(?:thing|one)? (?:else|more|other)|other (?:questions?|requests?)"
    r"|help you with (?:today|further)|further (?:help|questions?|assistance)"
    r"|something else|(?:need|want) (?:any )?(?:more|further) help)\b",
    re.IGNORECASE,
)
# A yes-or-no question of somebody about to act; "how shall we reach you" is none.
_CONFIRM: Final = re.compile(
    r"(?:^|[.!?,;:]\s+|\b(?:so|and|then|now)\s+)(?:(?:shall|should) (?:i|we)"
    r"|would you like (?:me|us) to|do you want (?:me|us) to"
    r"|(?:can|may) (?:i|we) (?:go|proceed|continue|book|place|submit|cancel|create)"
    r"|is (?:that|this|it|everything) (?:ok|okay|right|correct|fine|alright)|are you sure)\b"
    r"|\b(?:go ahead|proceed)\?",
    re.IGNORECASE | re.MULTILINE,
)
_GREETING: Final = re.compile(
    r"^\W*(?:hello|hi|hey|welcome|good (?:morning|afternoon|evening))\b[^?]*"
    r"(?:how (?:can|may) (?:i|we) (?:help|assist)[^?]*\??)?\W*$",
    re.IGNORECASE,
)
_LONGEST_GREETING: Final = 300
_YES: Final = ("Yes, please go ahead.", "Yes, please do.", "Yes, that's right, go ahead.")
_LOST: Final = (
    "I'm not sure about that, sorry. Can you go on with what you have?",
    "I don't know that one, sorry.",
    "I couldn't tell you, I'm afraid. Whatever is usual is fine with me.",
)
_GOODBYE: Final = (
    "No, that's all. Thanks for your help!",
    "That's everything, thank you.",
    "Great, that's all I needed. Thanks!",
)
_GIVING_UP: Final = (
    "I don't think we're getting anywhere, so let's leave it here. Thank you.",
    "Never mind, I'll try again another time. Thanks anyway.",
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the user has come.

    Attributes:
        segment: the index of the wish that was voiced last; -1 before the first.
        lost: questions of this segment that could not be answered.
        rounds: how often the user has spoken.
        finished: whether the user has said goodbye.
        outcome: ``done`` or ``gave_up`` once finished.
    """

    segment: int = -1
    lost: int = 0
    rounds: int = 0
    finished: bool = False
    outcome: str = ""

    @classmethod
    def read(cls, part: Mapping[str, Any]) -> "Progress":
        """The progress that a checkpoint holds."""
        return cls(**part) if part else cls()

    def dump(self) -> dict[str, Any]:
        """The progress as a checkpoint holds it."""
        return {
            "segment": self.segment, "lost": self.lost, "rounds": self.rounds,
            "finished": self.finished, "outcome": self.outcome,
        }  # fmt: skip


class Reply(NamedTuple):
    """The state after the user spoke, and how far they have come."""

    state: State
    progress: Progress


async def reply(play: Play, said: str) -> Reply:
    """What the user answers to an assistant's words; with none, how they begin.

    Raises:
        ToolweaveError: no acceptable wording was found.
    """
    state = play.state if not said else _heard(play.state, said)
    return await _User(play, state).answer(said)


def _heard(state: State, said: str) -> State:
    message: MessageDict = {
        "role": "assistant", "content": said, "train": False, "step": len(state["messages"])
    }  # fmt: skip
    return {**state, "messages": [*state["messages"], message]}


class _User:
    """The user in one round."""

    def __init__(self, play: Play, state: State) -> None:
        self.play, self.state = play, state
        self.stage = play.setting.stage
        self.progress = Progress.read(play.part)

    async def answer(self, said: str) -> Reply:
        before = self.progress
        if before.rounds >= MOST_ROUNDS:
            return self._spoken(_GIVING_UP, finished=True, outcome="gave_up")
        greeted = len(said) < _LONGEST_GREETING and _GREETING.match(said) is not None
        if before.segment < 0 or not said or greeted:
            return await self._wish(max(before.segment, 0))
        if _ANYTHING_ELSE.search(said):
            return await self._wish(before.segment + 1)
        if wanted := self._wanted(said):
            return await self._tell(wanted)
        if _CONFIRM.search(said):
            return self._spoken(_YES)
        if "?" in said:
            return await self._lost()
        return await self._wish(before.segment + 1)

    def _wanted(self, said: str) -> tuple[str, ...]:
        """What the user knows of that these words ask for; what the plan holds back comes first."""
        told = self.state["memory"]["slots"]
        due = [
            one.slot
            for placed in self.stage.steps
            if placed.segment == self.progress.segment
            for one in getattr(placed.step, "provides", ())
            if one.slot not in told
        ]
        wanted = asked_for(said, self.stage.targets, due)
        # Who asks for leave to act names much that was said: only what is still due is asked for.
        return tuple(one for one in wanted if one in due) if _CONFIRM.search(said) else wanted

    async def _wish(self, segment: int) -> Reply:
        """Voice a segment's request, or say goodbye behind the last."""
        requests = [
            placed for placed in self.stage.steps
            if placed.segment >= segment and isinstance(placed.step, UserRequest)
        ]  # fmt: skip
        if not requests:
            return self._spoken(_GOODBYE, finished=True, outcome="done")
        placed = requests[0]
        state = await self._act(placed)
        return Reply(state, Progress(placed.segment, 0, self.progress.rounds + 1))

    async def _tell(self, slots: Sequence[str]) -> Reply:
        """State what was asked for, as the plan has it or as it was said before."""
        provides = tuple(self._provision(name) for name in slots)
        step = UserClarificationResponse(act="user_clarification_response", provides=provides)
        number = len(self.state["messages"])
        state = await self._act(PlacedStep(number, max(self.progress.segment, 0), step))
        return Reply(state, Progress(self.progress.segment, self.progress.lost, self._rounds()))

    def _provision(self, name: str) -> Provision:
        told = self.state["memory"]["slots"].get(name)
        if told is not None and told["value"] is not None:
            return Provision(slot=name, value=told["value"], fixed=True)
        planned = next(p for _, p in self.stage.plan.provisions() if p.slot == name)
        return planned.model_copy(update={"replaces": ""})

    async def _lost(self) -> Reply:
        """Say that one does not know; whoever keeps asking is left."""
        lost = self.progress.lost + 1
        if lost > MOST_LOST:
            return self._spoken(_GIVING_UP, finished=True, outcome="gave_up")
        return self._spoken(_LOST, lost=lost)

    async def _act(self, placed: PlacedStep) -> State:
        """The state after the user agent realised a step."""
        memory, setting = self.state["memory"], self.play.setting
        scene = Scene(
            self.stage, setting.cast, setting.generator, placed, self.state["messages"], memory
        )
        turn: Turn = await UserAgent().act(scene)
        return {
            **self.state,
            "messages": [*self.state["messages"], *turn["messages"]],
            "memory": MemoryAgent().remember(self.stage, placed, memory, turn),
        }

    def _spoken(
        self, lines: Sequence[str], *, lost: int = 0, finished: bool = False, outcome: str = ""
    ) -> Reply:
        number = len(self.state["messages"])
        line = rng(self.play.setting.cast.seed, "reply", number).choice(lines)
        message: MessageDict = {
            "role": "user", "content": line, "train": False, "step": number, "states": []
        }  # fmt: skip
        state: State = {**self.state, "messages": [*self.state["messages"], message]}
        lost = lost or self.progress.lost
        progress = Progress(self.progress.segment, lost, self._rounds(), finished, outcome)
        return Reply(state, progress)

    def _rounds(self) -> int:
        return self.progress.rounds + 1
