"""Long, noisy results: what services return besides what anybody asked for."""

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from toolweave.checks.result_forms import read, written
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.dialogue import Dialogue, Message
from toolweave.core.model import JsonObject, JsonValue
from toolweave.core.tool import Tool
from toolweave.llm.offline.people import clock
from toolweave.refinement.edit import Guised, Unfit
from toolweave.schema.paths import values_at
from toolweave.schema.validators import validator

_HEX: Final = "0123456789abcdef"
_REGIONS: Final = ("eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "ap-south-1")
_ACTORS: Final = ("system", "sync", "api-gateway", "scheduler", "importer", "web")
_STAGES: Final = ("received", "validated", "authorized", "routed", "read", "cached", "rendered")
_MARKS: Final = ("etag", "row_version", "source_system", "sync_state", "partition_key", "checksum")
_LOG: Final = (3, 14)


class Noise(NamedTuple):
    """Where noise comes from: a stream, and the moment of the result in the simulated world."""

    stream: random.Random
    now: datetime

    def token(self, length: int) -> str:
        """Hexadecimal digits."""
        return "".join(self.stream.choices(_HEX, k=length))

    def moment(self) -> str:
        """A time in the first moments of the dialogue."""
        later = self.now + timedelta(seconds=self.stream.randint(1, 20))
        return f"{later:%Y-%m-%dT%H:%M:%S}Z"


def _metadata(noise: Noise) -> JsonValue:
    return {
        "trace": noise.token(32),
        "region": noise.stream.choice(_REGIONS),
        "node": f"node-{noise.token(6)}",
        "took_ms": noise.stream.randint(3, 900),
        "cached": noise.stream.random() < 0.3,
        "schema_revision": f"r{noise.token(4)}",
    }


def _audit(noise: Noise) -> JsonValue:
    return [
        {
            "seq": at,
            "stage": noise.stream.choice(_STAGES),
            "actor": noise.stream.choice(_ACTORS),
            "at": noise.moment(),
            "hash": noise.token(16),
        }
        for at in range(noise.stream.randint(*_LOG))
    ]


def _headers(noise: Noise) -> JsonValue:
    return {
        "x-cache": noise.stream.choice(("HIT", "MISS", "STALE")),
        "x-shard": f"s{noise.token(3)}",
        "x-ratelimit-remaining": noise.stream.randint(40, 5_000),
        "x-region": noise.stream.choice(_REGIONS),
        "etag": noise.token(16),
    }


def _links(noise: Noise) -> JsonValue:
    return {
        rel: {"href": f"/internal/v{noise.stream.randint(1, 4)}/{noise.token(8)}/{rel}"}
        for rel in ("self", "up", "history", "describedby")
    }


def _debug(noise: Noise) -> JsonValue:
    steps = [f"{noise.stream.choice(_STAGES)}:{noise.token(6)}" for _ in range(12)]
    return {"plan": steps, "warnings": [], "deprecated": [], "locks": noise.token(8)}


_BLOCKS: Final[Mapping[str, Callable[[Noise], JsonValue]]] = {
    "_metadata": _metadata,
    "_audit_log": _audit,
    "_headers": _headers,
    "_links": _links,
    "_debug": _debug,
}


class NoisyResults:
    """Puts fields around and into results that have nothing to do with what was asked.

    No field of a result changes, and no list gets longer or shorter, so whatever was said or taken
    of a result still holds.
    """

    kind: Final = "noisy_results"

    def guised(self, dialogue: Dialogue, stream: random.Random) -> Guised | Unfit:
        """The dialogue with noise in every result that can take it."""
        names = {call.id: call.name for m in dialogue.messages for call in m.tool_calls}
        noise = Noise(stream, clock(dialogue.seed))
        whole = _passes_objects(dialogue)
        messages: list[Message] = []
        for message in dialogue.messages:
            tool = dialogue.tool(names.get(message.tool_call_id, ""))
            noisy = None
            if message.role == "tool" and tool is not None:
                noisy = _noisy(message, tool, noise, rows=not whole)
            messages.append(noisy or message)
        pairs = zip(messages, dialogue.messages, strict=True)
        changed = sum(one is not other for one, other in pairs)
        if not changed:
            return Unfit("no result can take more fields")
        done = dialogue.model_copy(update={"messages": tuple(messages)})
        return Guised(done, {"results": changed})


def _passes_objects(dialogue: Dialogue) -> bool:
    """Whether an argument takes an object out of a result, which must stay as it is then."""
    return any(
        isinstance(source.binding, ToolOutputBinding) and isinstance(value, dict | list)
        for message in dialogue.messages
        for call in message.tool_calls
        for path, source in call.sources.items()
        for value in values_at(call.arguments, path)
    )


def _noisy(message: Message, tool: Tool, noise: Noise, *, rows: bool) -> Message | None:
    result = read(message.content, message.form)
    if not isinstance(result, dict) or not result or result.keys() == {"error"}:
        return None
    declared = tool.results.get("properties")
    known = set(declared) if isinstance(declared, dict) else set()
    wrapped = _marked(result, noise) if rows else result
    before, after = _around(known | set(result), noise)
    for candidate in ({**before, **wrapped, **after}, {**before, **result, **after}, wrapped):
        text = written(candidate, message.form)
        fits = not tool.results or validator(tool.results).valid(candidate)
        if fits and text is not None and candidate != result:
            return message.model_copy(update={"content": text})
    return None


def _around(taken: set[str], noise: Noise) -> tuple[JsonObject, JsonObject]:
    """Blocks that come before the result's own fields, and such that come after them."""
    free = [name for name in _BLOCKS if name not in taken]
    chosen = noise.stream.sample(free, min(len(free), noise.stream.randint(2, len(_BLOCKS))))
    cut = noise.stream.randint(0, len(chosen))
    made = {name: _BLOCKS[name](noise) for name in chosen}
    before = {name: made[name] for name in chosen[:cut]}
    return before, {name: made[name] for name in chosen[cut:]}


def _marked(result: JsonObject, noise: Noise) -> JsonObject:
    """The result with technical marks on every row of its lists."""
    names = noise.stream.sample(_MARKS, noise.stream.randint(2, 4))

    def row(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        extra = {f"_{name}": noise.token(10) for name in names}
        return {**value, **{k: v for k, v in extra.items() if k not in value}}

    return {
        key: [row(item) for item in value] if isinstance(value, list) else value
        for key, value in result.items()
    }
