"""The agents of a copy that keeps what its original says."""

from collections.abc import Sequence
from dataclasses import replace

from toolweave.agents.replaying import (
    Recorded,
    ReplayingClarification,
    ReplayingSummary,
    ReplayingTool,
    VaryingUser,
)
from toolweave.core.dialogue import Dialogue, Modification
from toolweave.core.plan import Persona
from toolweave.graph.setting import Agents
from toolweave.llm.generator import Generator
from toolweave.llm.offline.people import cast
from toolweave.refinement.varying import VARIATION
from toolweave.runs.generators import is_offline


def agents_for(
    original: Dialogue, modifications: Sequence[Modification], generator: Generator
) -> Agents | None:
    """Agents that reword the user and repeat the rest, where the copy is to vary; else None."""
    edit = next((one for one in modifications if one.kind == VARIATION), None)
    if edit is None:
        return None
    recorded = Recorded.of(original)
    persona = Persona.model_validate(edit.detail["persona"])
    human = replace(cast(original.seed, original.plan.persona, (), ()).human, persona=persona)
    return Agents(
        user=VaryingUser(recorded, edit.seed, human, paraphrase=not is_offline(generator)),
        clarification=ReplayingClarification(recorded),
        tool=ReplayingTool(recorded),
        summary=ReplayingSummary(recorded),
    )
