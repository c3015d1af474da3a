"""Masked names: every tool and parameter goes by its generic name, and the mask comes off again."""

from collections.abc import Iterator

from toolweave.checks.masks import MASKING, mask_of
from toolweave.checks.renaming import Renaming, renamed, unmasked
from toolweave.core.dialogue import Dialogue
from toolweave.core.errors import ToolweaveError
from toolweave.core.finding import Finding


def mask_findings(dialogue: Dialogue) -> Iterator[Finding]:
    """Objections to a mask that leaves a name standing, or that does not come off cleanly."""
    edits = [edit for edit in dialogue.modifications if edit.kind == MASKING]
    if not edits:
        return
    mask = mask_of(dialogue)
    if mask is None or len(edits) > 1:
        yield Finding(code="bad_mask", problem="the record does not say what its names stand for")
        return
    shown = {item.tool.name for item in dialogue.tools}
    for name in sorted(shown - set(mask.tools.values())):
        yield Finding(code="unmasked_name", problem=f"the tool {name} is not masked", value=name)
    try:
        again = renamed(unmasked(dialogue), Renaming(mask))
    except (ValueError, ToolweaveError) as error:
        problem = f"the mask cannot be taken off: {str(error)[:120]}"
        yield Finding(code="bad_mask", problem=problem)
        return
    if again.model_copy(update={"modifications": dialogue.modifications}) != dialogue:
        problem = "a name is masked in one place and not in another"
        yield Finding(code="unmasked_name", problem=problem)
