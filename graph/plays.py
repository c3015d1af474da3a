"""A play: one dialogue as a request finds it and leaves it, rebuilt from what a store holds."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from toolweave.agents.stage import Stage, set_stage
from toolweave.configs.wording import lexicon_for, words_for
from toolweave.core.errors import InputError
from toolweave.core.model import FORMAT_VERSION
from toolweave.core.plan import Plan, Segment, UserRequest
from toolweave.core.tool import Toolset
from toolweave.graph.checkpoints import Checkpoint, Line
from toolweave.graph.deltas import Delta, applied, delta, packed, unpacked
from toolweave.graph.setting import Setting, opening, set_scene
from toolweave.graph.state import State
from toolweave.llm.generator import Generator
from toolweave.memory.tokens import Place, fresh_id
from toolweave.schema.documents import parse_document
from toolweave.schema.types import json_bytes

Mode = Literal["plan", "tools", "user", "assistant"]
# Where no plan was given there are only tools; what the agents need of a plan is then empty.
_UNPLANNED: Final = "unplanned"
_FRAMES_HELD: Final = 64


@dataclass(frozen=True)
class Frame:
    """What a dialogue never changes: its plan if it has one, its tools and its lexicon.

    Attributes:
        digest: names it.
        raw: the data it is rebuilt from.
        stage: all of it made ready.
        planned: whether there is a plan.
    """

    digest: str
    raw: bytes
    stage: Stage
    planned: bool


def frame_of(stage: Stage, *, planned: bool) -> Frame:
    """The frame of a prepared plan, or of tools alone."""
    data = {
        "version": FORMAT_VERSION,
        "plan": stage.plan.dump() if planned else None,
        "tools": stage.toolset.dump(),
        "lexicon": stage.lexicon,
    }
    raw = json_bytes(data)
    return Frame(_digest(raw), raw, stage, planned)


def unplanned(toolset: Toolset) -> Frame:
    """The frame of tools that no plan comes with."""
    name = lexicon_for(toolset.tools, toolset.lexicon, toolset.domain)
    return frame_of(_staged(None, toolset, name), planned=False)


def read_frame(raw: bytes) -> Frame:
    """The frame that a store holds.

    Raises:
        InputError: it is damaged or of another version.
    """
    data = parse_document(raw.decode(), file="frame.json")
    if not isinstance(data, dict) or data.get("version") != FORMAT_VERSION:
        mend = "serve it with the release that wrote it"
        raise InputError("a stored plan is of another version", mend=mend)
    plan = None if data["plan"] is None else Plan.model_validate_json(json_bytes(data["plan"]))
    toolset = Toolset.model_validate_json(json_bytes(data["tools"]))
    stage = _staged(plan, toolset, str(data["lexicon"]))
    return Frame(_digest(raw), raw, stage, plan is not None)


def _staged(plan: Plan | None, toolset: Toolset, lexicon: str) -> Stage:
    return set_stage(plan or _empty(), toolset, words_for(toolset.tools, lexicon), lexicon)


class Frames:
    """The frames used last: a cache of what any worker can make again from the store."""

    def __init__(self, most: int = _FRAMES_HELD) -> None:
        self._held: OrderedDict[str, Frame] = OrderedDict()
        self._most = most

    def get(self, name: str) -> Frame | None:
        """The frame of that digest or other name, if it is at hand."""
        found = self._held.get(name)
        if found is not None:
            self._held.move_to_end(name)
        return found

    def add(self, frame: Frame, name: str = "") -> Frame:
        """The frame, kept at hand under its digest or another name."""
        self._held[name or frame.digest] = frame
        self._held.move_to_end(name or frame.digest)
        while len(self._held) > self._most:
            self._held.popitem(last=False)
        return frame


@dataclass(frozen=True)
class Play:
    """One dialogue at one moment. Nothing in it is ever changed.

    Attributes:
        frame: plan and tools.
        setting: the frame with its seed, its cast and a generator.
        state: messages, memory and place in the plan.
        dialogue: its id.
        line: the moments so far; empty before the first request.
        part: how far a simulated user has come, where the caller is the assistant.
        last: what the last request stored beside the state.
        modes: the modes that its requests were made in.
    """

    frame: Frame
    setting: Setting
    state: State
    dialogue: str
    line: tuple[str, ...] = ()
    part: Mapping[str, Any] = field(default_factory=dict)
    last: Mapping[str, Any] = field(default_factory=dict)
    modes: frozenset[str] = frozenset()

    @property
    def place(self) -> Place:
        """Where the last moment lies."""
        return Place(self.dialogue, self.line[-1])

    @property
    def finished(self) -> bool:
        """Whether a plan is played to its end, by either side."""
        walked = self.frame.planned and self.state["cursor"] >= len(self.state["acts"])
        return walked or bool(self.part.get("finished"))

    def then(
        self, state: State, mode: Mode, told: Mapping[str, Any], part: Mapping[str, Any] | None
    ) -> tuple["Play", Checkpoint]:
        """The play after a request, and the checkpoint that holds what the request changed.

        Args:
            state: the state that the request led to.
            mode: what was asked for.
            told: what the request's answer says beside the messages.
            part: how far the simulated user has come now, if that changed.
        """
        now = dict(self.part) if part is None else dict(part)
        made: Delta = {**delta(self.state, state), "mode": mode, "told": dict(told), "part": now}
        if not self.line:
            made["seed"] = self.setting.cast.seed
        moment = fresh_id()
        checkpoint = Checkpoint(
            Place(self.dialogue, moment), self.line, self.frame.digest, packed(made)
        )
        line = (*self.line, moment)
        after = replace(
            self, state=state, line=line, part=now, last=made, modes=self.modes | {mode}
        )
        return after, checkpoint


def begun(frame: Frame, seed: int, generator: Generator) -> Play:
    """A play before its first request."""
    setting = set_scene(frame.stage, seed, generator)
    return Play(frame, setting, _opening(frame, setting), fresh_id())


def resumed(frame: Frame, dialogue: str, line: Line, generator: Generator) -> Play:
    """The play that a store holds, as its last request left it.

    Raises:
        InputError: what is stored is damaged or of another version.
    """
    changes = [unpacked(raw) for raw in line.changes]
    try:
        setting = set_scene(frame.stage, int(changes[0]["seed"]), generator)
        state = _opening(frame, setting)
        for change in changes:
            state = applied(state, change)
        last, modes = changes[-1], frozenset(str(one["mode"]) for one in changes)
        return Play(frame, setting, state, dialogue, line.moments, last["part"], last, modes)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError("a checkpoint is damaged", mend="begin the dialogue anew") from error


def _opening(frame: Frame, setting: Setting) -> State:
    start = opening(setting)
    return start if frame.planned else {**start, "acts": []}


def _empty() -> Plan:
    step = UserRequest(act="user_request")
    return Plan(version=FORMAT_VERSION, id=_UNPLANNED, goal="", segments=(Segment(steps=(step,)),))


def _digest(raw: bytes) -> str:
    return hashlib.blake2b(raw, digest_size=16).hexdigest()
