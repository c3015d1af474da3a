"""The memory agent: records each step's facts with their provenance, and the world's records."""

from toolweave.agents.scene import Called, Turn
from toolweave.agents.stage import Stage
from toolweave.core.plan import PlacedStep, PlannedCall, ToolInvocation
from toolweave.memory.state import MemoryState, propose, record_call, tell


class MemoryAgent:
    """Runs after every act and asks no generator: it records what was said and returned."""

    def remember(
        self, stage: Stage, placed: PlacedStep, memory: MemoryState, turn: Turn
    ) -> MemoryState:
        """The memory after this turn; the given one stays as it was."""
        for told in turn.get("tellings", ()):
            memory = tell(
                memory, told["slot"], told["value"], step=placed.number,
                message=told["message"], start=told["start"], end=told["end"],
            )  # fmt: skip
        for fact in turn.get("proposals", ()):
            memory = propose(memory, fact)
        for done in turn.get("calls", ()):
            memory = record_call(
                memory, stage.identity, _planned(placed, done), stage.tool(done["tool"]),
                done["arguments"], done["result"], ok=done["ok"], step=placed.number,
                message=done["message"],
            )  # fmt: skip
        return memory


def _planned(placed: PlacedStep, done: Called) -> PlannedCall:
    assert isinstance(placed.step, ToolInvocation)
    return next(
        call for call in placed.step.calls
        if call.id == done["call"] and call.attempt == done["attempt"]
    )  # fmt: skip
