"""What a user points at: elements of results that calls to come will take."""

from collections.abc import Iterator
from typing import Final

from toolweave.agents.scene import Scene
from toolweave.checks.effects import effect_of
from toolweave.checks.inflection import singular
from toolweave.checks.words import Words, split_name, spoken
from toolweave.core.binding import ToolOutputBinding
from toolweave.core.errors import BindingError
from toolweave.core.tool import Tool
from toolweave.llm.contexts import Pointer
from toolweave.memory.resolving import pick
from toolweave.schema.paths import values_at

_CHOOSING: Final = frozenset(
    {"book", "reserve", "order", "buy", "choose", "select", "rent", "hire", "add", "take", "pick"}
)
# Names of lists that say nothing of what is in them.
_ANY_LIST: Final = frozenset(
    {"", "results", "items", "data", "list", "records", "rows", "content", "entries", "matches"}
)


def pointers(scene: Scene, arguments: tuple[str, ...]) -> Iterator[Pointer]:
    """How the arguments that a user points at stand among what was shown."""
    stage = scene.stage
    for argument in arguments:
        call_id, _, path = argument.partition(".")
        call = stage.plan.call(call_id)
        binding = call.arguments.get(path) if call else None
        if call is None or not isinstance(binding, ToolOutputBinding):
            continue
        source = stage.plan.call(binding.call)
        tool = stage.tools.get(source.tool) if source else None
        select = binding.select
        yield Pointer(
            argument=argument,
            kind=select.kind,
            index=select.index,
            by=select.by,
            value=select.value,
            noun=_noun(tool, stage.words),
            chooses=split_name(call.tool)[0] in _CHOOSING,
            named=_named(scene, binding),
            among=_among(scene, binding),
            listed=_listed(stage.words, binding, source.tool if source else ""),
        )


def _named(scene: Scene, binding: ToolOutputBinding) -> str:
    """What the picked element is called, if the list it stands in gives names; else ''."""
    done = scene.memory["calls"].get(binding.call)
    if done is None or "[]" not in binding.path or not done["ok"]:
        return ""
    try:
        place = pick(done["result"], binding.path, binding.select).path
    except BindingError:
        return ""
    element, _, _ = place.rpartition("]")
    for row in values_at(done["result"], f"{element}]") if element else ():
        for name, value in row.items() if isinstance(row, dict) else ():
            if isinstance(value, str) and {"name", "title"} & set(split_name(name)):
                return value
    return ""


def _among(scene: Scene, binding: ToolOutputBinding) -> int:
    """How many elements there are to pick from; 0 where that is not known."""
    done = scene.memory["calls"].get(binding.call)
    if done is None or not done["ok"] or "[]" not in binding.path:
        return 0
    rows = values_at(done["result"], binding.path.partition("[]")[0])
    return len(rows[0]) if rows and isinstance(rows[0], list) else 0


def _listed(words: Words, binding: ToolOutputBinding, source: str) -> str:
    """The kind of thing in a list that no prepared words tell of: "payment method"."""
    name = binding.path.partition("[]")[0].split(".")[-1]
    if words.prepared(source) or name.lower() in _ANY_LIST or "[]" not in binding.path:
        return ""
    *before, last = spoken(name).split()
    return " ".join([*before, singular(last)])


def _noun(tool: Tool | None, words: Words) -> str:
    return words.entity(effect_of(tool).entity).noun if tool else "one"
