"""Every edit at once: what the copies of a refinement hold when nothing is left out."""

from collections import Counter
from pathlib import Path

import orjson
import pytest

from toolweave.configs.refining import RefineConfig
from toolweave.configs.shipping import shipped_names
from toolweave.core.dialogue import Dialogue
from toolweave.evaluation.proof import prove
from toolweave.runs.refining import refine
from toolweave.runs.simulation import simulate
from toolweave.schema.types import json_bytes

PRESENTED = {"distractors", "tool_order", "noisy_results", "result_form", "schema_masking"}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a refinement of every shipped plan, with all edits as likely as can be."""
    folder = tmp_path_factory.mktemp("all")
    source = folder / "dialogues.jsonl"
    made = (simulate(name, seed=seed).dump() for name in shipped_names("plans") for seed in (1, 2))
    source.write_bytes(b"".join(json_bytes(record) + b"\n" for record in made))
    always = {"probability": 1.0}
    config = RefineConfig.model_validate(
        {
            "version": 1, "kind": "refine", "name": "all", "seed": 3,
            "failures": {"probability": 1.0, "complex": 0.5, "embedder": "lexical"},
            "missing_function": {"probability": 0.6, "never": 0.4},
            "variation": {"probability": 0.8}, "distractors": always, "tool_order": always,
            "noise": always, "result_form": always,
            "masking": {"probability": 0.7, "parameters": 0.7},
        }
    )  # fmt: skip
    out = folder / "refined"
    tally = refine(config, source, out)
    assert tally.failures == 0
    return out


@pytest.fixture(scope="module")
def copies(everything: Path) -> list[Dialogue]:
    """The modified copies."""
    lines = (everything / "dialogues.jsonl").read_bytes().splitlines()
    found = [Dialogue.model_validate(orjson.loads(line)) for line in lines]
    return [dialogue for dialogue in found if dialogue.modifications]


def test_every_edit_is_there_and_every_copy_is_proved(copies: list[Dialogue]) -> None:
    kinds = Counter(edit.kind for copy in copies for edit in copy.modifications)
    named = {"missing_function", "function_never_comes", "linguistic_variation", *PRESENTED}
    assert named <= set(kinds)
    assert len(kinds) > len(named) + 2
    assert len(copies) == 2 * len(shipped_names("plans"))
    for copy in copies:
        assert [finding for finding in prove(copy) if finding.severity == "error"] == []


def test_a_copy_lists_its_edits_in_the_order_they_were_made(copies: list[Dialogue]) -> None:
    for copy in copies:
        kinds = [edit.kind for edit in copy.modifications]
        presented = [kind for kind in kinds if kind in PRESENTED]
        assert kinds[len(kinds) - len(presented) :] == presented
        assert "schema_masking" not in kinds or kinds[-1] == "schema_masking"


def test_masked_parameters_cost_no_failure_its_copy(everything: Path) -> None:
    told = [orjson.loads(line) for line in (everything / "unfit.jsonl").read_bytes().splitlines()]
    reasons = Counter(edit["reason"] for record in told for edit in record["edits"])
    assert not [reason for reason in reasons if reason.startswith("played again")]


def test_only_messages_of_the_assistant_that_do_not_fail_are_learnt(
    copies: list[Dialogue],
) -> None:
    for copy in copies:
        failing = {(c.id, c.attempt) for c in copy.plan.calls() if not c.succeeds}
        for message in copy.messages:
            fails = any((c.call, c.attempt) in failing for c in message.tool_calls)
            assert message.train == (message.role == "assistant" and not fails)
