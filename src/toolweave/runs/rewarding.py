"""The score of a conversation as a reward, for who trains or picks among assistants."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from toolweave.agents.stage import Stage
from toolweave.core.model import JsonValue
from toolweave.core.plan import Plan
from toolweave.core.score import Score
from toolweave.core.tool import Toolset
from toolweave.evaluation.scoring import score
from toolweave.graph.preparing import prepare


def reward(
    plan: Plan | Path | str | Stage,
    messages: Sequence[Mapping[str, Any]],
    toolset: Toolset | None = None,
    *,
    told: Mapping[str, JsonValue] | None = None,
) -> Score:
    """What an assistant's calls are worth against a plan; ``float`` of it is between 0 and 1.

    ``messages`` are in OpenAI's form, with the tools' answers. ``told`` is what the user stated
    by slot; without it, a slot whose value the plan leaves open takes any value that the user's
    words state.

    Example:
        >>> import toolweave
        >>> messages = [
        ...     {"role": "user", "content": "Hello!"},
        ...     {"role": "assistant", "content": "Hello! How can I help?"},
        ... ]
        >>> score = toolweave.reward("customer_support_case", messages)
        >>> float(score), score.passed, score.right
        (0.0, False, 0)

    Raises:
        InputError: the plan cannot be used.
    """
    stage = plan if isinstance(plan, Stage) else prepare(plan, toolset)
    return score(stage.plan, stage.toolset, messages, told)
