"""Masked names: consistent everywhere, proved as they stand, and taken off again."""

import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolweave.checks.leaks import is_inner
from toolweave.checks.masks import Mask, mask_of
from toolweave.checks.renaming import Renaming, renamed, unmasked
from toolweave.core.dialogue import Dialogue, Modification
from toolweave.core.seeding import rng
from toolweave.core.tool import Tool
from toolweave.evaluation.conversation import of_dialogue
from toolweave.refinement.edit import Guised, Unfit
from toolweave.refinement.masking import SchemaMasking
from toolweave.schema.types import json_bytes

Proving = Callable[[Dialogue], list[str]]


def masked(dialogue: Dialogue, seed: int = 1, parameters: float = 0.0) -> Dialogue:
    """The dialogue as a refinement leaves it."""
    done = SchemaMasking(parameters).guised(dialogue, rng(seed))
    assert isinstance(done, Guised), done
    edit = Modification(kind="schema_masking", seed=seed, detail=done.detail)
    return done.dialogue.model_copy(update={"modifications": (*done.dialogue.modifications, edit)})


def seen_by_a_model(dialogue: Dialogue) -> str:
    """Tools, calls and messages as an exporter shows them."""
    tools = [
        [item.tool.name, item.tool.description, item.tool.parameters] for item in dialogue.tools
    ]
    messages = [
        [message.content, [(call.name, call.arguments) for call in message.tool_calls]]
        for message in dialogue.messages
        if message.role != "tool"
    ]
    return json_bytes([tools, messages]).decode()


@pytest.mark.parametrize("parameters", [0.0, 1.0])
def test_the_mask_comes_off_again(finished: Sequence[Dialogue], parameters: float) -> None:
    for dialogue in finished:
        assert unmasked(masked(dialogue, 3, parameters)) == dialogue


@pytest.mark.parametrize("parameters", [0.0, 1.0])
def test_a_masked_dialogue_passes_its_proof_as_it_stands(
    finished: Sequence[Dialogue], errors: Proving, parameters: float
) -> None:
    for dialogue in finished:
        assert errors(masked(dialogue, 5, parameters)) == []


def test_no_original_name_is_left_for_a_model_to_see(finished: Sequence[Dialogue]) -> None:
    for dialogue in finished:
        done = masked(dialogue, 2, 1.0)
        mask = mask_of(done)
        assert mask is not None
        text = seen_by_a_model(done)
        for name in (*mask.tools, *mask.parameters):
            if is_inner(name):
                assert not re.search(rf"(?<!\w){name}(?!\w)", text), name
        assert {item.tool.name for item in done.tools} == set(mask.tools.values())


def test_parameters_keep_their_names_unless_they_are_asked_for(
    finished: Sequence[Dialogue],
) -> None:
    done = masked(finished[0])
    before = [s.tool.parameters["properties"].keys() for s in finished[0].tools]
    assert [s.tool.parameters["properties"].keys() for s in done.tools] == before


def test_a_name_that_is_left_standing_is_caught(
    finished: Sequence[Dialogue], errors: Proving
) -> None:
    done = masked(finished[0])
    mask = mask_of(done)
    assert mask is not None
    record = done.dump()
    name, generic = next(iter(mask.tools.items()))
    record["tools"][0]["tool"]["description"] += f" See {name}."
    assert "unmasked_name" in errors(Dialogue.model_validate(record))
    record = done.dump()
    record["modifications"][0]["detail"]["tools"] = {name: generic, "other": generic}
    assert "bad_mask" in errors(Dialogue.model_validate(record))


def test_a_mask_does_not_hide_a_wrong_argument(
    finished: Sequence[Dialogue], errors: Proving
) -> None:
    record = masked(finished[0], 1, 1.0).dump()
    call = next(c for m in record["messages"] for c in m.get("tool_calls", ()))
    path = next(p for p, v in call["arguments"].items() if isinstance(v, str))
    call["arguments"][path] = "something nobody said"
    assert "ungrounded_argument" in errors(Dialogue.model_validate(record))


def test_figures_see_the_tools_behind_the_mask(finished: Sequence[Dialogue]) -> None:
    for dialogue in finished:
        assert of_dialogue(masked(dialogue, 1, 1.0)).sequence == of_dialogue(dialogue).sequence


def test_a_masked_dialogue_is_not_masked_again(finished: Sequence[Dialogue]) -> None:
    assert isinstance(SchemaMasking().guised(masked(finished[0]), rng(1)), Unfit)


NAMES = st.from_regex(r"[a-z]{1,5}(_[a-z]{1,4}){0,2}", fullmatch=True)
LEAF = st.fixed_dictionaries(
    {"type": st.just("string"), "description": NAMES.map("See {}.".format)}
)
SCHEMAS = st.recursive(
    LEAF,
    lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=4).map(
        lambda found: {
            "type": "object",
            "properties": found,
            "required": sorted(found)[:1],
            "dependentRequired": {sorted(found)[0]: sorted(found)[-1:]},
            "default": {sorted(found)[0]: "x"},
        }
    ),
    max_leaves=8,
)


@given(name=NAMES, schema=SCHEMAS, other=NAMES, quoted=st.booleans())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_tool_comes_back_under_its_own_names(
    name: str, schema: dict[str, object], other: str, quoted: bool
) -> None:
    mark = "'" if quoted else ""
    tool = Tool(
        name=name,
        description=f"Use {mark}{name}{mark} before {mark}{other}{mark}.",
        parameters={"type": "object", "properties": {other: schema}},
    )
    names = sorted({other, *re.findall(r"[a-z_]+", json_bytes(schema).decode())})
    mask = Mask(
        {name: "func_01"},
        {one: f"param_{at:02}" for at, one in enumerate(names, 1) if one != name},
        (name,),
    )
    back = Renaming(mask, back=True).tool(Renaming(mask).tool(tool))
    assert back == tool


def test_a_dialogue_is_renamed_without_its_modifications_being_lost(
    finished: Sequence[Dialogue],
) -> None:
    edit = Modification(kind="tool_order", seed=1)
    given = finished[0].model_copy(update={"modifications": (edit,)})
    assert renamed(given, Renaming(Mask({}, {}))) == given
    assert masked(given).modifications[0] == edit
