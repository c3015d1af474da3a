"""The agents of a copy that keeps what its original says."""

from collections.abc import Sequence
from dataclasses import replace

from toolweave.agents.clarification import ClarificationAgent
from toolweave.agents.recorded import Recorded
from toolweave.agents.replaying import RepeatingUser, ReplayingAssistant, ReplayingTool
from toolweave.agents.summary import SummaryAgent
from toolweave.agents.user import UserAgent
from toolweave.agents.varying import VaryingUser
from toolweave.core.dialogue import Dialogue, Modification
from toolweave.core.plan import Persona
from toolweave.graph.setting import Agents
from toolweave.llm.generator import Generator
from toolweave.llm.offline.people import cast
from toolweave.refinement.varying import VARIATION
from toolweave.runs.generators import is_offline


def agents_for(
    original: Dialogue,
    modifications: Sequence[Modification],
    generator: Generator,
    *,
    repeats: bool = False,
) -> Agents | None:
    """Agents that reword the user and repeat the rest, where the copy is to vary; else None.

    Where it ``repeats`` they repeat the user too, and a model is asked for what is new alone.
    """
    edit = next((one for one in modifications if one.kind == VARIATION), None)
    if edit is None and not repeats:
        return None
    recorded = Recorded.of(original)
    if edit is None:
        return _repeating(RepeatingUser(recorded), recorded)
    persona = Persona.model_validate(edit.detail["persona"])
    human = replace(cast(original.seed, original.plan.persona, (), ()).human, persona=persona)
    user = VaryingUser(recorded, edit.seed, human, paraphrase=not is_offline(generator))
    return _repeating(user, recorded)


def _repeating(user: UserAgent, recorded: Recorded) -> Agents:
    return Agents(
        user=user,
        clarification=ReplayingAssistant(recorded, ClarificationAgent()),
        tool=ReplayingTool(recorded),
        summary=ReplayingAssistant(recorded, SummaryAgent()),
    )
