"""What an assistant may say: nothing that no user said, no tool returned and no clock shows."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from toolweave.agents.scene import MessageDict, Scene
from toolweave.checks.claims import claims
from toolweave.checks.definitions import besides
from toolweave.checks.evidence import Evidence
from toolweave.core.model import JsonValue

_OPENING: Final = re.compile(r"(?:^|[.!?:\n])[\s\"'(\u201c-]*$")


def unsupported(text: str, scene: Scene, offered: Sequence[JsonValue] = ()) -> Iterator[str]:
    """A complaint for every claim of the text that the conversation so far does not bear out.

    ``offered`` are values that may be named besides, such as the choices of a question.
    """
    found = claims(text, scene.cast.now)
    if not found:
        return
    memory = scene.memory
    values: list[JsonValue] = [*offered, *(told["value"] for told in memory["slots"].values())]
    for done in memory["calls"].values():
        values.extend((done["arguments"], done["result"]))
    texts = [_said(message, scene) for message in scene.messages if message["role"] != "assistant"]
    evidence = Evidence(values, texts, now=scene.cast.now)
    for claim in found:
        if not evidence.supports(claim):
            yield f"{claim.text!r} was said by nobody and returned by no tool: leave it out"


def _said(message: MessageDict, scene: Scene) -> str:
    """A message without the definitions in it: what a tool declares was said by nobody."""
    brought = [scene.stage.tool(name) for name in message.get("supplies", ())]
    return besides(str(message["content"]), brought)


def claimed_besides(
    text: str, original: str, values: Sequence[JsonValue], scene: Scene
) -> Iterator[str]:
    """A complaint for every claim of a paraphrase that neither its original nor a value makes."""
    found = claims(text, scene.cast.now)
    if not found:
        return
    system = [str(m["content"]) for m in scene.messages if m["role"] == "system"]
    evidence = Evidence(list(values), [original, *system], now=scene.cast.now)
    for claim in found:
        # A capital at the start of a sentence makes no name.
        opens = (
            claim.kind == "name" and " " not in claim.text and _OPENING.search(text[: claim.start])
        )
        if not opens and not evidence.supports(claim):
            yield f"{claim.text!r} is not in the original: leave it out"
