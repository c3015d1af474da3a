"""Who talks and what is shown: a persona, and the tools that are there but not used."""

import random
from collections.abc import Sequence
from typing import Final

from toolweave.core.plan import Persona
from toolweave.planners.flow import Flow

_AGES: Final = ("young", "middle", "older")
_TONES: Final = ("neutral", "neutral", "formal", "casual", "worried", "annoyed", "cheerful")
_LENGTHS: Final = ("terse", "normal", "normal", "chatty")


def persona(stream: random.Random) -> Persona:
    """Somebody who might be talking."""
    return Persona(
        age=stream.choice(_AGES), tone=stream.choice(_TONES), length=stream.choice(_LENGTHS)
    )


def distractors(
    flow: Flow, most: int, used: Sequence[str], also: str, stream: random.Random
) -> list[str]:
    """Tools shown but not used: the other branch's, then relatives of those used, then any."""
    kinds = {effect.entity for name in used if (effect := flow.tools[name].effect)}
    others = [name for name in flow.tools if name not in used and name != also]
    stream.shuffle(others)

    def apart(name: str) -> bool:
        effect = flow.tools[name].effect
        return effect is None or effect.entity not in kinds

    others.sort(key=apart)
    chosen = others[: stream.randint(0, most)]
    return [*([also] if also and also not in used else []), *sorted(chosen)]
