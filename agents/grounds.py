"""What an assistant may say: nothing that no user said, no tool returned and no clock shows."""

from collections.abc import Iterator, Sequence

from toolweave.agents.scene import Scene
from toolweave.checks.claims import claims
from toolweave.checks.evidence import Evidence
from toolweave.core.model import JsonValue


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
    texts = [str(m["content"]) for m in scene.messages if m["role"] != "assistant"]
    evidence = Evidence(values, texts, now=scene.cast.now)
    for claim in found:
        if not evidence.supports(claim):
            yield f"{claim.text!r} was said by nobody and returned by no tool: leave it out"
