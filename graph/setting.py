"""A setting: a prepared plan with its cast, its agents and its generator; what a run is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from toolweave.agents.clarification import ClarificationAgent
from toolweave.agents.memory import MemoryAgent
from toolweave.agents.scene import Agent, Scene
from toolweave.agents.stage import Stage, set_stage
from toolweave.agents.summary import SummaryAgent
from toolweave.agents.tool import ToolAgent
from toolweave.agents.user import UserAgent
from toolweave.configs.wording import words_for
from toolweave.core.plan import Plan
from toolweave.core.tool import Toolset
from toolweave.graph.routing import NODE_FOR_ACT
from toolweave.graph.state import State
from toolweave.llm.contexts import Cast
from toolweave.llm.generator import Generator
from toolweave.llm.offline.generator import OfflineGenerator
from toolweave.llm.offline.people import cast
from toolweave.memory.state import empty
from toolweave.schema.types import json_bytes


@dataclass(frozen=True, slots=True)
class Agents:
    """Who realises which node. Any of them may be replaced by one's own."""

    user: Agent = field(default_factory=UserAgent)
    clarification: Agent = field(default_factory=ClarificationAgent)
    tool: Agent = field(default_factory=ToolAgent)
    summary: Agent = field(default_factory=SummaryAgent)
    memory: MemoryAgent = field(default_factory=MemoryAgent)


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything a run of one dialogue needs besides its state.

    ``human`` says that a person plays the user: the machine then stops at every user step.
    ``deciding`` says that the assistant chooses its acts while the dialogue runs.
    """

    stage: Stage
    cast: Cast
    generator: Generator
    agents: Agents = field(default_factory=Agents)
    human: bool = False
    deciding: bool = False

    def following(self, state: State) -> "Setting":
        """The setting with the plan that the state's decisions led to."""
        if "redirected" not in state:
            return self
        stage = self.stage
        plan = Plan.model_validate(state["redirected"])
        return replace(self, stage=set_stage(plan, stage.toolset, stage.words, stage.lexicon))


def set_scene(
    stage: Stage,
    seed: int,
    generator: Generator,
    agents: Agents | None = None,
    *,
    human: bool = False,
    deciding: bool = False,
) -> Setting:
    """The setting of one seed of a prepared plan."""
    first = stage.wishes.get(0, ())
    if not stage.words.domain_situations:
        # A drafted reason is one deed's: that of what is to be done, not of what is looked up for
        # it on the way.
        first = tuple(sorted(first, key=lambda wish: wish.reads))
    start = [wish.tool.name for wish in first]
    players = cast(seed, stage.plan.persona, stage.words.situations, start)
    return Setting(stage, players, generator, agents or Agents(), human, deciding)


def opening(setting: Setting, *, stored: bool = False) -> State:
    """The state before the first step; ``stored`` puts the setting itself into the state."""
    now = setting.cast.now
    text = f"Current time: {now:%Y-%m-%d %H:%M:%S} ({now:%A})."
    system = {"role": "system", "content": text, "train": False}
    return {
        "setting": pack(setting) if stored else {},
        "acts": [placed.step.act for placed in setting.stage.steps],
        "cursor": 0,
        "messages": [system],
        "turn": None,
        "memory": empty(now),
    }


def pack(setting: Setting) -> dict[str, Any]:
    """The setting as plain data; the generator is not part of it."""
    stage = setting.stage
    return {
        "plan": stage.plan.dump(),
        "tools": stage.toolset.dump(),
        "lexicon": stage.lexicon,
        "seed": setting.cast.seed,
        "human": setting.human,
    }


def unpack(packed: Mapping[str, Any], generator: Generator | None = None) -> Setting:
    """The setting that ``pack`` wrote; offline unless a generator is given."""
    stage = _stage(json_bytes(packed["plan"]), json_bytes(packed["tools"]), str(packed["lexicon"]))
    return set_scene(
        stage, int(packed["seed"]), generator or OfflineGenerator(), human=bool(packed.get("human"))
    )


@lru_cache(maxsize=32)
def _stage(plan: bytes, tools: bytes, lexicon: str) -> Stage:
    toolset = Toolset.model_validate_json(tools)
    return set_stage(
        Plan.model_validate_json(plan), toolset, words_for(toolset.tools, lexicon), lexicon
    )


def scene(setting: Setting, state: State) -> Scene:
    """The step at hand as its agent sees it."""
    return Scene(
        setting.stage,
        setting.cast,
        setting.generator,
        setting.stage.steps[state["cursor"]],
        state["messages"],
        state["memory"],
    )


def agent_of(setting: Setting, state: State) -> Agent:
    """Who realises the step at hand."""
    agent: Agent = getattr(setting.agents, NODE_FOR_ACT[state["acts"][state["cursor"]]])
    return agent
